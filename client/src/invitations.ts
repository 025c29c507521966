/**
 * Invitations: those one gives, and the one with which somebody came.
 *
 * Owns these two parts of the state. A token that was just made is shown once and kept nowhere.
 */

import { HttpError, lookAtInvite } from "./http";
import type { Locale } from "./i18n/text";
import { dropLink, pastedInvite } from "./links";
import type { InviteChanged, InviteStanding, InviteView } from "./protocol.gen";
import { CommandError, type Signalling } from "./signalling";
import type { AppState, ProblemCode } from "./state";
import type { Store } from "./store";

/** The invitation that a newcomer holds. */
export interface HeldInvite {
  readonly token: string;
  /** `null` until the gate has said. */
  readonly state: InviteStanding | "unknown" | null;
  readonly inviterName: string | null;
}

export interface InvitationsState {
  /** `null` until asked for. */
  readonly given: readonly InviteView[] | null;
  readonly left: number | null;
  readonly byMail: boolean;
  /** What was just made. */
  readonly made: { readonly link: string; readonly email: string | null } | null;
  readonly busy: boolean;
  readonly problem: ProblemCode | null;
}

export const NO_INVITATIONS: InvitationsState = {
  given: null,
  left: 0,
  byMail: false,
  made: null,
  busy: false,
  problem: null,
};

export class Invitations {
  readonly #store: Store<AppState>;
  readonly #signalling: Pick<Signalling, "request">;
  readonly #tab: Storage;

  constructor(store: Store<AppState>, signalling: Pick<Signalling, "request">, tab: Storage) {
    this.#store = store;
    this.#signalling = signalling;
    this.#tab = tab;
  }

  // ---------------------------------------------------------------- the one somebody holds

  /** Ask the gate what has become of the link with which this page was opened. */
  look = async (): Promise<void> => {
    const { held } = this.#store.get();
    if (held === null || held.state !== null) return;
    const shown = await lookAtInvite(held.token).catch((error: unknown) => {
      if (error instanceof HttpError) return error.code;
      throw error;
    });
    if (this.#store.get().held?.token !== held.token) return;
    if (shown === "invite_unknown") this.#store.patch({ held: { ...held, state: "unknown" } });
    else if (typeof shown !== "string") this.#store.patch({ held: { ...held, ...shown } });
  };

  /** It was refused: somebody else was quicker, or it was taken back meanwhile. */
  lookAgain = (): Promise<void> => {
    const { held } = this.#store.get();
    if (held !== null) this.#store.patch({ held: { ...held, state: null } });
    return this.look();
  };

  /** Somebody pasted a link; false where it is none. */
  paste = (pasted: string): boolean => {
    const token = pastedInvite(pasted);
    if (token === null) return false;
    this.#store.patch({ held: { token, state: null, inviterName: null } });
    void this.look();
    return true;
  };

  /** It was used, is void, or is not wanted. */
  drop = (): void => {
    dropLink("invite", this.#tab);
    this.#store.patch({ held: null });
  };

  /** A newcomer who waits comes in with it. */
  use = (): Promise<void> =>
    this.#try(async () => {
      const { held } = this.#store.get();
      if (held === null) return;
      await this.#signalling.request({ type: "use_invite", token: held.token });
      this.drop();
    });

  // ---------------------------------------------------------------- those that one gives

  load = (): Promise<void> =>
    this.#try(async () => {
      const { invites, left, byMail } = await this.#signalling.request({ type: "list_invites" });
      this.#patch({ given: invites, left, byMail });
    });

  /** Make a link, and send it where an e-mail address is given. */
  give = (email: string | null, language: Locale): Promise<void> =>
    this.#try(async () => {
      this.#patch({ made: null });
      const made = await this.#signalling.request({ type: "create_invite", email, language });
      const link = `${location.origin}/invite#${made.token}`;
      this.#patch({ made: { link, email }, left: made.left });
      this.#show(made.invite);
    });

  takeBack = (inviteId: string): Promise<void> =>
    this.#try(async () => {
      await this.#signalling.request({ type: "revoke_invite", inviteId });
      this.#patch({ made: null });
    });

  /** The page was left: a link that was made is not shown again. */
  forgetMade = (): void => this.#patch({ made: null, problem: null });

  apply(event: InviteChanged): void {
    this.#patch({ left: event.left });
    this.#show(event.invite);
  }

  #show(invite: InviteView): void {
    const given = this.#state.given ?? [];
    const known = given.some((each) => each.inviteId === invite.inviteId);
    const shown = known
      ? given.map((each) => (each.inviteId === invite.inviteId ? invite : each))
      : [invite, ...given];
    this.#patch({ given: shown });
  }

  async #try(work: () => Promise<void>): Promise<void> {
    this.#patch({ busy: true, problem: null });
    try {
      await work();
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      this.#patch({ problem: error.code });
    } finally {
      this.#patch({ busy: false });
    }
  }

  get #state(): InvitationsState {
    return this.#store.get().invitations;
  }

  #patch(fields: Partial<InvitationsState>): void {
    this.#store.patch({ invitations: { ...this.#state, ...fields } });
  }
}
