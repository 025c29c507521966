/**
 * A visit to one room: enters, follows its events, brings the voices, leaves.
 *
 * Owns the visit's part of the state, the wishes that the gate has not answered yet, and its
 * `Voice`. Never draws anything.
 */

import { volumeOf, type SoundChoices } from "./media/choices";
import { MicrophoneError } from "./media/microphone";
import { Voice } from "./media/voice";
import type { ParticipantView } from "./protocol.gen";
import {
  enterRoom,
  participantOf,
  reduceRoom,
  replaceRoom,
  type RoomEvent,
  type RoomState,
} from "./room";
import { CommandError, type Command, type Signalling } from "./signalling";
import type { Notice, VisitState } from "./state";
import { wishOf, withWishes, type Wish } from "./wishes";

const PROBE_TIMEOUT_MS = 3_000;
/** The microphone is switched off so soon, whether or not the gate has answered. */
const MUTE_WITHIN_MS = 200;
/** The end of the last word is heard, too, when the key to talk is let go. */
const RELEASE_MS = 200;

export interface VisitDependencies {
  readonly signalling: Pick<Signalling, "request" | "reach">;
  readonly memberId: string;
  readonly loudspeakers: HTMLElement;
  readonly choices: SoundChoices;
  /** The microphone was used for the first time, or once more. */
  readonly onTried: () => void;
  readonly onChange: (state: VisitState) => void;
  readonly onNotice: (notice: Notice) => void;
  /** The scribe came, went, or was here before oneself. */
  readonly onScribe: (what: "came" | "here" | "left") => void;
}

export class Visit {
  readonly #deps: VisitDependencies;
  readonly #voice: Voice;
  #state: VisitState;
  /** The room as the gate told it; what is shown has the own wishes in it. */
  #known: RoomState | null = null;
  #wishes: readonly Wish[] = [];
  #syncing = false;
  #mutedByMyself = true;
  #choices: SoundChoices;
  #release: ReturnType<typeof setTimeout> | null = null;
  #over = false;

  constructor(roomId: string, deps: VisitDependencies) {
    this.#deps = deps;
    this.#choices = deps.choices;
    this.#state = {
      roomId,
      status: "joining",
      problem: null,
      state: null,
      voice: "waiting",
      weakness: null,
      blocked: false,
      speaking: new Set(),
      ownVoice: false,
      askingMicrophone: false,
      holding: false,
      bans: null,
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
        onWeakness: (weakness) => {
          if (weakness !== this.#state.weakness) this.#patch({ weakness });
        },
        onBlocked: (blocked) => this.#patch({ blocked }),
        onSpeaking: (speaking, ownVoice) => this.#patch({ speaking, ownVoice }),
        onMicrophoneLost: () => this.#microphoneLost(),
        onMicrophoneKept: (error) => this.#tell(error),
      },
    );
    void this.#voice.choose(deps.choices);
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
      const known = this.#known;
      const before = this.me();
      this.#patch({ status: "inside", problem: null });
      this.#know(known === null ? enterRoom(joined.room) : replaceRoom(known, joined.room));
      this.#followScribe(known?.room.captionsOn ?? null, joined.room.captionsOn);
      const { missed } = joined;
      if (missed.length > 0) this.#deps.onNotice({ kind: "missed", what: missed.map((m) => m.what) });
      // What was told is not told again; what the gate did not notice is told by the difference.
      this.#resumeMicrophone(missed.length > 0 ? undefined : before);
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
    if (this.#known === null) return;
    const before = this.me();
    const captioned = this.#known.room.captionsOn;
    this.#know(reduceRoom(this.#known, event));
    this.#followScribe(captioned, this.#known.room.captionsOn);
    this.#followSeat(before, this.me());
    if (this.#known.needsSync) void this.sync();
  }

  /** The media process went away or is back. */
  mediaUp(up: boolean): void {
    if (up) void this.#voice.renew();
    else this.#voice.wait();
  }

  /** Ask for the whole room; also a way to find out soon that a socket is dead. */
  async sync(): Promise<void> {
    if (this.#syncing || this.#known === null) return;
    this.#syncing = true;
    try {
      const { room } = await this.#deps.signalling.request({ type: "sync_room" }, PROBE_TIMEOUT_MS);
      const before = this.me();
      this.#know(replaceRoom(this.#known, room));
      this.#followSeat(before, this.me());
    } catch (error) {
      if (!(error instanceof CommandError)) throw error; // a lost connection joins anew
    } finally {
      this.#syncing = false;
    }
  }

  /** Switch the own microphone, which is asked for the first time. */
  async toggleMicrophone(): Promise<void> {
    const me = this.#shownSeat();
    if (me === undefined) return;
    // By what is shown, which may be a wish still: who sees himself heard can mute at once.
    if (!me.muted) return this.#mute();
    if (this.#state.askingMicrophone) return;
    if (!(await this.#askForMicrophone())) return;
    this.#deps.onTried();
    this.#mutedByMyself = false;
    // From here on another tap mutes again, even before the gate has answered.
    await this.command({ type: "mute", muted: false });
  }

  async #askForMicrophone(): Promise<boolean> {
    this.#patch({ askingMicrophone: true });
    try {
      return await this.#voice.openMicrophone();
    } catch (error) {
      this.#tell(error);
      return false;
    } finally {
      this.#patch({ askingMicrophone: false });
    }
  }

  /** Send a command about the room; a refusal becomes a notice. */
  async command(command: Command): Promise<void> {
    try {
      await this.#request(command);
    } catch (error) {
      this.#tell(error);
    }
  }

  /** Ask who is banned from the room; the answer is a part of the state. */
  async listBans(): Promise<void> {
    try {
      const { people } = await this.#deps.signalling.request({ type: "list_room_bans" });
      this.#patch({ bans: people });
    } catch (error) {
      this.#tell(error);
    }
  }

  hear(): Promise<void> {
    return this.#voice.resume();
  }

  /** Silence on this device until `hear`. */
  hush(): void {
    this.#voice.pause();
  }

  /** How one wants to speak and hear from now on. */
  async choose(choices: SoundChoices): Promise<void> {
    this.#choices = choices;
    this.#letThrough();
    this.#wantVolumes();
    await this.#voice.choose(choices);
  }

  /** The key to talk is held, or let go. */
  async hold(down: boolean): Promise<void> {
    const me = this.#shownSeat();
    if (me === undefined || me.role === "listener" || !this.#choices.pushToTalk) return;
    if (this.#release !== null) clearTimeout(this.#release);
    this.#release = null;
    if (!down) {
      this.#release = setTimeout(() => this.#holding(false), RELEASE_MS);
      return;
    }
    this.#holding(true);
    if (me.muted) await this.toggleMicrophone();
  }

  /** How loud the own microphone is, muted or not; null where it is closed. */
  level(): number | null {
    return this.#voice.microphoneOpen ? this.#voice.level() : null;
  }

  /** The page runs again. */
  wake(): Promise<void> {
    return this.#voice.wake();
  }

  /** The visit is over: silence, and the microphone is given back. */
  stop(): void {
    this.#over = true;
    if (this.#release !== null) clearTimeout(this.#release);
    this.#voice.stop();
  }

  /** The own seat, as the gate told it. */
  me(): ParticipantView | undefined {
    return this.#known === null ? undefined : participantOf(this.#known, this.#deps.memberId);
  }

  /** The own seat as it is on the screen, which is what a tap or a key means. */
  #shownSeat(): ParticipantView | undefined {
    const { state } = this.#state;
    return state === null ? undefined : participantOf(state, this.#deps.memberId);
  }

  /** Send a command; what it will change of the own seat is shown until the gate has answered. */
  async #request(command: Command): Promise<void> {
    const wish = wishOf(command, Date.now());
    if (wish !== null) this.#wish([...this.#wishes, wish]);
    try {
      await this.#deps.signalling.request(command);
    } finally {
      if (wish !== null) this.#wish(this.#wishes.filter((other) => other !== wish));
    }
  }

  #wish(wishes: readonly Wish[]): void {
    this.#wishes = wishes;
    if (this.#known !== null) this.#know(this.#known);
  }

  #know(known: RoomState): void {
    this.#known = known;
    this.#wantVolumes();
    this.#patch({ state: withWishes(known, this.#deps.memberId, this.#wishes) });
  }

  #holding(holding: boolean): void {
    this.#patch({ holding });
    this.#letThrough();
  }

  #letThrough(): void {
    const me = this.me();
    if (me === undefined || me.role === "listener") return;
    const wanted = !this.#choices.pushToTalk || this.#state.holding;
    this.#voice.enableMicrophone(wanted && !me.muted);
  }

  #wantVolumes(): void {
    const quieter = (this.#known?.room.participants ?? [])
      .map(({ csrc, memberId }) => [csrc, volumeOf(this.#choices, memberId)] as const)
      .filter(([, volume]) => volume < 1);
    this.#voice.want(new Map(quieter));
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
  #resumeMicrophone(before: ParticipantView | undefined): void {
    const me = this.me();
    if (me === undefined) return;
    if (!me.muted && !this.#voice.microphoneOpen) void this.#mute();
    this.#followSeat(before ?? me, me);
  }

  #followSeat(before: ParticipantView | undefined, me: ParticipantView | undefined): void {
    if (me === undefined) return;
    const onStage = me.role !== "listener";
    if (onStage) this.#letThrough();
    else if (this.#voice.microphoneOpen) void this.#voice.closeMicrophone();
    if (before === undefined) return;
    const wasOnStage = before.role !== "listener";
    if (onStage !== wasOnStage) {
      this.#deps.onNotice({ kind: onStage ? "on_stage" : "in_audience" });
    } else if (me.role !== before.role) {
      const made = me.role === "moderator";
      this.#deps.onNotice({ kind: made ? "made_moderator" : "unmade_moderator" });
    } else if (me.held !== before.held) {
      this.#deps.onNotice({ kind: me.held ? "held_mute" : "unmute_allowed" });
    } else if (onStage && me.muted && !before.muted && !this.#mutedByMyself) {
      this.#deps.onNotice({ kind: "muted_by_moderator" });
    }
    if (me.muted) this.#mutedByMyself = true;
  }

  /** Everybody knows that it is here before he can be heard by it. `before` null: one just came. */
  #followScribe(before: boolean | null, now: boolean): void {
    if (before === now || (before === null && !now)) return;
    this.#deps.onScribe(before === null ? "here" : now ? "came" : "left");
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
