/**
 * A view whose code is fetched when it is first opened, so that the first page comes soon.
 *
 * Owns the wait and what is said when the code does not come. Fetches from this house only.
 */

import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useText } from "./language";

/** The same component, fetched by `load` on first use and at hand from then on. */
export function later<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  let Loaded: ComponentType<P> | null = null;
  return function Later(props: P) {
    const [View, setView] = useState<ComponentType<P> | null>(() => Loaded);
    const [failed, setFailed] = useState(false);
    useEffect(() => {
      if (View !== null || failed) return;
      load().then(
        (found) => {
          Loaded = found;
          setView(() => found);
        },
        (error: unknown) => {
          if (!(error instanceof TypeError)) throw error;
          setFailed(true); // no connection, or a newer house that has other files
        },
      );
    }, [View, failed]);
    if (View !== null) return <View {...props} />;
    return failed ? <NotFetched /> : <Coming />;
  };
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
