/** Which dialog about sound is open; what is in it is loaded when it is first wanted. */

import type { FunctionComponent } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Dialog } from "./dialog";
import { useText } from "./language";
import { useSound, type SoundHere } from "./sound-context";

/** What is in a dialog. */
export type SoundBody = FunctionComponent<SoundHere & { readonly onClose: () => void }>;

const BODIES = {
  settings: () => import("./sound-settings").then((loaded) => loaded.SoundSettings),
  shortcuts: () => import("./shortcuts").then((loaded) => loaded.Shortcuts),
} as const;
const TITLES = { settings: "sound.title", shortcuts: "sound.shortcuts" } as const;

export function SoundDialogs() {
  const { t } = useText();
  const here = useSound();
  const { shown } = here.sound;
  const { body, failed } = useBody(shown);
  if (shown === null) return null;
  const close = () => here.actions?.show(null);
  const Body = body;
  return (
    <Dialog title={t(TITLES[shown])} onClose={close} sheet={shown === "settings"}>
      {failed && <p class="problem" role="alert">{t("sound.not_loaded")}</p>}
      {Body !== null && <Body {...here} onClose={close} />}
      {Body === null && (
        <button type="button" class="button quiet" onClick={close}>
          {t("app.close")}
        </button>
      )}
    </Dialog>
  );
}

type Shown = SoundHere["sound"]["shown"];

function useBody(shown: Shown): { body: SoundBody | null; failed: boolean } {
  const [loaded, setLoaded] = useState<Partial<Record<NonNullable<Shown>, SoundBody>>>({});
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    if (shown === null || loaded[shown] !== undefined) return;
    setFailed(false);
    BODIES[shown]().then(
      (body) => setLoaded((others) => ({ ...others, [shown]: body })),
      () => setFailed(true), // a part of a build that the server no longer has
    );
  }, [shown, loaded]);
  return { body: (shown !== null && loaded[shown]) || null, failed };
}
