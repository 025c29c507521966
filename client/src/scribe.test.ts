import { describe, expect, it } from "vitest";
import type { Traits } from "./protocol.gen";
import { missedBetween, NO_SCRIBE, reduceScribe, relatedTo, withoutMember } from "./scribe";

const segment = (segmentId: number, fromMs: number, toMs: number | null) => ({
  segmentId,
  fromMs,
  toMs,
  terms: [`t${segmentId}`],
  colour: segmentId,
});
const traits = (memberId: string, terms: readonly string[]): Traits => ({
  type: "traits",
  roomId: "r",
  memberId,
  traits: terms.map((term) => ({ term, weight: 1 })),
  shown: true,
});

describe("what was missed", () => {
  const timeline = [segment(1, 0, 100), segment(2, 100, 200), segment(3, 250, null)];

  it("is what was talked about meanwhile, cut at both ends", () => {
    const missed = missedBetween(timeline, 50, 300);
    expect(missed.map(({ segment, fromMs, toMs }) => [segment.segmentId, fromMs, toMs])).toEqual([
      [1, 50, 100],
      [2, 100, 200],
      [3, 250, 300],
    ]);
  });

  it("is nothing where nobody spoke, or no time went by", () => {
    expect(missedBetween(timeline, 200, 250)).toEqual([]);
    expect(missedBetween(timeline, 120, 120)).toEqual([]);
  });
});

describe("traits", () => {
  it("are kept by member, and go with his words, or when there are none", () => {
    let state = reduceScribe(NO_SCRIBE, traits("a", ["bread"]));
    state = reduceScribe(state, traits("b", ["boats"]));
    expect(Object.keys(withoutMember(state, "a").traits)).toEqual(["b"]);
    expect(Object.keys(reduceScribe(state, traits("b", [])).traits)).toEqual(["a"]);
    expect(withoutMember(state, null)).toEqual(NO_SCRIBE);
  });
});

describe("related topics", () => {
  it("are found from both ends, the closest first", () => {
    const pairs = [
      { first: 1, second: 2, weight: 0.2 },
      { first: 3, second: 1, weight: 0.9 },
      { first: 2, second: 3, weight: 1 },
    ];
    expect(relatedTo(pairs, 1)).toEqual([3, 2]);
  });
});
