/**
 * The names of contacts, which never leave this device.
 *
 * Owns one localStorage entry a member. Storage that is full or forbidden only costs the labels.
 */

export interface ContactNames {
  readonly names: Readonly<Record<string, string>>;
}

const NOTHING: ContactNames = { names: {} };

export class ContactNameStore {
  readonly #storage: Pick<Storage, "getItem" | "setItem" | "removeItem">;

  constructor(storage: Pick<Storage, "getItem" | "setItem" | "removeItem">) {
    this.#storage = storage;
  }

  read(memberId: string): ContactNames {
    const text = this.#storage.getItem(keyOf(memberId));
    if (text === null) return NOTHING;
    try {
      const value: unknown = JSON.parse(text);
      return isContactNames(value) ? value : NOTHING;
    } catch (error) {
      if (error instanceof SyntaxError) return NOTHING;
      throw error;
    }
  }

  /** Add names to those that are there. Answers false where the device has no room for them. */
  add(memberId: string, names: Record<string, string>): boolean {
    const all = { names: { ...this.read(memberId).names, ...names } };
    try {
      this.#storage.setItem(keyOf(memberId), JSON.stringify(all));
      return true;
    } catch (error) {
      if (error instanceof DOMException) return false;
      throw error;
    }
  }

  forget(memberId: string): void {
    this.#storage.removeItem(keyOf(memberId));
  }
}

function keyOf(memberId: string): string {
  return `masil.contacts.${memberId}`;
}

function isContactNames(value: unknown): value is ContactNames {
  return typeof value === "object" && value !== null && "names" in value;
}
