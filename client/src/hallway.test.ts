import { describe, expect, it } from "vitest";
import { openPings, reduceHallway, waitingFor } from "./hallway";
import type { Pinged, RoomCard, Welcome } from "./protocol.gen";
import { initialState, type VisitState } from "./state";

const knock = { knockId: "k", name: "Jiwoo", contactId: "c", knockedAtMs: 1 };
const start = initialState({ view: "hallway" }, null, "KR");

describe("knocks", () => {
  it("are shown once, however often they are told, and go when they are settled", () => {
    const once = { ...start, ...reduceHallway(start, { type: "knocked", knock }) };
    const twice = { ...once, ...reduceHallway(once, { type: "knocked", knock }) };
    expect(twice.knocks).toEqual([knock]);
    expect(reduceHallway(twice, { type: "knock_closed", knockId: "k" }).knocks).toEqual([]);
  });
});

describe("questions to come in", () => {
  const ping = (roomId: string): Pinged => ({
    type: "pinged",
    roomId,
    title: "Soup",
    by: { memberId: "a", name: "A" },
    pingedAtMs: 1,
  });
  const asked = { ...start, knocks: [knock], pings: [ping("r"), ping("s")] };

  it("count beside those at the door, and go when their room ends", () => {
    expect(waitingFor(asked)).toBe(3);
    const after = { ...asked, ...reduceHallway(asked, { type: "ping_closed", roomId: "r" }) };
    expect(after.pings).toEqual([ping("s")]);
    expect(waitingFor(after)).toBe(2);
  });

  it("do not count where one is in the room already", () => {
    const inside = { ...asked, visit: { roomId: "s" } as VisitState };
    expect(openPings(inside)).toEqual([ping("r")]);
    expect(waitingFor(inside)).toBe(2);
  });

  it("go after a lost connection where the room ended meanwhile, if all rooms are listed", () => {
    const welcome = (rooms: RoomCard[]) => ({ type: "welcome", rooms }) as unknown as Welcome;
    const cards = (count: number) =>
      Array.from({ length: count }, (_, n) => ({ roomId: n === 0 ? "r" : `other-${n}` }) as RoomCard);
    expect(reduceHallway(asked, welcome(cards(2))).pings).toEqual([ping("r")]);
    expect(reduceHallway(asked, welcome(cards(100))).pings).toEqual(asked.pings);
  });
});

describe("the door", () => {
  it("opens by itself", () => {
    const me = { memberId: "m", name: "M", membership: "member", isAdmin: false } as const;
    expect(reduceHallway(start, { type: "admitted", me })).toEqual({ me });
  });
});
