/**
 * A view whose code and texts are fetched when it is first opened, so that the first page comes
 * soon.
 *
 * Owns the wait and what is said when the code does not come. Fetches from this house only.
 */

import { createContext, type ComponentChildren, type ComponentType } from "preact";
import { useContext, useEffect, useRef, useState } from "preact/hooks";
import { loadLater } from "../i18n/load";
import { useText } from "./language";

/** Where the page must not be loaded anew, as that would cost the voice: what closes the view. */
export interface Kept {
  /** `null` where there is a button for it anyway. */
  readonly onClose: (() => void) | null;
}
export const KeptContext = createContext<Kept | null>(null);

/** The same component, fetched by `load` on first use and at hand from then on. */
export function later<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  let Loaded: ComponentType<P> | null = null;
  return function Later(props: P) {
    const [View, setView] = useState<ComponentType<P> | null>(() => Loaded);
    const [busy, setBusy] = useState(true);
    const [failures, setFailures] = useState(0);
    const kept = useContext(KeptContext);
    useEffect(() => {
      if (View !== null || !busy) return;
      Promise.all([load(), loadLater()]).then(
        ([found]) => {
          Loaded = found;
          setView(() => found);
        },
        (error: unknown) => {
          if (!(error instanceof TypeError)) throw error;
          setFailures((before) => before + 1); // no connection, or a newer house with other files
          setBusy(false);
        },
      );
    }, [View, busy]);
    if (View !== null) {
      if (failures === 0) return <View {...props} />;
      return (
        <Fetched>
          <View {...props} />
        </Fetched>
      );
    }
    if (failures === 0) return <Coming />;
    if (kept === null) return <NotFetched />;
    return <TryAgain busy={busy} onRetry={() => setBusy(true)} onClose={kept.onClose} />;
  };
}

/** What a retry brought takes the focus of the button that is gone with it. */
function Fetched({ children }: { children: ComponentChildren }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => place.current?.focus(), []);
  return (
    <div ref={place} tabIndex={-1}>
      {children}
    </div>
  );
}

interface TryAgainProps {
  readonly busy: boolean;
  readonly onRetry: () => void;
  readonly onClose: Kept["onClose"];
}

/** The button stays while it is tried, so that the focus has a place. */
function TryAgain({ busy, onRetry, onClose }: TryAgainProps) {
  const { t } = useText();
  return (
    <div class="stack" data-testid="not-fetched">
      {busy ? (
        <p class="small" role="status">
          {t("shell.coming")}
        </p>
      ) : (
        <p class="problem" role="alert">
          {t("shell.not_fetched_here")}
        </p>
      )}
      <div class="row end">
        {onClose !== null && (
          <button type="button" class="button quiet" onClick={onClose}>
            {t("app.close")}
          </button>
        )}
        <button type="button" class="button" aria-busy={busy} onClick={onRetry}>
          {t("shell.try_again")}
        </button>
      </div>
    </div>
  );
}

function Coming() {
  const { t } = useText();
  return (
    <p class="later small" role="status">
      {t("shell.coming")}
    </p>
  );
}

function NotFetched() {
  const { t } = useText();
  return (
    <div class="later stack">
      <p class="problem" role="alert">
        {t("shell.not_fetched")}
      </p>
      <button type="button" class="button" onClick={() => location.reload()}>
        {t("shell.reload")}
      </button>
    </div>
  );
}
