/**
 * The voices of one visit to a room: hears the slots, sends the microphone, renews what broke.
 *
 * Owns the current connection, the microphone and the loudspeakers. Never talks to the gate
 * itself: `VoiceLink` does, and tests can bring their own.
 */

import type { IceServer } from "../protocol.gen";
import { Microphone } from "./microphone";
import { Peer, type PeerState } from "./peer";
import { Playback } from "./playback";
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
  renew(): Promise<Offer | null>;
}

export interface VoiceEvents {
  onState: (state: VoiceState) => void;
  onBlocked: (blocked: boolean) => void;
  onSpeaking: (csrcs: ReadonlySet<number>, own: boolean) => void;
  onMicrophoneLost: () => void;
}

const INTERRUPTED_MS = 3_000;
const CONNECT_MS = 8_000;
const RENEW_BACK_OFF_MS = [250, 500, 1_500, 3_000, 6_000] as const;

export class Voice {
  readonly #link: VoiceLink;
  readonly #events: VoiceEvents;
  readonly #microphone: Microphone;
  readonly #playback: Playback;
  readonly #speaking: SpeakingWatch;
  #peer: Peer | null = null;
  #mediaId: string | null = null;
  #state: VoiceState = "waiting";
  #timer: ReturnType<typeof setTimeout> | null = null;
  #renewals = 0;
  #renewing = false;
  #stopped = false;

  constructor(parent: HTMLElement, link: VoiceLink, events: VoiceEvents) {
    this.#link = link;
    this.#events = events;
    this.#microphone = new Microphone(() => {
      void this.#peer?.sendFrom(null);
      events.onMicrophoneLost();
    });
    this.#playback = new Playback(parent, events.onBlocked);
    this.#speaking = new SpeakingWatch(() => this.#microphone.level(), events.onSpeaking);
  }

  get microphoneOpen(): boolean {
    return this.#microphone.track !== null;
  }

  /** Take the server's offer; a connection that was there before is hung up first. */
  async take(offer: Offer): Promise<void> {
    if (this.#stopped) return;
    if (offer.mediaId === this.#mediaId && this.#state === "connected") return;
    this.#hangUp();
    this.#mediaId = offer.mediaId;
    this.#set(this.#state === "waiting" ? "connecting" : "reconnecting");
    const receivers: RTCRtpReceiver[] = [];
    const peer = new Peer(offer.iceServers, {
      onState: (state) => this.#follow(peer, state),
      onSlot: (slot, track, receiver) => {
        receivers.push(receiver);
        this.#playback.play(slot, track);
      },
    });
    this.#peer = peer;
    this.#after(CONNECT_MS, () => void this.renew());
    const sdp = await answerFrom(peer, offer.sdp, this.#microphone.track);
    if (this.#peer !== peer || sdp === null) return;
    this.#speaking.watch(receivers);
    const accepted = await this.#link.answer(offer.mediaId, sdp);
    if (accepted === null && this.#peer === peer) this.#renewLater();
  }

  /** A new connection in place of a failed one; tries until it succeeds or is told to wait. */
  async renew(): Promise<void> {
    if (this.#renewing || this.#stopped) return;
    this.#renewing = true;
    this.#set("reconnecting");
    try {
      const offer = await this.#link.renew();
      if (offer !== null) await this.take(offer);
      else if (this.#state === "reconnecting") this.#renewLater();
    } finally {
      this.#renewing = false;
    }
  }

  /** The server's media process is away: hang up and wait for an offer. */
  wait(): void {
    this.#hangUp();
    this.#set("waiting");
  }

  /** Open the microphone and put it on the line. Throws `MicrophoneError`. */
  async openMicrophone(): Promise<void> {
    const track = await this.#microphone.open();
    if (this.#stopped) this.#microphone.close();
    else await this.#peer?.sendFrom(track);
  }

  /** Let the own voice through or not. */
  enableMicrophone(enabled: boolean): void {
    this.#microphone.enable(enabled);
  }

  /** Give the microphone back, for example in the audience. */
  async closeMicrophone(): Promise<void> {
    this.#microphone.close();
    await this.#peer?.sendFrom(null);
  }

  /** Be heard after a tap, where the browser asked for one. */
  resume(): Promise<void> {
    return this.#playback.resume();
  }

  /** The visit is over. */
  stop(): void {
    this.#stopped = true;
    this.#hangUp();
    this.#microphone.close();
    this.#speaking.stop();
    this.#playback.stop();
  }

  #follow(peer: Peer, state: PeerState): void {
    if (peer !== this.#peer) return;
    switch (state) {
      case "connected":
        this.#cancel();
        this.#renewals = 0;
        this.#set("connected");
        break;
      case "interrupted":
        this.#after(INTERRUPTED_MS, () => void this.renew());
        break;
      case "failed":
        void this.renew();
        break;
      case "connecting":
        break;
      default:
        state satisfies never;
    }
  }

  /** The gate's own return (welcome, media_up) brings a new offer too, and may be earlier. */
  #renewLater(): void {
    const step = Math.min(this.#renewals++, RENEW_BACK_OFF_MS.length - 1);
    this.#after(RENEW_BACK_OFF_MS[step] ?? 6_000, () => void this.renew());
  }

  #hangUp(): void {
    this.#cancel();
    this.#peer?.close();
    this.#peer = null;
    this.#mediaId = null;
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
  track: MediaStreamTrack | null,
): Promise<string | null> {
  try {
    return await peer.answer(offer, track);
  } catch (error) {
    if (error instanceof DOMException) return null;
    throw error;
  }
}
