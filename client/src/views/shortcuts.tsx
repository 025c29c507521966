/** What single keys do in a room, and the switch for those who speak to their keyboard. */

import { useText } from "./language";
import { keyIn } from "./sound-button";
import type { SoundProps } from "./sound-settings";

export function Shortcuts({ sound, actions, onClose }: SoundProps) {
  const text = useText();
  const { t } = text;
  const { pushToTalk, talkKey, shortcuts } = sound.choices;
  const keys: [string, string][] = [
    ["M", t("sound.key_microphone")],
    [keyIn(text, talkKey), pushToTalk ? t("sound.key_talk") : t("sound.key_talk_off")],
    ["?", t("sound.key_help")],
    ["Esc", t("sound.key_close")],
  ];
  return (
    <div class="stack">
      <dl class="keys">
        {keys.map(([key, does]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <p class="small">{t("sound.key_field")}</p>
      <label class="choice">
        <input
          type="checkbox"
          checked={shortcuts}
          onChange={(event) => actions.change({ shortcuts: event.currentTarget.checked })}
        />
        <span>{t("sound.shortcuts_on")}</span>
      </label>
      <button type="button" class="button" onClick={onClose}>
        {t("app.close")}
      </button>
    </div>
  );
}
