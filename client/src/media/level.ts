/**
 * How loud a track is now, whether it is let through or not.
 *
 * Owns one AudioContext and a copy of the track while it listens; keeps no sound and sends none.
 */

const SAMPLES = 1024;

export class LevelMeter {
  #audio: AudioContext | null = null;
  #copy: MediaStreamTrack | null = null;
  #source: MediaStreamAudioSourceNode | null = null;
  #analyser: AnalyserNode | null = null;
  readonly #samples = new Float32Array(SAMPLES);

  /** Listen to this track instead of the one before. */
  listen(track: MediaStreamTrack): void {
    // Where the device failed, so did the context that was on it.
    this.close();
    this.#audio = new AudioContext();
    this.#analyser = this.#audio.createAnalyser();
    this.#analyser.fftSize = SAMPLES;
    this.#copy = track.clone();
    this.#copy.enabled = true;
    this.#source = this.#audio.createMediaStreamSource(new MediaStream([this.#copy]));
    this.#source.connect(this.#analyser);
    this.resume();
  }

  /** Telephones stop it for a call, browsers until there was a tap. */
  resume(): void {
    const audio = this.#audio;
    if (audio === null || audio.state === "running" || audio.state === "closed") return;
    audio.resume().catch((error: unknown) => {
      if (!(error instanceof DOMException)) throw error; // closed meanwhile, or not allowed yet
    });
  }

  /** Root mean square, 0 to 1. */
  level(): number {
    if (this.#analyser === null) return 0;
    this.#analyser.getFloatTimeDomainData(this.#samples);
    let sum = 0;
    for (const sample of this.#samples) sum += sample * sample;
    return Math.sqrt(sum / SAMPLES);
  }

  close(): void {
    this.#source?.disconnect();
    this.#copy?.stop();
    void this.#audio?.close();
    this.#audio = this.#analyser = this.#source = this.#copy = null;
  }
}
