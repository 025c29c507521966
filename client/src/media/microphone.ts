/**
 * The microphone: asked for when it is first needed, given back when it no longer is.
 *
 * Owns the capture track and its level meter, and opens it anew where the device ends it, silences
 * it, or another device is due. Never sends anything; `Peer` does.
 */

import { constraintsOf, type SoundChoices } from "./choices";
import { anotherIsDue } from "./devices";
import { LevelMeter } from "./level";

export type MicrophoneProblem =
  | "no_media_devices"
  | "insecure_page"
  | "denied"
  | "not_found_microphone"
  | "busy";

/** The microphone cannot be used, with the reason. */
export class MicrophoneError extends Error {
  constructor(readonly code: MicrophoneProblem) {
    super(code);
    this.name = "MicrophoneError";
  }
}

export interface MicrophoneEvents {
  /** Another track has taken the place of the one before. */
  onReplaced: (track: MediaStreamTrack) => void;
  /** It went away by itself, and it could not be opened again. */
  onLost: () => void;
}

/** A call or the system silences a microphone for moments; longer than this, it is opened anew. */
export const SILENCED_MS = 3_000;
/** The waits before each try to have it again. */
const TRIES_MS = [0, 1_000, 3_000] as const;
/** Browsers tell of one device several times. */
const SETTLED_MS = 300;

/** At most one open microphone. */
export class Microphone {
  #track: MediaStreamTrack | null = null;
  #enabled = true;
  #silenced: ReturnType<typeof setTimeout> | null = null;
  #settled: ReturnType<typeof setTimeout> | null = null;
  /** Counts up at every opening and closing: whatever waited for the one before is too late. */
  #epoch = 0;
  readonly #meter = new LevelMeter();
  readonly #choices: () => SoundChoices;
  readonly #events: MicrophoneEvents;

  constructor(choices: () => SoundChoices, events: MicrophoneEvents) {
    this.#choices = choices;
    this.#events = events;
  }

  get track(): MediaStreamTrack | null {
    return this.#track;
  }

  /**
   * Ask for the microphone, unless it is open already; null where it was closed meanwhile.
   *
   * Throws `MicrophoneError`.
   */
  async open(): Promise<MediaStreamTrack | null> {
    if (this.#track !== null) return this.#track;
    const epoch = ++this.#epoch;
    const track = await capture(this.#choices());
    if (this.#track !== null || epoch !== this.#epoch) {
      track.stop();
      return this.#track;
    }
    this.#take(track);
    navigator.mediaDevices.addEventListener("devicechange", this.#devicesChanged);
    return track;
  }

  /** Open it anew, for other choices; where that fails, what is open stays. Throws `MicrophoneError`. */
  async reopen(): Promise<void> {
    if (this.#track === null) return;
    const epoch = ++this.#epoch;
    const track = await capture(this.#choices());
    if (epoch === this.#epoch) this.#replace(track);
    else track.stop();
  }

  /** The page runs again, perhaps after a telephone call: is the microphone still there? */
  wake(): void {
    this.#meter.resume();
    const track = this.#track;
    if (track !== null && (track.readyState === "ended" || track.muted)) void this.#recover();
  }

  /** Let the voice through, or send silence; the server checks the same on every packet. */
  enable(enabled: boolean): void {
    this.#enabled = enabled;
    if (this.#track !== null) this.#track.enabled = enabled;
  }

  /** Give the device back: the browser's recording sign goes out. */
  close(): void {
    this.#epoch += 1;
    this.#letGo();
    navigator.mediaDevices?.removeEventListener("devicechange", this.#devicesChanged);
    if (this.#settled !== null) clearTimeout(this.#settled);
    this.#meter.close();
  }

  /** The loudness now: root mean square, 0 to 1; 0 where closed. */
  level(): number {
    return this.#track === null ? 0 : this.#meter.level();
  }

  /** The same of what is let through: 0 where muted, too. */
  heardLevel(): number {
    return this.#track?.enabled === true ? this.#meter.level() : 0;
  }

  #take(track: MediaStreamTrack): void {
    this.#track = track;
    track.enabled = this.#enabled;
    track.onended = () => void this.#recover();
    track.onmute = () => {
      this.#silenced ??= setTimeout(() => void this.#recover(), SILENCED_MS);
    };
    track.onunmute = () => this.#notSilenced();
    this.#meter.listen(track);
  }

  #replace(track: MediaStreamTrack): void {
    this.#letGo();
    this.#take(track);
    this.#events.onReplaced(track);
  }

  #letGo(): void {
    this.#notSilenced();
    const track = this.#track;
    this.#track = null;
    if (track === null) return;
    track.onended = track.onmute = track.onunmute = null;
    track.stop();
  }

  #notSilenced(): void {
    if (this.#silenced !== null) clearTimeout(this.#silenced);
    this.#silenced = null;
  }

  /** Try to have it again a few times; what comes back silenced is no microphone. */
  async #recover(): Promise<void> {
    this.#notSilenced();
    const epoch = ++this.#epoch;
    for (const waitMs of TRIES_MS) {
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      if (epoch !== this.#epoch) return;
      const track = await captureOrNull(this.#choices());
      if (epoch === this.#epoch && track !== null && !track.muted) return this.#replace(track);
      track?.stop();
      if (epoch !== this.#epoch) return;
      if (this.#track?.readyState === "live" && !this.#track.muted) return; // it came back by itself
    }
    this.close();
    this.#events.onLost();
  }

  #devicesChanged = (): void => {
    if (this.#settled !== null) clearTimeout(this.#settled);
    this.#settled = setTimeout(() => void this.#followDevices(), SETTLED_MS);
  };

  async #followDevices(): Promise<void> {
    const listed = await navigator.mediaDevices.enumerateDevices();
    const track = this.#track;
    if (track === null) return;
    const { deviceId, groupId } = track.getSettings();
    const { microphoneId } = this.#choices();
    if (anotherIsDue({ deviceId, groupId }, microphoneId, listed)) await this.#recover();
  }
}

/** Browsers offer microphones to secure pages only (https, or localhost). */
export function microphonesOffered(): boolean {
  return typeof navigator.mediaDevices?.getUserMedia === "function";
}

/** Why this page has no microphone at all; null where it has. */
export function microphoneMissing(): MicrophoneProblem | null {
  if (microphonesOffered()) return null;
  return isSecureContext ? "no_media_devices" : "insecure_page";
}

async function capture(choices: SoundChoices): Promise<MediaStreamTrack> {
  const missing = microphoneMissing();
  if (missing !== null) throw new MicrophoneError(missing);
  try {
    const audio = constraintsOf(choices);
    const stream = await navigator.mediaDevices.getUserMedia({ audio, video: false });
    const track = stream.getAudioTracks()[0];
    if (track === undefined) throw new MicrophoneError("not_found_microphone");
    return track;
  } catch (error) {
    throw error instanceof MicrophoneError ? error : new MicrophoneError(problemOf(error));
  }
}

async function captureOrNull(choices: SoundChoices): Promise<MediaStreamTrack | null> {
  try {
    return await capture(choices);
  } catch (error) {
    if (error instanceof MicrophoneError) return null;
    throw error;
  }
}

/** The names are those of Media Capture and Streams §10.2. */
function problemOf(error: unknown): MicrophoneProblem {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "denied";
  if (name === "NotFoundError" || name === "OverconstrainedError") return "not_found_microphone";
  return "busy";
}
