/** Words typed into a field, asked about when the typing pauses. */

import { useEffect, useState } from "preact/hooks";

const PAUSE_MS = 250;

/** `asked` is what was asked about last; returns what stands in the field, and its setter. */
export function useSearchWords(
  asked: string,
  onAsk: (words: string) => Promise<void>,
): [string, (words: string) => void] {
  const [words, setWords] = useState(asked);
  useEffect(() => {
    if (words === asked) return undefined;
    const timer = setTimeout(() => void onAsk(words), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [words, asked, onAsk]);
  return [words, setWords];
}
