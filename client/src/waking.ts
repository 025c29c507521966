/**
 * Notices that the page ran again after it could not: looked at again, unfrozen, or after a sleep.
 *
 * Owns one timer. A laptop that sleeps sends no event; its timers just come late. Acts on nothing.
 */

const LOOK_EVERY_MS = 1_000;
/** A timer this much too late means that nothing ran; browsers slow hidden pages down by less. */
export const ASLEEP_MS = 4_000;

/** Tells a late timer from a punctual one; time comes in as an argument. */
export class SleepWatch {
  #lookedAtMs: number | null = null;

  /** How long nothing ran before `nowMs`, or 0. */
  look(nowMs: number): number {
    const gap = this.#lookedAtMs === null ? 0 : nowMs - this.#lookedAtMs - LOOK_EVERY_MS;
    this.#lookedAtMs = nowMs;
    return gap >= ASLEEP_MS ? gap : 0;
  }
}

/** Call `onWake` whenever this page runs again, for as long as the page is there. */
export function watchWaking(page: Window, onWake: () => void): void {
  const sleep = new SleepWatch();
  setInterval(() => {
    // Not `performance.now()`: it stands still on some systems while they sleep.
    if (sleep.look(Date.now()) > 0) onWake();
  }, LOOK_EVERY_MS);
  const { document } = page;
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") onWake();
  });
  document.addEventListener("resume", onWake); // Page Lifecycle: the page was frozen
  page.addEventListener("pageshow", (event) => {
    if (event.persisted) onWake();
  });
}
