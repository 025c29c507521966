"""What the worker counts. Owns numbers only: no ids, no addresses, nothing a person said."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(slots=True)
class Counters:
    """Totals since the worker started, by the names that `get_stats` returns.

    | name | counts |
    |---|---|
    | datagrams_in | every datagram read from the port |
    | rtp_in | RTP packets that proved authentic |
    | rtp_forwarded | RTP packets sent to listeners, one per listener |
    | rtp_recovered | lost RTP packets that a later RED packet repeated |
    | rtcp_in, rtcp_out | RTCP packets that proved authentic; compound packets sent |
    | stun_in | connectivity checks that proved authentic |
    | sessions_connected, sessions_lost | sessions that came up; that ended by themselves |
    | hop_in, hop_out | messages about shared rooms from other workers; to them |
    | tap_sent, tap_dropped | Opus packets sent to analysis; dropped because it is away or slow |
    | dropped_malformed | datagrams that are no STUN, DTLS, RTP or RTCP, or break their format |
    | dropped_stun | checks of an unknown user name or with a wrong password |
    | dropped_source | DTLS, RTP or RTCP from an address that no check has proven |
    | dropped_early | RTP or RTCP before DTLS was done |
    | dropped_dtls | DTLS datagrams beyond a session's short queue |
    | dropped_size | datagrams larger than any Opus packet needs |
    | dropped_rate | packets, checks and DTLS beyond what one session may send in a second |
    | dropped_ssrc | RTP of a fifth SSRC of one sender |
    | dropped_auth | packets whose SRTP or SRTCP tag is wrong |
    | dropped_replay | packets that were received before or are too old to know |
    | dropped_payload | RTP of another payload type, or without a payload |
    | dropped_red | RTP whose redundant encoding (RED, RFC 2198) is malformed |
    | dropped_role | RTP of somebody who is not on stage |
    | dropped_muted | RTP of somebody who is muted |
    | dropped_no_slot | RTP of a voice for which no slot is free |
    | dropped_late | RTP that comes too late to be put in order |
    | dropped_hop | messages of other workers that are malformed or none of their business |
    | dropped_hop_full | messages that another worker did not take in time |
    | dropped_send | packets the kernel did not take |
    | native_fanout | 1 where packets are sealed by the C loop, 0 where in Python |
    """

    datagrams_in: int = 0
    rtp_in: int = 0
    rtp_forwarded: int = 0
    rtp_recovered: int = 0
    rtcp_in: int = 0
    rtcp_out: int = 0
    stun_in: int = 0
    sessions_connected: int = 0
    sessions_lost: int = 0
    hop_in: int = 0
    hop_out: int = 0
    tap_sent: int = 0
    tap_dropped: int = 0
    dropped_malformed: int = 0
    dropped_stun: int = 0
    dropped_source: int = 0
    dropped_early: int = 0
    dropped_dtls: int = 0
    dropped_size: int = 0
    dropped_rate: int = 0
    dropped_ssrc: int = 0
    dropped_auth: int = 0
    dropped_replay: int = 0
    dropped_payload: int = 0
    dropped_red: int = 0
    dropped_role: int = 0
    dropped_muted: int = 0
    dropped_no_slot: int = 0
    dropped_late: int = 0
    dropped_hop: int = 0
    dropped_hop_full: int = 0
    dropped_send: int = 0
    native_fanout: int = 0

    def as_dict(self) -> dict[str, int]:
        """A copy by name."""
        return dataclasses.asdict(self)
