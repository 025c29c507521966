/**
 * Numbers out of an address book or a text field, read in the browser.
 *
 * Owns the vCard reader (RFC 6350, and 2.1 and 3.0 as phones export them): names and TEL only,
 * everything else is skipped unread. Never sends anything: names stay on this device.
 */

export const FILE_MAX_BYTES = 5 * 1024 * 1024;
export const ENTRIES_MAX = 10_000;
const NAME_MAX_CHARS = 80;
const NUMBER_MAX_CHARS = 64;

/** A name, then a number in the digits and the punctuation of any script. */
const NAME_AND_NUMBER = /^(.*?)([+＋(（]?\p{Nd}[\p{Nd}\p{Z}\p{Cf}\p{Pd}()（）.·/+＋ー]*)$/u;
const BETWEEN_DIGITS = /[\s\p{Z}\p{Cf}\p{Pd}()（）.·/ー]+/gu;

export interface Entry {
  readonly name: string;
  readonly number: string;
}

export type ContactsProblem = "file_too_large" | "too_many_entries" | "not_a_vcard" | "picker_failed";

/** A file that cannot be used, with the reason. */
export class ContactsError extends Error {
  constructor(readonly code: ContactsProblem) {
    super(code);
    this.name = "ContactsError";
  }
}

/** Turn the bytes of a file into text: UTF-8, else the EUC-KR of older Korean phones. */
export function decodeFile(bytes: Uint8Array): string {
  if (bytes.byteLength > FILE_MAX_BYTES) throw new ContactsError("file_too_large");
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return new TextDecoder("euc-kr").decode(bytes);
    throw error;
  }
}

/** Read the names and numbers of a .vcf; the same number twice counts once. */
export function parseVcards(text: string): Entry[] {
  const lines = unfold(text);
  if (!lines.some((line) => /^BEGIN:VCARD$/i.test(line.trim()))) {
    throw new ContactsError("not_a_vcard");
  }
  const entries: Entry[] = [];
  let card = new Card();
  for (const line of lines) {
    const property = parseLine(line);
    if (property === null) continue;
    if (property.name === "BEGIN") card = new Card();
    else if (property.name === "END") entries.push(...card.entries());
    else card.add(property);
    if (entries.length > ENTRIES_MAX) throw new ContactsError("too_many_entries");
  }
  return unique(entries);
}

/** Read numbers that somebody typed: one a line or separated by commas, a name may stand before. */
export function parseTyped(text: string): Entry[] {
  const entries: Entry[] = [];
  for (const part of text.split(/[\n,;，、；]+/u)) {
    const match = NAME_AND_NUMBER.exec(part.trim());
    // Digits before "ext" are the number itself: the gate says that it has an extension.
    if (match?.[2] === undefined || /(\p{Nd}\P{Nd}*){5}/u.test(match[1] ?? "")) {
      if (part.trim() !== "") entries.push({ name: "", number: part.trim().slice(0, NUMBER_MAX_CHARS) });
      continue;
    }
    entries.push({ name: cleanName(match[1] ?? ""), number: cleanNumber(match[2]) });
  }
  if (entries.length > ENTRIES_MAX) throw new ContactsError("too_many_entries");
  return unique(entries);
}

/** What a contact picker answered. */
export function pickedEntry(name: string, number: string): Entry {
  return { name: cleanName(name), number: cleanNumber(number) };
}

interface Property {
  readonly name: string;
  readonly params: string;
  readonly value: string;
}

class Card {
  #fullName = "";
  #parts = "";
  #numbers: string[] = [];

  add({ name, params, value }: Property): void {
    if (name === "FN") this.#fullName ||= unescape(decodeValue(params, value));
    else if (name === "N") this.#parts ||= joinParts(decodeValue(params, value));
    else if (name === "TEL") this.#numbers.push(cleanNumber(value));
  }

  entries(): Entry[] {
    const name = cleanName(this.#fullName || this.#parts);
    return this.#numbers.filter((n) => /\p{Nd}/u.test(n)).map((number) => ({ name, number }));
  }
}

/** Join folded lines (RFC 6350 §3.2) and the soft breaks of quoted-printable (RFC 2045 §6.7). */
function unfold(text: string): string[] {
  const whole: string[][] = [];
  let quoted = false;
  let soft = false;
  for (const line of text.split(/\r\n|\n|\r/)) {
    const current = whole[whole.length - 1];
    const part = quoted && line.endsWith("=") ? line.slice(0, -1) : line;
    if (soft && current) {
      current.push(part);
    } else if (/^[ \t]/.test(line) && current) {
      current.push(part.slice(1));
    } else {
      quoted = /^[^:]*ENCODING=QUOTED-PRINTABLE/i.test(line);
      whole.push([quoted && line.endsWith("=") ? line.slice(0, -1) : line]);
    }
    soft = quoted && line.endsWith("=");
  }
  return whole.map((parts) => parts.join(""));
}

function parseLine(line: string): Property | null {
  const match = /^(?:[\w-]+\.)?([\w-]+)((?:;(?:"[^"]*"|[^:"])*)?):(.*)$/s.exec(line);
  if (match === null) return null;
  return { name: (match[1] ?? "").toUpperCase(), params: match[2] ?? "", value: match[3] ?? "" };
}

function decodeValue(params: string, value: string): string {
  if (!/ENCODING=QUOTED-PRINTABLE/i.test(params)) return value;
  const bytes: number[] = [];
  for (let i = 0; i < value.length; i++) {
    const hex = value[i] === "=" ? /^[0-9A-F]{2}/i.exec(value.slice(i + 1, i + 3)) : null;
    if (hex === null) {
      bytes.push(...new TextEncoder().encode(value[i]));
    } else {
      bytes.push(Number.parseInt(hex[0], 16));
      i += 2;
    }
  }
  const charset = /CHARSET=([\w-]+)/i.exec(params)?.[1] ?? "utf-8";
  const known = /^(utf-8|euc-kr|ks_c_5601-1987|iso-8859-1)$/i.test(charset) ? charset : "utf-8";
  return new TextDecoder(known).decode(new Uint8Array(bytes));
}

/** `Family;Given;Middle;…`: Korean names are written together, family name first. */
function joinParts(value: string): string {
  const [family = "", given = "", middle = ""] = value.split(/(?<!\\);/).map(unescape);
  const hangul = /^[\p{Script=Hangul}\p{Script=Han}]+$/u.test(family + given);
  return hangul ? family + given : [given, middle, family].filter(Boolean).join(" ");
}

function unescape(value: string): string {
  return value.replace(/\\n/gi, " ").replace(/\\([,;\\])/g, "$1");
}

function cleanName(name: string): string {
  const plain = name.replace(/[\p{C}\s]+/gu, " ").trim().replace(/[:\-–]+$/, "");
  return plain.trim().slice(0, NAME_MAX_CHARS);
}

/** Whatever else stands in it, an extension or a pause, is for the gate to judge. */
function cleanNumber(value: string): string {
  const plain = value.replace(/^tel:/i, "").replace(/;ext=.*$/i, "");
  return plain.replace(BETWEEN_DIGITS, "").slice(0, NUMBER_MAX_CHARS);
}

function unique(entries: Entry[]): Entry[] {
  const seen = new Map<string, Entry>();
  for (const entry of entries) {
    const known = seen.get(entry.number);
    if (known === undefined || known.name === "") seen.set(entry.number, entry);
  }
  return [...seen.values()];
}
