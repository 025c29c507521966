/**
 * Whether a connection that works is weak, and in what: from what is lost and how long it takes.
 *
 * Owns the last seconds' counts and the two limits of each figure, so that a word on the screen
 * does not flicker. Acts on nothing; `Pulse` tells whether there is a connection at all.
 */

/** One look at a connection; the counts only grow. */
export interface Vitals {
  /** Grows with every packet of any kind. */
  readonly arrived: number;
  /** Packets of voices, over all slots. */
  readonly received: number;
  readonly lost: number;
  /** From here to the server and back; 0 where it is not known yet. */
  readonly roundTripMs: number;
  /** Share of the own voice that the server missed lately, 0 to 1 (RFC 3550 §6.4.1). */
  readonly ownLoss: number;
}

/** `loss`: holes in what one hears. `own_loss`: holes in what others hear. `slow`: it takes long. */
export type Weakness =
  | { readonly kind: "loss" | "own_loss"; readonly share: number }
  | { readonly kind: "slow"; readonly roundTripMs: number }
  | { readonly kind: "silent" };

const LOOK_EVERY_MS = 1_000;
const LOOKS_KEPT = 5;
/** Fewer packets than one second of a voice prove nothing. */
const PACKETS_AT_LEAST = 50;
const SHOWN_FROM = { share: 0.06, roundTripMs: 500 } as const;
const GONE_BELOW = { share: 0.03, roundTripMs: 350 } as const;
/** Two looks in a row, either way. */
const LOOKS_TO_CHANGE = 2;

/** One connection's quality; time comes in as an argument. */
export class Quality {
  #looks: Vitals[] = [];
  #lookedAtMs = -Infinity;
  #weakness: Weakness | null = null;
  #changing = 0;

  /** Call it as often as there are vitals; it looks once a second. */
  look(vitals: Vitals, nowMs: number): Weakness | null {
    if (nowMs - this.#lookedAtMs < LOOK_EVERY_MS) return this.#weakness;
    this.#lookedAtMs = nowMs;
    this.#looks = [...this.#looks, vitals].slice(-LOOKS_KEPT - 1);
    const weak = this.#weakness !== null;
    const found = this.#judge(vitals, weak ? GONE_BELOW : SHOWN_FROM);
    this.#changing = (found !== null) === weak ? 0 : this.#changing + 1;
    if (this.#changing >= LOOKS_TO_CHANGE) {
      this.#changing = 0;
      this.#weakness = found;
    } else if (weak && found !== null) {
      this.#weakness = found;
    }
    return this.#weakness;
  }

  #judge(now: Vitals, limit: { share: number; roundTripMs: number }): Weakness | null {
    const share = this.#lostShare(now);
    if (share >= limit.share) return { kind: "loss", share };
    if (now.ownLoss >= limit.share) return { kind: "own_loss", share: now.ownLoss };
    const { roundTripMs } = now;
    return roundTripMs >= limit.roundTripMs ? { kind: "slow", roundTripMs } : null;
  }

  #lostShare(now: Vitals): number {
    const first = this.#looks[0] ?? now;
    const lost = Math.max(0, now.lost - first.lost);
    const all = now.received - first.received + lost;
    return all < PACKETS_AT_LEAST ? 0 : lost / all;
  }
}
