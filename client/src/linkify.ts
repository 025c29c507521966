/** Finds web addresses in plain text: pure; fetches and changes nothing. */

export interface Piece {
  readonly text: string;
  /** Where it leads, for an address. */
  readonly href?: string;
}

const ADDRESS = /https?:\/\/[^\s<>"']+/gi;
/** What ends a sentence rather than an address. */
const TAIL = /[.,;:!?…。、]+$/;

/** The text in pieces; only http and https addresses with a host lead anywhere. */
export function linkify(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = withoutTail(match[0]);
    const href = hrefOf(address);
    if (href === null) continue;
    if (match.index > at) pieces.push({ text: text.slice(at, match.index) });
    pieces.push({ text: address, href });
    at = match.index + address.length;
  }
  if (at < text.length) pieces.push({ text: text.slice(at) });
  return pieces;
}

/** Without the full stop after it, nor the bracket that was opened before it. */
function withoutTail(raw: string): string {
  let address = raw.replace(TAIL, "");
  while (address.endsWith(")") && !address.includes("(")) {
    address = address.slice(0, -1).replace(TAIL, "");
  }
  return address;
}

function hrefOf(address: string): string | null {
  if (!URL.canParse(address)) return null;
  const url = new URL(address);
  // A name and a password before the host are there to mislead.
  return url.hostname !== "" && url.username === "" && url.password === "" ? url.href : null;
}
