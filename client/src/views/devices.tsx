/** Where one is signed in and by which passkeys one could be, each with a way to end it. */

import { useEffect, useState } from "preact/hooks";
import type { Account, AccountState } from "../account";
import type { PasskeyView, SessionView } from "../protocol.gen";
import { Confirm } from "./dialog";
import { useText } from "./language";
import { Problem } from "./problem";
import { Subpage } from "./subpage";

const HOUR_MS = 3_600_000;

export interface DevicesProps {
  readonly account: AccountState;
  readonly actions: Pick<
    Account,
    "open" | "endSession" | "endOtherSessions" | "addPasskey" | "removePasskey" | "passkeysOffered"
  >;
  readonly onBack: () => void;
}

export function Devices({ account, actions, onBack }: DevicesProps) {
  const { t } = useText();
  useEffect(() => void actions.open(), []);
  return (
    <Subpage title={t("devices.title")} onBack={onBack}>
      <Problem code={account.problem} />
      <SignedIn account={account} actions={actions} />
      <Passkeys account={account} actions={actions} />
    </Subpage>
  );
}

type PartProps = Omit<DevicesProps, "onBack">;

function SignedIn({ account, actions }: PartProps) {
  const { t } = useText();
  const [asking, setAsking] = useState(false);
  const { sessions, busy } = account;
  return (
    <section class="stack part" aria-labelledby="signed-in" aria-busy={sessions === null}>
      <h2 id="signed-in">{t("devices.signed_in")}</h2>
      {sessions !== null && (
        <ul class="rows">
          {[...sessions].sort(thisFirst).map((session) => (
            <Session key={session.sessionId} {...{ session, busy }} onEnd={actions.endSession} />
          ))}
        </ul>
      )}
      {sessions !== null && sessions.length > 1 && (
        <button type="button" class="button quiet" disabled={busy} aria-haspopup="dialog" onClick={() => setAsking(true)}>
          {t("devices.end_others")}
        </button>
      )}
      <p class="small">{t("devices.short")}</p>
      {asking && (
        <Confirm
          title={t("devices.end_others")}
          text={t("devices.end_others_confirm")}
          yes={t("devices.end_others")}
          onYes={() => {
            setAsking(false);
            void actions.endOtherSessions();
          }}
          onClose={() => setAsking(false)}
        />
      )}
    </section>
  );
}

interface SessionProps {
  readonly session: SessionView;
  readonly busy: boolean;
  readonly onEnd: (sessionId: string) => Promise<boolean>;
}

function Session({ session, busy, onEnd }: SessionProps) {
  const { t, date } = useText();
  const device = useDevice(session);
  return (
    <li class="person-row" data-testid="session">
      <span class="grow">
        <b>{device}</b>
        <LastHere session={session} />
        <small>{t("devices.since", { date: date(session.createdAtMs) })}</small>
      </span>
      {!session.isThis && (
        <button
          type="button"
          class="link danger-link"
          disabled={busy}
          aria-label={t("devices.end_name", { device })}
          onClick={() => void onEnd(session.sessionId)}
        >
          {t("devices.end")}
        </button>
      )}
    </li>
  );
}

/** When a device was last here is known by the hour, so nothing finer is said. */
function LastHere({ session }: Pick<SessionProps, "session">) {
  const { t, ago } = useText();
  const now = Date.now();
  if (session.isThis) return <small class="lit">{t("devices.this")}</small>;
  if (session.isOpen) return <small class="lit">{t("devices.open")}</small>;
  if (now - session.lastSeenAtMs < HOUR_MS) return <small>{t("devices.seen_lately")}</small>;
  return <small>{t("devices.seen", { when: ago(session.lastSeenAtMs, now) })}</small>;
}

/** The device in one's hands stands first; the others stay as they came, newest first. */
function thisFirst(a: SessionView, b: SessionView): number {
  return Number(b.isThis) - Number(a.isThis);
}

function Passkeys({ account, actions }: PartProps) {
  const { t } = useText();
  const { passkeys, busy } = account;
  const offered = actions.passkeysOffered;
  // Where none can be made and there is none, there is nothing to say.
  if (passkeys === null || (!offered && passkeys.length === 0)) return null;
  return (
    <section class="stack part" aria-labelledby="passkeys">
      <h2 id="passkeys">{t("passkeys.title")}</h2>
      <p>{t("passkeys.text")}</p>
      {passkeys.length === 0 ? (
        <p class="small">{t("passkeys.none")}</p>
      ) : (
        <ul class="rows">
          {passkeys.map((passkey) => (
            <Passkey key={passkey.passkeyId} {...{ passkey, busy }} onRemove={actions.removePasskey} />
          ))}
        </ul>
      )}
      {offered && (
        <button type="button" class="button" disabled={busy} onClick={() => void actions.addPasskey()}>
          {t("passkeys.make")}
        </button>
      )}
    </section>
  );
}

interface PasskeyProps {
  readonly passkey: PasskeyView;
  readonly busy: boolean;
  readonly onRemove: (passkeyId: string) => Promise<boolean>;
}

function Passkey({ passkey, busy, onRemove }: PasskeyProps) {
  const { t, ago, date } = useText();
  const [asking, setAsking] = useState(false);
  const device = useDevice(passkey);
  const used = passkey.lastUsedAtMs;
  return (
    <li class="person-row" data-testid="passkey">
      <span class="grow">
        <b>{device}</b>
        <small>
          {t("passkeys.made", { date: date(passkey.createdAtMs) })}
          {" · "}
          {used === null ? t("passkeys.unused") : t("passkeys.used", { when: ago(used, Date.now()) })}
        </small>
      </span>
      <button
        type="button"
        class="link danger-link"
        disabled={busy}
        aria-label={t("passkeys.remove_name", { device })}
        aria-haspopup="dialog" onClick={() => setAsking(true)}
      >
        {t("passkeys.remove")}
      </button>
      {asking && (
        <Confirm
          title={t("passkeys.remove_name", { device })}
          text={t("passkeys.remove_confirm")}
          yes={t("passkeys.remove")}
          onYes={() => {
            setAsking(false);
            void onRemove(passkey.passkeyId);
          }}
          onClose={() => setAsking(false)}
        />
      )}
    </li>
  );
}

/** "Chrome on Android", in the reader's order. */
function useDevice({ browser, system }: Pick<SessionView, "browser" | "system">): string {
  const { t } = useText();
  if (browser !== "" && system !== "") return t("devices.on", { browser, system });
  return browser || system || t("devices.unknown");
}
