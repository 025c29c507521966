/** A microphone that a host has muted: its owner asks, hosts allow. */

import type { ParticipantView } from "../protocol.gen";
import type { Command } from "../signalling";
import { Askers } from "./askers";
import { MicrophoneIcon } from "./icons";
import { useText } from "./language";

export interface HeldProps {
  readonly me: ParticipantView;
  readonly onCommand: (command: Command) => void;
}

/** In place of the own microphone's button and its state. */
export function Held({ me, onCommand }: HeldProps) {
  const { t } = useText();
  const asked = me.unmuteAskedAtMs !== null;
  return (
    <div class="held" data-testid="held">
      <span class="microphone off" aria-hidden="true">
        <MicrophoneIcon off />
      </span>
      <div class="grow" role="status">
        <b>{t("stage.held")}</b>
        <small>{asked ? t("stage.asked_text") : t("stage.held_text")}</small>
      </div>
      <button
        type="button"
        class={asked ? "button quiet small-button" : "button small-button"}
        aria-pressed={asked}
        onClick={() => onCommand({ type: "ask_to_unmute", asked: !asked })}
      >
        {asked ? t("stage.ask_not") : t("stage.ask")}
      </button>
    </div>
  );
}

export interface UnmuteRequestsProps {
  /** Who asks, the longest waiting first. */
  readonly people: readonly ParticipantView[];
  readonly onCommand: (command: Command) => void;
}

/** For hosts, beside the raised hands. */
export function UnmuteRequests({ people, onCommand }: UnmuteRequestsProps) {
  const { t } = useText();
  if (people.length === 0) return null;
  return (
    <div class="hands" data-testid="unmute-requests">
      <h2 class="section">
        <MicrophoneIcon off={false} />{" "}
        <span role="status">{t("stage.requests", { count: people.length })}</span>
      </h2>
      <Askers
        people={people}
        answer={t("stage.allow_short")}
        answerTo={(name) => t("stage.allow_unmute_name", { name })}
        onAnswer={(memberId) => onCommand({ type: "allow_unmute", memberId })}
      />
    </div>
  );
}
