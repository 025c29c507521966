"""What arrives at the port: told apart by its first byte (RFC 7983), proven, then passed on.

Owns which address and which user name belong to which session. Everything that is not proven is
dropped and counted at O(1) cost, without a log line. Never decodes a voice: an Opus payload goes
to the room's listeners and, under a consent only, to analysis, as it came.
"""

from __future__ import annotations

from collections.abc import Callable

import pylibsrtp

from protocol.analysis import AudioHeader
from server.captions.gate import Permission, may_be_heard, tap_for
from server.media.embedded.counters import Counters
from server.media.embedded.red import RED_PAYLOAD_TYPE, RedInvalidError, unwrap
from server.media.embedded.rtcp import losses, sender_reports
from server.media.embedded.rtp import (
    MAX_OPUS_BYTES,
    PAYLOAD_TYPE,
    RtpInvalidError,
    RtpPacket,
    is_rtcp,
    parse_rtp,
)
from server.media.embedded.session import MAX_STREAMS, Incoming, Session
from server.media.embedded.slots import FIRST_SSRC
from server.media.embedded.srtp import SrtpContext
from server.media.embedded.stun import (
    Check,
    StunInvalidError,
    answer_check,
    is_authentic,
    parse_check,
)
from server.media.embedded.tap import Tap
from server.media.embedded.udp import MAX_DATAGRAM_BYTES, UdpPort, read_sockaddr, seen_at

MIN_SRTP_BYTES = 12 + 10
"""A header and the shorter of the two tags."""
MAX_SRTP_BYTES = MAX_OPUS_BYTES + 96
"""The largest Opus frame with header, extensions and tag."""
ADDRESS_HELD_MS = 5_000
"""Another session cannot take over an address whose owner checked it so recently."""


class Ingress:
    """The receiving side of a worker."""

    def __init__(
        self, port: UdpPort, tap: Tap, counters: Counters, clock_ms: Callable[[], int]
    ) -> None:
        self._port = port
        self._tap = tap
        self._counters = counters
        self._clock_ms = clock_ms
        self._by_ufrag: dict[str, Session] = {}
        self._by_source: dict[bytes, Session] = {}

    def register(self, session: Session) -> None:
        """Answer the checks of this session from now on."""
        self._by_ufrag[session.ufrag] = session

    def unregister(self, session: Session) -> None:
        """Drop all that still arrives for this session."""
        self._by_ufrag.pop(session.ufrag, None)
        for source in session.sources:
            if self._by_source.get(source) is session:
                del self._by_source[source]
        session.sources.clear()

    def on_datagram(self, data: bytes, source: bytes) -> None:
        """Take one datagram."""
        counters = self._counters
        counters.datagrams_in += 1
        if len(data) < 2:
            counters.dropped_malformed += 1
            return
        if len(data) > MAX_DATAGRAM_BYTES:
            counters.dropped_size += 1
            return
        first = data[0]
        if 128 <= first <= 191:
            self._on_media(data, source)
        elif first <= 3:
            self._on_stun(data, source)
        elif 20 <= first <= 63:
            self._on_dtls(data, source)
        else:
            counters.dropped_malformed += 1

    # ------------------------------------------------------------ STUN

    def _on_stun(self, data: bytes, source: bytes) -> None:
        try:
            check = parse_check(data)
        except StunInvalidError:
            self._counters.dropped_malformed += 1
            return
        session = self._by_ufrag.get(check.local_ufrag)
        if session is None or not is_authentic(check, session.password):
            self._counters.dropped_stun += 1
            return
        if session.checks <= 0:
            self._counters.dropped_rate += 1
            return
        session.checks -= 1
        self._counters.stun_in += 1
        address = read_sockaddr(source)
        self._port.send(answer_check(check, session.password, *seen_at(address)), address)
        self._adopt(session, check, source)

    def _adopt(self, session: Session, check: Check, source: bytes) -> None:
        """A check proves that the session's browser is at this address."""
        now_ms = self._clock_ms()
        owner = self._by_source.get(source)
        if owner is not session:
            if owner is not None and now_ms - owner.last_check_ms < ADDRESS_HELD_MS:
                return
            self._by_source[source] = session
            forgotten = session.prove(source)
            if forgotten is not None and self._by_source.get(forgotten) is session:
                del self._by_source[forgotten]
        session.last_check_ms = now_ms
        if session.source is None or (check.nominated and session.source != source):
            session.move_to(source)
        session.proven.set()

    # ------------------------------------------------------------ DTLS

    def _on_dtls(self, data: bytes, source: bytes) -> None:
        session = self._by_source.get(source)
        if session is None:
            self._counters.dropped_source += 1
        elif session.dtls_left <= 0:
            self._counters.dropped_rate += 1
        else:
            session.dtls_left -= 1
            if not session.dtls.feed(data):
                self._counters.dropped_dtls += 1

    # ------------------------------------------------------------ SRTP

    def _on_media(self, data: bytes, source: bytes) -> None:
        counters = self._counters
        session = self._by_source.get(source)
        if session is None:
            counters.dropped_source += 1
        elif (receive := session.receive) is None:
            counters.dropped_early += 1
        elif not MIN_SRTP_BYTES <= len(data) <= MAX_SRTP_BYTES:
            counters.dropped_size += 1
        elif session.budget <= 0:
            counters.dropped_rate += 1
        else:
            session.budget -= 1
            if is_rtcp(data):
                self._on_rtcp(session, receive, data)
            else:
                self._on_rtp(session, receive, data)

    def _on_rtp(self, session: Session, receive: SrtpContext, data: bytes) -> None:
        counters = self._counters
        ssrc = int.from_bytes(data[8:12], "big")
        incoming = session.incoming.get(ssrc)
        if incoming is None and len(session.incoming) >= MAX_STREAMS:
            counters.dropped_ssrc += 1
            return
        try:
            # Even what may not be heard, so that a voice is in step when it is unmuted.
            packet = parse_rtp(receive.unprotect(data))
        except pylibsrtp.Error as error:
            self._count_refusal(error)
            return
        except RtpInvalidError:
            counters.dropped_malformed += 1
            return
        counters.rtp_in += 1
        if incoming is None:
            incoming = session.incoming[ssrc] = Incoming(ssrc)
        now_ms = self._clock_ms()
        extended = incoming.stream.extend(packet.sequence)
        incoming.reception.packet(extended, packet.timestamp, now_ms)
        self._on_audio(session, incoming, extended, packet, now_ms)

    def _on_audio(
        self, session: Session, incoming: Incoming, extended: int, packet: RtpPacket, now_ms: int
    ) -> None:
        """Pass on what may be heard: the packet, and before it what was lost and it repeats."""
        counters = self._counters
        repeats: list[RtpPacket] = []
        if packet.payload_type == RED_PAYLOAD_TYPE:
            try:
                packet, repeats = unwrap(packet)
            except RedInvalidError:
                counters.dropped_red += 1
                return
        if packet.payload_type != PAYLOAD_TYPE or not 0 < len(packet.payload) <= MAX_OPUS_BYTES:
            counters.dropped_payload += 1
            return
        recovery, permission = incoming.recovery, session.permission
        # Roles are checked here, for every packet.
        if not may_be_heard(permission):
            self._count_unheard(permission)
            return
        if repeats:
            for lost in recovery.missing(extended, packet, repeats, permission):
                counters.rtp_recovered += 1
                self._pass_on(session, incoming, lost, now_ms)
        if recovery.take(extended, permission):
            self._pass_on(session, incoming, packet, now_ms)
        else:
            counters.dropped_late += 1

    def _count_refusal(self, error: pylibsrtp.Error) -> None:
        """Libsrtp tells replays from forgeries in its message only."""
        if "replay" in str(error):
            self._counters.dropped_replay += 1
        else:
            self._counters.dropped_auth += 1

    def _count_unheard(self, permission: Permission) -> None:
        if permission.on_stage:
            self._counters.dropped_muted += 1
        else:
            self._counters.dropped_role += 1

    def _pass_on(
        self, session: Session, incoming: Incoming, packet: RtpPacket, now_ms: int
    ) -> None:
        """Consent is checked here, for every packet that may be heard."""
        if (tap_id := tap_for(session.permission)) is not None:
            head = AudioHeader(tap_id, packet.sequence, packet.timestamp, packet.level)
            self._tap.offer(tap_id, head.pack() + packet.payload)
        session.room.speak(session, incoming.stream, packet, now_ms)

    def _on_rtcp(self, session: Session, receive: SrtpContext, data: bytes) -> None:
        try:
            plain = receive.unprotect_rtcp(data)
        except pylibsrtp.Error as error:
            self._count_refusal(error)
            return
        self._counters.rtcp_in += 1
        now_ms = self._clock_ms()
        for ssrc, report in sender_reports(plain):
            incoming = session.incoming.get(ssrc)
            if incoming is not None:
                incoming.reception.last_report = report
                incoming.reception.last_report_ms = now_ms
        for ssrc, fraction in losses(plain):
            slot = ssrc - FIRST_SSRC
            if 0 <= slot < session.room.slot_count:
                session.room.reported(session, slot, fraction, now_ms)
