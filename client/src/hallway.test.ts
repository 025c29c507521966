import { describe, expect, it } from "vitest";
import { reduceHallway } from "./hallway";
import { initialState } from "./state";

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

describe("the door", () => {
  it("opens by itself", () => {
    const me = { memberId: "m", name: "M", membership: "member", isAdmin: false } as const;
    expect(reduceHallway(start, { type: "admitted", me })).toEqual({ me });
  });
});
