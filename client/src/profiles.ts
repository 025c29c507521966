/**
 * People: the own profile, the person one looks at, follows, blocks, reports.
 *
 * Owns the people's part of the state. Decides nothing: whoever is behind a block looks like
 * nobody, and the gate sees to that.
 */

import type { OwnProfile, PeopleList, PersonView, ProfileView, ReportReason } from "./protocol.gen";
import { CommandError, type Signalling } from "./signalling";
import type { AppState, Notice, ProblemCode } from "./state";
import type { Store } from "./store";

/** The person one looks at. */
export interface PersonState {
  readonly memberId: string;
  /** `null` while asked for, and where there is nobody. */
  readonly profile: ProfileView | null;
  readonly problem: ProblemCode | null;
  /** The name of somebody whom one has blocked oneself. */
  readonly blockedName: string | null;
}

export interface PeoplePage {
  readonly people: readonly PersonView[];
  readonly more: boolean;
}

export interface PeopleState {
  readonly own: OwnProfile | null;
  readonly person: PersonState | null;
  readonly lists: Readonly<Partial<Record<PeopleList, PeoplePage>>>;
  /** Why a page could not be shown, or a tap had no effect. */
  readonly problem: ProblemCode | null;
}

export const NO_PEOPLE: PeopleState = { own: null, person: null, lists: {}, problem: null };

export interface ReportDraft {
  readonly memberId: string;
  readonly reason: ReportReason;
  readonly statement: string;
  /** Whether it is about the room in which one is. */
  readonly inRoom: boolean;
  /** What happened in the room goes along, as it was shown. */
  readonly withLog: boolean;
}

export class Profiles {
  readonly #store: Store<AppState>;
  readonly #signalling: Pick<Signalling, "request">;
  readonly #tell: (notice: Notice) => void;

  constructor(
    store: Store<AppState>,
    signalling: Pick<Signalling, "request">,
    tell: (notice: Notice) => void,
  ) {
    this.#store = store;
    this.#signalling = signalling;
    this.#tell = tell;
  }

  // ------------------------------------------------------------ oneself

  showOwn = (): Promise<void> =>
    this.#try(async () => {
      this.#patch({ own: await this.#signalling.request({ type: "get_own_profile" }) });
    });

  /** Save name and bio; answers null, or why not. */
  save = (name: string, bio: string): Promise<ProblemCode | null> =>
    problemOf(async () => {
      await this.#signalling.request({ type: "update_profile", name, bio });
      await this.showOwn();
    });

  /** Shown as chosen at once, and as it was where the gate refuses. */
  prefer = async (showsAdmitter: boolean, shownAsAdmitter: boolean): Promise<void> => {
    const { own } = this.#state;
    if (own === null) return;
    this.#patch({ own: { ...own, showsAdmitter, shownAsAdmitter } });
    await this.#try(async () => {
      await this.#signalling.request({ type: "set_preferences", showsAdmitter, shownAsAdmitter });
      this.#patch({ own: await this.#signalling.request({ type: "get_own_profile" }) });
    });
    if (this.#state.problem !== null) this.#patch({ own });
  };

  // ------------------------------------------------------------ somebody else

  /** Look at a person; an answer that another look has overtaken is dropped. */
  look = async (memberId: string): Promise<void> => {
    this.#patch({ problem: null, person: { memberId, profile: null, problem: null, blockedName: null } });
    const found = await this.#found(memberId);
    if (this.#state.person?.memberId === memberId) {
      this.#patch({ person: { memberId, profile: null, problem: null, blockedName: null, ...found } });
    }
  };

  lookAway = (): void => this.#patch({ person: null });

  follow = (memberId: string, following: boolean): Promise<void> =>
    this.#try(async () => {
      await this.#signalling.request({ type: "follow", memberId, following });
      const { person } = this.#state;
      if (person?.profile?.memberId === memberId) {
        this.#patch({ person: { ...person, profile: { ...person.profile, following } } });
      }
    });

  /** Keep apart from somebody, or no longer; whoever is looked at is looked at anew. */
  block = (memberId: string, name: string, blocked: boolean): Promise<void> =>
    this.#try(async () => {
      await this.#signalling.request({ type: "block", memberId, blocked });
      this.#tell({ kind: blocked ? "blocked" : "unblocked", name });
      if (this.#state.person?.memberId === memberId) await this.look(memberId);
      if (this.#state.lists.blocked) await this.list("blocked");
    });

  /** Tell the admins; answers null, or why not. */
  report = (draft: ReportDraft): Promise<ProblemCode | null> =>
    problemOf(async () => {
      await this.#signalling.request({ type: "report_member", ...draft });
    });

  // ------------------------------------------------------------ lists

  list = (which: PeopleList): Promise<void> => this.#list(which, []);

  more = (which: PeopleList): Promise<void> =>
    this.#list(which, this.#state.lists[which]?.people ?? []);

  #list(which: PeopleList, before: readonly PersonView[]): Promise<void> {
    return this.#try(async () => {
      const page = await this.#page(which, before.at(-1)?.memberId ?? null);
      const people = [...before, ...page.people];
      this.#patch({ lists: { ...this.#state.lists, [which]: { people, more: page.more } } });
    });
  }

  #page(which: PeopleList, after: string | null): Promise<PeoplePage> {
    return this.#signalling.request({ type: "list_people", which, after });
  }

  async #found(memberId: string): Promise<Partial<PersonState>> {
    let profile: ProfileView | null = null;
    let blockedName: string | null = null;
    const problem = await problemOf(async () => {
      const reply = await this.#signalling.request({ type: "get_profile", memberId });
      profile = reply.profile;
    });
    if (problem === "no_such_member") {
      // To whoever blocked, too, the other is nobody: only the own list tells why.
      const unknown = await problemOf(async () => {
        blockedName = await this.#nameOfBlocked(memberId);
      });
      if (unknown !== null) return { problem: unknown };
    }
    return { profile, problem, blockedName };
  }

  async #nameOfBlocked(memberId: string): Promise<string | null> {
    let after: string | null = null;
    for (;;) {
      const page: PeoplePage = await this.#page("blocked", after);
      const found = page.people.find((person) => person.memberId === memberId);
      if (found !== undefined) return found.name;
      after = page.people.at(-1)?.memberId ?? null;
      if (!page.more || after === null) return null;
    }
  }

  async #try(work: () => Promise<void>): Promise<void> {
    this.#patch({ problem: null });
    const problem = await problemOf(work);
    if (problem !== null) this.#patch({ problem });
  }

  get #state(): PeopleState {
    return this.#store.get().people;
  }

  #patch(fields: Partial<PeopleState>): void {
    this.#store.patch({ people: { ...this.#state, ...fields } });
  }
}

async function problemOf(work: () => Promise<void>): Promise<ProblemCode | null> {
  try {
    await work();
    return null;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return error.code;
  }
}
