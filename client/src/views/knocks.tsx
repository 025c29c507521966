/** Newcomers who wait and whose numbers this member holds. */

import { useEffect, useState } from "preact/hooks";
import type { KnockView } from "../protocol.gen";
import { useText } from "./language";

export interface KnocksProps {
  readonly knocks: readonly KnockView[];
  /** The device's own names of contacts, by contact id. */
  readonly contactNames: Readonly<Record<string, string>>;
  readonly onAdmit: (knockId: string, name: string) => void;
  readonly onIgnore: (knockId: string) => void;
}

const MINUTE_MS = 60_000;

export function Knocks({ knocks, contactNames, onAdmit, onIgnore }: KnocksProps) {
  const { t } = useText();
  const nowMs = useNow();
  if (knocks.length === 0) return null;
  return (
    <section class="knocks" id="knocks" tabIndex={-1} aria-label={t("knock.title")}>
      {knocks.map((knock) => (
        <KnockCard
          key={knock.knockId}
          knock={knock}
          contact={contactNames[knock.contactId]}
          nowMs={nowMs}
          onAdmit={() => onAdmit(knock.knockId, knock.name)}
          onIgnore={() => onIgnore(knock.knockId)}
        />
      ))}
    </section>
  );
}

interface KnockCardProps {
  readonly knock: KnockView;
  readonly contact: string | undefined;
  readonly nowMs: number;
  readonly onAdmit: () => void;
  readonly onIgnore: () => void;
}

function KnockCard({ knock, contact, nowMs, onAdmit, onIgnore }: KnockCardProps) {
  const { t, ago } = useText();
  return (
    <article class="knock" data-testid="knock">
      <div>
        <h2>{t("knock.waits", { name: knock.name })}</h2>
        <p class="small">
          {contact ? t("knock.contact", { contact }) : t("knock.contact_unnamed")}
          {" · "}
          {ago(knock.knockedAtMs, nowMs)}
        </p>
      </div>
      <div class="row">
        <button type="button" class="button grow" onClick={onAdmit}>
          {t("knock.admit")}
        </button>
        <button type="button" class="button quiet" title={t("knock.ignore_hint")} onClick={onIgnore}>
          {t("knock.ignore")}
        </button>
      </div>
    </article>
  );
}

/** The time, once a minute. */
function useNow(): number {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), MINUTE_MS);
    return () => clearInterval(timer);
  }, []);
  return Math.max(nowMs, Date.now());
}
