/** When one left a room in this tab: so that coming back, one can ask what one missed. */

const KEY = "masil.left";
const KEPT = 20;

type Left = Record<string, number>;

export function noteLeft(storage: Storage, roomId: string, atMs: number): void {
  const left = Object.entries({ ...read(storage), [roomId]: atMs });
  const newest = left.sort((a, b) => b[1] - a[1]).slice(0, KEPT);
  try {
    storage.setItem(KEY, JSON.stringify(Object.fromEntries(newest)));
  } catch {
    // A full or forbidden storage only means that the question is about all that was before.
  }
}

/** `null` where one was never there in this tab. */
export function leftAt(storage: Storage, roomId: string): number | null {
  return read(storage)[roomId] ?? null;
}

function read(storage: Storage): Left {
  try {
    const value: unknown = JSON.parse(storage.getItem(KEY) ?? "{}");
    if (typeof value !== "object" || value === null) return {};
    return Object.fromEntries(
      Object.entries(value).filter((entry): entry is [string, number] => typeof entry[1] === "number"),
    );
  } catch {
    return {};
  }
}
