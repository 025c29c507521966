/** Coming to a page by a button of another: the focus comes along, so that it is heard and seen. */

import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";

/** The page that the address named at first keeps the browser's own focus. */
let first = true;

/** For the `main` of a view: takes the focus when the view takes the place of another. */
export function useArrival(): RefObject<HTMLElement | null> {
  const main = useRef<HTMLElement>(null);
  useEffect(() => {
    // A field that asked for the focus keeps it.
    if (!first && !main.current?.contains(document.activeElement)) {
      main.current?.focus({ preventScroll: true });
    }
    first = false;
  }, []);
  return main;
}
