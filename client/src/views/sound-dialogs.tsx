/** Which dialog about sound is open, if any. */

import { Dialog } from "./dialog";
import { useText } from "./language";
import { Shortcuts, SoundSettings } from "./rare";
import { useSound } from "./sound-context";

export function SoundDialogs() {
  const { t } = useText();
  const { sound, actions } = useSound();
  const { shown } = sound;
  if (shown === null || actions === null) return null;
  const props = { sound, actions, onClose: () => actions.show(null) };
  return shown === "settings" ? (
    <Dialog title={t("sound.title")} onClose={props.onClose} sheet>
      <SoundSettings {...props} />
    </Dialog>
  ) : (
    <Dialog title={t("sound.shortcuts")} onClose={props.onClose}>
      <Shortcuts {...props} />
    </Dialog>
  );
}
