/** Newcomers who knock while another page than the hallway is open: answered in place. */

import { useEffect, useState } from "preact/hooks";
import type { KnockView } from "../protocol.gen";
import { CloseIcon } from "./icons";
import { useText } from "./language";

const SHOWN_MAX = 3;

export interface KnockToastsProps {
  readonly knocks: readonly KnockView[];
  /** The device's own names of contacts, by contact id. */
  readonly contactNames: Readonly<Record<string, string>>;
  /** Whether the page itself shows who is at the door, so that no toast has to. */
  readonly shownInPage: boolean;
  readonly onAdmit: (knockId: string, name: string) => void;
  readonly onIgnore: (knockId: string) => void;
}

export function KnockToasts(props: KnockToastsProps) {
  const { unseen, later } = useUnseen(props.knocks, props.shownInPage);
  return (
    <>
      {unseen.slice(0, SHOWN_MAX).map((knock) => (
        <KnockToast
          key={knock.knockId}
          knock={knock}
          contact={props.contactNames[knock.contactId]}
          onAdmit={() => props.onAdmit(knock.knockId, knock.name)}
          onIgnore={() => props.onIgnore(knock.knockId)}
          onLater={() => later(knock.knockId)}
        />
      ))}
    </>
  );
}

/** Those who were not on the page before; a toast goes with its knock. */
function useUnseen(knocks: readonly KnockView[], shownInPage: boolean) {
  const [seen, setSeen] = useState<ReadonlySet<string>>(new Set());
  useEffect(() => {
    if (shownInPage) setSeen(new Set(knocks.map((knock) => knock.knockId)));
  }, [knocks, shownInPage]);
  const later = (knockId: string) => setSeen(new Set([...seen, knockId]));
  const unseen = shownInPage ? [] : knocks.filter((knock) => !seen.has(knock.knockId));
  return { unseen, later };
}

interface KnockToastProps {
  readonly knock: KnockView;
  readonly contact: string | undefined;
  readonly onAdmit: () => void;
  readonly onIgnore: () => void;
  readonly onLater: () => void;
}

function KnockToast({ knock, contact, onAdmit, onIgnore, onLater }: KnockToastProps) {
  const { t } = useText();
  return (
    <div class="notice knocked actions" data-testid="knock-toast">
      <p>
        <b>{t("notice.knocked", { name: knock.name })}</b>
        <small>{contact ? t("knock.contact", { contact }) : t("knock.contact_unnamed")}</small>
      </p>
      <button type="button" class="icon-button plain" aria-label={t("app.dismiss")} onClick={onLater}>
        <CloseIcon />
      </button>
      <div class="row">
        <button type="button" class="button small-button grow" onClick={onAdmit}>
          {t("knock.admit")}
        </button>
        <button
          type="button"
          class="button quiet small-button"
          title={t("knock.ignore_hint")}
          onClick={onIgnore}
        >
          {t("knock.ignore")}
        </button>
      </div>
    </div>
  );
}
