/**
 * Where an RTCPeerConnection is made.
 *
 * Chromium tells a window of its network addresses when it first asks, and of changes only seconds
 * later (3.1 s were measured), so that a new connection would look for the server from addresses
 * that are gone. A new window asks anew: a renewed connection gets a hidden one for its lifetime.
 */

export interface Realm {
  readonly RTCPeerConnection: typeof RTCPeerConnection;
  /** The connection made here is over. */
  leave(): void;
}

/** This page's own window. */
export const PAGE: Realm = { RTCPeerConnection: globalThis.RTCPeerConnection, leave: () => {} };

/** A window that knows the networks as they are now; this page's own where there can be none. */
export function newRealm(parent: HTMLElement): Realm {
  const frame = parent.ownerDocument.createElement("iframe");
  frame.hidden = true;
  parent.append(frame);
  const inside = frame.contentWindow as (Window & Partial<Pick<Realm, "RTCPeerConnection">>) | null;
  const made = inside?.RTCPeerConnection;
  if (made !== undefined) return { RTCPeerConnection: made, leave: () => frame.remove() };
  frame.remove();
  return PAGE;
}
