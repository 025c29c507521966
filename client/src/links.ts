/**
 * Links that let somebody in: the founder's and a member's invitation.
 *
 * Owns how a token is taken out of the address and kept for this tab, until it was used or is void.
 * Tokens are in the fragment only, which no server log sees. Decides nothing.
 */

export type LinkKind = "founder" | "invite";

export interface Link {
  readonly kind: LinkKind;
  readonly token: string;
}

const TOKEN = /^[\w-]{1,128}$/;
const keyOf = (kind: LinkKind) => `masil.${kind}`;

/** The link that an address is, with its token; null for any other address. */
export function linkOf(location: { pathname: string; hash: string }): Link | null {
  const kind = kindOf(location.pathname);
  const token = location.hash.slice(1);
  return kind !== null && TOKEN.test(token) ? { kind, token } : null;
}

/** What somebody pasted: a whole link, or its last part alone. */
export function pastedInvite(pasted: string): string | null {
  const token = pasted.trim().replace(/^.*#/s, "");
  return TOKEN.test(token) ? token : null;
}

/** Takes the token out of the address bar; a reload of the same page finds it again. */
export function takeLink(
  location: Location,
  history: Pick<History, "replaceState">,
  storage: Storage,
): Link | null {
  const kind = kindOf(location.pathname);
  if (kind === null) return null;
  const link = linkOf(location);
  if (link === null) {
    const token = storage.getItem(keyOf(kind));
    return token === null ? null : { kind, token };
  }
  storage.setItem(keyOf(kind), link.token);
  history.replaceState(null, "", `/${kind}`);
  return link;
}

/** It was used, or is void. */
export function dropLink(kind: LinkKind, storage: Storage): void {
  storage.removeItem(keyOf(kind));
}

function kindOf(pathname: string): LinkKind | null {
  const found = /^\/(founder|invite)\/?$/.exec(pathname);
  return found === null ? null : (found[1] as LinkKind);
}
