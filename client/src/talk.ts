/**
 * What is shown and written beside the voices of a room: (state, event) → state, pure.
 *
 * Owns the lines on the screen, what of them was read, and the reactions of the last moments.
 */

import type {
  Chat,
  ChatSwitched,
  LineTakenBack,
  LineView,
  LineWritten,
  ReactionName,
  Reactions,
} from "./protocol.gen";

export const REACTIONS: readonly ReactionName[] = ["clap", "heart", "laugh", "wow", "agree"];
export const LINES_KEPT = 200;
export const LINE_LIFETIME_MS = 60 * 60_000;
/** How long a reaction stays at a face, and counts for the crowd's. */
export const REACTION_MS = 3_000;

export type Counts = Readonly<Partial<Record<ReactionName, number>>>;

interface Moment {
  readonly atMs: number;
  readonly counts: Counts;
}

export interface AtFace {
  readonly reaction: ReactionName;
  readonly atMs: number;
}

export interface TalkState {
  readonly roomId: string | null;
  /** Whether the room's chat is on. */
  readonly on: boolean;
  readonly lines: readonly LineView[];
  /** Lines up to this number were seen. */
  readonly readTo: number;
  readonly faces: ReadonlyMap<string, AtFace>;
  readonly moments: readonly Moment[];
  /** What a screen reader is told of the reactions, now and then. */
  readonly told: Counts;
  /** The newest typed turn of somebody else that is a line. */
  readonly turn: LineView | null;
  /** The chat is looked at. */
  readonly reading: boolean;
  /** Typed turns are read out on this device. */
  readonly aloud: boolean;
}

export const NO_TALK: TalkState = {
  roomId: null,
  on: true,
  lines: [],
  readTo: 0,
  faces: new Map(),
  moments: [],
  told: {},
  turn: null,
  reading: false,
  aloud: false,
};

export type TalkEvent = LineWritten | LineTakenBack | ChatSwitched | Reactions;

/** The lines that are in the gate's memory; what was written before one came is not news. */
export function withChat(state: TalkState, roomId: string, chat: Chat): TalkState {
  const newest = chat.lines.at(-1)?.lineId ?? 0;
  // A gate that was restarted counts from the beginning.
  const known = state.roomId === roomId && newest >= state.readTo;
  const { aloud } = state;
  const before = state.roomId === roomId ? state : { ...NO_TALK, aloud };
  const readTo = known && before.lines.length > 0 ? before.readTo : newest;
  return { ...before, roomId, on: chat.on, lines: chat.lines, readTo };
}

/** Apply one event of the gate. */
export function reduceTalk(
  state: TalkState,
  event: TalkEvent,
  myId: string,
  nowMs: number,
): TalkState {
  if (event.roomId !== state.roomId) return state;
  switch (event.type) {
    case "line_written":
      return withLine(state, event.line, myId, nowMs);
    case "line_taken_back":
      return {
        ...state,
        lines: state.lines.filter((line) => line.lineId !== event.lineId),
        turn: state.turn?.lineId === event.lineId ? null : state.turn,
      };
    case "chat_switched":
      return { ...state, on: event.on, lines: [], turn: null };
    case "reactions":
      return withReactions(state, event, nowMs);
    default:
      return event satisfies never;
  }
}

function withLine(state: TalkState, line: LineView, myId: string, nowMs: number): TalkState {
  if (state.lines.some((known) => known.lineId === line.lineId)) return state;
  const lines = [...freshLines(state.lines, nowMs), line].slice(-LINES_KEPT);
  const turn = line.turn && line.memberId !== myId ? line : state.turn;
  return { ...state, lines, turn };
}

function withReactions(state: TalkState, event: Reactions, nowMs: number): TalkState {
  const faces = new Map(state.faces);
  for (const { memberId, reaction } of event.faces) faces.set(memberId, { reaction, atMs: nowMs });
  const counts: Partial<Record<ReactionName, number>> = {};
  for (const { reaction, count } of event.counts) counts[reaction] = count;
  return { ...state, faces, moments: [...state.moments, { atMs: nowMs, counts }] };
}

/** Without reactions whose moment is over, and lines that are too old. */
export function fade(state: TalkState, nowMs: number): TalkState {
  const young = ({ atMs }: { atMs: number }) => nowMs - atMs < REACTION_MS;
  const moments = state.moments.filter(young);
  const lines = freshLines(state.lines, nowMs);
  if (moments.length === state.moments.length && lines.length === state.lines.length) return state;
  return { ...state, lines, moments, faces: new Map([...state.faces].filter(([, at]) => young(at))) };
}

function freshLines(lines: readonly LineView[], nowMs: number): readonly LineView[] {
  return lines.filter((line) => nowMs - line.atMs < LINE_LIFETIME_MS);
}

/** Everything written so far was seen. */
export function readAll(state: TalkState): TalkState {
  const newest = state.lines.at(-1)?.lineId ?? 0;
  return newest > state.readTo ? { ...state, readTo: newest } : state;
}

/** How many lines of others were not seen yet. */
export function unread(state: TalkState, myId: string): number {
  return state.lines.filter((line) => line.lineId > state.readTo && line.memberId !== myId).length;
}

/** What the whole room shows at this moment. */
export function crowd(state: TalkState): Counts {
  return sum(state.moments.map((moment) => moment.counts));
}

/** Counts put together. */
export function sum(all: readonly Counts[]): Counts {
  const total: Partial<Record<ReactionName, number>> = {};
  for (const counts of all) {
    for (const name of REACTIONS) {
      const count = counts[name];
      if (count !== undefined) total[name] = (total[name] ?? 0) + count;
    }
  }
  return total;
}

export function total(counts: Counts): number {
  return Object.values(counts).reduce((all, count) => all + count, 0);
}
