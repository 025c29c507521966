import { describe, expect, it } from "vitest";
import type { ParticipantView } from "./protocol.gen";
import { enterRoom, participantOf, type RoomState } from "./room";
import type { Command } from "./signalling";
import { wishOf, withWishes, type Wish } from "./wishes";

const seat = (fields: Partial<ParticipantView>): ParticipantView => ({
  memberId: "me",
  name: "Me",
  role: "speaker",
  muted: true,
  handRaisedAtMs: null,
  invited: false,
  consented: false,
  connected: true,
  csrc: 1,
  held: false,
  unmuteAskedAtMs: null,
  ...fields,
});

const room = (...participants: ParticipantView[]): RoomState =>
  enterRoom({
    roomId: "r",
    title: "Soup",
    revision: 3,
    openedAtMs: 0,
    captionsOn: false,
    participants,
    topics: [],
    kind: "open",
    locked: false,
    banned: 0,
    hostless: false,
    asked: null,
    captionsKeptMin: 5,
    hiddenWords: [],
  });

const wished = (me: Partial<ParticipantView>, ...commands: Command[]): ParticipantView => {
  const wishes = commands.map((command) => wishOf(command, 7)).filter((w): w is Wish => w !== null);
  const state = withWishes(room(seat(me), seat({ memberId: "other" })), "me", wishes);
  expect(participantOf(state, "other")).toEqual(seat({ memberId: "other" }));
  expect(state.room.revision).toBe(3);
  return participantOf(state, "me") ?? seat({});
};

describe("before the gate has answered", () => {
  it("the own microphone and the own hand are shown as they are wished", () => {
    expect(wished({}, { type: "mute", muted: false }).muted).toBe(false);
    const listening = { role: "listener" as const };
    expect(wished(listening, { type: "raise_hand", raised: true }).handRaisedAtMs).toBe(7);
    const up = { ...listening, handRaisedAtMs: 2 };
    expect(wished(up, { type: "raise_hand", raised: false }).handRaisedAtMs).toBeNull();
    expect(wished(up, { type: "raise_hand", raised: true }).handRaisedAtMs).toBe(2);
  });

  it("the last of several wishes counts", () => {
    const both = [
      { type: "mute", muted: false },
      { type: "mute", muted: true },
    ] as const;
    expect(wished({ muted: false }, ...both).muted).toBe(true);
  });

  it("nothing is wished that cannot be: a held microphone, a listener's, a hand on stage", () => {
    expect(wished({ held: true }, { type: "mute", muted: false }).muted).toBe(true);
    expect(wished({ role: "listener" }, { type: "mute", muted: false }).muted).toBe(true);
    expect(wished({}, { type: "raise_hand", raised: true }).handRaisedAtMs).toBeNull();
    expect(wished({}, { type: "ask_to_unmute", asked: true }).unmuteAskedAtMs).toBeNull();
    expect(wished({ held: true }, { type: "ask_to_unmute", asked: true }).unmuteAskedAtMs).toBe(7);
  });

  it("what others do is never wished", () => {
    expect(wishOf({ type: "mute_all" }, 7)).toBeNull();
    expect(wishOf({ type: "end_room" }, 7)).toBeNull();
  });

  it("without wishes the room is the gate's own", () => {
    const state = room(seat({}));
    expect(withWishes(state, "me", [])).toBe(state);
  });
});
