/**
 * The loudspeakers: one hidden `<audio data-slot="n">` a slot.
 *
 * Owns those elements, the device they play on and how loud each of them is. Never decides who is
 * heard; the server fills the slots.
 */

/** Plays the slots of the newest connection. */
export class Playback {
  readonly #parent: HTMLElement;
  readonly #onBlocked: (blocked: boolean) => void;
  #elements = new Map<number, HTMLAudioElement>();
  #loudspeakerId = "";
  #paused = false;
  #volumes = new Map<number, number>();

  /** `onBlocked(true)`: the browser wants a tap before it lets the page be heard. */
  constructor(parent: HTMLElement, onBlocked: (blocked: boolean) => void) {
    this.#parent = parent;
    this.#onBlocked = onBlocked;
  }

  /** Let a slot be heard; a track that was there before is silent from now on. */
  play(slot: number, track: MediaStreamTrack): void {
    const element = this.#elements.get(slot) ?? this.#add(slot);
    if (element.srcObject instanceof MediaStream && element.srcObject.getTracks()[0] === track) return;
    element.srcObject = new MediaStream([track]);
    void this.#start(element);
  }

  /** Try again, inside the handler of the tap. */
  async resume(): Promise<void> {
    this.#paused = false;
    this.#onBlocked(false);
    await Promise.all([...this.#elements.values()].map((element) => this.#start(element)));
  }

  /** Silence on purpose, as from a lock screen; a tap ends it like the browser's own silence. */
  pause(): void {
    this.#paused = true;
    for (const element of this.#elements.values()) element.pause();
    if (this.#elements.size > 0) this.#onBlocked(true);
  }

  /** How loud a slot is, 0 to 1. */
  setVolume(slot: number, volume: number): void {
    const element = this.#elements.get(slot);
    if (element === undefined || (this.#volumes.get(slot) ?? 1) === volume) return;
    this.#volumes.set(slot, volume);
    element.volume = volume;
    element.muted = volume === 0; // telephones that let no page change a volume can do this
  }

  /** Play on this device; on the system's own where it is away. */
  async playOn(loudspeakerId: string): Promise<void> {
    this.#loudspeakerId = loudspeakerId;
    await Promise.all([...this.#elements.values()].map((each) => sendTo(each, loudspeakerId)));
  }

  /** A telephone call pauses what a page plays: go on after it. */
  async wake(): Promise<void> {
    if (this.#paused) return;
    const paused = [...this.#elements.values()].filter((element) => element.paused);
    await Promise.all(paused.map((element) => this.#start(element)));
  }

  /** Silence, and no elements left. */
  stop(): void {
    for (const element of this.#elements.values()) {
      element.srcObject = null;
      element.remove();
    }
    this.#elements.clear();
    this.#volumes.clear();
  }

  #add(slot: number): HTMLAudioElement {
    const element = document.createElement("audio");
    element.dataset["slot"] = String(slot);
    element.autoplay = true;
    element.hidden = true;
    this.#parent.append(element);
    this.#elements.set(slot, element);
    void sendTo(element, this.#loudspeakerId);
    return element;
  }

  async #start(element: HTMLAudioElement): Promise<void> {
    if (this.#paused) return element.pause();
    try {
      await element.play();
    } catch (error) {
      const name = error instanceof DOMException ? error.name : "";
      if (name === "NotAllowedError") this.#onBlocked(true);
      else if (name !== "AbortError") throw error; // AbortError: a newer track took its place
    }
  }
}

/** Whether this browser lets a page choose the loudspeaker. */
export function loudspeakersOffered(): boolean {
  return "setSinkId" in HTMLMediaElement.prototype;
}

/** Play an element on a device; where it is away or not allowed, on the system's own. */
export async function sendTo(element: HTMLMediaElement, loudspeakerId: string): Promise<void> {
  if (!loudspeakersOffered() || element.sinkId === loudspeakerId) return;
  try {
    await element.setSinkId(loudspeakerId);
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    if (loudspeakerId !== "") await sendTo(element, "");
  }
}
