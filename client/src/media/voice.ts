/**
 * The voices of one visit to a room: hears the slots, sends the microphone, renews what broke.
 *
 * Owns the connection that is heard, the one that will take its place, the microphone and the
 * loudspeakers. Never talks to the gate itself: `VoiceLink` does, and tests can bring their own.
 */

import { capturedOtherwise, USUAL, type SoundChoices } from "./choices";
import { Microphone, MicrophoneError } from "./microphone";
import { answerFrom, newLine, type Line, type Offer } from "./line";
import type { PeerState } from "./peer";
import { Playback } from "./playback";
import { LOOK_EVERY_MS, Pulse } from "./pulse";
import { Quality, type Weakness } from "./quality";
import { newRealm, PAGE } from "./realm";
import { SpeakingWatch } from "./speaking";
import { VolumeFollower, type Volumes } from "./volumes";

export type VoiceState = "waiting" | "connecting" | "connected" | "reconnecting";

/** What the voices need of the gate; null where it refuses or is away. */
export interface VoiceLink {
  answer(mediaId: string, sdp: string): Promise<object | null>;
  /** `replaces` is the session that goes on until the new one is connected. */
  renew(replaces: string | null): Promise<Offer | null>;
  /** Find out at once whether the gate is reached; where it is not, `Voice` gets a new offer. */
  reach(): Promise<boolean>;
}

export interface VoiceEvents {
  onState: (state: VoiceState) => void;
  /** In what the connection that works is weak; null where it is not. */
  onWeakness: (weakness: Weakness | null) => void;
  onBlocked: (blocked: boolean) => void;
  onSpeaking: (csrcs: ReadonlySet<number>, own: boolean) => void;
  onMicrophoneLost: () => void;
  /** Another microphone could not be opened; the one before goes on. */
  onMicrophoneKept: (error: MicrophoneError) => void;
}

const CONNECT_MS = 8_000;
const RENEW_BACK_OFF_MS = [250, 500, 1_500, 3_000, 6_000] as const;

export class Voice {
  readonly #parent: HTMLElement;
  readonly #link: VoiceLink;
  readonly #events: VoiceEvents;
  readonly #microphone: Microphone;
  readonly #playback: Playback;
  readonly #speaking: SpeakingWatch;
  readonly #volumes: VolumeFollower;
  #choices: SoundChoices = USUAL;
  /** The line that is heard. */
  #current: Line | null = null;
  /** The line that takes its place as soon as it is connected. */
  #coming: Line | null = null;
  #state: VoiceState = "waiting";
  #timer: ReturnType<typeof setTimeout> | null = null;
  #watch: ReturnType<typeof setInterval> | null = null;
  #renewals = 0;
  #renewing = false;
  #stopped = false;

  constructor(parent: HTMLElement, link: VoiceLink, events: VoiceEvents) {
    this.#parent = parent;
    this.#link = link;
    this.#events = events;
    this.#microphone = new Microphone(() => this.#choices, {
      onReplaced: (track) => void this.#sendFrom(track),
      onLost: () => {
        void this.#sendFrom(null);
        events.onMicrophoneLost();
      },
    });
    this.#playback = new Playback(parent, events.onBlocked);
    this.#speaking = new SpeakingWatch(() => this.#microphone.heardLevel(), events.onSpeaking);
    this.#volumes = new VolumeFollower((slot, volume) => this.#playback.setVolume(slot, volume));
  }

  get microphoneOpen(): boolean {
    return this.#microphone.track !== null;
  }

  /** The media session that is heard now. */
  get mediaId(): string | null {
    return this.#current?.mediaId ?? null;
  }

  /** Take the server's offer; what is heard now goes on until this one is connected. */
  async take(offer: Offer): Promise<void> {
    if (this.#stopped) return;
    if (offer.mediaId === this.mediaId || offer.mediaId === this.#coming?.mediaId) return;
    this.#drop();
    if (this.#current === null) this.#set(this.#state === "waiting" ? "connecting" : "reconnecting");
    const realm = this.#state === "connecting" ? PAGE : newRealm(this.#parent);
    const line = newLine(offer, realm, {
      onState: (state) => this.#follow(line, state),
      onSlot: (slot, track) => {
        if (this.#current === null) this.#playback.play(slot, track);
      },
    });
    this.#coming = line;
    this.#after(CONNECT_MS, () => void this.renew());
    const { music } = this.#choices;
    const sdp = await answerFrom(line.peer, offer.sdp, music, () => this.#microphone.track);
    if (this.#coming !== line || sdp === null) return;
    const accepted = await this.#link.answer(offer.mediaId, sdp);
    if (accepted === null && this.#coming === line) this.#renewLater();
  }

  /** A new connection in place of a failed one; tries until it succeeds or is told to wait. */
  async renew(): Promise<void> {
    if (this.#renewing || this.#stopped) return;
    this.#set("reconnecting");
    await this.#replace();
  }

  /** The old connection, if there is one, goes on until the new one is there. */
  async #replace(): Promise<void> {
    this.#renewing = true;
    try {
      const offer = await this.#link.renew(this.mediaId);
      if (offer !== null) await this.take(offer);
      else if (this.#state === "reconnecting") this.#renewLater();
    } finally {
      this.#renewing = false;
    }
  }

  /** The server's media process is away: hang up and wait for an offer. */
  wait(): void {
    this.#drop();
    this.#hangUp();
    this.#set("waiting");
  }

  /**
   * Open the microphone and put it on the line; false where it was closed meanwhile.
   *
   * Throws `MicrophoneError`.
   */
  async openMicrophone(): Promise<boolean> {
    const track = await this.#microphone.open();
    await this.#sendFrom(track);
    return track !== null;
  }

  /** How the own sound is wanted from now on; what is open or connected follows. */
  async choose(choices: SoundChoices): Promise<void> {
    const before = this.#choices;
    this.#choices = choices;
    await this.#playback.playOn(choices.loudspeakerId);
    if (capturedOtherwise(before, choices)) await this.#reopenMicrophone();
    // Only a new connection sends in another number of channels.
    if (choices.music !== before.music && this.#current !== null && !this.#renewing) {
      await this.#replace();
    }
  }

  /** How loud whom: by CSRC. */
  want(volumes: Volumes): void {
    this.#volumes.want(volumes);
  }

  /** How loud the own microphone is now, muted or not: 0 to 1. */
  level(): number {
    return this.#microphone.level();
  }

  /** The page runs again, perhaps after a telephone call. */
  async wake(): Promise<void> {
    this.#microphone.wake();
    await this.#playback.wake();
  }

  async #reopenMicrophone(): Promise<void> {
    try {
      await this.#microphone.reopen();
    } catch (error) {
      if (!(error instanceof MicrophoneError)) throw error;
      this.#events.onMicrophoneKept(error);
    }
  }

  /** Let the own voice through or not. */
  enableMicrophone(enabled: boolean): void {
    this.#microphone.enable(enabled);
  }

  /** Give the microphone back, for example in the audience. */
  async closeMicrophone(): Promise<void> {
    this.#microphone.close();
    await this.#sendFrom(null);
  }

  /** Be heard after a tap, where the browser asked for one. */
  resume(): Promise<void> {
    return this.#playback.resume();
  }

  /** Silence here, until `resume`. */
  pause(): void {
    this.#playback.pause();
  }

  /** The visit is over. */
  stop(): void {
    this.#stopped = true;
    this.#drop();
    this.#hangUp();
    this.#microphone.close();
    this.#speaking.stop();
    this.#volumes.stop();
    this.#playback.stop();
  }

  #follow(line: Line, state: PeerState): void {
    if (state === "connected") {
      if (line === this.#coming) this.#switchTo(line);
      else if (line === this.#current && this.#coming === null) this.#set("connected");
    } else if (state === "interrupted" || state === "failed") {
      if (line === this.#coming) this.#renewLater();
      else if (line === this.#current && this.#coming === null) void this.renew();
    }
  }

  /** In one go, so that nobody is ever heard twice; the server has ended the older one already. */
  #switchTo(line: Line): void {
    this.#hangUp();
    this.#coming = null;
    this.#current = line;
    this.#cancel();
    this.#renewals = 0;
    for (const [slot, track] of line.tracks) this.#playback.play(slot, track);
    this.#speaking.watch([...line.receivers.values()]);
    this.#volumes.watch(line.receivers);
    this.#feelPulse(line);
    this.#set("connected");
  }

  /** Notice that nothing arrives any more, which no event tells where the network changed. */
  #feelPulse(line: Line): void {
    const pulse = new Pulse();
    const quality = new Quality();
    this.#watch = setInterval(async () => {
      const vitals = await line.peer.vitals();
      if (line !== this.#current || this.#coming !== null) return;
      const advice = pulse.look(vitals.arrived, performance.now());
      const weakness = quality.look(vitals, performance.now());
      this.#events.onWeakness(pulse.worrying ? { kind: "silent" } : weakness);
      if (advice === "ask") void this.#link.reach();
      else if (advice === "renew") void this.renew();
    }, LOOK_EVERY_MS);
  }

  async #sendFrom(track: MediaStreamTrack | null): Promise<void> {
    await Promise.all([this.#current, this.#coming].map((line) => line?.peer.sendFrom(track)));
  }

  /** The gate's own return (welcome, media_up) brings a new offer too, and may be earlier. */
  #renewLater(): void {
    const step = Math.min(this.#renewals++, RENEW_BACK_OFF_MS.length - 1);
    this.#after(RENEW_BACK_OFF_MS[step] ?? 6_000, () => void this.renew());
  }

  /** Give up the line that was to come. */
  #drop(): void {
    this.#cancel();
    this.#coming?.peer.close();
    this.#coming = null;
  }

  #hangUp(): void {
    if (this.#watch !== null) clearInterval(this.#watch);
    this.#watch = null;
    this.#current?.peer.close();
    this.#current = null;
    this.#events.onWeakness(null);
  }

  #set(state: VoiceState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#events.onState(state);
  }

  #after(delayMs: number, act: () => void): void {
    this.#cancel();
    this.#timer = setTimeout(act, delayMs);
  }

  #cancel(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
