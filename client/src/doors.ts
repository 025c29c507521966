/**
 * Rooms from outside and through their doors: finding one, asking somebody in, opening it wider.
 *
 * Owns what was found and who may be asked. Decides nothing: the gate says who may enter.
 */

import { withoutPing } from "./hallway";
import type { PersonView, Pinged, RoomCard } from "./protocol.gen";
import { CommandError, type Signalling } from "./signalling";
import type { AppState, ProblemCode } from "./state";
import type { Store } from "./store";

export interface DoorsState {
  readonly query: string;
  /** `null` where nothing is looked for. */
  readonly found: readonly RoomCard[] | null;
  /** Who follows the reader, once asked for. */
  readonly followers: readonly PersonView[] | null;
  readonly moreFollowers: boolean;
  /** Whom he has asked into the room that he is in. */
  readonly asked: readonly string[];
  readonly problem: ProblemCode | null;
}

export const PING_MS = 5 * 60_000;

export const NO_DOORS: DoorsState = {
  query: "",
  found: null,
  followers: null,
  moreFollowers: false,
  asked: [],
  problem: null,
};

export class Doors {
  readonly #store: Store<AppState>;
  readonly #signalling: Pick<Signalling, "request">;
  #asked = 0;

  constructor(store: Store<AppState>, signalling: Pick<Signalling, "request">) {
    this.#store = store;
    this.#signalling = signalling;
  }

  /** Rooms by words; an answer that newer words have overtaken is dropped. */
  find = async (query: string): Promise<void> => {
    const mine = ++this.#asked;
    if (query.trim() === "") {
      this.#patch({ query, found: null, problem: null });
      return;
    }
    this.#patch({ query });
    await this.#try(async () => {
      const { rooms } = await this.#signalling.request({ type: "find_rooms", query });
      if (mine === this.#asked) this.#patch({ found: rooms });
    });
  };

  /** Ask who could be asked in. */
  open = async (): Promise<void> => {
    this.#patch({ followers: null, moreFollowers: false, asked: [] });
    await this.moreFollowers();
  };

  /** The next ones, after those that are here. */
  moreFollowers = (): Promise<void> =>
    this.#try(async () => {
      const known = this.#store.get().doors.followers ?? [];
      const { people, more } = await this.#signalling.request({
        type: "list_people",
        which: "followers",
        after: known.at(-1)?.memberId ?? null,
      });
      this.#patch({ followers: [...known, ...people], moreFollowers: more });
    });

  ask = (memberId: string): Promise<void> =>
    this.#try(async () => {
      await this.#signalling.request({ type: "ping_into_room", memberId });
      this.#patch({ asked: [...this.#store.get().doors.asked, memberId] });
    });

  /** Somebody asks; a question that nobody answers goes after a while, as the talk goes on. */
  pinged = (ping: Pinged): void => {
    setTimeout(() => {
      // Somebody may have asked into the same room since.
      if (this.#store.get().pings.includes(ping)) this.closePing(ping.roomId);
    }, PING_MS);
  };

  /** The question was answered, one way or the other. */
  closePing = (roomId: string): void => {
    this.#store.patch({ pings: withoutPing(this.#store.get(), roomId) });
  };

  async #try(work: () => Promise<void>): Promise<void> {
    this.#patch({ problem: null });
    try {
      await work();
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      this.#patch({ problem: error.code });
    }
  }

  #patch(fields: Partial<DoorsState>): void {
    this.#store.patch({ doors: { ...this.#store.get().doors, ...fields } });
  }
}
