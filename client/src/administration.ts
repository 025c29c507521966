/**
 * Order in the house, for admins: people, bans and reports.
 *
 * Owns the admin's part of the state. Decides nothing: the gate asks who asks.
 */

import { EXPORT_FILE } from "./account";
import type { MemberRow, ReportView } from "./protocol.gen";
import { CommandError, type Signalling } from "./signalling";
import type { AppState, ProblemCode } from "./state";
import type { Store } from "./store";

export interface AdminState {
  readonly query: string;
  /** `null` until asked for. */
  readonly members: readonly MemberRow[] | null;
  readonly more: boolean;
  readonly reports: readonly ReportView[] | null;
  readonly closedReports: boolean;
  readonly reportsWaiting: number;
  readonly problem: ProblemCode | null;
}

export const NO_ADMIN: AdminState = {
  query: "",
  members: null,
  more: false,
  reports: null,
  closedReports: false,
  reportsWaiting: 0,
  problem: null,
};

type MemberCommand =
  | { type: "ban_member"; memberId: string; reason: string }
  | { type: "unban_member"; memberId: string }
  | { type: "set_admin"; memberId: string; isAdmin: boolean }
  | { type: "erase_member"; memberId: string };

export class Administration {
  readonly #store: Store<AppState>;
  readonly #signalling: Pick<Signalling, "request">;
  /** Put a file where the reader keeps what he downloads. */
  readonly #save: (file: Blob, name: string) => void;
  #asked = 0;

  constructor(
    store: Store<AppState>,
    signalling: Pick<Signalling, "request">,
    save: (file: Blob, name: string) => void,
  ) {
    this.#store = store;
    this.#signalling = signalling;
    this.#save = save;
  }

  /** People by a part of their name; an answer that a newer question has overtaken is dropped. */
  find = (query: string): Promise<void> => this.#list(query, null);

  more = (): Promise<void> => {
    const { members, query } = this.#state;
    return this.#list(query, members?.at(-1)?.memberId ?? null);
  };

  change = (command: MemberCommand): Promise<void> =>
    this.#try(async () => {
      await this.#signalling.request(command);
      await this.#reload();
    });

  /** Everything kept about a person, to be handed to him. */
  exportMember = (memberId: string): Promise<void> =>
    this.#try(async () => {
      const { account } = await this.#signalling.request({ type: "export_member", memberId });
      const file = new Blob([JSON.stringify(account, null, 2)], { type: "application/json" });
      this.#save(file, EXPORT_FILE);
    });

  showReports = (closed: boolean): Promise<void> =>
    this.#try(async () => {
      const { reports } = await this.#signalling.request({ type: "list_reports", closed });
      this.#patch({ reports, closedReports: closed });
    });

  closeReport = (reportId: string): Promise<void> =>
    this.#try(async () => {
      await this.#signalling.request({ type: "close_report", reportId });
      await this.showReports(this.#state.closedReports);
    });

  async #list(query: string, after: string | null): Promise<void> {
    const mine = ++this.#asked;
    this.#patch({ query });
    await this.#try(async () => {
      const listed = await this.#signalling.request({ type: "list_members", query, after });
      if (mine !== this.#asked) return;
      const before = after === null ? [] : (this.#state.members ?? []);
      this.#patch({ members: [...before, ...listed.members], more: listed.more });
    });
  }

  async #reload(): Promise<void> {
    await this.find(this.#state.query);
    if (this.#state.reports !== null) await this.showReports(this.#state.closedReports);
  }

  async #try(work: () => Promise<void>): Promise<void> {
    this.#patch({ problem: null });
    try {
      await work();
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      this.#patch({ problem: error.code });
    }
  }

  get #state(): AdminState {
    return this.#store.get().admin;
  }

  #patch(fields: Partial<AdminState>): void {
    this.#store.patch({ admin: { ...this.#state, ...fields } });
  }
}
