/** The language one speaks in rooms, as one chose it on this device; the scribe is told with a yes. */

const KEY = "masil.spoken";

/** ISO 639-1; empty: the scribe finds out. */
export type Spoken = string;

export function spokenKept(storage: Pick<Storage, "getItem">): Spoken {
  const kept = storage.getItem(KEY) ?? "";
  return /^[a-z]{2}$/.test(kept) ? kept : "";
}

export function keepSpoken(storage: Pick<Storage, "setItem">, spoken: Spoken): Spoken {
  try {
    storage.setItem(KEY, spoken);
  } catch {
    // For now, then, and not the next time.
  }
  return spoken;
}
