/**
 * The map of what goes together: topics on an oval, lines between those said together. Pure.
 *
 * Neighbours are those that belong together most, so that most lines are short.
 */

import type { RelationView, TopicView } from "./protocol.gen";

/** Of the drawing, in its own units. */
export const MAP_WIDTH = 420;
export const MAP_HEIGHT = 360;
const RADIUS_X = 92;
const RADIUS_Y = 132;

export interface MapPlace {
  readonly topic: TopicView;
  readonly x: number;
  readonly y: number;
  /** Which side of the place its name stands on. */
  readonly side: "left" | "right" | "middle";
}

export interface MapLine {
  readonly from: MapPlace;
  readonly to: MapPlace;
  /** 0 to 1. */
  readonly weight: number;
}

export interface TopicMap {
  readonly places: readonly MapPlace[];
  readonly lines: readonly MapLine[];
}

/** Only topics that go together with another are on it. */
export function mapOf(topics: readonly TopicView[], relations: readonly RelationView[]): TopicMap {
  const known = new Set(topics.map(({ topicId }) => topicId));
  const shown = relations.filter(({ first, second }) => known.has(first) && known.has(second));
  const places = inTurn(topics, shown).map((topic, index, all) => placeAt(topic, index / all.length));
  const byId = new Map(places.map((place) => [place.topic.topicId, place]));
  const lines = shown.flatMap(({ first, second, weight }) => {
    const [from, to] = [byId.get(first), byId.get(second)];
    return from === undefined || to === undefined ? [] : [{ from, to, weight }];
  });
  return { places, lines };
}

/** Each followed by what goes together with it best among those that are left. */
function inTurn(
  topics: readonly TopicView[],
  relations: readonly RelationView[],
): readonly TopicView[] {
  const related = new Set(relations.flatMap(({ first, second }) => [first, second]));
  const left = topics.filter(({ topicId }) => related.has(topicId));
  const order: TopicView[] = [];
  while (left.length > 0) {
    const last = order.at(-1);
    const closeness = left.map((each) => (last === undefined ? 0 : between(relations, last, each)));
    const next = closeness.indexOf(Math.max(...closeness));
    order.push(...left.splice(next, 1));
  }
  return order;
}

function between(relations: readonly RelationView[], a: TopicView, b: TopicView): number {
  const pair = relations.find(
    ({ first, second }) =>
      (first === a.topicId && second === b.topicId) || (first === b.topicId && second === a.topicId),
  );
  return pair?.weight ?? 0;
}

/** `share` of the way round, from the top, clockwise. */
function placeAt(topic: TopicView, share: number): MapPlace {
  const angle = 2 * Math.PI * share;
  const across = Math.sin(angle);
  return {
    topic,
    x: MAP_WIDTH / 2 + RADIUS_X * across,
    y: MAP_HEIGHT / 2 - RADIUS_Y * Math.cos(angle),
    side: Math.abs(across) < 0.2 ? "middle" : across > 0 ? "right" : "left",
  };
}

/** A name in lines that fit beside its place; a word too long for a line is cut. */
export function linesOf(term: string, longest: number): readonly string[] {
  const lines: string[] = [];
  for (const word of term.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < longest) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else lines.push(word.length > longest ? `${word.slice(0, longest - 1)}…` : word);
  }
  return lines;
}
