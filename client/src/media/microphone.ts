/**
 * The microphone: asked for when it is first needed, given back when it no longer is.
 *
 * Owns the capture track and its level meter. Never sends anything; `Peer` does.
 */

export type MicrophoneProblem = "no_media_devices" | "denied" | "not_found_microphone" | "busy";

/** The microphone cannot be used, with the reason. */
export class MicrophoneError extends Error {
  constructor(readonly code: MicrophoneProblem) {
    super(code);
    this.name = "MicrophoneError";
  }
}

const CONSTRAINTS: MediaTrackConstraints = {
  echoCancellation: true,
  noiseSuppression: true,
  autoGainControl: true,
};

/** At most one open microphone. */
export class Microphone {
  #track: MediaStreamTrack | null = null;
  #audio: AudioContext | null = null;
  #analyser: AnalyserNode | null = null;
  #samples: Float32Array<ArrayBuffer> = new Float32Array(0);
  readonly #onLost: () => void;

  /** `onLost` is called when the device goes away by itself: unplugged, or taken by a call. */
  constructor(onLost: () => void) {
    this.#onLost = onLost;
  }

  get track(): MediaStreamTrack | null {
    return this.#track;
  }

  /** Ask for the microphone, unless it is open already. Throws `MicrophoneError`. */
  async open(): Promise<MediaStreamTrack> {
    if (this.#track !== null) return this.#track;
    const stream = await capture();
    const track = stream.getAudioTracks()[0];
    if (track === undefined) throw new MicrophoneError("not_found_microphone");
    track.onended = () => {
      this.close();
      this.#onLost();
    };
    this.#track = track;
    this.#listen(stream);
    return track;
  }

  /** Let the voice through, or send silence; the server checks the same on every packet. */
  enable(enabled: boolean): void {
    if (this.#track !== null) this.#track.enabled = enabled;
  }

  /** Give the device back: the browser's recording sign goes out. */
  close(): void {
    if (this.#track !== null) {
      this.#track.onended = null;
      this.#track.stop();
    }
    this.#track = null;
    this.#analyser = null;
    void this.#audio?.close();
    this.#audio = null;
  }

  /** The loudness now: root mean square, 0 to 1; 0 where muted or closed. */
  level(): number {
    if (this.#analyser === null || this.#track?.enabled !== true) return 0;
    this.#analyser.getFloatTimeDomainData(this.#samples);
    let sum = 0;
    for (const sample of this.#samples) sum += sample * sample;
    return Math.sqrt(sum / this.#samples.length);
  }

  #listen(stream: MediaStream): void {
    const audio = new AudioContext();
    const analyser = audio.createAnalyser();
    analyser.fftSize = 1024;
    audio.createMediaStreamSource(stream).connect(analyser);
    this.#audio = audio;
    this.#analyser = analyser;
    this.#samples = new Float32Array(analyser.fftSize);
  }
}

/** Browsers offer microphones to secure pages only (https, or localhost). */
export function microphonesOffered(): boolean {
  return typeof navigator.mediaDevices?.getUserMedia === "function";
}

async function capture(): Promise<MediaStream> {
  if (!microphonesOffered()) throw new MicrophoneError("no_media_devices");
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: CONSTRAINTS, video: false });
  } catch (error) {
    throw new MicrophoneError(problemOf(error));
  }
}

/** The names are those of Media Capture and Streams §10.2. */
function problemOf(error: unknown): MicrophoneProblem {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "denied";
  if (name === "NotFoundError" || name === "OverconstrainedError") return "not_found_microphone";
  return "busy";
}
