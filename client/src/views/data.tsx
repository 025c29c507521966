/** One's own data: everything as a file, and the end of the account. */

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { Account, AccountState } from "../account";
import type { Me } from "../protocol.gen";
import { Dialog } from "./dialog";
import { useText } from "./language";
import { Problem } from "./problem";
import { Subpage } from "./subpage";

export interface DataProps {
  readonly me: Me;
  readonly account: AccountState;
  readonly actions: Pick<Account, "export" | "erase">;
  readonly onBack: () => void;
}

export function Data({ me, account, actions, onBack }: DataProps) {
  const { t } = useText();
  const [asking, setAsking] = useState(false);
  const { busy, problem } = account;
  return (
    <Subpage title={t("data.title")} onBack={onBack}>
      <Problem code={problem} />
      <section class="card stack" aria-labelledby="take-home">
        <h2 id="take-home">{t("data.export_title")}</h2>
        <p>{t("data.export_text")}</p>
        <button type="button" class="button" disabled={busy} onClick={() => void actions.export()}>
          {t("data.export")}
        </button>
      </section>
      <section class="card stack" aria-labelledby="erase">
        <h2 id="erase">{t("data.erase_title")}</h2>
        <p>{t("data.erase_text")}</p>
        <button
          type="button"
          class="button quiet danger-link"
          disabled={busy}
          aria-haspopup="dialog" onClick={() => setAsking(true)}
        >
          {t("data.erase")}
        </button>
      </section>
      {asking && (
        <EraseDialog
          isAdmin={me.isAdmin}
          onYes={() => {
            setAsking(false);
            void actions.erase(me);
          }}
          onClose={() => setAsking(false)}
        />
      )}
    </Subpage>
  );
}

interface EraseDialogProps {
  readonly isAdmin: boolean;
  readonly onYes: () => void;
  readonly onClose: () => void;
}

/** Says what goes and what stays, before it is too late. */
function EraseDialog({ isAdmin, onYes, onClose }: EraseDialogProps) {
  const { t } = useText();
  return (
    <Dialog title={t("data.erase_title")} onClose={onClose}>
      <p>{t("data.erase_text")}</p>
      {isAdmin && <p class="plain-words">{t("data.admin")}</p>}
      <Listed title={t("data.goes")}>
        <li>{t("data.goes_you")}</li>
        <li>{t("data.goes_devices")}</li>
        <li>{t("data.goes_people")}</li>
        <li>{t("data.goes_room")}</li>
        <li>{t("data.goes_plans")}</li>
        <li>{t("data.goes_receipts")}</li>
      </Listed>
      <Listed title={t("data.stays")}>
        <li>{t("data.stays_reports")}</li>
      </Listed>
      <p class="small">{t("data.free")}</p>
      <div class="row end">
        <button type="button" class="button quiet" onClick={onClose}>
          {t("app.cancel")}
        </button>
        <button type="button" class="button danger" onClick={onYes}>
          {t("data.erase_yes")}
        </button>
      </div>
    </Dialog>
  );
}

function Listed({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <div>
      <b>{title}</b>
      <ul class="plain-list">{children}</ul>
    </div>
  );
}
