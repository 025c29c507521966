/**
 * The member's contacts: numbers go to the gate, names stay on this device.
 *
 * Owns the contacts' part of the state. Never sends a name.
 */

import type { ContactNameStore } from "./contact-names";
import type { Entry } from "./contacts";
import type { Me } from "./protocol.gen";
import { CommandError, type Signalling } from "./signalling";
import { NO_CONTACTS, type AppState, type ContactsState, type ProblemCode } from "./state";
import type { Store } from "./store";

const NUMBERS_PER_MESSAGE = 500;

export class AddressBook {
  readonly #store: Store<AppState>;
  readonly #signalling: Pick<Signalling, "request">;
  readonly #names: ContactNameStore;

  constructor(
    store: Store<AppState>,
    signalling: Pick<Signalling, "request">,
    names: ContactNameStore,
  ) {
    this.#store = store;
    this.#signalling = signalling;
    this.#names = names;
  }

  /** Show the names that this device knows. */
  open(me: Me): void {
    const { names, expiresAtMs } = this.#names.read(me.memberId);
    this.#store.patch({ contactNames: names });
    this.#patch({ expiresAtMs });
  }

  /** Send numbers, a message at a time; what was sent before a refusal is kept. */
  async add(me: Me, entries: readonly Entry[], region: string): Promise<void> {
    if (entries.length === 0) return;
    this.#patch({ sending: true, result: null, problem: null });
    const result = { added: 0, rejected: 0 };
    let problem: ProblemCode | null = null;
    try {
      for (let start = 0; start < entries.length; start += NUMBERS_PER_MESSAGE) {
        const part = entries.slice(start, start + NUMBERS_PER_MESSAGE);
        const { added, rejected } = await this.#send(me, part, region);
        result.added += added;
        result.rejected += rejected;
      }
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      problem = error.code;
    }
    const answered = problem === null || result.added + result.rejected > 0;
    this.#patch({ sending: false, result: answered ? result : null, problem });
  }

  /** A file that could not be read. */
  problem(problem: ProblemCode): void {
    this.#patch({ problem, result: null });
  }

  /** Take the names off this device; the gate was told already, or the member signs out. */
  forget(me: Me): void {
    this.#names.forget(me.memberId);
    this.#store.patch({ contacts: NO_CONTACTS, contactNames: {} });
  }

  async #send(me: Me, part: readonly Entry[], region: string) {
    const numbers = part.map((entry) => entry.number);
    const answer = await this.#signalling.request({ type: "add_contacts", numbers, region });
    const names: Record<string, string> = {};
    for (const { index, contactId } of answer.added) {
      const name = part[index]?.name;
      if (name) names[contactId] = name;
    }
    this.#names.add(me.memberId, names, answer.expiresAtMs);
    this.#store.patch({ contactNames: { ...this.#store.get().contactNames, ...names } });
    this.#patch({ kept: answer.kept, expiresAtMs: answer.expiresAtMs });
    return { added: answer.added.length, rejected: answer.rejected.length };
  }

  #patch(fields: Partial<ContactsState>): void {
    this.#store.patch({ contacts: { ...this.#store.get().contacts, ...fields } });
  }
}
