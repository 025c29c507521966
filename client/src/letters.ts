/** How large captions are on this device: kept here, and told to nobody. */

const KEY = "masil.letters";
export const LETTERS_MOST = 3;

/** 0 to 3. */
export type Letters = number;

export function lettersKept(storage: Pick<Storage, "getItem">): Letters {
  const kept = Number(storage.getItem(KEY) ?? 0);
  return Number.isInteger(kept) ? clamp(kept) : 0;
}

export function keepLetters(storage: Pick<Storage, "setItem">, letters: Letters): Letters {
  const kept = clamp(letters);
  try {
    storage.setItem(KEY, String(kept));
  } catch {
    // Larger for now, then, and not the next time.
  }
  return kept;
}

function clamp(letters: number): Letters {
  return Math.min(LETTERS_MOST, Math.max(0, letters));
}
