/** One's own corner: who one is here, and the way to everything that is one's own. */

import type { Me } from "../protocol.gen";
import type { Route } from "../route";
import { Face } from "./face";
import { ForwardIcon } from "./icons";
import { LanguageSwitch, useText, type LanguageProps } from "./language";
import { Subpage } from "./subpage";

export interface YouProps extends LanguageProps {
  readonly me: Me;
  readonly reportsWaiting: number;
  readonly onGo: (route: Route) => void;
  readonly onBack: () => void;
  readonly onSignOut: () => void;
}

export function You({ me, reportsWaiting, onGo, onBack, onSignOut, onLocale }: YouProps) {
  const { t } = useText();
  return (
    <Subpage title={t("you.title")} onBack={onBack}>
      <p class="you-name">
        <Face {...me} />
        <b>{me.name}</b>
      </p>
      <nav class="rows" aria-label={t("you.title")}>
        <Row title={t("profile.title")} text={t("profile.row")} onOpen={() => onGo({ view: "profile" })} />
        <Row
          title={t("people.title")}
          text={t("people.row")}
          onOpen={() => onGo({ view: "people", which: "following" })}
        />
        <Row title={t("contacts.title")} text={t("you.contacts")} onOpen={() => onGo({ view: "contacts" })} />
        <Row
          title={t("invitations.title")}
          text={t("invitations.row")}
          onOpen={() => onGo({ view: "invitations" })}
        />
        <Row title={t("push.title")} text={t("push.row")} onOpen={() => onGo({ view: "notifications" })} />
        <Row title={t("devices.title")} text={t("devices.row")} onOpen={() => onGo({ view: "devices" })} />
        <Row
          title={t("receipts.title")}
          text={t("receipts.row")}
          onOpen={() => onGo({ view: "consents" })}
        />
        <Row title={t("data.title")} text={t("data.row")} onOpen={() => onGo({ view: "data" })} />
        {me.isAdmin && (
          <Row
            title={t("admin.title")}
            text={
              reportsWaiting > 0
                ? t("admin.row_waiting", { count: reportsWaiting })
                : t("admin.row")
            }
            onOpen={() => onGo({ view: "admin" })}
          />
        )}
      </nav>
      <footer class="foot">
        <LanguageSwitch onLocale={onLocale} />
        <button type="button" class="link" onClick={onSignOut}>
          {t("app.sign_out")}
        </button>
      </footer>
    </Subpage>
  );
}

interface RowProps {
  readonly title: string;
  readonly text: string;
  readonly onOpen: () => void;
}

function Row({ title, text, onOpen }: RowProps) {
  return (
    <button type="button" class="row-link" onClick={onOpen}>
      <span>
        <b>{title}</b>
        <small>{text}</small>
      </span>
      <ForwardIcon />
    </button>
  );
}
