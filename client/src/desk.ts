/**
 * The scribe's desk: what one asks and tells it, and how one reads it. Owns that part of the state.
 *
 * What it tells of a room is in `scribe.ts`; the letters' size and what one speaks are kept on this
 * device only.
 */

import { leftAt, noteLeft } from "./absence";
import { keepLetters, lettersKept, type Letters } from "./letters";
import type { MentionView, ReceiptView } from "./protocol.gen";
import { CommandError, type Command, type Signalling } from "./signalling";
import { keepSpoken, spokenKept, type Spoken } from "./spoken";
import type { AppState, ProblemCode } from "./state";
import type { Store } from "./store";

/** Away for less than this, one has missed nothing worth asking for. */
const AWAY_MS = 20_000;

export interface DeskState {
  readonly letters: Letters;
  /** What one speaks in rooms. */
  readonly spoken: Spoken;
  /** Whether one has asked for the scribe to leave the room one is in. */
  readonly asked: boolean;
  /** When one left the room one is in before; `null`: one was not there before. */
  readonly leftAtMs: number | null;
  /** When one came into it. */
  readonly cameAtMs: number;
  /** One's own consents, the newest first; `null` until they are there. */
  readonly receipts: readonly ReceiptView[] | null;
  readonly problem: ProblemCode | null;
}

export const NO_DESK: DeskState = {
  letters: 0,
  spoken: "",
  asked: false,
  leftAtMs: null,
  cameAtMs: 0,
  receipts: null,
  problem: null,
};

export interface DeskDependencies {
  readonly store: Store<AppState>;
  readonly signalling: Pick<Signalling, "request">;
  readonly storage: Storage;
  readonly sessionStorage: Storage;
  readonly save: (file: Blob, name: string) => void;
  readonly complain: (code: ProblemCode) => void;
}

export class Desk {
  readonly #deps: DeskDependencies;
  #awaySinceMs: number | null = null;

  constructor(deps: DeskDependencies) {
    this.#deps = deps;
    this.#patch({ letters: lettersKept(deps.storage), spoken: spokenKept(deps.storage) });
  }

  /** One comes into a room. */
  enter(roomId: string, nowMs: number): void {
    this.#awaySinceMs = null;
    const leftAtMs = leftAt(this.#deps.sessionStorage, roomId);
    this.#patch({ asked: false, leftAtMs, cameAtMs: nowMs });
  }

  leave(roomId: string, nowMs: number): void {
    noteLeft(this.#deps.sessionStorage, roomId, nowMs);
  }

  /** The connection is gone, or the device slept since then; one's seat is still there. */
  away(sinceMs: number): void {
    this.#awaySinceMs ??= sinceMs;
  }

  /** One hears again: what was said meanwhile can be asked for. */
  back(nowMs: number): void {
    const leftAtMs = this.#awaySinceMs;
    this.#awaySinceMs = null;
    if (leftAtMs !== null && nowMs - leftAtMs >= AWAY_MS) this.#patch({ leftAtMs, cameAtMs: nowMs });
  }

  /** The scribe went, and came perhaps again: nobody has asked anything of this one. */
  scribeWent(): void {
    this.#patch({ asked: false });
  }

  write = (letters: Letters): void => this.#patch({ letters: keepLetters(this.#deps.storage, letters) });

  speak = (spoken: Spoken): void => this.#patch({ spoken: keepSpoken(this.#deps.storage, spoken) });

  askToLeave = async (asked: boolean): Promise<void> => {
    if (await this.#done({ type: "ask_scribe_to_leave", asked })) this.#patch({ asked });
  };

  hide = (term: string): void => void this.#done({ type: "hide_word", term, hidden: true });

  /** Who said a topic, the newest first; `null` where it cannot be found out now. */
  mentions = async (topicId: number): Promise<readonly MentionView[] | null> => {
    try {
      return (await this.#deps.signalling.request({ type: "ask_topic", topicId })).mentions;
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      return null;
    }
  };

  look = async (): Promise<void> => {
    try {
      const { receipts } = await this.#deps.signalling.request({ type: "list_receipts" });
      this.#patch({ receipts, problem: null });
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      this.#patch({ problem: error.code });
    }
  };

  /** One's own consents as a file. */
  exportReceipts = (): void => {
    const { receipts } = this.#deps.store.get().desk;
    const text = JSON.stringify({ receipts: receipts ?? [] }, null, 2);
    this.#deps.save(new Blob([text], { type: "application/json" }), "masil-consents.json");
  };

  async #done(command: Command): Promise<boolean> {
    try {
      await this.#deps.signalling.request(command);
      return true;
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      this.#deps.complain(error.code);
      return false;
    }
  }

  #patch(fields: Partial<DeskState>): void {
    const { store } = this.#deps;
    store.patch({ desk: { ...store.get().desk, ...fields } });
  }
}
