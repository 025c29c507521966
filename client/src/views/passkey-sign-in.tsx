/** Signing in without a code: by a button, or by what the browser suggests in the number's field. */

import { useEffect, useState } from "preact/hooks";
import type { Account } from "../account";
import type { ProblemCode } from "../state";
import { KeyIcon } from "./icons";
import { useText } from "./language";

export interface PasskeySignInProps {
  readonly account: Pick<Account, "passkeysOffered" | "signIn" | "signInSuggested">;
  readonly onProblem: (problem: ProblemCode | null) => void;
}

export function PasskeySignIn({ account, onProblem }: PasskeySignInProps) {
  const { t } = useText();
  const [asking, setAsking] = useState(false);
  useEffect(() => {
    if (asking) return; // one question at a time: the browser's window is open
    const waiting = new AbortController();
    void account.signInSuggested(waiting.signal).then((problem) => {
      if (problem !== null) onProblem(problem);
    });
    return () => waiting.abort();
  }, [asking]);
  if (!account.passkeysOffered) return null;
  const ask = async () => {
    setAsking(true);
    onProblem(null);
    try {
      onProblem(await account.signIn());
    } finally {
      setAsking(false);
    }
  };
  return (
    <>
      <p class="or">
        <span>{t("signin.or")}</span>
      </p>
      <button type="button" class="button quiet" disabled={asking} onClick={() => void ask()}>
        <KeyIcon /> {t("signin.passkey")}
      </button>
    </>
  );
}
