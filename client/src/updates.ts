/**
 * New versions of the page: found in the background, taken when the reader says so.
 *
 * Never reloads by itself, and never while its reader is in a room.
 */

const LOOK_EVERY_MS = 60 * 60_000;

/** The part of the browser that is used, so that tests can bring their own. */
export interface VersionBrowser {
  /** Calls back whenever a new version waits; resolves to a way to look again. */
  watch(onWaiting: () => void): Promise<() => Promise<void>>;
  /** Let the version that waits take over; calls back when it has. */
  takeOver(onTaken: () => void): void;
  reload(): void;
}

export interface UpdatesDependencies {
  readonly browser: VersionBrowser;
  readonly inRoom: () => boolean;
  readonly onWaiting: () => void;
}

export class Updates {
  readonly #deps: UpdatesDependencies;
  #look: (() => Promise<void>) | null = null;
  #taken = false;
  #asked = false;

  constructor(deps: UpdatesDependencies) {
    this.#deps = deps;
  }

  start = async (): Promise<void> => {
    this.#look = await this.#deps.browser.watch(this.#deps.onWaiting);
    setInterval(() => void this.look(), LOOK_EVERY_MS);
  };

  /** Ask the house whether there is a newer version. */
  look = async (): Promise<void> => this.#look?.();

  /** The reader wants it. */
  take = (): void => {
    if (this.#deps.inRoom()) return;
    if (this.#taken) return this.#deps.browser.reload();
    if (this.#asked) return;
    this.#asked = true;
    this.#deps.browser.takeOver(() => {
      this.#taken = true;
      if (!this.#deps.inRoom()) this.#deps.browser.reload(); // else he is asked again outside
    });
  };
}
