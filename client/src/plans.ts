/**
 * Scheduled rooms as the page knows them: planning, reminders, the calendar address.
 *
 * Owns the plans' part of the state. The calendar address is told once and not kept.
 */

import type { Reminded, RoomKind, ScheduledView } from "./protocol.gen";
import { CommandError, type Command, type Signalling } from "./signalling";
import type { AppState, ProblemCode } from "./state";
import type { Store } from "./store";

/** A room of one's own opens so long before its time at the earliest. */
export const OPENS_BEFORE_MS = 15 * 60_000;
const HOUR_MS = 3_600_000;

export interface PlansState {
  readonly scheduled: readonly ScheduledView[];
  /** Of which one is reminded. */
  readonly reminders: ReadonlySet<string>;
  /** What rings until it is answered: the newest for each room. */
  readonly reminded: readonly Reminded[];
  /** When the calendar address was made; `undefined` while that is not known. */
  readonly calendarSinceMs: number | null | undefined;
  /** The address, right after it was made. */
  readonly calendarLink: string | null;
}

export const NO_PLANS: PlansState = {
  scheduled: [],
  reminders: new Set(),
  reminded: [],
  calendarSinceMs: undefined,
  calendarLink: null,
};

const REMINDED_MAX = 5;

/** With one more reminder; a newer one takes the place of an older one of the same room. */
export function rung(reminded: readonly Reminded[], event: Reminded): readonly Reminded[] {
  return [...put(reminded, event.scheduled.scheduledId), event].slice(-REMINDED_MAX);
}

function put(reminded: readonly Reminded[], scheduledId: string): readonly Reminded[] {
  return reminded.filter(({ scheduled }) => scheduled.scheduledId !== scheduledId);
}

export interface Draft {
  readonly title: string;
  readonly kind: RoomKind;
  readonly startsAtMs: number;
}

export interface PlansDependencies {
  readonly store: Store<AppState>;
  readonly signalling: Pick<Signalling, "request">;
  readonly origin: string;
  readonly enter: (roomId: string) => void;
  readonly complain: (code: ProblemCode) => void;
}

export class Plans {
  readonly #deps: PlansDependencies;

  constructor(deps: PlansDependencies) {
    this.#deps = deps;
  }

  /** Plan a room, or change one's own; answers null, or why not. */
  save = (scheduledId: string | null, draft: Draft): Promise<ProblemCode | null> =>
    this.#problemOf(
      scheduledId === null
        ? { type: "schedule_room", ...draft }
        : { type: "change_scheduled", scheduledId, ...draft },
    );

  cancel = (scheduledId: string): Promise<ProblemCode | null> =>
    this.#problemOf({ type: "cancel_scheduled", scheduledId });

  /** Open one's own, and go in. */
  open = async (scheduledId: string): Promise<void> => {
    try {
      const { signalling, enter } = this.#deps;
      const { roomId } = await signalling.request({ type: "open_scheduled", scheduledId });
      enter(roomId);
    } catch (error) {
      this.#deps.complain(codeOf(error));
    }
  };

  /** A reminder was seen, whatever the reader does now. */
  putAway = (scheduledId: string): void =>
    this.#patch({ reminded: put(this.#deps.store.get().plans.reminded, scheduledId) });

  remind = async (scheduledId: string, on: boolean): Promise<void> => {
    const problem = await this.#problemOf({ type: "set_reminder", scheduledId, on });
    if (problem !== null) this.#deps.complain(problem);
  };

  lookAtCalendar = (): Promise<void> => this.#calendar("get_calendar");
  /** A new address; an older one is void. */
  makeCalendar = (): Promise<void> => this.#calendar("make_calendar");
  revokeCalendar = (): Promise<void> => this.#calendar("revoke_calendar");
  /** The dialog is closed: the address is shown once. */
  forgetCalendarLink = (): void => this.#patch({ calendarLink: null });

  async #calendar(type: "get_calendar" | "make_calendar" | "revoke_calendar"): Promise<void> {
    const { signalling, origin, complain } = this.#deps;
    try {
      const { sinceMs, path } = await signalling.request({ type });
      const calendarLink = path === null ? null : origin + path;
      this.#patch({ calendarSinceMs: sinceMs, calendarLink });
    } catch (error) {
      complain(codeOf(error));
    }
  }

  async #problemOf(command: Command): Promise<ProblemCode | null> {
    try {
      await this.#deps.signalling.request(command);
      return null;
    } catch (error) {
      return codeOf(error);
    }
  }

  #patch(fields: Partial<PlansState>): void {
    const { store } = this.#deps;
    store.patch({ plans: { ...store.get().plans, ...fields } });
  }
}

function codeOf(error: unknown): ProblemCode {
  if (error instanceof CommandError) return error.code;
  throw error;
}

/** What `<input type="datetime-local">` shows for a moment, in the reader's own time zone. */
export function localInput(atMs: number): string {
  const at = new Date(atMs);
  const local = new Date(atMs - at.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

/** The moment that such an input means; `null` where it means none. */
export function momentOf(input: string): number | null {
  const at = new Date(input).getTime();
  return Number.isNaN(at) ? null : at;
}

/** What the form begins with: the next full hour that is not just about to begin. */
export function nextHour(nowMs: number): number {
  return Math.ceil((nowMs + HOUR_MS / 2) / HOUR_MS) * HOUR_MS;
}
