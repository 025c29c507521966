/** How loud somebody is, for oneself only. */

import { useId } from "preact/hooks";
import { volumeOf } from "../media/choices";
import { useText } from "./language";
import { useSound } from "./sound-context";

export interface PersonVolumeProps {
  readonly memberId: string;
  readonly name: string;
}

export function PersonVolume({ memberId, name }: PersonVolumeProps) {
  const { t, percent } = useText();
  const { sound, actions } = useSound();
  const id = useId();
  const volume = volumeOf(sound.choices, memberId);
  return (
    <div class="field volume">
      <label for={id}>{t("volume.title", { name })}</label>
      <input
        id={id}
        type="range"
        min="0"
        max="1"
        step="0.05"
        value={volume}
        aria-valuetext={percent(volume)}
        onInput={(event) => actions?.setVolume(memberId, Number(event.currentTarget.value))}
      />
      <small>{t("volume.text")}</small>
    </div>
  );
}
