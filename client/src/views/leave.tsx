/** Leaving a room: quietly, but for its only host, who is told first what becomes of it. */

import { useEffect, useState } from "preact/hooks";
import type { Aftermath } from "../room";
import { Confirm } from "./dialog";
import { LeaveIcon } from "./icons";
import { useText } from "./language";

export interface LeaveProps {
  /** What becomes of the room; `null` where it goes on as it is. */
  readonly aftermath: Aftermath | null;
  readonly onLeave: () => void;
}

export function Leave({ aftermath, onLeave }: LeaveProps) {
  const { t } = useText();
  const { ask, question } = useAskBeforeLeaving(aftermath);
  return (
    <>
      <button
        type="button"
        class="button quiet small-button"
        aria-haspopup={aftermath === null ? undefined : "dialog"}
        onClick={() => ask(onLeave)}
      >
        <LeaveIcon />
        {t("room.leave")}
      </button>
      {question}
    </>
  );
}

/** `ask` leaves at once where there is nothing to ask; `question` is to be drawn somewhere. */
export function useAskBeforeLeaving(aftermath: Aftermath | null) {
  const { t } = useText();
  const [leave, setLeave] = useState<(() => void) | null>(null);
  const close = () => setLeave(null);
  useEffect(() => {
    if (aftermath === null) close(); // somebody became a host meanwhile, or everybody else left
  }, [aftermath]);
  const question = leave !== null && aftermath !== null && (
    <Confirm
      title={t("room.leave_host")}
      text={
        aftermath.kind === "heir"
          ? t("room.leave_heir", { name: aftermath.name })
          : t("room.leave_ends")
      }
      stay={t("room.leave_stay")}
      yes={t("room.leave")}
      onYes={() => {
        close();
        leave();
      }}
      onClose={close}
    />
  );
  const ask = (then: () => void) => (aftermath === null ? then() : setLeave(() => then));
  return { ask, question };
}
