/** What the gate says outside rooms: (state, event) → changed fields, pure. */

import type {
  Admitted,
  CaptionsEngineChanged,
  ContactsChanged,
  Hallway,
  Knocked,
  KnockClosed,
  PingClosed,
  Pinged,
  MeChanged,
  MediaUp,
  Reminded,
  RemindersChanged,
  ReportsWaiting,
  RoomCard,
  ScheduleChanged,
  Trending,
  Welcome,
} from "./protocol.gen";
import { rung } from "./plans";
import type { AppState } from "./state";

export type HallwayEvent =
  | Welcome
  | Hallway
  | ContactsChanged
  | Knocked
  | KnockClosed
  | Admitted
  | CaptionsEngineChanged
  | MediaUp
  | MeChanged
  | ReportsWaiting
  | Pinged
  | ScheduleChanged
  | RemindersChanged
  | Reminded
  | Trending
  | PingClosed;

export function reduceHallway(state: AppState, event: HallwayEvent): Partial<AppState> {
  switch (event.type) {
    case "welcome":
      return {
        me: event.me,
        phase: "inside",
        rooms: event.rooms,
        // Told right after, where there is anything.
        trending: [],
        plans: {
          ...state.plans,
          scheduled: event.scheduled,
          reminders: new Set(event.reminders),
        },
        knocks: event.knocks,
        pings: stillOpen(state, event.rooms),
        contacts: { ...state.contacts, ...event.contacts },
        mediaUp: event.mediaUp,
        engine: event.captions,
        region: event.defaultRegion,
        admin: { ...state.admin, reportsWaiting: event.reportsWaiting },
      };
    case "hallway":
      return { rooms: event.rooms };
    case "contacts_changed":
      return { contacts: { ...state.contacts, ...event.contacts } };
    case "knocked":
      return { knocks: [...withoutKnock(state, event.knock.knockId), event.knock] };
    case "knock_closed":
      return { knocks: withoutKnock(state, event.knockId) };
    case "pinged":
      return { pings: [...withoutPing(state, event.roomId), event].slice(-PINGS_MAX) };
    case "schedule_changed":
      return { plans: { ...state.plans, scheduled: event.scheduled } };
    case "reminders_changed":
      return { plans: { ...state.plans, reminders: new Set(event.reminders) } };
    case "reminded":
      return { plans: { ...state.plans, reminded: rung(state.plans.reminded, event) } };
    case "trending":
      return { trending: event.topics };
    case "ping_closed":
      return { pings: withoutPing(state, event.roomId) };
    case "reports_waiting":
      return { admin: { ...state.admin, reportsWaiting: event.count } };
    case "admitted":
    case "me_changed":
      return { me: event.me };
    case "captions_engine_changed":
      return { engine: event.captions };
    case "media_up":
      return { mediaUp: event.up };
    default:
      return event satisfies never;
  }
}

const PINGS_MAX = 5;
/** The gate lists so many rooms at most: where fewer are listed, there are no others. */
const ROOMS_LISTED_MAX = 100;

/** Questions to come in, but for the one into the room that one is in. */
export function openPings({ pings, visit }: Pick<AppState, "pings" | "visit">): readonly Pinged[] {
  return pings.filter((ping) => ping.roomId !== visit?.roomId);
}

/** How many people wait for an answer: at the door, or in a room into which they ask. */
export function waitingFor(state: Pick<AppState, "knocks" | "pings" | "plans" | "visit">): number {
  return state.knocks.length + openPings(state).length + state.plans.reminded.length;
}

/** After a lost connection: without questions into rooms that ended meanwhile. */
function stillOpen({ pings }: AppState, rooms: readonly RoomCard[]): readonly Pinged[] {
  if (rooms.length >= ROOMS_LISTED_MAX) return pings;
  return pings.filter((ping) => rooms.some((room) => room.roomId === ping.roomId));
}

/** The questions to come in, but for those into one room. */
export function withoutPing(state: AppState, roomId: string) {
  return state.pings.filter((ping) => ping.roomId !== roomId);
}

function withoutKnock(state: AppState, knockId: string) {
  return state.knocks.filter((knock) => knock.knockId !== knockId);
}
