/** The invitations one gives: make a link or send it, see what became of each, take one back. */

import { useEffect, useState } from "preact/hooks";
import type { Invitations as Actions, InvitationsState } from "../invitations";
import type { InviteView } from "../protocol.gen";
import { Confirm } from "./dialog";
import { useText } from "./language";
import { Subpage } from "./subpage";

export interface InvitationsProps {
  readonly invitations: InvitationsState;
  readonly actions: Actions;
  readonly onBack: () => void;
}

export function Invitations({ invitations, actions, onBack }: InvitationsProps) {
  const { t } = useText();
  useEffect(() => {
    void actions.load();
    return actions.forgetMade;
  }, [actions]);
  const { given, left, made, problem } = invitations;
  return (
    <Subpage title={t("invitations.title")} onBack={onBack}>
      <p>{t("invitations.text")}</p>
      {given !== null && (
        <p class="kept" data-testid="invitations-left">
          <b>
            {left === null
              ? t("invitations.left_any")
              : left === 0
                ? t("invitations.left_none")
                : t("invitations.left", { count: left })}
          </b>
        </p>
      )}
      {problem !== null && (
        <p class="problem" role="alert">
          {t(`problem.${problem}`)}
        </p>
      )}
      {made !== null && <Made made={made} />}
      {given !== null && left !== 0 && <Give invitations={invitations} actions={actions} />}
      {given !== null && given.length > 0 && (
        <section class="stack" aria-labelledby="given">
          <h2 id="given">{t("invitations.given")}</h2>
          <ul class="rows" aria-live="polite">
            {given.map((invite) => (
              <Given key={invite.inviteId} invite={invite} onTakeBack={actions.takeBack} />
            ))}
          </ul>
        </section>
      )}
    </Subpage>
  );
}

function Made({ made }: { made: NonNullable<InvitationsState["made"]> }) {
  const { t } = useText();
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(made.link);
    setCopied(true);
  };
  return (
    <section class="card stack" role="status">
      <b>{made.email === null ? t("invitations.made") : t("invitations.sent", { email: made.email })}</b>
      <input
        class="link-shown"
        readOnly
        aria-label={t("invitations.link")}
        value={made.link}
        onFocus={(event) => event.currentTarget.select()}
      />
      <div class="row">
        <button type="button" class="button grow" onClick={() => void copy()}>
          {copied ? t("invitations.copied") : t("invitations.copy")}
        </button>
        {"share" in navigator && (
          <button type="button" class="button quiet" onClick={() => void share(made.link)}>
            {t("invitations.share")}
          </button>
        )}
      </div>
      <small>{t("invitations.once")}</small>
    </section>
  );
}

/** The system's own sheet; closing it is no fault. */
async function share(url: string): Promise<void> {
  try {
    await navigator.share({ url });
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
  }
}

function Give({ invitations, actions }: Pick<InvitationsProps, "invitations" | "actions">) {
  const { t, locale } = useText();
  const [email, setEmail] = useState("");
  const send = async (event: Event) => {
    event.preventDefault();
    await actions.give(email, locale);
    setEmail("");
  };
  return (
    <section class="card form">
      <button
        type="button"
        class="button"
        disabled={invitations.busy}
        onClick={() => void actions.give(null, locale)}
      >
        {t("invitations.make")}
      </button>
      {invitations.byMail && (
        <form class="form" onSubmit={(event) => void send(event)}>
          <hr />
          <label class="field">
            <span>{t("invitations.email")}</span>
            <input
              name="email"
              type="email"
              autoComplete="off"
              required
              maxLength={254}
              value={email}
              onInput={(event) => setEmail(event.currentTarget.value)}
            />
            <small>{t("invitations.email_hint")}</small>
          </label>
          <button type="submit" class="button quiet" disabled={invitations.busy}>
            {t("invitations.send")}
          </button>
        </form>
      )}
    </section>
  );
}

interface GivenProps {
  readonly invite: InviteView;
  readonly onTakeBack: (inviteId: string) => Promise<void>;
}

function Given({ invite, onTakeBack }: GivenProps) {
  const { t, date } = useText();
  const [asking, setAsking] = useState(false);
  const title =
    invite.state === "used"
      ? invite.usedBy === null
        ? t("invitations.used")
        : t("invitations.used_by", { name: invite.usedBy.name })
      : t(`invitations.${invite.state}`);
  return (
    <li class="person-row" data-testid="invite" data-state={invite.state}>
      <span class="grow">
        <b>{title}</b>
        <small>
          {invite.byMail ? t("invitations.by_mail") : t("invitations.by_link")}
          {" · "}
          {invite.state === "open"
            ? t("invitations.until", { date: date(invite.expiresAtMs) })
            : date(invite.createdAtMs)}
        </small>
      </span>
      {invite.state === "open" && (
        <button type="button" class="link danger-link" aria-haspopup="dialog" onClick={() => setAsking(true)}>
          {t("invitations.take_back")}
        </button>
      )}
      {asking && (
        <Confirm
          title={t("invitations.take_back")}
          text={t("invitations.take_back_confirm")}
          yes={t("invitations.take_back")}
          onYes={() => {
            setAsking(false);
            void onTakeBack(invite.inviteId);
          }}
          onClose={() => setAsking(false)}
        />
      )}
    </li>
  );
}
