/** Before the house has answered: one line, on the doorstep. */

import { useText } from "./language";

export function DoorMessage({ busy = false }: { busy?: boolean }) {
  const { t } = useText();
  return (
    <div class="view door">
      <main id="content" tabIndex={-1} aria-busy={busy}>
        <p role="status">{busy ? t("app.starting") : t("app.unreachable")}</p>
      </main>
    </div>
  );
}
