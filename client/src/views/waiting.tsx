/** At the door: the page turns into the hallway by itself when somebody lets the newcomer in. */

import { useState } from "preact/hooks";
import type { HeldInvite, Invitations } from "../invitations";
import { Confirm } from "./dialog";
import { HeldInviteNote, PasteInvite } from "./held-invite";
import { LanguageSwitch, useText, type LanguageProps } from "./language";
import { TellWhenLetIn, type TellMeProps } from "./notifications";

export interface WaitingProps extends LanguageProps, TellMeProps {
  readonly name: string;
  readonly held: HeldInvite | null;
  readonly invitations: Pick<Invitations, "paste" | "drop" | "use">;
  readonly onWithdraw: () => void;
  readonly onSignOut: () => void;
}

export function Waiting(props: WaitingProps) {
  const { name, held, invitations, push, actions, onWithdraw, onSignOut, onLocale } = props;
  const { t } = useText();
  const [asking, setAsking] = useState(false);
  return (
    <div class="view door">
      <main id="content" tabIndex={-1}>
        <div class="lit-door" aria-hidden="true">
          <div class="panes" />
        </div>
        <h1>{t("waiting.title", { name })}</h1>
        <p>{t("waiting.text")}</p>
        <TellWhenLetIn push={push} actions={actions} />
        <p class="small">{t("waiting.hint")}</p>
        <HeldInviteNote held={held} onDrop={invitations.drop} />
        {held?.state === "open" && (
          <button type="button" class="button" onClick={() => void invitations.use()}>
            {t("invite.come_in")}
          </button>
        )}
        <PasteInvite held={held} onPaste={invitations.paste} />
        <button type="button" class="button quiet" aria-haspopup="dialog" onClick={() => setAsking(true)}>
          {t("waiting.withdraw")}
        </button>
        <footer class="foot">
          <LanguageSwitch onLocale={onLocale} />
          <button type="button" class="link" onClick={onSignOut}>
            {t("app.sign_out")}
          </button>
        </footer>
      </main>
      {asking && (
        <Confirm
          title={t("waiting.withdraw")}
          text={t("waiting.withdraw_confirm")}
          yes={t("waiting.withdraw_yes")}
          onYes={onWithdraw}
          onClose={() => setAsking(false)}
        />
      )}
    </div>
  );
}
