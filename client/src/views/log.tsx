/** Lines that grow at the end: followed while one is there, left alone while one reads further up. */

import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { useText } from "./language";

/** Nearer than this to the end, the log follows the newest line. */
const FOLLOW_PX = 48;

export interface LogProps {
  readonly label: string;
  /** Whether the browser reads new lines out by itself. */
  readonly live: "off" | "polite";
  /** Another one whenever a line is. */
  readonly lines: readonly unknown[];
  /** Said while there is none. */
  readonly empty: string;
  readonly extraClass?: string;
  /** How much larger than usual, 0 to 3. */
  readonly letters?: number;
  readonly children: ComponentChildren;
}

export function Log({ label, live, lines, empty, extraClass = "", letters = 0, children }: LogProps) {
  const { t } = useText();
  const box = useRef<HTMLDivElement>(null);
  const [following, setFollowing] = useState(true);
  useLayoutEffect(() => {
    const log = box.current;
    if (!following || log === null) return undefined;
    const toEnd = () => {
      log.scrollTop = log.scrollHeight;
    };
    toEnd();
    // A sheet that comes up has its height a moment later.
    const sized = new ResizeObserver(toEnd);
    sized.observe(log);
    return () => sized.disconnect();
  }, [lines, following]);
  useEffect(() => {
    if (lines.length === 0) setFollowing(true);
  }, [lines.length]);
  return (
    <div class="log-frame">
      <div
        ref={box}
        class={`log ${extraClass}`}
        data-letters={letters}
        role="log"
        aria-live={live}
        aria-label={label}
        tabIndex={0}
        onScroll={(event) => {
          const { scrollHeight, scrollTop, clientHeight } = event.currentTarget;
          setFollowing(scrollHeight - scrollTop - clientHeight < FOLLOW_PX);
        }}
      >
        {lines.length === 0 && <p class="small">{empty}</p>}
        {children}
      </div>
      {!following && (
        <button type="button" class="button small-button to-latest" onClick={() => setFollowing(true)}>
          {t("room.latest")}
        </button>
      )}
    </div>
  );
}
