/** The invitation a newcomer holds: who invites, or what has become of the link. */

import { useState } from "preact/hooks";
import type { HeldInvite } from "../invitations";
import { useText } from "./language";

export interface HeldInviteProps {
  readonly held: HeldInvite | null;
  readonly onPaste: (pasted: string) => boolean;
  readonly onDrop: () => void;
}

/** Above the form: what the link is worth. */
export function HeldInviteNote({ held, onDrop }: Pick<HeldInviteProps, "held" | "onDrop">) {
  const { t } = useText();
  if (held === null || held.state === null) return null;
  if (held.state === "open") {
    return (
      <p class="plain-words invited" data-testid="invited">
        {t("invite.open", { name: held.inviterName ?? "" })}
      </p>
    );
  }
  return (
    <section class="card stack" role="alert" data-testid="invite-over" data-state={held.state}>
      <b>{t(`invite.${held.state}`)}</b>
      <p>{t("invite.way_on")}</p>
      <button type="button" class="button quiet" onClick={onDrop}>
        {t("invite.knock_instead")}
      </button>
    </section>
  );
}

/** Below it: a place for a link that came some other way. */
export function PasteInvite({ held, onPaste }: Pick<HeldInviteProps, "held" | "onPaste">) {
  const { t } = useText();
  const [open, setOpen] = useState(false);
  const [pasted, setPasted] = useState("");
  const [wrong, setWrong] = useState(false);
  if (held !== null) return null;
  if (!open) {
    return (
      <button type="button" class="link" onClick={() => setOpen(true)}>
        {t("invite.use_instead")}
      </button>
    );
  }
  const submit = (event: Event) => {
    event.preventDefault();
    setWrong(!onPaste(pasted));
  };
  return (
    <form class="form" onSubmit={submit}>
      <label class="field">
        <span>{t("invite.paste")}</span>
        <input
          name="invite"
          autoComplete="off"
          required
          maxLength={300}
          ref={(element) => element?.focus()}
          value={pasted}
          onInput={(event) => setPasted(event.currentTarget.value)}
        />
      </label>
      {wrong && (
        <p class="problem" role="alert">
          {t("invite.not_a_link")}
        </p>
      )}
      <button type="submit" class="button quiet">
        {t("invite.use")}
      </button>
    </form>
  );
}
