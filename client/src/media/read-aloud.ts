/**
 * Reads typed turns out, where the device's owner wants that. Off at first.
 *
 * Only with voices of the device itself: others send the text to whoever made the browser.
 */

const KEY = "masil.readAloud";
const WAITING_MAX = 5;

export class ReadAloud {
  readonly #storage: Storage;
  readonly #speech: SpeechSynthesis | undefined;
  #waiting = 0;

  constructor(storage: Storage, speech: SpeechSynthesis | undefined) {
    this.#storage = storage;
    this.#speech = speech;
  }

  get available(): boolean {
    return this.#speech !== undefined;
  }

  get on(): boolean {
    return this.available && this.#storage.getItem(KEY) === "on";
  }

  set(on: boolean): void {
    this.#storage.setItem(KEY, on ? "on" : "off");
    if (!on) this.hush();
  }

  /** Read this out after what is being read; beyond a few that wait, it is left out. */
  say(text: string, language = /[가-힣]/.test(text) ? "ko" : "en"): void {
    if (!this.on || this.#speech === undefined || this.#waiting >= WAITING_MAX) return;
    const voice = this.#speech
      .getVoices()
      .find(({ lang, localService }) => localService && lang.toLowerCase().startsWith(language));
    if (voice === undefined) return;
    const utterance = new SpeechSynthesisUtterance(text);
    utterance.voice = voice;
    utterance.lang = voice.lang;
    this.#waiting += 1;
    utterance.onend = utterance.onerror = () => {
      this.#waiting -= 1;
    };
    this.#speech.speak(utterance);
  }

  hush(): void {
    this.#speech?.cancel();
  }
}
