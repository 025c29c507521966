/**
 * Makes each slot as loud as the person in it is wanted.
 *
 * Owns a timer, only while somebody is wanted quieter: who is in a slot changes without a word, and
 * only the packets say whose they are (their CSRC). Never changes what is sent to anybody.
 */

const LOOK_EVERY_MS = 20;

/** By CSRC, 0 to 1; who is not in it is as loud as he comes. */
export type Volumes = ReadonlyMap<number, number>;

/** The part of a contributing source that is looked at. */
export interface Contribution {
  readonly source: number;
  readonly timestamp: number;
}

/** Whose voice a slot plays now: the one whose packet was played last. */
export function voiceIn(contributions: readonly Contribution[]): number | null {
  let newest: Contribution | null = null;
  for (const each of contributions) {
    if (newest === null || each.timestamp > newest.timestamp) newest = each;
  }
  return newest?.source ?? null;
}

/** Follows the voices in the slots of one connection after the other. */
export class VolumeFollower {
  #volumes: Volumes = new Map();
  #slots: ReadonlyMap<number, RTCRtpReceiver> = new Map();
  #timer: ReturnType<typeof setInterval> | null = null;
  readonly #set: (slot: number, volume: number) => void;

  constructor(set: (slot: number, volume: number) => void) {
    this.#set = set;
  }

  /** The slots of a new connection. */
  watch(slots: ReadonlyMap<number, RTCRtpReceiver>): void {
    this.#slots = slots;
    this.#look();
  }

  want(volumes: Volumes): void {
    this.#volumes = volumes;
    this.#look();
    if (volumes.size === 0) return this.#rest();
    this.#timer ??= setInterval(() => this.#look(), LOOK_EVERY_MS);
  }

  stop(): void {
    this.#slots = new Map();
    this.#rest();
  }

  #rest(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  #look(): void {
    for (const [slot, receiver] of this.#slots) {
      const voice = this.#volumes.size === 0 ? null : voiceIn(receiver.getContributingSources());
      this.#set(slot, voice === null ? 1 : (this.#volumes.get(voice) ?? 1));
    }
  }
}
