/**
 * The loudspeakers: one hidden `<audio data-slot="n">` a slot.
 *
 * Owns those elements. Never decides who is heard; the server fills the slots.
 */

/** Plays the slots of the newest connection. */
export class Playback {
  readonly #parent: HTMLElement;
  readonly #onBlocked: (blocked: boolean) => void;
  #elements = new Map<number, HTMLAudioElement>();

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
    this.#onBlocked(false);
    await Promise.all([...this.#elements.values()].map((element) => this.#start(element)));
  }

  /** Silence, and no elements left. */
  stop(): void {
    for (const element of this.#elements.values()) {
      element.srcObject = null;
      element.remove();
    }
    this.#elements.clear();
  }

  #add(slot: number): HTMLAudioElement {
    const element = document.createElement("audio");
    element.dataset["slot"] = String(slot);
    element.autoplay = true;
    element.hidden = true;
    this.#parent.append(element);
    this.#elements.set(slot, element);
    return element;
  }

  async #start(element: HTMLAudioElement): Promise<void> {
    try {
      await element.play();
    } catch (error) {
      const name = error instanceof DOMException ? error.name : "";
      if (name === "NotAllowedError") this.#onBlocked(true);
      else if (name !== "AbortError") throw error; // AbortError: a newer track took its place
    }
  }
}
