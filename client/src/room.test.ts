import { describe, expect, it } from "vitest";
import type { Caption, ParticipantView, RoomChanged, RoomView } from "./protocol.gen";
import {
  aftermathOf,
  CAPTIONS_KEPT,
  enterRoom,
  hands,
  mayStepDown,
  onStage,
  reduceRoom,
  replaceRoom,
  unmuteRequests,
} from "./room";

const person = (memberId: string, fields: Partial<ParticipantView> = {}): ParticipantView => ({
  memberId,
  name: memberId,
  role: "listener",
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

const view = (fields: Partial<RoomView> = {}): RoomView => ({
  roomId: "r",
  title: "Soup",
  revision: 5,
  openedAtMs: 0,
  captionsOn: true,
  participants: [person("host", { role: "moderator" })],
  topics: [],
  kind: "open",
  locked: false,
  banned: 0,
  hostless: false,
  asked: null,
  captionsKeptMin: 5,
  hiddenWords: [],
  ...fields,
});

const caption = (captionId: number, fields: Partial<Caption> = {}): Caption => ({
  type: "caption",
  roomId: "r",
  memberId: "host",
  captionId,
  text: `line ${captionId}`,
  final: true,
  atMs: captionId,
  language: "en",
  ...fields,
});

const came = (revision: number, memberId = "guest") =>
  ({ type: "participant_changed", roomId: "r", revision, participant: person(memberId) }) as const;

const changed = (revision: number, fields: Partial<RoomChanged> = {}): RoomChanged => ({
  type: "room_changed",
  roomId: "r",
  revision,
  title: "Soup",
  captionsOn: true,
  kind: "open",
  locked: false,
  banned: 0,
  hostless: false,
  asked: null,
  captionsKeptMin: 5,
  ...fields,
});

describe("hosting", () => {
  it("shows the lock, the bans and who is asked to take over as they change", () => {
    const news = { locked: true, banned: 2, hostless: true, asked: "guest" };
    const state = reduceRoom(enterRoom(view()), changed(6, news));
    expect(state.room).toMatchObject(news);
  });

  it("lets a host step down only where another one stays", () => {
    const host = person("host", { role: "moderator" });
    const room = view({ participants: [host, person("guest", { role: "speaker" })] });
    expect(mayStepDown(room, host)).toBe(false);
    const both = view({ participants: [host, person("guest", { role: "moderator" })] });
    expect(mayStepDown(both, host)).toBe(true);
  });

  it("tells the only host who takes over or that the room ends, and nobody else anything", () => {
    const host = person("host", { role: "moderator" });
    const becomes = (...others: ParticipantView[]) =>
      aftermathOf(view({ participants: [host, ...others] }), host);
    const speaker = (id: string, fields: Partial<ParticipantView> = {}) =>
      person(id, { role: "speaker", ...fields });
    const heir = (name: string) => ({ kind: "heir", name });
    expect(becomes()).toBe(null);
    expect(becomes(person("guest"))).toEqual({ kind: "ends" });
    expect(becomes(person("guest"), speaker("a"), speaker("b"))).toEqual(heir("a"));
    expect(becomes(speaker("a"), person("other", { role: "moderator" }))).toBe(null);
    const room = view({ participants: [host, speaker("a"), person("guest")] });
    for (const other of room.participants.slice(1)) expect(aftermathOf(room, other)).toBe(null);
  });

  it("names the heir as the gate chooses him: present before away, free before held", () => {
    const host = person("host", { role: "moderator" });
    const seat = (id: string, connected: boolean, held: boolean) =>
      person(id, { role: "speaker", connected, held });
    // The worst first: each of them inherits only before those that stand before him.
    const all = [
      seat("away and held", false, true),
      seat("away", false, false),
      seat("held", true, true),
      seat("first", true, false),
      seat("second", true, false),
    ];
    for (const count of [1, 2, 3, 4]) {
      const room = view({ participants: [host, ...all.slice(0, count)] });
      expect(aftermathOf(room, host)).toEqual({ kind: "heir", name: all[count - 1]?.memberId });
    }
    const room = view({ participants: [host, ...all] });
    expect(aftermathOf(room, host)).toEqual({ kind: "heir", name: "first" });
  });

  it("lists who asks to unmute, the longest waiting first", () => {
    const held = (id: string, unmuteAskedAtMs: number | null) =>
      person(id, { role: "speaker", held: true, unmuteAskedAtMs });
    const room = view({ participants: [held("a", 9), held("b", null), held("c", 3)] });
    expect(unmuteRequests(room).map((p) => p.memberId)).toEqual(["c", "a"]);
  });
});

describe("revisions", () => {
  it("applies the next one", () => {
    const state = reduceRoom(enterRoom(view()), came(6));
    expect(state.room.revision).toBe(6);
    expect(state.room.participants.map((p) => p.memberId)).toEqual(["host", "guest"]);
    expect(state.needsSync).toBe(false);
  });

  it("ignores one that it has seen, whole", () => {
    const state = reduceRoom(enterRoom(view()), came(6));
    expect(reduceRoom(state, came(6))).toBe(state);
    expect(reduceRoom(state, came(3, "ghost"))).toBe(state);
  });

  it("asks for the room where one is missing, and does not apply what came after the hole", () => {
    const state = reduceRoom(enterRoom(view()), came(8));
    expect(state.needsSync).toBe(true);
    expect(state.room.revision).toBe(5);
    expect(state.room.participants).toHaveLength(1);
  });

  it("is whole again after the snapshot, with the words on the screen kept", () => {
    const torn = reduceRoom(reduceRoom(enterRoom(view()), caption(1)), came(8));
    const whole = replaceRoom(torn, view({ revision: 9 }));
    expect(whole.needsSync).toBe(false);
    expect(whole.room.revision).toBe(9);
    expect(whole.log).toHaveLength(1);
  });

  it("does not go back to an older snapshot", () => {
    const state = reduceRoom(enterRoom(view()), came(6));
    expect(replaceRoom(state, view({ revision: 5 }))).toBe(state);
  });

  it("takes people out who left, and leaves other rooms alone", () => {
    const state = reduceRoom(enterRoom(view()), came(6));
    const left = { type: "participant_left", roomId: "r", revision: 7, memberId: "guest" } as const;
    expect(reduceRoom(state, left).room.participants).toHaveLength(1);
    expect(reduceRoom(state, { ...left, roomId: "other" })).toBe(state);
  });
});

describe("captions", () => {
  it("replace a partial line by the newer one with the same id", () => {
    let state = reduceRoom(enterRoom(view()), caption(1, { text: "so", final: false }));
    state = reduceRoom(state, caption(1, { text: "soup", final: true }));
    expect(state.log.map((l) => l.kind === "caption" && l.caption.text)).toEqual(["soup"]);
  });

  it("never go back from final to partial", () => {
    const state = reduceRoom(enterRoom(view()), caption(1));
    const late = reduceRoom(state, caption(1, { text: "li", final: false }));
    expect(late.log).toEqual(state.log);
  });

  it("disappear where a partial proved to be no speech", () => {
    let state = reduceRoom(enterRoom(view()), caption(1, { text: "so", final: false }));
    state = reduceRoom(state, caption(1, { text: "", final: true }));
    expect(state.log).toEqual([]);
  });

  it("stand in the order in which the speech began", () => {
    let state = reduceRoom(enterRoom(view()), caption(1, { atMs: 20 }));
    state = reduceRoom(state, caption(2, { atMs: 10, memberId: "guest" }));
    expect(state.log.map((line) => line.key)).toEqual(["c2", "c1"]);
  });

  it("show a gap once", () => {
    const gap = { type: "caption_gap", roomId: "r", memberId: "host", atMs: 5, durationMs: 9 } as const;
    const state = reduceRoom(reduceRoom(enterRoom(view()), gap), gap);
    expect(state.log.map((line) => line.kind)).toEqual(["gap"]);
  });

  it("are bounded", () => {
    let state = enterRoom(view());
    for (let i = 0; i < CAPTIONS_KEPT + 50; i++) state = reduceRoom(state, caption(i));
    expect(state.log).toHaveLength(CAPTIONS_KEPT);
    expect(state.log[0]?.key).toBe("c50");
  });

  it("of one person vanish when he withdraws, gaps too", () => {
    let state = reduceRoom(enterRoom(view()), caption(1));
    state = reduceRoom(state, caption(2, { memberId: "guest" }));
    state = reduceRoom(state, { type: "caption_gap", roomId: "r", memberId: "host", atMs: 9, durationMs: 1 });
    state = reduceRoom(state, { type: "captions_purged", roomId: "r", memberId: "host" });
    expect(state.log.map((line) => line.key)).toEqual(["c2"]);
    state = reduceRoom(state, { type: "captions_purged", roomId: "r", memberId: null });
    expect(state.log).toEqual([]);
  });

  it("and topics are gone when the scribe is sent away", () => {
    let state = reduceRoom(enterRoom(view({ topics: [{ term: "soup", weight: 1, speakers: 1, topicId: 1, colour: 0 }] })), caption(1));
    state = reduceRoom(state, changed(6, { captionsOn: false }));
    expect(state.log).toEqual([]);
    expect(state.room.topics).toEqual([]);
  });

  it("are not kept over a reconnect in which the scribe left", () => {
    const state = reduceRoom(enterRoom(view()), caption(1));
    expect(replaceRoom(state, view({ revision: 7, captionsOn: false })).log).toEqual([]);
  });
});

describe("the seats", () => {
  it("show moderators first, and hands in the order in which they were raised", () => {
    const room = view({
      participants: [
        person("late", { handRaisedAtMs: 9 }),
        person("speaker", { role: "speaker" }),
        person("early", { handRaisedAtMs: 3 }),
        person("host", { role: "moderator" }),
      ],
    });
    expect(onStage(room).map((p) => p.memberId)).toEqual(["host", "speaker"]);
    expect(hands(room).map((p) => p.memberId)).toEqual(["early", "late"]);
  });
});
