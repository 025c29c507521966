/** What the page knows, as the views see it. Data only; `hallway.ts` and `room.ts` change it. */

import { NO_ACCOUNT, type AccountState } from "./account";
import { NO_ADMIN, type AdminState } from "./administration";
import { NO_DOORS, type DoorsState } from "./doors";
import type { HttpFailure } from "./http";
import type { Weakness } from "./media/quality";
import type { VoiceState } from "./media/voice";
import { NO_INVITATIONS, type HeldInvite, type InvitationsState } from "./invitations";
import type { Link } from "./links";
import type { MicrophoneProblem } from "./media/microphone";
import type { ContactsProblem } from "./contacts";
import type {
  CaptionsEngine,
  ContactsView,
  KnockView,
  Me,
  MissedKind,
  PersonView,
  Pinged,
  RoomCard,
  TrendingView,
} from "./protocol.gen";
import type { PasskeyProblem } from "./passkey-browser";
import { NO_DESK, type DeskState } from "./desk";
import { NO_PLANS, type PlansState } from "./plans";
import { NO_PUSH, type PushState } from "./push";
import { NO_PEOPLE, type PeopleState } from "./profiles";
import type { RoomState } from "./room";
import { USUAL_SOUND, type SoundState } from "./sound";
import type { Route } from "./route";
import type { Connection, FailureCode } from "./signalling";
import { NO_TALK, type TalkState } from "./talk";

/** Every reason that may be told to a person. */
export type ProblemCode =
  | FailureCode
  | HttpFailure
  | MicrophoneProblem
  | ContactsProblem
  | PasskeyProblem
  | "push_failed";

/** Something that just happened, said once. */
export type Notice =
  | { kind: "problem"; code: ProblemCode }
  | { kind: "knocked"; name: string }
  | { kind: "let_in"; name: string }
  | { kind: "blocked"; name: string }
  | { kind: "unblocked"; name: string }
  | { kind: "contacts_forgotten" }
  | { kind: "passkey_made" }
  | { kind: "erased" }
  | { kind: "planned" }
  | { kind: "room_ended" }
  | { kind: "microphone_lost" }
  | { kind: "muted_by_moderator" }
  | { kind: "held_mute" }
  | { kind: "unmute_allowed" }
  | { kind: "made_moderator" }
  | { kind: "unmade_moderator" }
  | { kind: "removed_from_room" }
  | { kind: "banned_from_room" }
  | { kind: "room_abandoned" }
  | { kind: "missed"; what: readonly MissedKind[] }
  | { kind: "scribe_came" }
  | { kind: "scribe_here" }
  | { kind: "scribe_left" }
  | { kind: "on_stage" }
  | { kind: "in_audience" };

/** A notice on the screen. */
export interface ShownNotice {
  readonly id: number;
  readonly notice: Notice;
}

/** What came of sending contacts. */
export interface ContactsResult {
  readonly added: number;
  readonly rejected: number;
}

export interface ContactsState extends ContactsView {
  readonly sending: boolean;
  readonly result: ContactsResult | null;
  readonly problem: ProblemCode | null;
}

/** A visit to a room. */
export interface VisitState {
  readonly roomId: string;
  readonly status: "joining" | "inside" | "refused";
  readonly problem: ProblemCode | null;
  readonly state: RoomState | null;
  readonly voice: VoiceState;
  /** In what a connection that works is weak. */
  readonly weakness: Weakness | null;
  /** The browser wants a tap before it plays sound. */
  readonly blocked: boolean;
  readonly speaking: ReadonlySet<number>;
  readonly ownVoice: boolean;
  readonly askingMicrophone: boolean;
  /** The key to talk is held. */
  readonly holding: boolean;
  /** Who is banned from the room, once a host has asked. */
  readonly bans: readonly PersonView[] | null;
}

export interface AppState {
  readonly phase: "starting" | "unreachable" | "signed_out" | "inside";
  readonly route: Route;
  readonly founderToken: string | null;
  /** The invitation with which somebody came. */
  readonly held: HeldInvite | null;
  readonly me: Me | null;
  readonly connection: Connection;
  readonly rooms: readonly RoomCard[];
  /** What several rooms talk about at the same time. */
  readonly trending: readonly TrendingView[];
  readonly knocks: readonly KnockView[];
  /** Questions to come into a room, the newest last. */
  readonly pings: readonly Pinged[];
  readonly plans: PlansState;
  readonly doors: DoorsState;
  /** The device's own names of contacts, by contact id. */
  readonly contactNames: Readonly<Record<string, string>>;
  readonly contacts: ContactsState;
  readonly mediaUp: boolean;
  readonly engine: CaptionsEngine;
  readonly region: string;
  readonly visit: VisitState | null;
  readonly notices: readonly ShownNotice[];
  readonly admin: AdminState;
  readonly people: PeopleState;
  readonly invitations: InvitationsState;
  readonly push: PushState;
  readonly account: AccountState;
  readonly talk: TalkState;
  /** What another app shared, until a room was opened or refused. */
  readonly shared: string | null;
  /** A new version of the page waits. */
  readonly updateWaiting: boolean;
  readonly online: boolean;
  readonly sound: SoundState;
  readonly desk: DeskState;
}

export const NO_CONTACTS: ContactsState = {
  kept: 0,
  firstExpiresAtMs: null,
  lastExpiresAtMs: null,
  asksMe: true,
  sending: false,
  result: null,
  problem: null,
};

/** Before anything is known. */
export function initialState(route: Route, link: Link | null, region: string): AppState {
  return {
    phase: "starting",
    route,
    founderToken: link?.kind === "founder" ? link.token : null,
    held: link?.kind === "invite" ? { token: link.token, state: null, inviterName: null } : null,
    me: null,
    connection: { state: "connecting", reason: "starting", attempt: 0 },
    rooms: [],
    trending: [],
    knocks: [],
    pings: [],
    plans: NO_PLANS,
    doors: NO_DOORS,
    contactNames: {},
    contacts: NO_CONTACTS,
    mediaUp: true,
    engine: { state: "loading", detail: "", progress: null },
    region,
    visit: null,
    notices: [],
    admin: NO_ADMIN,
    people: NO_PEOPLE,
    invitations: NO_INVITATIONS,
    push: NO_PUSH,
    account: NO_ACCOUNT,
    talk: NO_TALK,
    shared: null,
    updateWaiting: false,
    online: true,
    sound: USUAL_SOUND,
    desk: NO_DESK,
  };
}
