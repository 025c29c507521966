/** Before the house has answered: one line, on the doorstep. */

import { useText } from "./language";

export function DoorMessage({ busy = false, online = true }: { busy?: boolean; online?: boolean }) {
  const { t } = useText();
  const away = online ? t("app.unreachable") : t("shell.offline");
  return (
    <div class="view door">
      <main id="content" tabIndex={-1} aria-busy={busy}>
        <h1 class="brand">
          <span class="lit-mark" aria-hidden="true" /> {t("app.name")}
        </h1>
        <p role="status">{busy ? t("app.starting") : away}</p>
      </main>
    </div>
  );
}
