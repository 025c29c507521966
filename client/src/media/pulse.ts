/**
 * Whether a connection is still alive, from what arrives on it.
 *
 * The server lets no connected browser wait longer than about 0.4 s for a packet, whether anybody
 * speaks or not (Rounds.beat in server/media/embedded/rounds.py). So silence on the wire means that
 * something is wrong, seconds before ICE says so. Owns counts and times; acts on nothing.
 */

/** `ask`: does the gate answer? `renew`: this connection is dead, whatever the gate says. */
export type Advice = "alive" | "ask" | "renew";

export const LOOK_EVERY_MS = 100;
export const ASK_AFTER_MS = 500;
/** Where only the address changed (a NAT), the browser's next check repairs it within 2.5 s. */
export const RENEW_AFTER_MS = 3_500;
/** After a sleep or a busy moment, what arrived meanwhile is counted before anything is judged. */
const LOOKS_AT_LEAST = 3;
/** Silence for so long is no longer called a good connection. */
const WORRYING_MS = 1_000;

/** One connection's pulse; time comes in as an argument. */
export class Pulse {
  #arrived = -1;
  #changedAtMs = 0;
  #looks = 0;
  #asked = false;
  #silentMs = 0;

  /** Nothing has come for longer than the server ever lets anybody wait. */
  get worrying(): boolean {
    return this.#silentMs >= WORRYING_MS;
  }

  /** `arrived` only ever grows, with every packet of any kind. */
  look(arrived: number, nowMs: number): Advice {
    if (arrived !== this.#arrived) {
      this.#arrived = arrived;
      this.#changedAtMs = nowMs;
      this.#looks = 0;
      this.#asked = false;
      this.#silentMs = 0;
      return "alive";
    }
    this.#looks += 1;
    const silentMs = nowMs - this.#changedAtMs;
    if (this.#looks < LOOKS_AT_LEAST || silentMs < ASK_AFTER_MS) return "alive";
    this.#silentMs = silentMs;
    if (silentMs >= RENEW_AFTER_MS) return "renew";
    if (this.#asked) return "alive";
    this.#asked = true;
    return "ask";
  }
}
