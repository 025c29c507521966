/** Handing the link of a room on: the system's own sheet where there is one, else the clipboard. */

export type Shared = "shared" | "copied" | "closed" | "by_hand";

type Hands = {
  readonly share?: (data: { title: string; url: string }) => Promise<void>;
  readonly clipboard?: { writeText(text: string): Promise<void> };
};

/** What came of it; `by_hand` where the browser lets the page do neither. */
export async function shareLink(title: string, url: string, hands: Hands = navigator): Promise<Shared> {
  if (hands.share !== undefined) {
    try {
      await hands.share({ title, url });
      return "shared";
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      if (error.name === "AbortError") return "closed";
    }
  }
  if (hands.clipboard === undefined) return "by_hand"; // not over https
  try {
    await hands.clipboard.writeText(url);
    return "copied";
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    return "by_hand";
  }
}
