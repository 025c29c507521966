/**
 * How somebody wants to speak and hear, on this device.
 *
 * Owns one localStorage entry. Never leaves the device: no device, key or volume is told to anybody.
 */

export interface SoundChoices {
  /** A `deviceId`; empty: whichever the system takes. */
  readonly microphoneId: string;
  readonly loudspeakerId: string;
  readonly echoCancellation: boolean;
  readonly noiseSuppression: boolean;
  readonly autoGainControl: boolean;
  /** Stereo, more bits, nothing filtered. */
  readonly music: boolean;
  /** Heard only while a key is held. */
  readonly pushToTalk: boolean;
  /** `KeyboardEvent.code` of that key. */
  readonly talkKey: string;
  /** Whether single keys do anything (WCAG 2.1.4). */
  readonly shortcuts: boolean;
  /** How loud members are played, 0 to 1; who is not in it is played as he comes. */
  readonly volumes: Readonly<Record<string, number>>;
  /** The own microphone was tried, or used. */
  readonly tried: boolean;
}

export const USUAL: SoundChoices = {
  microphoneId: "",
  loudspeakerId: "",
  echoCancellation: true,
  noiseSuppression: true,
  autoGainControl: true,
  music: false,
  pushToTalk: false,
  talkKey: "Space",
  shortcuts: true,
  volumes: {},
  tried: false,
};

/** Members whose volume is remembered; the oldest go first. */
export const VOLUMES_MAX = 200;
const KEY = "masil.sound";

/** Reads and writes the entry; storage that is full or forbidden only costs the memory. */
export class SoundChoiceStore {
  readonly #storage: Pick<Storage, "getItem" | "setItem">;

  constructor(storage: Pick<Storage, "getItem" | "setItem">) {
    this.#storage = storage;
  }

  read(): SoundChoices {
    return choicesFrom(this.#storage.getItem(KEY));
  }

  /** Answers false where the device has no room for them. */
  save(choices: SoundChoices): boolean {
    try {
      this.#storage.setItem(KEY, JSON.stringify(choices));
      return true;
    } catch (error) {
      if (error instanceof DOMException) return false;
      throw error;
    }
  }
}

/** What an entry says, field by field; what is not there or of another type is as usual. */
export function choicesFrom(text: string | null): SoundChoices {
  const kept = parsed(text);
  const fields = Object.entries(USUAL).map(([name, usual]) => {
    const value = kept[name];
    return [name, name !== "volumes" && typeof value === typeof usual ? value : usual];
  });
  return { ...(Object.fromEntries(fields) as SoundChoices), volumes: volumesFrom(kept["volumes"]) };
}

/** One member's volume, 0 to 1; full volume needs no memory. */
export function withVolume(choices: SoundChoices, memberId: string, volume: number): SoundChoices {
  const others = Object.entries(choices.volumes).filter(([id]) => id !== memberId);
  const all = volume >= 1 ? others : [...others, [memberId, Math.max(0, volume)] as const];
  return { ...choices, volumes: Object.fromEntries(all.slice(-VOLUMES_MAX)) };
}

export function volumeOf(choices: SoundChoices, memberId: string): number {
  return choices.volumes[memberId] ?? 1;
}

/** What a browser is asked for. A device that is away must not keep anybody from talking. */
export function constraintsOf(choices: SoundChoices): MediaTrackConstraints {
  const { microphoneId, music } = choices;
  const device = microphoneId === "" ? {} : { deviceId: { ideal: microphoneId } };
  if (music) {
    // Filters would take music for noise, and most work on one channel only.
    const untouched = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    return { ...device, ...untouched, channelCount: { ideal: 2 } };
  }
  const { echoCancellation, noiseSuppression, autoGainControl } = choices;
  return { ...device, echoCancellation, noiseSuppression, autoGainControl };
}

/** Whether the microphone must be opened anew for these choices. */
export function capturedOtherwise(before: SoundChoices, after: SoundChoices): boolean {
  return JSON.stringify(constraintsOf(before)) !== JSON.stringify(constraintsOf(after));
}

function parsed(text: string | null): Record<string, unknown> {
  if (text === null) return {};
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

function volumesFrom(value: unknown): Record<string, number> {
  if (!isRecord(value)) return {};
  const known = Object.entries(value).filter(
    (entry): entry is [string, number] =>
      typeof entry[1] === "number" && entry[1] >= 0 && entry[1] < 1,
  );
  return Object.fromEntries(known.slice(-VOLUMES_MAX));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
