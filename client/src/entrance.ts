/**
 * Coming in and going out: who is signed in, the code that proves a number, the end of a session.
 *
 * Owns `phase`, and what of a link is kept until it was used. What a session brings is the `App`'s.
 */

import { currentSession, HttpError, requestCode, signOut, verifyCode } from "./http";
import type { Locale } from "./i18n/text";
import type { Invitations } from "./invitations";
import { dropLink } from "./links";
import type { Me } from "./protocol.gen";
import { problemOf } from "./problem-of";
import type { AppState, ProblemCode } from "./state";
import type { Store } from "./store";

const SESSION_RETRY_MS = 3_000;

export interface EntranceDependencies {
  readonly store: Store<AppState>;
  readonly sessionStorage: Storage;
  readonly invitations: Pick<Invitations, "look" | "lookAgain" | "drop">;
  /** The reader's language now. */
  readonly language: () => Locale;
  readonly signedIn: (me: Me) => void;
  /** The session ended on purpose, here or elsewhere. */
  readonly sessionOver: () => void;
  /** There is no session any more; nobody ended it on purpose. */
  readonly signedOut: () => void;
  readonly complain: (code: ProblemCode) => void;
}

export class Entrance {
  readonly #deps: EntranceDependencies;

  constructor(deps: EntranceDependencies) {
    this.#deps = deps;
  }

  /** Find out who is signed in; asks again until the gate answers. */
  start = async (): Promise<void> => {
    const { store, invitations, signedIn } = this.#deps;
    try {
      const session = await currentSession();
      void invitations.look();
      if (session === null) store.patch({ phase: "signed_out" });
      else signedIn(session.me);
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      store.patch({ phase: "unreachable" });
      setTimeout(() => void this.start(), SESSION_RETRY_MS);
    }
  };

  /** Ask for a code; answers null, or why not. */
  requestCode = async (number: string, region: string): Promise<ProblemCode | null> => {
    const language = this.#deps.language();
    return problemOf(requestCode({ number, region, language }));
  };

  /** Prove the number; answers null, or why not. `bad_name` asks a newcomer for his name. */
  verify = async (
    number: string,
    region: string,
    code: string,
    name: string,
  ): Promise<ProblemCode | null> => {
    const { store, invitations, signedIn } = this.#deps;
    const { founderToken, held } = store.get();
    const inviteToken = held?.token ?? null;
    const verified = verifyCode({ number, region, code, name, founderToken, inviteToken });
    const problem = await problemOf(verified);
    if (problem === null) {
      this.#dropFounderToken();
      invitations.drop();
      signedIn((await verified).me);
    } else if (problem === "bad_founder_link") {
      this.#dropFounderToken();
    } else if (problem.startsWith("invite_")) {
      void invitations.lookAgain();
    }
    return problem;
  };

  signOut = async (): Promise<void> => {
    const problem = await problemOf(signOut());
    if (problem === null) this.#deps.sessionOver();
    else this.#deps.complain(problem);
  };

  /** Find out whether the session is still there, where the gate can be asked. */
  check = async (): Promise<void> => {
    if (!navigator.onLine) return; // nobody could answer
    try {
      if ((await currentSession()) === null) this.#deps.signedOut();
    } catch (error) {
      if (!(error instanceof HttpError)) throw error; // the gate is away: keep trying
    }
  };

  #dropFounderToken(): void {
    dropLink("founder", this.#deps.sessionStorage);
    this.#deps.store.patch({ founderToken: null });
  }
}
