/** One's own consents: when the scribe was let hear one, and when no more. No speech is in them. */

import { useEffect } from "preact/hooks";
import type { ReceiptView } from "../protocol.gen";
import type { Desk } from "../desk";
import type { ProblemCode } from "../state";
import { useText } from "./language";
import { Problem } from "./problem";
import { Subpage } from "./subpage";

export interface ReceiptsPageProps {
  /** `null` until they are there. */
  readonly receipts: readonly ReceiptView[] | null;
  readonly problem: ProblemCode | null;
  readonly actions: Pick<Desk, "look" | "exportReceipts">;
  readonly onBack: () => void;
}

export function ReceiptsPage({ receipts, problem, actions, onBack }: ReceiptsPageProps) {
  const { t } = useText();
  useEffect(() => void actions.look(), [actions]);
  return (
    <Subpage title={t("receipts.title")} onBack={onBack}>
      <p>{t("receipts.text")}</p>
      <Problem code={problem} />
      {receipts?.length === 0 && <p class="empty">{t("receipts.none")}</p>}
      {receipts !== null && receipts.length > 0 && (
        <>
          <ul class="rows card receipts" data-testid="receipts">
            {receipts.map((receipt) => (
              <Receipt key={receipt.receiptId} {...receipt} />
            ))}
          </ul>
          <button type="button" class="button quiet" onClick={actions.exportReceipts}>
            {t("receipts.export")}
          </button>
        </>
      )}
    </Subpage>
  );
}

function Receipt({ grantedAtMs, withdrawnAtMs, version, language }: ReceiptView) {
  const { t, moment, time, date, number, locale } = useText();
  const from = moment(grantedAtMs);
  const names = new Intl.DisplayNames(locale, { type: "language" });
  const to = () => {
    if (withdrawnAtMs === null) return "";
    return date(withdrawnAtMs) === date(grantedAtMs) ? time(withdrawnAtMs) : moment(withdrawnAtMs);
  };
  const facts = [
    t("receipts.version", { version: number(version) }),
    ...(language === null ? [] : [t("receipts.language", { language: names.of(language) ?? language })]),
  ];
  return (
    <li data-testid="receipt">
      <b>
        {withdrawnAtMs === null
          ? t("receipts.still_on", { from })
          : t("receipts.on", { from, to: to() })}
      </b>
      <p>{t("receipts.purpose")}</p>
      <p class="small">{facts.join(" · ")}</p>
    </li>
  );
}
