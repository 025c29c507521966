/** Microphone and sound: devices, trying them, what is done to the own voice, the key to talk. */

import { useEffect, useId, useRef, useState } from "preact/hooks";
import { microphoneMissing } from "../media/microphone";
import { loudspeakersOffered } from "../media/playback";
import type { Device } from "../media/devices";
import type { SoundChoices } from "../media/choices";
import { mayBeHeld } from "../keys";
import type { Sound, SoundState } from "../sound";
import { MicrophoneIcon, SoundIcon } from "./icons";
import { useText } from "./language";
import { MicrophoneHelp } from "./microphone-help";
import { Problem } from "./problem";
import { keyIn } from "./sound-button";

/** A whisper near the microphone is louder. */
const HEARD_RMS = 0.01;
/** Shown from silence to as loud as speech gets, in decibels below full scale. */
const FLOOR_DB = 60;

export interface SoundProps {
  readonly sound: SoundState;
  readonly actions: Sound;
  readonly onClose: () => void;
}

export function SoundSettings({ sound, actions, onClose }: SoundProps) {
  const { t } = useText();
  const { choices, devices } = sound;
  const change = (fields: Partial<SoundChoices>) => actions.change(fields);
  const missing = microphoneMissing();
  return (
    <div class="stack sound" data-testid="sound">
      {missing !== null && <MicrophoneHelp missing={missing} />}
      {missing === null && (
        <>
          <section class="stack tight">
            <DeviceChoice
              label={t("sound.microphone")}
              usual={t("sound.any_microphone")}
              devices={devices.microphones}
              chosen={choices.microphoneId}
              onChoose={(microphoneId) => change({ microphoneId })}
            />
            {sound.trying ? (
              <Level level={actions.level} />
            ) : (
              <div class="row">
                <button
                  type="button"
                  class="button quiet small-button"
                  onClick={() => void actions.tryMicrophone()}
                >
                  <MicrophoneIcon off={false} />
                  {t("sound.try")}
                </button>
                <span class="small">{t("sound.try_text")}</span>
              </div>
            )}
            <Problem code={sound.problem} />
          </section>
          <Cleaning choices={choices} change={change} />
        </>
      )}
      <section class="stack tight">
        {loudspeakersOffered() && (
          <DeviceChoice
            label={t("sound.loudspeaker")}
            usual={t("sound.any_loudspeaker")}
            devices={devices.loudspeakers}
            chosen={choices.loudspeakerId}
            onChoose={(loudspeakerId) => change({ loudspeakerId })}
          />
        )}
        <Tone play={actions.playTone} />
      </section>
      {missing === null && <PushToTalk choices={choices} change={change} />}
      <div class="row apart">
        <span class="small">{t("sound.kept_here")}</span>
        <button
          type="button"
          class="link keys-only"
          onClick={() => actions.show("shortcuts")}
        >
          {t("sound.shortcuts")}
        </button>
      </div>
      <button type="button" class="button" onClick={onClose}>
        {t("app.close")}
      </button>
    </div>
  );
}

interface DeviceChoiceProps {
  readonly label: string;
  readonly usual: string;
  readonly devices: readonly Device[];
  readonly chosen: string;
  readonly onChoose: (id: string) => void;
}

/** A device that is away for now stays chosen, and is not shown as if it were there. */
function DeviceChoice({ label, usual, devices, chosen, onChoose }: DeviceChoiceProps) {
  const there = devices.some((device) => device.id === chosen);
  return (
    <label class="field">
      <span>{label}</span>
      <select
        value={there ? chosen : ""}
        onChange={(event) => onChoose(event.currentTarget.value)}
      >
        <option value="">{usual}</option>
        {devices.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Drawn at the pace of the screen, outside the page's state. */
function Level({ level }: { level: () => number }) {
  const { t } = useText();
  const bar = useRef<HTMLDivElement>(null);
  const [heard, setHeard] = useState(false);
  useEffect(() => {
    let frame = 0;
    const draw = () => {
      const now = level();
      const shown = Math.min(1, Math.max(0, 1 + (20 * Math.log10(now || 1e-9)) / FLOOR_DB));
      bar.current?.style.setProperty("--level", String(shown));
      if (now >= HEARD_RMS) setHeard(true);
      frame = requestAnimationFrame(draw);
    };
    frame = requestAnimationFrame(draw);
    return () => cancelAnimationFrame(frame);
  }, [level]);
  return (
    <div class="stack tight">
      <div ref={bar} class="level" role="img" aria-label={t("sound.level")} data-testid="level" />
      <p class="small" role="status" data-testid="heard" data-heard={heard}>
        {heard ? t("sound.works") : t("sound.say")}
      </p>
    </div>
  );
}

interface PartProps {
  readonly choices: SoundChoices;
  readonly change: (fields: Partial<SoundChoices>) => void;
}

function Cleaning({ choices, change }: PartProps) {
  const { t } = useText();
  const hint = useId();
  const { music } = choices;
  return (
    <fieldset class="choices">
      <legend>{t("sound.cleaning")}</legend>
      <Switch
        text={t("sound.noise")}
        on={choices.noiseSuppression && !music}
        disabled={music}
        onSwitch={(noiseSuppression) => change({ noiseSuppression })}
      />
      <Switch
        text={t("sound.echo")}
        on={choices.echoCancellation && !music}
        disabled={music}
        onSwitch={(echoCancellation) => change({ echoCancellation })}
      />
      <Switch
        text={t("sound.gain")}
        on={choices.autoGainControl && !music}
        disabled={music}
        onSwitch={(autoGainControl) => change({ autoGainControl })}
      />
      <Switch
        text={t("sound.music")}
        hint={hint}
        on={music}
        onSwitch={(on) => change({ music: on })}
      />
      <small id={hint} class="under">{t("sound.music_text")}</small>
    </fieldset>
  );
}

interface SwitchProps {
  readonly text: string;
  readonly hint?: string;
  readonly on: boolean;
  readonly disabled?: boolean;
  readonly onSwitch: (on: boolean) => void;
}

function Switch({ text, hint, on, disabled = false, onSwitch }: SwitchProps) {
  return (
    <label class="choice">
      <input
        type="checkbox"
        checked={on}
        disabled={disabled}
        aria-describedby={hint}
        onChange={(event) => onSwitch(event.currentTarget.checked)}
      />
      <span>{text}</span>
    </label>
  );
}

function Tone({ play }: { play: () => Promise<void> }) {
  const { t } = useText();
  const [playing, setPlaying] = useState(false);
  const listen = async () => {
    setPlaying(true);
    await play();
    setPlaying(false);
  };
  return (
    <div class="row">
      <button
        type="button"
        class="button quiet small-button"
        disabled={playing}
        onClick={() => void listen()}
      >
        <SoundIcon />
        {t("sound.tone")}
      </button>
      <span class="small grow">{t("sound.tone_text")}</span>
    </div>
  );
}

function PushToTalk({ choices, change }: PartProps) {
  const text = useText();
  const { t } = text;
  const [choosing, setChoosing] = useState(false);
  const [refused, setRefused] = useState(false);
  const key = keyIn(text, choices.talkKey);
  const choose = (event: KeyboardEvent) => {
    if (!choosing || event.code === "Tab") return;
    event.preventDefault();
    event.stopPropagation();
    if (event.code !== "Escape") {
      if (!mayBeHeld(event.code)) return setRefused(true);
      change({ talkKey: event.code });
    }
    setRefused(false);
    setChoosing(false);
  };
  return (
    <fieldset class="choices keys-only">
      <legend>{t("sound.talking")}</legend>
      <Switch
        text={t("sound.push")}
        on={choices.pushToTalk}
        onSwitch={(pushToTalk) => change({ pushToTalk })}
      />
      {choices.pushToTalk && (
        <div class="under stack tight">
          <small>{t("sound.push_text", { key })}</small>
          <button
            type="button"
            class="button quiet small-button"
            onClick={() => setChoosing(true)}
            onKeyDown={choose}
            onBlur={() => setChoosing(false)}
          >
            {choosing ? t("sound.press_key") : t("sound.choose_key", { key })}
          </button>
        </div>
      )}
      {refused && <p class="problem" role="alert">{t("sound.bad_key")}</p>}
    </fieldset>
  );
}
