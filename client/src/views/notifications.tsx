/** Being told while the page is closed: a plain explanation and one switch. */

import type { PushState, PushSwitch } from "../push";
import { useText } from "./language";
import { Subpage } from "./subpage";

export interface TellMeProps {
  readonly push: PushState;
  readonly actions: Pick<PushSwitch, "turnOn" | "turnOff">;
}

export interface NotificationsProps extends TellMeProps {
  readonly onBack: () => void;
}

export function Notifications({ onBack, ...rest }: NotificationsProps) {
  const { t } = useText();
  return (
    <Subpage title={t("push.title")} onBack={onBack}>
      <p>{t("push.text")}</p>
      <TellMe
        {...rest}
        label={t("push.switch")}
        on={t("push.switch_on")}
        off={t("push.switch_off")}
      />
      <p class="small">{t("push.how")}</p>
    </Subpage>
  );
}

/** On the page of a newcomer who waits. */
export function TellWhenLetIn(props: TellMeProps) {
  const { t } = useText();
  return (
    <TellMe
      {...props}
      label={t("push.waiting")}
      on={t("push.waiting_on")}
      off={t("push.waiting_off")}
    />
  );
}

interface SwitchProps extends TellMeProps {
  readonly label: string;
  readonly on: string;
  readonly off: string;
}

function TellMe({ push, actions, label, on, off }: SwitchProps) {
  const { t } = useText();
  const { power, busy, problem } = push;
  const isOn = power === "on";
  const usable = isOn || power === "off";
  return (
    <div class="tell-me" data-testid="push" data-power={power}>
      {usable ? (
        <button
          type="button"
          class="switch"
          role="switch"
          aria-checked={isOn}
          aria-busy={busy}
          disabled={busy}
          onClick={() => void (isOn ? actions.turnOff() : actions.turnOn())}
        >
          <span>
            <b>{label}</b>
            <small>{busy ? t("push.asking") : isOn ? on : off}</small>
          </span>
          <i class="knob" aria-hidden="true" />
        </button>
      ) : (
        <p class="card small">{t(`push.${power}`)}</p>
      )}
      {problem !== null && (
        <p class="problem" role="alert">
          {t(`problem.${problem}`)}
        </p>
      )}
    </div>
  );
}
