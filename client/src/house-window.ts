/** After a tap on a notification: the house's own page, brought to the front or opened. */

/** What a page is told whose reader tapped: he wants to see who is at the door. */
export const TO_THE_DOOR = "to_the_door";
/** He was asked into a room and wants to go in. */
export const INTO_ROOM = "into_room";

/** The part of a window client that is used, so that tests can bring their own. */
export interface HouseWindow {
  readonly focused: boolean;
  readonly visibilityState: DocumentVisibilityState;
  focus(): Promise<unknown>;
  postMessage(message: unknown): void;
}

export interface HouseWindows {
  matchAll(options: { type: "window"; includeUncontrolled: true }): Promise<readonly HouseWindow[]>;
  openWindow(url: string): Promise<unknown>;
}

/** The page that is looked at, else any that is open, else a new one; a room where one is meant. */
export async function openHouse(windows: HouseWindows, roomId?: string): Promise<void> {
  const open = await windows.matchAll({ type: "window", includeUncontrolled: true });
  const page =
    open.find((each) => each.focused) ??
    open.find((each) => each.visibilityState === "visible") ??
    open[0];
  if (page === undefined) {
    await windows.openWindow(roomId === undefined ? "/" : `/room/${roomId}`);
    return;
  }
  page.postMessage(roomId === undefined ? { type: TO_THE_DOOR } : { type: INTO_ROOM, roomId });
  await page.focus();
}
