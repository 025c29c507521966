/**
 * A visit to one room: enters, follows its events, brings the voices, leaves.
 *
 * Owns the visit's part of the state and its `Voice`. Never draws anything.
 */

import { MicrophoneError } from "./media/microphone";
import { Voice } from "./media/voice";
import type { ParticipantView } from "./protocol.gen";
import { enterRoom, participantOf, reduceRoom, replaceRoom, type RoomEvent } from "./room";
import { CommandError, type Command, type Signalling } from "./signalling";
import type { Notice, VisitState } from "./state";

const PROBE_TIMEOUT_MS = 3_000;
/** The microphone is switched off so soon, whether or not the gate has answered. */
const MUTE_WITHIN_MS = 200;

export interface VisitDependencies {
  readonly signalling: Pick<Signalling, "request" | "reach">;
  readonly memberId: string;
  readonly loudspeakers: HTMLElement;
  readonly onChange: (state: VisitState) => void;
  readonly onNotice: (notice: Notice) => void;
}

export class Visit {
  readonly #deps: VisitDependencies;
  readonly #voice: Voice;
  #state: VisitState;
  #syncing = false;
  #mutedByMyself = true;
  #over = false;

  constructor(roomId: string, deps: VisitDependencies) {
    this.#deps = deps;
    this.#state = {
      roomId,
      status: "joining",
      problem: null,
      state: null,
      voice: "waiting",
      blocked: false,
      speaking: new Set(),
      ownVoice: false,
      askingMicrophone: false,
    };
    const { signalling } = deps;
    this.#voice = new Voice(
      deps.loudspeakers,
      {
        answer: (mediaId, sdp) =>
          unlessRefused(signalling.request({ type: "answer_media", mediaId, sdp })),
        renew: (replaces) =>
          unlessRefused(signalling.request({ type: "renew_media", replaces })),
        reach: () => signalling.reach(),
      },
      {
        onState: (voice) => this.#patch({ voice }),
        onBlocked: (blocked) => this.#patch({ blocked }),
        onSpeaking: (speaking, ownVoice) => this.#patch({ speaking, ownVoice }),
        onMicrophoneLost: () => this.#microphoneLost(),
      },
    );
  }

  get state(): VisitState {
    return this.#state;
  }

  /** Enter, or come back to one's seat after the connection was lost. */
  async join(): Promise<void> {
    if (this.#over) return;
    try {
      const { roomId } = this.#state;
      const replaces = this.#voice.mediaId;
      const joined = await this.#deps.signalling.request({ type: "join_room", roomId, replaces });
      if (this.#over) return;
      const known = this.#state.state;
      const state = known === null ? enterRoom(joined.room) : replaceRoom(known, joined.room);
      this.#patch({ status: "inside", problem: null, state });
      this.#resumeMicrophone();
      const { mediaId, sdp, iceServers } = joined;
      if (mediaId !== null && sdp !== null) {
        await this.#voice.take({ mediaId, sdp, iceServers });
      } else {
        this.#voice.wait();
      }
    } catch (error) {
      this.#refused(error);
    }
  }

  /** An event of the gate about this room. */
  apply(event: RoomEvent): void {
    if (this.#state.state === null) return;
    const before = this.me();
    this.#patch({ state: reduceRoom(this.#state.state, event) });
    this.#followSeat(before, this.me());
    if (this.#state.state?.needsSync) void this.sync();
  }

  /** The media process went away or is back. */
  mediaUp(up: boolean): void {
    if (up) void this.#voice.renew();
    else this.#voice.wait();
  }

  /** Ask for the whole room; also a way to find out soon that a socket is dead. */
  async sync(): Promise<void> {
    if (this.#syncing || this.#state.state === null) return;
    this.#syncing = true;
    try {
      const { room } = await this.#deps.signalling.request({ type: "sync_room" }, PROBE_TIMEOUT_MS);
      const before = this.me();
      if (this.#state.state !== null) this.#patch({ state: replaceRoom(this.#state.state, room) });
      this.#followSeat(before, this.me());
    } catch (error) {
      if (!(error instanceof CommandError)) throw error; // a lost connection joins anew
    } finally {
      this.#syncing = false;
    }
  }

  /** Switch the own microphone, which is asked for the first time. */
  async toggleMicrophone(): Promise<void> {
    const me = this.me();
    if (me === undefined || this.#state.askingMicrophone) return;
    if (!me.muted) return this.#mute();
    this.#patch({ askingMicrophone: true });
    try {
      await this.#voice.openMicrophone();
      this.#mutedByMyself = false;
      await this.#deps.signalling.request({ type: "mute", muted: false });
    } catch (error) {
      this.#tell(error);
    } finally {
      this.#patch({ askingMicrophone: false });
    }
  }

  /** Send a command about the room; a refusal becomes a notice. */
  async command(command: Command): Promise<void> {
    try {
      await this.#deps.signalling.request(command);
    } catch (error) {
      this.#tell(error);
    }
  }

  hear(): Promise<void> {
    return this.#voice.resume();
  }

  /** The visit is over: silence, and the microphone is given back. */
  stop(): void {
    this.#over = true;
    this.#voice.stop();
  }

  /** The own seat. */
  me(): ParticipantView | undefined {
    const { state } = this.#state;
    return state === null ? undefined : participantOf(state, this.#deps.memberId);
  }

  async #mute(): Promise<void> {
    this.#mutedByMyself = true;
    const muted = this.command({ type: "mute", muted: true });
    // The server stops the voice between two packets, where players fade it out. A track that is
    // switched off in the middle of a word is a click, which nobody hears after that.
    const longEnough = new Promise((resolve) => setTimeout(resolve, MUTE_WITHIN_MS));
    await Promise.race([muted, longEnough]);
    this.#voice.enableMicrophone(false);
    await muted;
  }

  /** After a reload the seat may be open while the microphone is not: ask again by a tap. */
  #resumeMicrophone(): void {
    const me = this.me();
    if (me === undefined) return;
    if (!me.muted && !this.#voice.microphoneOpen) void this.#mute();
    this.#followSeat(me, me);
  }

  #followSeat(before: ParticipantView | undefined, me: ParticipantView | undefined): void {
    if (me === undefined) return;
    const onStage = me.role !== "listener";
    if (onStage) this.#voice.enableMicrophone(!me.muted);
    else if (this.#voice.microphoneOpen) void this.#voice.closeMicrophone();
    if (before === undefined) return;
    const wasOnStage = before.role !== "listener";
    if (onStage !== wasOnStage) {
      this.#deps.onNotice({ kind: onStage ? "on_stage" : "in_audience" });
    } else if (onStage && me.muted && !before.muted && !this.#mutedByMyself) {
      this.#deps.onNotice({ kind: "muted_by_moderator" });
    }
    if (me.muted) this.#mutedByMyself = true;
  }

  #microphoneLost(): void {
    this.#deps.onNotice({ kind: "microphone_lost" });
    void this.#mute();
  }

  #refused(error: unknown): void {
    if (this.#over) return;
    if (!(error instanceof CommandError)) throw error;
    // After a lost connection the next welcome joins again.
    if (["not_connected", "connection_lost", "timed_out"].includes(error.code)) return;
    this.stop();
    this.#patch({ status: "refused", problem: error.code });
  }

  #tell(error: unknown): void {
    if (error instanceof CommandError || error instanceof MicrophoneError) {
      this.#deps.onNotice({ kind: "problem", code: error.code });
    } else {
      throw error;
    }
  }

  #patch(fields: Partial<VisitState>): void {
    this.#state = { ...this.#state, ...fields };
    if (!this.#over || fields.status === "refused") this.#deps.onChange(this.#state);
  }
}

/** The answer, or null where the gate refuses or is away. */
async function unlessRefused<T>(request: Promise<T>): Promise<T | null> {
  try {
    return await request;
  } catch (error) {
    if (error instanceof CommandError) return null;
    throw error;
  }
}
