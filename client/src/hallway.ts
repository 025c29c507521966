/** What the gate says outside rooms: (state, event) → changed fields, pure. */

import type {
  Admitted,
  CaptionsEngineChanged,
  ContactsChanged,
  Hallway,
  Knocked,
  KnockClosed,
  Pinged,
  MeChanged,
  MediaUp,
  Reminded,
  RemindersChanged,
  ReportsWaiting,
  ScheduleChanged,
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
  | Reminded;

export function reduceHallway(state: AppState, event: HallwayEvent): Partial<AppState> {
  switch (event.type) {
    case "welcome":
      return {
        me: event.me,
        phase: "inside",
        rooms: event.rooms,
        plans: {
          ...state.plans,
          scheduled: event.scheduled,
          reminders: new Set(event.reminders),
        },
        knocks: event.knocks,
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

/** The questions to come in, but for those into one room. */
export function withoutPing(state: AppState, roomId: string) {
  return state.pings.filter((ping) => ping.roomId !== roomId);
}

function withoutKnock(state: AppState, knockId: string) {
  return state.knocks.filter((knock) => knock.knockId !== knockId);
}
