/** What a host can do about the room as a whole: its lock, all microphones, its bans, its end. */

import { useState } from "preact/hooks";
import type { PersonView, RoomView } from "../protocol.gen";
import type { Command } from "../signalling";
import { Dialog } from "./dialog";
import { LockIcon, MoreIcon } from "./icons";
import { useText } from "./language";
import { StepFrame } from "./step";

export interface RoomMenuProps {
  readonly room: RoomView;
  readonly bans: readonly PersonView[] | null;
  readonly onListBans: () => void;
  readonly onCommand: (command: Command) => void;
}

type Step = "menu" | "bans" | "end";

export function RoomMenu(props: RoomMenuProps) {
  const { t } = useText();
  const [step, setStep] = useState<Step | null>(null);
  return (
    <>
      <button
        type="button"
        class="icon-button"
        aria-label={t("stage.menu")}
        aria-haspopup="dialog"
        onClick={() => setStep("menu")}
      >
        <MoreIcon />
      </button>
      {step !== null && (
        <Dialog title={props.room.title} onClose={() => setStep(null)}>
          <Steps {...props} step={step} onStep={setStep} />
        </Dialog>
      )}
    </>
  );
}

interface StepsProps extends RoomMenuProps {
  readonly step: Step;
  readonly onStep: (step: Step | null) => void;
}

function Steps(props: StepsProps) {
  switch (props.step) {
    case "menu":
      return <Choices {...props} />;
    case "bans":
      return <Bans {...props} />;
    case "end":
      return <AskEnd {...props} />;
    default:
      return props.step satisfies never;
  }
}

function Choices({ room, onListBans, onCommand, onStep }: StepsProps) {
  const { t } = useText();
  const act = (command: Command) => {
    onStep(null);
    onCommand(command);
  };
  return (
    <div class="choices">
      <button
        type="button"
        class="button quiet"
        onClick={() => act({ type: "lock_room", locked: !room.locked })}
      >
        {room.locked ? t("stage.unlock") : t("stage.lock")}
      </button>
      <p class="small">{t("stage.lock_text")}</p>
      <button type="button" class="button quiet" onClick={() => act({ type: "mute_all" })}>
        {t("stage.mute_all")}
      </button>
      <button
        type="button"
        class="button quiet"
        onClick={() => {
          onListBans();
          onStep("bans");
        }}
      >
        {t("stage.bans", { count: room.banned })}
      </button>
      <button type="button" class="button quiet harsh" onClick={() => onStep("end")}>
        {t("room.end")}
      </button>
      <button type="button" class="button quiet" onClick={() => onStep(null)}>
        {t("app.close")}
      </button>
    </div>
  );
}

function Bans({ room, bans, onCommand, onStep }: StepsProps) {
  const { t } = useText();
  const [unbanned, setUnbanned] = useState<readonly string[]>([]);
  const left = (bans ?? []).filter((person) => !unbanned.includes(person.memberId));
  return (
    <StepFrame title={t("stage.bans", { count: room.banned })}>
      {left.length === 0 && <p class="small">{t("stage.bans_none")}</p>}
      <ul class="stack">
        {left.map(({ memberId, name }) => (
          <li key={memberId} class="row">
            <span class="grow">{name}</span>
            <button
              type="button"
              class="button quiet small-button"
              aria-label={t("stage.unban_name", { name })}
              onClick={() => {
                setUnbanned([...unbanned, memberId]);
                onCommand({ type: "unban_from_room", memberId });
              }}
            >
              {t("stage.unban")}
            </button>
          </li>
        ))}
      </ul>
      <button type="button" class="button quiet" onClick={() => onStep("menu")}>
        {t("app.back")}
      </button>
    </StepFrame>
  );
}

function AskEnd({ onCommand, onStep }: StepsProps) {
  const { t } = useText();
  return (
    <StepFrame title={t("room.end")}>
      <p>{t("room.end_confirm")}</p>
      <div class="row end">
        <button type="button" class="button quiet" onClick={() => onStep("menu")}>
          {t("app.cancel")}
        </button>
        <button type="button" class="button danger" onClick={() => onCommand({ type: "end_room" })}>
          {t("room.end_yes")}
        </button>
      </div>
    </StepFrame>
  );
}

/** Told to everybody, hosts or not. */
export function LockedLine({ locked }: { locked: boolean }) {
  const { t } = useText();
  if (!locked) return null;
  return (
    <p class="small locked" role="status">
      <LockIcon />
      {t("stage.locked")}
    </p>
  );
}
