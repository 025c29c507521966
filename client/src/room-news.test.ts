import { describe, expect, it } from "vitest";
import type { ParticipantView, RoomView } from "./protocol.gen";
import { newsBetween } from "./room-news";

const room = (...people: [string, number?][]): RoomView =>
  ({
    participants: people.map(
      ([memberId, handRaisedAtMs]) =>
        ({ memberId, name: `N${memberId}`, handRaisedAtMs: handRaisedAtMs ?? null }) as ParticipantView,
    ),
  }) as unknown as RoomView;

describe("what is said of a room", () => {
  it("is who came, who went and whose hand went up, once", () => {
    const before = room(["me"], ["a"], ["b", 5]);
    const after = room(["me"], ["b", 5], ["c"], ["d", 9]);
    expect(newsBetween(before, after, "me")).toEqual([
      { kind: "joined", name: "Nc" },
      { kind: "joined", name: "Nd" },
      { kind: "left", name: "Na" },
      { kind: "hand", name: "Nd" },
    ]);
    expect(newsBetween(after, after, "me")).toEqual([]);
  });

  it("is not about oneself", () => {
    expect(newsBetween(room(), room(["me", 3]), "me")).toEqual([]);
  });

  it("is a number where many come at once", () => {
    expect(newsBetween(room(), room(["a"], ["b"], ["c"]), "me")).toEqual([{ kind: "joined_many", count: 3 }]);
  });
});
