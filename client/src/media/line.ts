/** One connection and what is heard on it. Owns nothing beyond its `Peer`; `Voice` decides. */

import type { IceServer } from "../protocol.gen";
import { Peer, type PeerState } from "./peer";
import type { Realm } from "./realm";

export interface Offer {
  readonly mediaId: string;
  readonly sdp: string;
  /** Relays for where UDP to the server is blocked. */
  readonly iceServers: IceServer[];
}

export interface Line {
  readonly peer: Peer;
  readonly mediaId: string;
  /** By slot, from 1. */
  readonly tracks: Map<number, MediaStreamTrack>;
  readonly receivers: Map<number, RTCRtpReceiver>;
}

export interface LineEvents {
  onState: (state: PeerState) => void;
  onSlot: (slot: number, track: MediaStreamTrack) => void;
}

export function newLine(offer: Offer, realm: Realm, events: LineEvents): Line {
  const tracks = new Map<number, MediaStreamTrack>();
  const receivers = new Map<number, RTCRtpReceiver>();
  const onSlot = (slot: number, track: MediaStreamTrack, receiver: RTCRtpReceiver) => {
    tracks.set(slot, track);
    receivers.set(slot, receiver);
    events.onSlot(slot, track);
  };
  const peer = new Peer(offer.iceServers, { onState: events.onState, onSlot }, realm);
  return { peer, mediaId: offer.mediaId, tracks, receivers };
}

/** Null where the offer cannot be used, or the connection was hung up meanwhile. */
export async function answerFrom(
  peer: Peer,
  offer: string,
  music: boolean,
  track: () => MediaStreamTrack | null,
): Promise<string | null> {
  try {
    return await peer.answer(offer, music, track);
  } catch (error) {
    if (error instanceof DOMException) return null;
    throw error;
  }
}
