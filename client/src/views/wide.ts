/** Whether the window is as wide as a desktop's: then captions and chat are tabs beside the stage. */

import { useEffect, useState } from "preact/hooks";

const WIDE = "(min-width: 64rem)";

export function useWide(): boolean {
  const [wide, setWide] = useState(() => matchMedia(WIDE).matches);
  useEffect(() => {
    const query = matchMedia(WIDE);
    const follow = () => setWide(query.matches);
    query.addEventListener("change", follow);
    return () => query.removeEventListener("change", follow);
  }, []);
  return wide;
}
