/** What one can do oneself in a room: microphone, consent, hand, stage. */

import type { ParticipantView } from "../protocol.gen";
import type { Command } from "../signalling";
import { Dialog } from "./dialog";
import { useDesk } from "./desk-context";
import { Held } from "./held";
import { HandIcon, MicrophoneIcon } from "./icons";
import { LANGUAGE_NAMES, LOCALES } from "../i18n/text";
import { useText } from "./language";
import { Beside } from "./beside";
import { NoMicrophone } from "./microphone-help";
import { CheckFirst, keyIn, SoundButton } from "./sound-button";
import { useSound } from "./sound-context";

export interface OwnBarProps {
  readonly me: ParticipantView;
  readonly captionsOn: boolean;
  /** One's place among the raised hands, from 1; 0 where the own hand is down. */
  readonly handPlace: number;
  readonly mayStepDown: boolean;
  readonly askingMicrophone: boolean;
  /** The key to talk is held. */
  readonly holding: boolean;
  readonly microphonesOffered: boolean;
  readonly onMicrophone: () => void;
  readonly onCommand: (command: Command) => void;
}

export function OwnBar(props: OwnBarProps) {
  const { t } = useText();
  return (
    <section class="bar own" aria-label={t("room.own")} data-testid="own-bar">
      {props.me.role === "listener" ? <ListenerBar {...props} /> : <SpeakerBar {...props} />}
      <SoundButton />
      <Beside />
      {props.me.invited && <Invitation onCommand={props.onCommand} />}
    </section>
  );
}

function ListenerBar({ me, handPlace, onCommand }: OwnBarProps) {
  const { t, number } = useText();
  const raised = me.handRaisedAtMs !== null;
  return (
    <>
      <div class="grow">
        <NoMicrophone />
        <p class="small">{raised ? t("stage.hand_place", { place: number(handPlace) }) : t("room.hand_text")}</p>
      </div>
      <button
        type="button"
        class={`button raise${raised ? " quiet" : ""}`}
        aria-pressed={raised}
        onClick={() => onCommand({ type: "raise_hand", raised: !raised })}
      >
        <HandIcon />
        {raised ? t("room.lower_hand") : t("room.raise_hand")}
      </button>
    </>
  );
}

function SpeakerBar(props: OwnBarProps) {
  const { t } = useText();
  const { me, holding, askingMicrophone, microphonesOffered } = props;
  return (
    <>
      {me.held && <Held me={me} onCommand={props.onCommand} />}
      {!me.held && (
        <button
          type="button"
          class={`microphone ${me.muted ? "off" : "on"}`}
          aria-label={me.muted ? t("room.unmute") : t("room.mute")}
          aria-busy={askingMicrophone}
          aria-keyshortcuts="m"
          data-microphone=""
          onClick={props.onMicrophone}
        >
          <MicrophoneIcon off={me.muted} />
        </button>
      )}
      <div class={`grow${props.captionsOn ? " two" : ""}`}>
        {!me.held && <MicrophoneState {...{ me, holding, askingMicrophone, microphonesOffered }} />}
        {props.captionsOn && <OwnCaptions {...props} />}
      </div>
      {props.mayStepDown && (
        <button
          type="button"
          class="button quiet small-button step-down"
          onClick={() => props.onCommand({ type: "step_down" })}
        >
          {t("room.step_down")}
        </button>
      )}
    </>
  );
}

function MicrophoneState({
  me,
  holding,
  askingMicrophone,
  microphonesOffered,
}: Pick<OwnBarProps, "me" | "holding" | "askingMicrophone" | "microphonesOffered">) {
  const text = useText();
  const { t } = text;
  const { pushToTalk, talkKey } = useSound().sound.choices;
  if (!microphonesOffered) return <NoMicrophone />;
  if (askingMicrophone) return <b>{t("room.mic_asking")}</b>;
  const state = () => {
    if (me.muted) return t("room.mic_off");
    if (!pushToTalk) return t("room.mic_on");
    return holding ? t("sound.heard") : t("sound.hold", { key: keyIn(text, talkKey) });
  };
  return (
    <span class="row microphone-state">
      <b data-testid="microphone-state">{state()}</b>
      {me.muted && <CheckFirst />}
    </span>
  );
}

/** The own yes or no to captions. */
function OwnCaptions({ me, onCommand }: Pick<OwnBarProps, "me" | "onCommand">) {
  const { t } = useText();
  const { engine, desk } = useDesk();
  const granted = me.consented;
  const where = engine.device ? t(`captions.${engine.device}`) : null;
  const facts = where === null ? t("captions.mine_text") : t("captions.mine_facts", { where });
  const known = engine.languages ?? [];
  const consent = (yes: boolean, language: string) => {
    const told = yes && (known.length === 0 || known.includes(language)) ? language || null : null;
    onCommand({ type: "consent", granted: yes, language: told });
  };
  return (
    <div class="consent" data-testid="consent">
      <div class="grow">
        <b>{granted ? t("captions.mine_on") : t("captions.mine_off")}</b>
        <small>{granted ? t("captions.mine_text_on") : facts}</small>
      </div>
      <button
        type="button"
        class="button quiet small-button"
        aria-label={granted ? t("captions.withdraw_mine") : t("captions.consent_mine")}
        onClick={() => consent(!granted, desk.spoken)}
      >
        {granted ? t("captions.withdraw") : t("captions.consent")}
      </button>
      <OwnLanguage granted={granted} onChoice={(language) => granted && consent(true, language)} />
    </div>
  );
}

interface OwnLanguageProps {
  readonly granted: boolean;
  readonly onChoice: (language: string) => void;
}

/**
 * The language one speaks helps the scribe; without it the engine finds out. No choice where the
 * engine knows one language only. Under a consent the gate takes another language, but none no more.
 */
function OwnLanguage({ granted, onChoice }: OwnLanguageProps) {
  const { t } = useText();
  const { engine, desk, actions } = useDesk();
  const known = engine.languages ?? [];
  const choices = LOCALES.filter((each) => known.length === 0 || known.includes(each));
  if (known.length === 1) return null;
  return (
    <select
      aria-label={t("captions.language")}
      value={desk.spoken}
      onChange={({ currentTarget }) => {
        actions?.speak(currentTarget.value);
        onChoice(currentTarget.value);
      }}
    >
      {(!granted || desk.spoken === "") && <option value="">{t("captions.language_any")}</option>}
      {choices.map((choice) => (
        <option key={choice} value={choice} lang={choice}>
          {LANGUAGE_NAMES[choice]}
        </option>
      ))}
    </select>
  );
}

/** A host asks a listener up. */
function Invitation({ onCommand }: Pick<OwnBarProps, "onCommand">) {
  const { t } = useText();
  const answer = (accepted: boolean) => onCommand({ type: "answer_stage", accepted });
  return (
    <Dialog title={t("room.invitation")} onClose={() => answer(false)}>
      <p>
        {t("room.invitation_text")} <CheckFirst />
      </p>
      <div class="row end">
        <button type="button" class="button quiet" onClick={() => answer(false)}>
          {t("room.decline")}
        </button>
        <button type="button" class="button" autoFocus onClick={() => answer(true)}>
          {t("room.accept")}
        </button>
      </div>
    </Dialog>
  );
}
