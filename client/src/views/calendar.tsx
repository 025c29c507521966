/** The secret address by which a calendar program reads what is planned. */

import { useEffect, useState } from "preact/hooks";
import type { Plans, PlansState } from "../plans";
import { Dialog } from "./dialog";
import { useText } from "./language";

export interface CalendarDialogProps {
  readonly plans: PlansState;
  readonly actions: Plans;
  readonly onClose: () => void;
}

export function CalendarDialog({ plans, actions, onClose }: CalendarDialogProps) {
  const { t, date } = useText();
  useEffect(() => {
    void actions.lookAtCalendar();
    return actions.forgetCalendarLink;
  }, [actions]);
  const { calendarSinceMs: sinceMs, calendarLink: link } = plans;
  return (
    <Dialog title={t("calendar.title")} onClose={onClose}>
      <p>{t("calendar.text")}</p>
      {link !== null && <Address link={link} />}
      {link === null && typeof sinceMs === "number" && (
        <p class="small" role="status">
          {t("calendar.since", { date: date(sinceMs) })}
        </p>
      )}
      {typeof sinceMs === "number" && (
        <p>
          <button
            type="button"
            class="link danger-link"
            onClick={() => void actions.revokeCalendar()}
          >
            {t("calendar.revoke")}
          </button>
        </p>
      )}
      <div class="row end">
        <button type="button" class="button quiet" onClick={onClose}>
          {t("app.close")}
        </button>
        <button
          type="button"
          class="button"
          disabled={sinceMs === undefined}
          onClick={() => void actions.makeCalendar()}
        >
          {typeof sinceMs === "number" ? t("calendar.again") : t("calendar.make")}
        </button>
      </div>
    </Dialog>
  );
}

function Address({ link }: { link: string }) {
  const { t } = useText();
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(link);
    setCopied(true);
  };
  return (
    <div class="stack" role="status">
      <input
        class="link-shown"
        readOnly
        aria-label={t("calendar.link")}
        value={link}
        onFocus={(event) => event.currentTarget.select()}
      />
      {"clipboard" in navigator && (
        <button type="button" class="button quiet" onClick={() => void copy()}>
          {copied ? t("calendar.copied") : t("calendar.copy")}
        </button>
      )}
      <small>{t("calendar.once")}</small>
    </div>
  );
}
