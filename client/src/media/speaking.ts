/**
 * Who is speaking now, for the rings around the seats.
 *
 * Owns a timer that looks at what arrives: the server names the speaker of each packet in its CSRC
 * (RFC 3550 §5.1). Never looks at what is said.
 */

const LOOK_EVERY_MS = 100;
/** Loudness above which a packet is a voice: about −45 dBov, linear (RFC 6464 levels). */
const VOICE_LEVEL = 0.0056;
/** The ring stays over the short silences between words. */
const HANG_OVER_MS = 350;
const OWN_VOICE_RMS = 0.012;

/** What a receiver tells about one speaker's packets. */
export interface Source {
  readonly csrc: number;
  /** When the newest packet was played, milliseconds. */
  readonly timestamp: number;
  /** 0 to 1, or null where the packets do not tell. */
  readonly level: number | null;
}

/** Remembers per speaker what the last look showed; time comes in as an argument. */
export class SpeakingDetector {
  #seen = new Map<number, { timestamp: number; advances: number; voiceAt: number }>();

  /** The speakers whose voices can be heard at `nowMs`. */
  look(sources: readonly Source[], nowMs: number): Set<number> {
    for (const source of newestOf(sources)) this.#note(source, nowMs);
    const speaking = new Set<number>();
    for (const [csrc, seen] of this.#seen) {
      if (nowMs - seen.voiceAt <= HANG_OVER_MS) speaking.add(csrc);
    }
    return speaking;
  }

  #note(source: Source, nowMs: number): void {
    const before = this.#seen.get(source.csrc);
    const moved = before !== undefined && source.timestamp > before.timestamp;
    // Comfort noise (DTX) comes a few times a second, speech fifty times: two looks in a row.
    const advances = moved ? before.advances + 1 : 0;
    const loud = source.level === null ? advances >= 2 : source.level >= VOICE_LEVEL && moved;
    this.#seen.set(source.csrc, {
      timestamp: source.timestamp,
      advances,
      voiceAt: loud ? nowMs : (before?.voiceAt ?? -Infinity),
    });
  }
}

/**
 * One source for each speaker. A slot that he had before tells of its last packet for ten seconds
 * more, always as loud as that was.
 */
function newestOf(sources: readonly Source[]): Iterable<Source> {
  const newest = new Map<number, Source>();
  for (const source of sources) {
    const known = newest.get(source.csrc);
    if (known === undefined || source.timestamp > known.timestamp) newest.set(source.csrc, source);
  }
  return newest.values();
}

/** Looks ten times a second and reports when the set of speakers changes. */
export class SpeakingWatch {
  #detector = new SpeakingDetector();
  #receivers: RTCRtpReceiver[] = [];
  #timer: ReturnType<typeof setInterval> | null = null;
  #last = "";
  #ownVoiceAt = -Infinity;
  readonly #ownLevel: () => number;
  readonly #onChange: (csrcs: ReadonlySet<number>, own: boolean) => void;

  constructor(
    ownLevel: () => number,
    onChange: (csrcs: ReadonlySet<number>, own: boolean) => void,
  ) {
    this.#ownLevel = ownLevel;
    this.#onChange = onChange;
  }

  /** Look at the slots of a new connection. */
  watch(receivers: RTCRtpReceiver[]): void {
    this.#receivers = receivers;
    this.#detector = new SpeakingDetector();
    this.#timer ??= setInterval(() => this.#look(), LOOK_EVERY_MS);
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.#receivers = [];
    this.#report(new Set(), false);
  }

  #look(): void {
    const now = performance.now();
    const sources = this.#receivers.flatMap((receiver) =>
      receiver.getContributingSources().map((source) => ({
        csrc: source.source,
        timestamp: source.timestamp,
        // 0 is sent for senders that do not tell how loud they are (and for silence, in DTX).
        level: source.audioLevel || null,
      })),
    );
    if (this.#ownLevel() >= OWN_VOICE_RMS) this.#ownVoiceAt = now;
    this.#report(this.#detector.look(sources, now), now - this.#ownVoiceAt <= HANG_OVER_MS);
  }

  #report(csrcs: ReadonlySet<number>, own: boolean): void {
    const key = `${own}:${[...csrcs].sort().join()}`;
    if (key === this.#last) return;
    this.#last = key;
    this.#onChange(csrcs, own);
  }
}
