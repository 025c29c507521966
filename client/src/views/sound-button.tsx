/** The ways to the own sound: a button that is always there, and an offer before the first time. */

import type { Text } from "../i18n/text";
import { keyName } from "../keys";
import { SlidersIcon } from "./icons";
import { useText } from "./language";
import { useSound } from "./sound-context";

export function SoundButton() {
  const { t } = useText();
  const { actions } = useSound();
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={t("sound.title")}
      aria-haspopup="dialog"
      onClick={() => actions?.show("settings")}
    >
      <SlidersIcon />
    </button>
  );
}

/** Offered until the microphone was tried or used once on this device; never in the way. */
export function CheckFirst() {
  const { t } = useText();
  const { sound, actions } = useSound();
  if (sound.choices.tried) return null;
  return (
    <button
      type="button"
      class="link"
      aria-haspopup="dialog"
      onClick={() => actions?.show("settings")}
    >
      {t("sound.check_first")}
    </button>
  );
}

/** A key's name in the reader's language. */
export function keyIn({ t }: Text, code: string): string {
  return code === "Space" ? t("sound.key_space") : keyName(code);
}
