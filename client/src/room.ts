/**
 * A room as this page knows it: (state, event) → state, pure.
 *
 * Owns the revision check, the captions on the screen and the topics. Never talks to the gate:
 * where a revision is missing it says so in `needsSync`.
 */

import { dealColours, type Colours } from "./colours";
import type {
  Caption,
  CaptionGap,
  CaptionsPurged,
  CaptionsRecent,
  HiddenWords,
  ParticipantChanged,
  ParticipantLeft,
  ParticipantView,
  RoomChanged,
  RoomView,
  Topics,
} from "./protocol.gen";
import { NO_SCRIBE, reduceScribe, withoutMember, type ScribeEvent, type ScribeState } from "./scribe";

export const CAPTIONS_KEPT = 200;

/** A line of the log: words, or a hole where words were lost. */
export type LogLine =
  | { kind: "caption"; key: string; caption: Caption }
  | { kind: "gap"; key: string; gap: CaptionGap };

export interface RoomState {
  readonly room: RoomView;
  readonly log: readonly LogLine[];
  readonly scribe: ScribeState;
  /** Which face has which colour here. */
  readonly colours: Colours;
  /** A revision was missed; the page must ask for the whole room. */
  readonly needsSync: boolean;
}

export type RoomEvent =
  | ParticipantChanged
  | ParticipantLeft
  | RoomChanged
  | Caption
  | CaptionGap
  | CaptionsPurged
  | CaptionsRecent
  | Topics
  | HiddenWords
  | ScribeEvent;

/** The room just entered. */
export function enterRoom(room: RoomView): RoomState {
  return {
    room,
    log: [],
    scribe: NO_SCRIBE,
    colours: dealColours(room.participants),
    needsSync: false,
  };
}

/** The whole room again, after a gap or a reconnect; the words on the screen stay. */
export function replaceRoom(state: RoomState, room: RoomView): RoomState {
  if (room.roomId !== state.room.roomId) return enterRoom(room);
  if (room.revision < state.room.revision && !state.needsSync) return state;
  const colours = dealColours(room.participants, state.colours);
  const kept = room.captionsOn ? state : { log: [], scribe: NO_SCRIBE };
  return { room, log: kept.log, scribe: kept.scribe, colours, needsSync: false };
}

/** Apply one event of the gate. */
export function reduceRoom(state: RoomState, event: RoomEvent): RoomState {
  if (event.roomId !== state.room.roomId) return state;
  switch (event.type) {
    case "participant_changed":
    case "participant_left":
    case "room_changed":
      return revise(state, event);
    case "caption":
      return { ...state, log: withCaption(state.log, event) };
    case "caption_gap":
      return { ...state, log: withGap(state.log, event) };
    case "captions_purged":
      return {
        ...state,
        log: withoutWordsOf(state.log, event.memberId),
        scribe: withoutMember(state.scribe, event.memberId),
      };
    case "captions_recent":
      return { ...state, log: event.captions.reduce(withCaption, state.log) };
    case "topics":
      return { ...state, room: { ...state.room, topics: event.topics } };
    case "hidden_words":
      return { ...state, room: { ...state.room, hiddenWords: event.words } };
    case "timeline":
    case "relations":
    case "traits":
    case "scribe_asked_to_leave":
      return { ...state, scribe: reduceScribe(state.scribe, event) };
    default:
      return event satisfies never;
  }
}

function revise(
  state: RoomState,
  event: ParticipantChanged | ParticipantLeft | RoomChanged,
): RoomState {
  if (event.revision <= state.room.revision) return state;
  if (event.revision > state.room.revision + 1) return { ...state, needsSync: true };
  const room = { ...state.room, revision: event.revision };
  switch (event.type) {
    case "participant_changed":
      room.participants = withParticipant(room.participants, event.participant);
      return seated(state, room);
    case "participant_left":
      room.participants = room.participants.filter((p) => p.memberId !== event.memberId);
      return seated(state, room);
    case "room_changed":
      room.title = event.title;
      room.captionsOn = event.captionsOn;
      room.locked = event.locked;
      room.kind = event.kind;
      room.banned = event.banned;
      room.hostless = event.hostless;
      room.asked = event.asked;
      room.captionsKeptMin = event.captionsKeptMin;
      if (event.captionsOn) return { ...state, room };
      room.topics = [];
      return { ...state, room, log: [], scribe: NO_SCRIBE };
    default:
      return event satisfies never;
  }
}

function seated(state: RoomState, room: RoomView): RoomState {
  return { ...state, room, colours: dealColours(room.participants, state.colours) };
}

function withParticipant(all: ParticipantView[], changed: ParticipantView): ParticipantView[] {
  const known = all.some((p) => p.memberId === changed.memberId);
  if (!known) return [...all, changed];
  return all.map((p) => (p.memberId === changed.memberId ? changed : p));
}

function withCaption(log: readonly LogLine[], caption: Caption): readonly LogLine[] {
  const key = `c${caption.captionId}`;
  const index = log.findIndex((line) => line.key === key);
  // A final line without text takes a partial back that proved to be no speech.
  if (caption.final && caption.text === "") return log.filter((line) => line.key !== key);
  const line: LogLine = { kind: "caption", key, caption };
  if (index < 0) return append(log, line, caption.atMs);
  const known = log[index];
  if (known?.kind === "caption" && known.caption.final && !caption.final) return log;
  return log.map((other, i) => (i === index ? line : other));
}

function withGap(log: readonly LogLine[], gap: CaptionGap): readonly LogLine[] {
  const key = `g${gap.memberId}-${gap.atMs}`;
  if (log.some((line) => line.key === key)) return log;
  return append(log, { kind: "gap", key, gap }, gap.atMs);
}

/** In the order in which the speech began; the oldest lines beyond the limit go. */
function append(log: readonly LogLine[], line: LogLine, atMs: number): readonly LogLine[] {
  let place = log.length;
  while (place > 0 && startOf(log[place - 1]) > atMs) place -= 1;
  return [...log.slice(0, place), line, ...log.slice(place)].slice(-CAPTIONS_KEPT);
}

function startOf(line: LogLine | undefined): number {
  if (line === undefined) return -Infinity;
  return line.kind === "caption" ? line.caption.atMs : line.gap.atMs;
}

function withoutWordsOf(log: readonly LogLine[], memberId: string | null): readonly LogLine[] {
  if (memberId === null) return [];
  return log.filter((line) => speakerOf(line) !== memberId);
}

/** Who said it, or would have. */
export function speakerOf(line: LogLine): string {
  return line.kind === "caption" ? line.caption.memberId : line.gap.memberId;
}

/** The seat of a person, if he is there. */
export function participantOf(state: RoomState, memberId: string): ParticipantView | undefined {
  return state.room.participants.find((p) => p.memberId === memberId);
}

/** Moderators and speakers: the moderators first, then in order of joining. */
export function onStage(room: RoomView): ParticipantView[] {
  const stage = room.participants.filter((p) => p.role !== "listener");
  return [
    ...stage.filter((p) => p.role === "moderator"),
    ...stage.filter((p) => p.role === "speaker"),
  ];
}

/** Listeners, in order of joining. */
export function audience(room: RoomView): ParticipantView[] {
  return room.participants.filter((p) => p.role === "listener");
}

/** Who could step down and leave a host behind. */
export function mayStepDown(room: RoomView, me: ParticipantView): boolean {
  if (me.role !== "moderator") return me.role === "speaker";
  return room.participants.filter((p) => p.role === "moderator").length > 1;
}

/** What becomes of a room whose only host leaves it. */
export type Aftermath = { readonly kind: "heir"; readonly name: string } | { readonly kind: "ends" };

/**
 * What becomes of the room for the others where this person leaves; `null` where nothing does.
 *
 * Tells what the gate will do (`server/domain/coming.py`), and decides nothing.
 */
export function aftermathOf(room: RoomView, me: ParticipantView): Aftermath | null {
  const others = room.participants.filter((p) => p.memberId !== me.memberId);
  const goesOn = me.role !== "moderator" || others.some((p) => p.role === "moderator");
  if (goesOn || others.length === 0) return null;
  const speakers = others.filter((p) => p.role === "speaker");
  // The one who came first, of those who are present before those who are away, and so on.
  const heir =
    speakers.find((p) => p.connected && !p.held) ??
    speakers.find((p) => p.connected) ??
    speakers.find((p) => !p.held) ??
    speakers[0];
  return heir === undefined ? { kind: "ends" } : { kind: "heir", name: heir.name };
}

/** Who asks to unmute, the longest waiting first. */
export function unmuteRequests(room: RoomView): ParticipantView[] {
  return room.participants
    .filter((p) => p.unmuteAskedAtMs !== null)
    .sort((a, b) => (a.unmuteAskedAtMs ?? 0) - (b.unmuteAskedAtMs ?? 0));
}

/** Raised hands, the longest waiting first. */
export function hands(room: RoomView): ParticipantView[] {
  return audience(room)
    .filter((p) => p.handRaisedAtMs !== null)
    .sort((a, b) => (a.handRaisedAtMs ?? 0) - (b.handRaisedAtMs ?? 0));
}
