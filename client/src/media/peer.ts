/**
 * One RTCPeerConnection, from the server's offer to its end.
 *
 * Owns the connection and its receivers. Never renegotiates: the first m-line is the microphone,
 * the others are the slots in which the server lets voices be heard (see docs/protocol.md).
 */

import type { IceServer } from "../protocol.gen";
import { takingStereo, wantingMusic } from "./opus";
import type { Vitals } from "./quality";
import type { Realm } from "./realm";

export type PeerState = "connecting" | "connected" | "interrupted" | "failed";

export interface PeerEvents {
  onState: (state: PeerState) => void;
  /** A slot of this connection; `slot` counts from 1. */
  onSlot: (slot: number, track: MediaStreamTrack, receiver: RTCRtpReceiver) => void;
}

/** The browser's side of one media session. */
export class Peer {
  readonly #connection: RTCPeerConnection;
  readonly #realm: Realm;
  readonly #events: PeerEvents;
  #microphone: RTCRtpTransceiver | null = null;
  #closed = false;

  constructor(iceServers: IceServer[], events: PeerEvents, realm: Realm) {
    this.#events = events;
    this.#realm = realm;
    this.#connection = new realm.RTCPeerConnection({ bundlePolicy: "max-bundle", iceServers });
    this.#connection.onconnectionstatechange = () => {
      if (!this.#closed) events.onState(stateOf(this.#connection.connectionState));
    };
  }

  /**
   * Take the server's offer; the answer is ready at once, as the server needs no candidates.
   *
   * With `music` the microphone is sent in two channels, and any slot may bring two.
   */
  async answer(
    offer: string,
    music: boolean,
    track: () => MediaStreamTrack | null,
  ): Promise<string> {
    const sdp = music ? wantingMusic(offer) : offer;
    await this.#connection.setRemoteDescription({ type: "offer", sdp });
    const [microphone, ...slots] = this.#connection.getTransceivers();
    if (microphone === undefined) throw new Error("the offer has no m-line for the microphone");
    microphone.direction = "sendonly";
    this.#microphone = microphone;
    for (const [index, slot] of slots.entries()) {
      slot.direction = "recvonly";
      this.#events.onSlot(index + 1, slot.receiver.track, slot.receiver);
    }
    await microphone.sender.replaceTrack(track());
    const answer = await this.#connection.createAnswer();
    await this.#connection.setLocalDescription({ ...answer, sdp: takingStereo(answer.sdp ?? "") });
    return this.#connection.localDescription?.sdp ?? "";
  }

  /** Put a microphone on the line that waits for it, or take it off. */
  async sendFrom(track: MediaStreamTrack | null): Promise<void> {
    if (!this.#closed) await this.#microphone?.sender.replaceTrack(track);
  }

  /** How the connection is, by the browser's own counts. */
  async vitals(): Promise<Vitals> {
    const vitals = { arrived: 0, received: 0, lost: 0, roundTripMs: 0, ownLoss: 0 };
    for (const report of (await this.#connection.getStats()).values()) {
      if (report.type === "candidate-pair") {
        // Every packet that arrives, connectivity checks included.
        vitals.arrived += (report.bytesReceived ?? 0) + (report.responsesReceived ?? 0);
        if (report.nominated) vitals.roundTripMs = 1000 * (report.currentRoundTripTime ?? 0);
      } else if (report.type === "inbound-rtp") {
        vitals.received += report.packetsReceived ?? 0;
        vitals.lost += report.packetsLost ?? 0;
      } else if (report.type === "remote-inbound-rtp") {
        vitals.ownLoss = report.fractionLost ?? 0;
      }
    }
    return vitals;
  }

  /** Hang up; nothing is reported afterwards. */
  close(): void {
    this.#closed = true;
    this.#connection.onconnectionstatechange = null;
    this.#connection.close();
    this.#realm.leave();
  }
}

function stateOf(state: RTCPeerConnectionState): PeerState {
  switch (state) {
    case "connected":
      return "connected";
    case "disconnected":
      return "interrupted";
    case "failed":
    case "closed":
      return "failed";
    default:
      return "connecting";
  }
}
