/**
 * What another app shared into this one: becomes the title of a room that one may open.
 *
 * Pure. The address holds it once only; it is kept in memory, and sent nowhere before the reader
 * opens a room with it.
 */

/** As the room's own limit. */
const TITLE_MAX = 80;

/** The title for a room, or null where nothing was shared; empty where only a room is wanted. */
export function sharedTitle(location: { pathname: string; search: string }): string | null {
  if (location.pathname !== "/share") return null;
  const shared = new URLSearchParams(location.search);
  const words = [shared.get("title"), shared.get("text"), shared.get("url")];
  const found = words.map((each) => each?.replace(/\s+/g, " ").trim() ?? "").find((each) => each !== "");
  return [...(found ?? "")].slice(0, TITLE_MAX).join("");
}

/** Takes it out of the address bar: a reload does not ask again. */
export function takeShared(location: Location, history: Pick<History, "replaceState">): string | null {
  const title = sharedTitle(location);
  if (title !== null) history.replaceState(null, "", "/");
  return title;
}
