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

/** Call `onWake` with the time nothing ran, if that is known, whenever this page runs again. */
export function watchWaking(page: Window, onWake: (asleepMs: number) => void): void {
  const sleep = new SleepWatch();
  setInterval(() => {
    // Not `performance.now()`: it stands still on some systems while they sleep.
    const asleepMs = sleep.look(Date.now());
    if (asleepMs > 0) onWake(asleepMs);
  }, LOOK_EVERY_MS);
  const { document } = page;
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") onWake(0);
  });
  document.addEventListener("resume", () => onWake(0)); // Page Lifecycle: the page was frozen
  page.addEventListener("pageshow", (event) => {
    if (event.persisted) onWake(0);
  });
}
