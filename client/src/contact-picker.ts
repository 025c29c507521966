/**
 * The browser's own contact picker (W3C Contact Picker API), where there is one: on phones.
 *
 * Owns nothing. The person picks in the browser's own sheet; only names and numbers are asked for.
 */

import { ContactsError, ENTRIES_MAX, pickedEntry, type Entry } from "./contacts";

interface PickedContact {
  readonly name?: readonly string[];
  readonly tel?: readonly string[];
}

/** Not in TypeScript's DOM library, as only some browsers have it. */
interface ContactsManager {
  select(properties: readonly ["name", "tel"], options: { multiple: boolean }): Promise<PickedContact[]>;
}

type WithContacts = Navigator & { readonly contacts?: ContactsManager };

/** Whether this browser can show one. */
export function pickerOffered(): boolean {
  return (navigator as WithContacts).contacts !== undefined;
}

/** Let the person pick; nobody where he closes the sheet. Call it from a tap only. */
export async function pickContacts(): Promise<Entry[]> {
  const contacts = (navigator as WithContacts).contacts;
  if (contacts === undefined) throw new ContactsError("picker_failed");
  const picked = await selected(contacts);
  const entries = picked.flatMap(({ name, tel }) =>
    (tel ?? []).map((number) => pickedEntry(name?.find((one) => one !== "") ?? "", number)),
  );
  if (entries.length > ENTRIES_MAX) throw new ContactsError("too_many_entries");
  return entries;
}

async function selected(contacts: ContactsManager): Promise<PickedContact[]> {
  try {
    return await contacts.select(["name", "tel"], { multiple: true });
  } catch (error) {
    if (error instanceof DOMException) throw new ContactsError("picker_failed");
    throw error;
  }
}
