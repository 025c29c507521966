/** Handing a link on, by what the browser has. */

/** How this browser hands a link on, answering whether it was copied; null over plain http. */
export function shareOfBrowser(): ((title: string, url: string) => Promise<boolean>) | null {
  if (typeof navigator.share === "function") {
    return async (title, url) => {
      try {
        await navigator.share({ title, url });
      } catch (error) {
        // Closing the sheet without a choice is no fault.
        if (!(error instanceof DOMException && error.name === "AbortError")) throw error;
      }
      return false;
    };
  }
  const clipboard = navigator.clipboard as Clipboard | undefined;
  if (clipboard === undefined) return null;
  return async (_, url) => {
    await clipboard.writeText(url);
    return true;
  };
}
