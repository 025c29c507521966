/** The number on the installed app's icon (W3C Badging API), where the system shows one. */

type Badging = Partial<Pick<Navigator, "setAppBadge" | "clearAppBadge">>;

export function showBadge(count: number, badging: Badging = navigator): void {
  const shown = count > 0 ? badging.setAppBadge?.(count) : badging.clearAppBadge?.();
  shown?.catch((error: unknown) => {
    if (!(error instanceof DOMException)) throw error; // the person did not allow it
  });
}
