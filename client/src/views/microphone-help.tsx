/** Why this page has no microphone, and who can do what about it. */

import { useState } from "preact/hooks";
import { microphoneMissing, type MicrophoneProblem } from "../media/microphone";
import { Dialog } from "./dialog";
import { useText } from "./language";

export function MicrophoneHelp({ missing }: { missing: MicrophoneProblem }) {
  const { t } = useText();
  if (missing !== "insecure_page") {
    return (
      <div class="stack tight" data-testid="microphone-help">
        <p>{t("sound.no_browser")}</p>
        <p class="small">{t("sound.listen")}</p>
      </div>
    );
  }
  return (
    <div class="stack tight" data-testid="microphone-help">
      <p>{t("sound.insecure")}</p>
      <ul class="bullets">
        <li>{t("sound.insecure_you")}</li>
        <li>{t("sound.insecure_host")}</li>
      </ul>
      <p class="small">{t("sound.listen")}</p>
    </div>
  );
}

/** Said on stage and in the audience, before anybody tries in vain. */
export function NoMicrophone() {
  const { t } = useText();
  const [asked, setAsked] = useState(false);
  const missing = microphoneMissing();
  if (missing === null) return null;
  return (
    <p class="small" data-testid="no-microphone">
      <b>{t("room.no_microphone")}.</b>{" "}
      <button type="button" class="link" aria-haspopup="dialog" onClick={() => setAsked(true)}>
        {t("room.no_microphone_how")}
      </button>
      {asked && (
        <Dialog title={t("room.no_microphone")} onClose={() => setAsked(false)}>
          <MicrophoneHelp missing={missing} />
          <button type="button" class="button" onClick={() => setAsked(false)}>
            {t("app.close")}
          </button>
        </Dialog>
      )}
    </p>
  );
}
