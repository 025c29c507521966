/**
 * The member's contacts: numbers go to the gate, names stay on this device.
 *
 * Owns the contacts' part of the state. Never sends a name.
 */

import type { ContactNameStore } from "./contact-names";
import { pickContacts } from "./contact-picker";
import { ContactsError, type Entry } from "./contacts";
import type { Me } from "./protocol.gen";
import { CommandError, type Signalling } from "./signalling";
import type { AppState, ContactsState, Notice, ProblemCode } from "./state";
import type { Store } from "./store";

const NUMBERS_PER_MESSAGE = 500;

export interface AddressBookDependencies {
  readonly store: Store<AppState>;
  readonly signalling: Pick<Signalling, "request">;
  readonly names: ContactNameStore;
  readonly tell: (notice: Notice) => void;
}

export class AddressBook {
  readonly #store: Store<AppState>;
  readonly #signalling: Pick<Signalling, "request">;
  readonly #names: ContactNameStore;
  readonly #tell: (notice: Notice) => void;

  constructor(deps: AddressBookDependencies) {
    this.#store = deps.store;
    this.#signalling = deps.signalling;
    this.#names = deps.names;
    this.#tell = deps.tell;
  }

  /** Show the names that this device knows. */
  open(me: Me): void {
    this.#store.patch({ contactNames: this.#names.read(me.memberId).names });
  }

  /** Send numbers, a message at a time; what was sent before a refusal is kept. */
  add = async (entries: readonly Entry[], region: string): Promise<void> => {
    const { me } = this.#store.get();
    if (me === null || entries.length === 0) return;
    this.#patch({ sending: true, result: null, problem: null });
    const result = { added: 0, rejected: 0 };
    const problem = await this.#problemOf(async () => {
      for (let start = 0; start < entries.length; start += NUMBERS_PER_MESSAGE) {
        const part = entries.slice(start, start + NUMBERS_PER_MESSAGE);
        const { added, rejected } = await this.#send(me, part, region);
        result.added += added;
        result.rejected += rejected;
      }
    });
    const answered = problem === null || result.added + result.rejected > 0;
    this.#patch({ sending: false, result: answered ? result : null, problem });
  };

  /** Add those whom the person picks in the browser's own sheet. */
  pick = async (region: string): Promise<void> => {
    try {
      await this.add(await pickContacts(), region);
    } catch (error) {
      if (!(error instanceof ContactsError)) throw error;
      this.refuse(error.code);
    }
  };

  /** A file or a choice that could not be read. */
  refuse = (problem: ProblemCode): void => this.#patch({ problem, result: null });

  /** Be asked about newcomers, or no longer. */
  setAsksMe = async (asksMe: boolean): Promise<void> => {
    const problem = await this.#problemOf(() =>
      this.#signalling.request({ type: "set_asks_me", asksMe }),
    );
    if (problem !== null) this.#tell({ kind: "problem", code: problem });
  };

  /** The gate forgets the numbers and this device the names. */
  forget = async (): Promise<void> => {
    const { me } = this.#store.get();
    if (me === null) return;
    const problem = await this.#problemOf(() => this.#signalling.request({ type: "forget_contacts" }));
    if (problem !== null) return this.#tell({ kind: "problem", code: problem });
    this.forgetNames(me);
    this.#patch({ result: null, problem: null });
    this.#tell({ kind: "contacts_forgotten" });
  };

  /** Take the names off this device. */
  forgetNames(me: Me): void {
    this.#names.forget(me.memberId);
    this.#store.patch({ contactNames: {} });
  }

  async #send(me: Me, part: readonly Entry[], region: string) {
    const numbers = part.map((entry) => entry.number);
    const answer = await this.#signalling.request({ type: "add_contacts", numbers, region });
    const names: Record<string, string> = {};
    for (const { index, contactId } of answer.added) {
      const name = part[index]?.name;
      if (name) names[contactId] = name;
    }
    this.#names.add(me.memberId, names);
    this.#store.patch({ contactNames: { ...this.#store.get().contactNames, ...names } });
    return { added: answer.added.length, rejected: answer.rejected.length };
  }

  async #problemOf(work: () => Promise<unknown>): Promise<ProblemCode | null> {
    try {
      await work();
      return null;
    } catch (error) {
      if (error instanceof CommandError) return error.code;
      throw error;
    }
  }

  #patch(fields: Partial<ContactsState>): void {
    this.#store.patch({ contacts: { ...this.#store.get().contacts, ...fields } });
  }
}
