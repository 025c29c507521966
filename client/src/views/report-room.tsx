/** A report about the room one is in, over the room, which goes on. */

import { useState } from "preact/hooks";
import { Dialog } from "./dialog";
import { useText } from "./language";
import { ReportFields } from "./report";
import { useTalk } from "./talk-context";

export function ReportRoom({ title }: { title: string }) {
  const { t } = useText();
  const { reporting } = useTalk();
  const [step, setStep] = useState<"closed" | "writing" | "thanks">("closed");
  if (reporting === null) return null;
  const close = () => setStep("closed");
  return (
    <p>
      <button type="button" class="link" aria-haspopup="dialog" onClick={() => setStep("writing")}>
        {t("report.room")}
      </button>
      {step === "writing" && (
        <Dialog title={t("report.room")} onClose={close}>
          <p class="small">{t("report.room_text", { title })}</p>
          <ReportFields
            inRoom
            onReport={({ reason, statement, withLog }) =>
              reporting.reportRoom({ reason, statement, withLog })
            }
            onDone={() => setStep("thanks")}
            onCancel={close}
          />
        </Dialog>
      )}
      {step === "thanks" && (
        <Dialog title={t("person.thanks")} onClose={close}>
          <p>{t("person.thanks_text")}</p>
          <button type="button" class="button" onClick={close}>
            {t("app.close")}
          </button>
        </Dialog>
      )}
    </p>
  );
}
