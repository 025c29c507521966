import { describe, expect, it } from "vitest";
import { linesOf, MAP_HEIGHT, MAP_WIDTH, mapOf } from "./topic-map";

const topic = (topicId: number) => ({ term: `t${topicId}`, weight: 1, speakers: 2, topicId, colour: 0 });
const pair = (first: number, second: number, weight: number) => ({ first, second, weight });

describe("the map of topics", () => {
  it("holds what goes together, and nothing that goes with nothing", () => {
    const { places, lines } = mapOf([1, 2, 3].map(topic), [pair(1, 3, 0.5)]);
    expect(places.map((place) => place.topic.topicId)).toEqual([1, 3]);
    expect(lines.map(({ from, to }) => [from.topic.topicId, to.topic.topicId])).toEqual([[1, 3]]);
  });

  it("puts those beside each other that belong together most", () => {
    const { places } = mapOf([1, 2, 3, 4].map(topic), [pair(1, 4, 1), pair(4, 2, 0.9), pair(1, 3, 0.2)]);
    expect(places.map((place) => place.topic.topicId)).toEqual([1, 4, 2, 3]);
  });

  it("leaves out a topic that is not listed any more", () => {
    expect(mapOf([1].map(topic), [pair(1, 9, 1)])).toEqual({ places: [], lines: [] });
  });

  it("keeps every place within the drawing, with its name on the outer side", () => {
    const ids = Array.from({ length: 12 }, (_, n) => n);
    const { places } = mapOf(ids.map(topic), ids.slice(1).map((id) => pair(0, id, 1)));
    for (const { x, y, side } of places) {
      expect(x > 0 && x < MAP_WIDTH && y > 0 && y < MAP_HEIGHT).toBe(true);
      if (side !== "middle") expect(x > MAP_WIDTH / 2).toBe(side === "right");
    }
  });

  it("breaks names between words", () => {
    expect(linesOf("cold kitchen", 11)).toEqual(["cold", "kitchen"]);
    expect(linesOf("the jar", 11)).toEqual(["the jar"]);
    expect(linesOf("antidisestablishment", 11)).toEqual(["antidisest…"]);
  });
});
