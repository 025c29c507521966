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
      {whyNot(rest.push) === null && <p class="small">{t("push.how")}</p>}
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

/** Why there is nothing to switch; null where there is. */
function whyNot({ power }: PushState) {
  return power === "on" || power === "off" ? null : power;
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
  const why = whyNot(push);
  return (
    <div class="tell-me" data-testid="push" data-power={power}>
      {why === null ? (
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
        <p class="not-here">
          <b>{label}</b>
          <small>{t(`push.${why}`)}</small>
        </p>
      )}
      {problem !== null && (
        <p class="problem" role="alert">
          {t(`problem.${problem}`)}
        </p>
      )}
    </div>
  );
}
