/**
 * The talk beside the voices of the room one is in: reactions, written lines, typed turns.
 *
 * Owns that part of the state and the timers that let it fade. Decides nothing about who may write.
 */

import type { ReadAloud } from "./media/read-aloud";
import type { Caption, ReactionName } from "./protocol.gen";
import { CommandError, type Signalling } from "./signalling";
import type { AppState, ProblemCode } from "./state";
import type { Store } from "./store";
import {
  fade,
  NO_TALK,
  readAll,
  REACTION_MS,
  reduceTalk,
  sum,
  withChat,
  type Counts,
  type TalkEvent,
  type TalkState,
} from "./talk";

/** Screen readers are told of reactions so often at most. */
const TELL_EVERY_MS = 8_000;
const FADE_EVERY_MS = 60_000;

export interface TalkingDependencies {
  readonly store: Store<AppState>;
  readonly signalling: Pick<Signalling, "request">;
  readonly aloud: ReadAloud;
}

export class Talking {
  readonly #store: Store<AppState>;
  readonly #signalling: Pick<Signalling, "request">;
  readonly #aloud: ReadAloud;
  #untold: Counts[] = [];
  #telling: ReturnType<typeof setTimeout> | null = null;
  #fading: ReturnType<typeof setInterval> | null = null;

  constructor({ store, signalling, aloud }: TalkingDependencies) {
    this.#store = store;
    this.#signalling = signalling;
    this.#aloud = aloud;
  }

  /** Whether this browser has a voice of its own to read with. */
  get canReadAloud(): boolean {
    return this.#aloud.available;
  }

  /** One is in this room, or in it again: ask what is written there. */
  async open(roomId: string): Promise<void> {
    try {
      const chat = await this.#signalling.request({ type: "get_chat" });
      this.#patch({ ...withChat(this.#state, roomId, chat), aloud: this.#aloud.on });
      this.#fading ??= setInterval(() => this.#fade(), FADE_EVERY_MS);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error; // left again, or the next join asks anew
    }
  }

  /** The visit is over: nothing of it stays on this device. */
  close(): void {
    if (this.#telling !== null) clearTimeout(this.#telling);
    if (this.#fading !== null) clearInterval(this.#fading);
    this.#telling = this.#fading = null;
    this.#untold = [];
    this.#aloud.hush();
    this.#patch(NO_TALK);
  }

  apply(event: TalkEvent): void {
    const before = this.#state;
    const myId = this.#store.get().me?.memberId ?? "";
    const after = reduceTalk(before, event, myId, Date.now());
    this.#patch(after);
    if (after === before) return;
    if (event.type === "reactions") {
      setTimeout(() => this.#fade(), REACTION_MS);
      this.#tellLater(after.moments.at(-1)?.counts ?? {});
    }
    if (event.type === "line_written" && after.turn === event.line) {
      this.#aloud.say(event.line.text);
    }
  }

  /** A caption was shown: read it out where it was typed, by somebody else. */
  heard(caption: Caption): void {
    if (caption.typed === true && caption.memberId !== this.#store.get().me?.memberId) {
      this.#aloud.say(caption.text, caption.language);
    }
  }

  /** Show a reaction; the gate drops what is too much, which is no problem to tell of. */
  react = async (reaction: ReactionName): Promise<void> => {
    await problemOf(this.#signalling.request({ type: "react", reaction }));
  };

  /** Write a line or a typed turn; answers null, or why not. */
  write = (text: string, turn: boolean): Promise<ProblemCode | null> =>
    problemOf(this.#signalling.request({ type: "write_line", text, turn }));

  takeBack = (lineId: number): Promise<ProblemCode | null> =>
    problemOf(this.#signalling.request({ type: "take_line_back", lineId }));

  switch = (on: boolean): Promise<ProblemCode | null> =>
    problemOf(this.#signalling.request({ type: "switch_chat", on }));

  /** What is written was seen. */
  read = (): void => this.#patch(readAll(this.#state));

  /** Look at the chat, or away from it. */
  setReading = (reading: boolean): void => this.#patch({ ...this.#state, reading });

  setAloud = (on: boolean): void => {
    this.#aloud.set(on);
    this.#patch({ ...this.#state, aloud: on });
  };

  /** The first at once, and then what comes until the next time, together. */
  #tellLater(counts: Counts): void {
    this.#untold.push(counts);
    if (this.#telling === null) this.#tell();
  }

  #tell(): void {
    const told = sum(this.#untold);
    this.#untold = [];
    this.#patch({ ...this.#state, told });
    this.#telling = setTimeout(() => {
      this.#telling = null;
      if (this.#untold.length > 0) this.#tell();
    }, TELL_EVERY_MS);
  }

  #fade(): void {
    this.#patch(fade(this.#state, Date.now()));
  }

  get #state(): TalkState {
    return this.#store.get().talk;
  }

  #patch(talk: TalkState): void {
    this.#store.patch({ talk });
  }
}

async function problemOf(request: Promise<unknown>): Promise<ProblemCode | null> {
  try {
    await request;
    return null;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return error.code;
  }
}
