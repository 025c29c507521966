/**
 * One's own account: where one is signed in, passkeys, taking everything home, erasing it.
 *
 * Owns the account's part of the state, and signing in by passkey. Never sees a key.
 */

import type { AccountHttp } from "./account-http";
import { HttpError } from "./http";
import { PasskeyError, type PasskeyBrowser } from "./passkey-browser";
import type { Me, PasskeyView, SessionView } from "./protocol.gen";
import type { AppState, Notice, ProblemCode } from "./state";
import type { Store } from "./store";

/** A challenge is good for ten minutes; a field's suggestions ask anew before that. */
const SUGGEST_ANEW_MS = 8 * 60_000;
export const EXPORT_FILE = "masil-account.json";

export interface AccountState {
  /** Null until the gate has told. */
  readonly sessions: readonly SessionView[] | null;
  readonly passkeys: readonly PasskeyView[] | null;
  readonly busy: boolean;
  readonly problem: ProblemCode | null;
}

export const NO_ACCOUNT: AccountState = {
  sessions: null,
  passkeys: null,
  busy: false,
  problem: null,
};

export interface AccountDependencies {
  readonly store: Store<AppState>;
  readonly http: AccountHttp;
  readonly browser: PasskeyBrowser;
  /** Put a file where the reader keeps what he downloads. */
  readonly save: (file: Blob, name: string) => void;
  readonly signedIn: (me: Me) => void;
  /** The account is gone, and with it the session. */
  readonly erased: () => void;
  readonly tell: (notice: Notice) => void;
}

export class Account {
  readonly #deps: AccountDependencies;

  constructor(deps: AccountDependencies) {
    this.#deps = deps;
  }

  /** Whether this page can make and use passkeys. */
  get passkeysOffered(): boolean {
    return this.#deps.browser.offered;
  }

  // ------------------------------------------------------------ devices

  /** Ask where one is signed in, and by which passkeys one could. */
  open = (): Promise<boolean> => this.#busily(() => this.#list());

  endSession = (sessionId: string): Promise<boolean> =>
    this.#busily(async () => {
      await this.#deps.http.endSession(sessionId);
      await this.#list();
    });

  endOtherSessions = (): Promise<boolean> =>
    this.#busily(async () => {
      await this.#deps.http.endOtherSessions();
      await this.#list();
    });

  addPasskey = (): Promise<boolean> =>
    this.#busily(async () => {
      const { http, browser, tell } = this.#deps;
      await http.addPasskey(await browser.create(await http.creationOptions()));
      tell({ kind: "passkey_made" });
      await this.#list();
    });

  removePasskey = (passkeyId: string): Promise<boolean> =>
    this.#busily(async () => {
      await this.#deps.http.removePasskey(passkeyId);
      await this.#list();
    });

  // ------------------------------------------------------------ one's own data

  export = (): Promise<boolean> =>
    this.#busily(async () => this.#deps.save(await this.#deps.http.export(), EXPORT_FILE));

  /** Erase the account of whom the page shows. */
  erase = (me: Me): Promise<boolean> =>
    this.#busily(async () => {
      await this.#deps.http.erase(me.memberId);
      this.#deps.erased();
      this.#deps.tell({ kind: "erased" });
    });

  // ------------------------------------------------------------ signing in

  /** In answer to a tap; answers null, or why not. */
  signIn = async (): Promise<ProblemCode | null> => {
    const { http, browser, signedIn } = this.#deps;
    try {
      signedIn((await http.signIn(await browser.get(await http.requestOptions()))).me);
      return null;
    } catch (error) {
      return codeOf(error);
    }
  };

  /**
   * Sign in by what the browser suggests in the number's field, until `signal` aborts.
   *
   * Nobody asked for it, so nobody is told where it cannot be had.
   */
  signInSuggested = async (signal: AbortSignal): Promise<ProblemCode | null> => {
    const { http, browser, signedIn } = this.#deps;
    if (!browser.offered || !(await browser.suggests())) return null;
    while (!signal.aborted) {
      const anew = new AbortController();
      const timer = setTimeout(() => anew.abort(), SUGGEST_ANEW_MS);
      try {
        const either = AbortSignal.any([signal, anew.signal]);
        const chosen = await browser.getSuggested(await http.requestOptions(), either);
        if (chosen === null) continue;
        const { me } = await http.signIn(chosen);
        if (!signal.aborted) signedIn(me);
        return null;
      } catch (error) {
        const code = codeOf(error);
        return code.startsWith("passkey_") && code !== "passkey_declined" ? code : null;
      } finally {
        clearTimeout(timer);
      }
    }
    return null;
  };

  async #list(): Promise<void> {
    const { http } = this.#deps;
    const [{ sessions }, { passkeys }] = await Promise.all([http.sessions(), http.passkeys()]);
    this.#patch({ sessions, passkeys });
  }

  async #busily(work: () => Promise<void>): Promise<boolean> {
    this.#patch({ busy: true, problem: null });
    try {
      await work();
      this.#patch({ busy: false });
      return true;
    } catch (error) {
      this.#patch({ busy: false, problem: codeOf(error) });
      return false;
    }
  }

  #patch(fields: Partial<AccountState>): void {
    const { store } = this.#deps;
    store.patch({ account: { ...store.get().account, ...fields } });
  }
}

function codeOf(error: unknown): ProblemCode {
  if (error instanceof HttpError || error instanceof PasskeyError) return error.code;
  throw error;
}
