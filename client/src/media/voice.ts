/**
 * The voices of one visit to a room: hears the slots, sends the microphone, renews what broke.
 *
 * Owns the connection that is heard, the one that will take its place, the microphone and the
 * loudspeakers. Never talks to the gate itself: `VoiceLink` does, and tests can bring their own.
 */

import type { IceServer } from "../protocol.gen";
import { Microphone } from "./microphone";
import { Peer, type PeerState } from "./peer";
import { Playback } from "./playback";
import { LOOK_EVERY_MS, Pulse } from "./pulse";
import { Quality, type Weakness } from "./quality";
import { newRealm, PAGE } from "./realm";
import { SpeakingWatch } from "./speaking";

export type VoiceState = "waiting" | "connecting" | "connected" | "reconnecting";

export interface Offer {
  readonly mediaId: string;
  readonly sdp: string;
  /** Relays for where UDP to the server is blocked. */
  readonly iceServers: IceServer[];
}

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
}

/** A connection and what is heard on it. */
interface Line {
  readonly peer: Peer;
  readonly mediaId: string;
  readonly tracks: Map<number, MediaStreamTrack>;
  readonly receivers: RTCRtpReceiver[];
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
    this.#microphone = new Microphone(() => {
      void this.#sendFrom(null);
      events.onMicrophoneLost();
    });
    this.#playback = new Playback(parent, events.onBlocked);
    this.#speaking = new SpeakingWatch(() => this.#microphone.level(), events.onSpeaking);
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
    const line = this.#newLine(offer);
    this.#coming = line;
    this.#after(CONNECT_MS, () => void this.renew());
    const sdp = await answerFrom(line.peer, offer.sdp, () => this.#microphone.track);
    if (this.#coming !== line || sdp === null) return;
    const accepted = await this.#link.answer(offer.mediaId, sdp);
    if (accepted === null && this.#coming === line) this.#renewLater();
  }

  #newLine(offer: Offer): Line {
    const first = this.#state === "connecting";
    const peer = new Peer(
      offer.iceServers,
      {
        onState: (state) => this.#follow(line, state),
        onSlot: (slot, track, receiver) => {
          line.tracks.set(slot, track);
          line.receivers.push(receiver);
          if (this.#current === null) this.#playback.play(slot, track);
        },
      },
      first ? PAGE : newRealm(this.#parent),
    );
    const line: Line = { peer, mediaId: offer.mediaId, tracks: new Map(), receivers: [] };
    return line;
  }

  /** A new connection in place of a failed one; tries until it succeeds or is told to wait. */
  async renew(): Promise<void> {
    if (this.#renewing || this.#stopped) return;
    this.#renewing = true;
    this.#set("reconnecting");
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

  /** Open the microphone and put it on the line. Throws `MicrophoneError`. */
  async openMicrophone(): Promise<void> {
    const track = await this.#microphone.open();
    if (this.#stopped) this.#microphone.close();
    else await this.#sendFrom(track);
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

  /** The visit is over. */
  stop(): void {
    this.#stopped = true;
    this.#drop();
    this.#hangUp();
    this.#microphone.close();
    this.#speaking.stop();
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
    this.#speaking.watch(line.receivers);
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

/** Null where the offer cannot be used, or the connection was hung up meanwhile. */
async function answerFrom(
  peer: Peer,
  offer: string,
  track: () => MediaStreamTrack | null,
): Promise<string | null> {
  try {
    return await peer.answer(offer, track);
  } catch (error) {
    if (error instanceof DOMException) return null;
    throw error;
  }
}
