/**
 * What the scribe tells of a room besides captions: (state, event) → state, pure.
 *
 * Owns the timeline, what belongs together, traits, and who wants the scribe to leave.
 */

import type {
  Caption,
  Relations,
  RelationView,
  ScribeAskedToLeave,
  Timeline,
  TimelineSegmentView,
  Traits,
} from "./protocol.gen";
import type { LogLine } from "./room";

export interface ScribeState {
  readonly timeline: readonly TimelineSegmentView[];
  readonly relations: readonly RelationView[];
  /** By member: one's own, and of those who show them. */
  readonly traits: Readonly<Record<string, Traits>>;
  /** Told to moderators only. */
  readonly askedToLeave: readonly string[];
}

export const NO_SCRIBE: ScribeState = {
  timeline: [],
  relations: [],
  traits: {},
  askedToLeave: [],
};

export type ScribeEvent = Timeline | Relations | Traits | ScribeAskedToLeave;

export function reduceScribe(state: ScribeState, event: ScribeEvent): ScribeState {
  switch (event.type) {
    case "timeline":
      return { ...state, timeline: event.segments };
    case "relations":
      return { ...state, relations: event.pairs };
    case "traits":
      return { ...state, traits: withTraits(state.traits, event) };
    case "scribe_asked_to_leave":
      return { ...state, askedToLeave: event.memberIds };
    default:
      return event satisfies never;
  }
}

/** What is left when somebody took his words back, or (`null`) everybody's are gone. */
export function withoutMember(state: ScribeState, memberId: string | null): ScribeState {
  if (memberId === null) return NO_SCRIBE;
  const { [memberId]: _, ...traits } = state.traits;
  return { ...state, traits };
}

function withTraits(all: ScribeState["traits"], event: Traits): ScribeState["traits"] {
  const { [event.memberId]: _, ...others } = all;
  return event.traits.length === 0 ? others : { ...others, [event.memberId]: event };
}

/** A stretch of the timeline that somebody missed, cut to what he missed of it. */
export interface MissedSegment {
  readonly segment: TimelineSegmentView;
  readonly fromMs: number;
  readonly toMs: number;
}

/** What was talked about between two moments, the oldest first. */
export function missedBetween(
  timeline: readonly TimelineSegmentView[],
  fromMs: number,
  toMs: number,
): readonly MissedSegment[] {
  return timeline.flatMap((segment) => {
    const from = Math.max(segment.fromMs, fromMs);
    const to = Math.min(segment.toMs ?? toMs, toMs);
    return to > from ? [{ segment, fromMs: from, toMs: to }] : [];
  });
}

/** The ids of topics that belong to this one, the closest first. */
export function relatedTo(relations: readonly RelationView[], topicId: number): readonly number[] {
  return [...relations]
    .sort((a, b) => b.weight - a.weight)
    .flatMap(({ first, second }) =>
      first === topicId ? [second] : second === topicId ? [first] : [],
    );
}

/** The final lines that the page holds of a time, the oldest first. */
export function linesBetween(
  log: readonly LogLine[],
  fromMs: number,
  toMs: number,
): readonly Caption[] {
  return log.flatMap((line) =>
    line.kind === "caption" && line.caption.final && line.caption.atMs >= fromMs && line.caption.atMs < toMs
      ? [line.caption]
      : [],
  );
}
