/** Signing in: a number, a code, and from newcomers a name. */

import { useEffect, useMemo, useState } from "preact/hooks";
import type { Account } from "../account";
import { REGIONS } from "../i18n/regions";
import type { HeldInvite, Invitations } from "../invitations";
import { awaitCode, otpCredentials } from "../one-time-code";
import type { ProblemCode } from "../state";
import { HeldInviteNote, PasteInvite } from "./held-invite";
import { LanguageSwitch, useText, type LanguageProps } from "./language";
import { PasskeySignIn } from "./passkey-sign-in";

type Step = "number" | "code" | "name";

export interface SignInProps extends LanguageProps {
  readonly founder: boolean;
  readonly held: HeldInvite | null;
  readonly invitations: Pick<Invitations, "paste" | "drop">;
  readonly account: Pick<Account, "passkeysOffered" | "signIn" | "signInSuggested">;
  readonly region: string;
  readonly onRequestCode: (number: string, region: string) => Promise<ProblemCode | null>;
  readonly onVerify: (
    number: string,
    region: string,
    code: string,
    name: string,
  ) => Promise<ProblemCode | null>;
}

export function SignIn(props: SignInProps) {
  const { t } = useText();
  const [step, setStep] = useState<Step>("number");
  const [number, setNumber] = useState("");
  const [region, setRegion] = useState(props.region);
  const [code, setCode] = useState("");
  const [name, setName] = useState("");
  const [problem, setProblem] = useState<ProblemCode | null>(null);
  const [busy, setBusy] = useState(false);

  const ask = async () => {
    const answer = await props.onRequestCode(number, region);
    setProblem(answer);
    if (answer === null) {
      setCode("");
      setStep("code");
    }
  };
  const verify = async () => {
    const answer = await props.onVerify(number, region, code, name);
    const nameMissing = answer === "bad_name" && name.trim() === "";
    if (answer === "bad_name") setStep("name");
    else if (answer !== null && step === "name") setStep("code");
    setProblem(nameMissing ? null : answer);
  };
  const submit = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    try {
      await (step === "number" ? ask() : verify());
    } finally {
      setBusy(false);
    }
  };

  const { founder, held, invitations } = props;
  const invited = held !== null && (held.state === "open" || held.state === null);
  return (
    <div class="view door">
      <main id="content" tabIndex={-1}>
        <p class="brand">
          <span class="lit-mark" aria-hidden="true" /> {t("app.name")}
        </p>
        <h1>{founder ? t("signin.founder_title") : t("signin.title")}</h1>
        <p>{founder ? t("signin.founder_text") : t("app.tagline")}</p>
        {!founder && <HeldInviteNote held={held} onDrop={invitations.drop} />}
        <form class="form card" onSubmit={(event) => void submit(event)} aria-busy={busy}>
          {step === "number" && founder && <NameField name={name} onName={setName} />}
          {step === "number" && (
            <NumberFields {...{ number, region }} onNumber={setNumber} onRegion={setRegion} />
          )}
          {step === "code" && <CodeField number={number} code={code} onCode={setCode} />}
          {step === "name" && (
            <>
              <p>{t("signin.name_text")}</p>
              <NameField name={name} onName={setName} autoFocus />
            </>
          )}
          {problem !== null && (
            <p class="problem" role="alert">
              {t(`problem.${problem}`)}
            </p>
          )}
          <button type="submit" class="button" disabled={busy}>
            {submitText(t, step, invited)}
          </button>
          {step === "number" && !founder && (
            <PasskeySignIn account={props.account} onProblem={setProblem} />
          )}
          {step !== "number" && (
            <div class="row">
              <button type="button" class="link" onClick={() => setStep("number")}>
                {t("signin.other_number")}
              </button>
              {step === "code" && (
                <button type="button" class="link" disabled={busy} onClick={() => void ask()}>
                  {t("signin.send_again")}
                </button>
              )}
            </div>
          )}
        </form>
        {step === "number" && !founder && !invited && (
          <p class="plain-words">{t("signin.plain")}</p>
        )}
        {step === "number" && !founder && <PasteInvite held={held} onPaste={invitations.paste} />}
        <p class="small">{t("signin.promise")}</p>
        <footer class="foot">
          <LanguageSwitch onLocale={props.onLocale} />
        </footer>
      </main>
    </div>
  );
}

function submitText(t: ReturnType<typeof useText>["t"], step: Step, invited: boolean): string {
  if (step === "number") return t("signin.send_code");
  if (step === "code") return t("signin.confirm");
  return invited ? t("invite.come_in") : t("signin.knock");
}

interface NumberFieldsProps {
  readonly number: string;
  readonly region: string;
  readonly onNumber: (number: string) => void;
  readonly onRegion: (region: string) => void;
}

function NumberFields({ number, region, onNumber, onRegion }: NumberFieldsProps) {
  const { t } = useText();
  return (
    <>
      <RegionField region={region} onRegion={onRegion} />
      <label class="field">
        <span>{t("signin.number")}</span>
        <input
          name="number"
          type="tel"
          inputMode="tel"
          autoComplete="tel webauthn"
          required
          maxLength={64}
          value={number}
          onInput={(event) => onNumber(event.currentTarget.value)}
        />
      </label>
    </>
  );
}

interface RegionFieldProps {
  readonly region: string;
  readonly onRegion: (region: string) => void;
}

/** Which country numbers without a country code belong to. */
export function RegionField({ region, onRegion }: RegionFieldProps) {
  const { t, country, locale } = useText();
  const choices = useMemo(() => {
    const named = REGIONS.map((code) => ({ code, label: country(code) }));
    return named.sort((a, b) => a.label.localeCompare(b.label, locale));
  }, [country, locale]);
  return (
    <label class="field">
      <span>{t("signin.region")}</span>
      <select
        name="region"
        autoComplete="country"
        value={region}
        onChange={(event) => onRegion(event.currentTarget.value)}
      >
        {choices.map(({ code, label }) => (
          <option key={code} value={code} selected={code === region}>
            {label}
          </option>
        ))}
      </select>
    </label>
  );
}

interface CodeFieldProps {
  readonly number: string;
  readonly code: string;
  readonly onCode: (code: string) => void;
}

function CodeField({ number, code, onCode }: CodeFieldProps) {
  const { t } = useText();
  useEffect(() => {
    const credentials = otpCredentials();
    if (credentials === null) return;
    const waiting = new AbortController();
    void awaitCode(credentials, waiting.signal).then((found) => {
      if (found !== null) onCode(found);
    });
    return () => waiting.abort();
  }, []);
  return (
    <>
      <p>{t("signin.code_sent", { number })}</p>
      <label class="field">
        <span>{t("signin.code")}</span>
        <input
          class="code"
          name="code"
          inputMode="numeric"
          autoComplete="one-time-code"
          pattern="[0-9]{6}"
          maxLength={6}
          required
          ref={focusOnce}
          value={code}
          onInput={(event) => onCode(event.currentTarget.value.replace(/\D/g, ""))}
        />
      </label>
    </>
  );
}

interface NameFieldProps {
  readonly name: string;
  readonly onName: (name: string) => void;
  readonly autoFocus?: boolean;
}

function NameField({ name, onName, autoFocus = false }: NameFieldProps) {
  const { t } = useText();
  return (
    <label class="field">
      <span>{t("signin.name")}</span>
      <input
        name="name"
        autoComplete="name"
        required
        maxLength={40}
        ref={autoFocus ? focusOnce : null}
        value={name}
        onInput={(event) => onName(event.currentTarget.value)}
      />
      <small>{t("signin.name_hint")}</small>
    </label>
  );
}

/** Move the focus to a field that has just appeared because of what the reader did. */
function focusOnce(element: HTMLInputElement | null): void {
  element?.focus();
}
