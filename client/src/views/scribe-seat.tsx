/** The scribe on stage: present and visible, but no person. Opens what there is to know about it. */

import { useState } from "preact/hooks";
import { PencilIcon } from "./icons";
import { useDesk } from "./desk-context";
import { useText } from "./language";
import { ScribeDialog, type ScribeDialogProps } from "./scribe";

type ScribeSeatProps = Pick<
  ScribeDialogProps,
  "me" | "room" | "scribe" | "engine" | "nameOf" | "onCommand"
>;

export function ScribeSeat(props: ScribeSeatProps) {
  const { t } = useText();
  const { desk, actions, onReceipts } = useDesk();
  const [open, setOpen] = useState(false);
  const consented = props.room.participants.filter((person) => person.consented).length;
  const asking = props.scribe.askedToLeave.length;
  return (
    <li class="seat scribe" data-testid="scribe">
      <button
        type="button"
        class="square"
        aria-label={t("scribe.about")}
        aria-haspopup="dialog"
        onClick={() => setOpen(true)}
      >
        <PencilIcon />
        {asking > 0 && <span class="badge">{asking}</span>}
      </button>
      <span class="who">{t("room.scribe")}</span>
      <span class="how">
        {consented === 0 ? t("room.scribe_idle") : t("room.scribe_consented", { count: consented })}
      </span>
      {open && (
        <ScribeDialog
          {...props}
          asked={desk.asked}
          onAsk={(asked) => void actions?.askToLeave(asked)}
          onReceipts={onReceipts}
          onClose={() => setOpen(false)}
        />
      )}
    </li>
  );
}
