"""All sessions of one worker: opened, answered, watched and forgotten.

Carries out the gate's commands and tells what became of each session. Knows session ids, room ids
and roles; never a name, a number or a caption; never touches a packet itself (ingress.py does).
"""

from __future__ import annotations

import asyncio
import secrets
import string
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import structlog

from protocol.media import (
    AnswerSession,
    OpenSession,
    SessionConnected,
    SessionLost,
    SetRole,
)
from server.captions.gate import Permission
from server.domain.errors import MediaUnavailableError, SdpInvalidError
from server.media.embedded.counters import Counters
from server.media.embedded.dtls import Certificate, DtlsFailedError, DtlsServer, Pace
from server.media.embedded.fanout import Fanout
from server.media.embedded.ingress import Ingress
from server.media.embedded.loss import CALM_MS, Downlink
from server.media.embedded.rtcp import compound
from server.media.embedded.sdp import OfferParts, make_offer, parse_answer
from server.media.embedded.session import Room, Session
from server.media.embedded.slots import SpeakerSlots, Voice
from server.media.embedded.tap import Tap
from server.media.embedded.udp import UdpPort
from server.ports import Clock

_ALPHABET = string.ascii_letters + string.digits
_log = structlog.get_logger(__name__)

Reason = Literal["consent_expired", "dtls_closed", "dtls_failed", "never_connected"]
SessionEvent = SessionConnected | SessionLost


@dataclass(frozen=True, slots=True)
class Timing:
    """How long a worker waits; other values are for tests."""

    connect_s: float = 30.0
    """From the offer to the end of ICE."""
    handshake_s: float = 10.0
    consent_s: float = 30.0
    """A session without a valid check for so long is gone (RFC 7675 §5.1)."""
    report_s: float = 5.0
    """Between two RTCP reports to the same session."""
    calm_s: float = CALM_MS / 1000
    """A listener who lost nothing for so long gets nothing twice."""


@dataclass(frozen=True, slots=True)
class Options:
    """What a worker's sessions have in common."""

    addresses: Sequence[str]
    """IP addresses for the offer."""
    slots: int
    port: int = 0
    """UDP port for the offer, where a NAT maps another one to ours; 0: ours."""
    timing: Timing = field(default_factory=Timing)
    first_index: int = 1
    """With which RTP packet index new slots begin; other values are for tests."""


class Engine:
    """One worker's sessions on one UDP port."""

    def __init__(
        self,
        port: UdpPort,
        certificate: Certificate,
        tap: Tap,
        counters: Counters,
        clock: Clock,
        emit: Callable[[SessionEvent], None],
        options: Options,
    ) -> None:
        self._port = port
        self._certificate = certificate
        self._pace = Pace()
        self._tap = tap
        self._counters = counters
        self._clock = clock
        self._emit = emit
        self._options = options
        self._timing = options.timing
        self._offer = OfferParts(
            options.addresses, options.port or port.port, certificate.sha256, options.slots
        )
        self._fanout = Fanout(port.socket.fileno(), counters)
        self._ingress = Ingress(port, tap, counters, clock.monotonic_ms)
        self._sessions: dict[str, Session] = {}
        self._rooms: dict[str, Room] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._ending: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Read datagrams from now on."""
        self._port.start(self._ingress.on_datagram)

    async def close(self) -> None:
        """End every session, tell the browsers, free the port."""
        self.close_all()
        if self._ending:
            await asyncio.wait(self._ending, timeout=1.0)
        self._port.close()

    async def drained(self, timeout_s: float) -> None:
        """Wait until every session there is now has ended, for so long at most."""
        if self._ending:
            await asyncio.wait(self._ending, timeout=timeout_s)

    # ------------------------------------------------------------ commands

    def open(self, command: OpenSession) -> str:
        """Make a session, or take the new role of one that is repeated; returns the offer."""
        session = self._sessions.get(command.media_id)
        if session is None:
            session = self._make(command)
        self._permit(session, Permission(command.role == "speaker", command.muted, command.tap_id))
        return make_offer(self._offer, session.ufrag, session.password)

    def answer(self, command: AnswerSession) -> None:
        """Take the browser's answer; a repeated one changes nothing.

        Raises:
            MediaUnavailableError: there is no such session (any more): ask for a new offer.
            SdpTooLargeError, SdpInvalidError
        """
        answer = parse_answer(command.sdp, self._offer.slots)
        session = self._sessions.get(command.media_id)
        if session is None:
            raise MediaUnavailableError
        if session.answered.is_set() and session.answer != answer:
            raise SdpInvalidError("another answer was given already")
        session.answer = answer
        session.answered.set()

    def set_role(self, command: SetRole) -> None:
        """Enforce from the next packet on. An unknown session is ignored: it is gone already."""
        session = self._sessions.get(command.media_id)
        if session is not None:
            self._permit(
                session, Permission(command.role == "speaker", command.muted, command.tap_id)
            )

    def close_session(self, media_id: str) -> None:
        """Forget a session now; an unknown one is forgotten already."""
        session = self._sessions.get(media_id)
        if session is not None:
            self._forget(session)
            self._tasks[media_id].cancel()

    def close_room(self, room_id: str) -> None:
        """Forget all sessions of a room."""
        room = self._rooms.get(room_id)
        for session in list(room.sessions) if room else ():
            self.close_session(session.media_id)

    def close_all(self) -> None:
        """Forget every session."""
        for media_id in list(self._sessions):
            self.close_session(media_id)

    # ------------------------------------------------------------ one session's life

    def _make(self, command: OpenSession) -> Session:
        room = self._rooms.get(command.room_id)
        if room is None:
            slots = SpeakerSlots(self._offer.slots, self._options.first_index)
            room = self._rooms[command.room_id] = Room(command.room_id, slots, self._fanout)
        session = Session(
            media_id=command.media_id,
            room=room,
            voice=Voice(command.csrc),
            permission=Permission(False, True, None),
            ufrag=_random(8),
            password=_random(24),
            dtls=DtlsServer(self._certificate, lambda data: self._send(session, data), self._pace),
            last_check_ms=self._clock.monotonic_ms(),
            downlink=Downlink(int(self._timing.calm_s * 1000)),
        )
        room.sessions.add(session)
        self._sessions[session.media_id] = session
        self._ingress.register(session)
        task = asyncio.create_task(self._live(session), name=session.media_id)
        self._tasks[session.media_id] = task
        self._ending.add(task)
        task.add_done_callback(self._ended)
        return session

    def _send(self, session: Session, data: bytes) -> None:
        if session.address is not None:
            self._port.send(data, session.address)

    def _permit(self, session: Session, permission: Permission) -> None:
        before = session.permission
        session.permission = permission
        if before.tap_id is not None and before.tap_id != permission.tap_id:
            self._tap.forget(before.tap_id)
        if permission.muted or not permission.on_stage:
            session.room.silence(session.voice)

    async def _live(self, session: Session) -> None:
        """From the offer to the end; cancelled where the gate closes the session."""
        try:
            reason = await self._connect(session) or await self._watch(session)
            if self._sessions.get(session.media_id) is session:
                self._counters.sessions_lost += 1
                self._forget(session)
                _log.info("session lost", media_id=session.media_id[:8], reason=reason)
                self._emit(SessionLost(media_id=session.media_id, reason=reason))
        finally:
            await session.dtls.close()

    async def _connect(self, session: Session) -> Reason | None:
        """ICE, then DTLS; why it failed, or None."""
        try:
            async with asyncio.timeout(self._timing.connect_s):
                await session.answered.wait()
                await session.proven.wait()
            keys = await session.dtls.handshake(
                session.answer.fingerprints, self._timing.handshake_s
            )
        except TimeoutError:
            return "never_connected"
        except DtlsFailedError:
            return "dtls_failed"
        session.connect(keys)
        self._counters.sessions_connected += 1
        self._emit(SessionConnected(media_id=session.media_id, srtp_profile=keys.profile))
        return None

    async def _watch(self, session: Session) -> Reason:
        """Wait for the end of a connected session; why it ended."""
        closed = asyncio.create_task(session.dtls.wait_closed())
        consent_ms = int(self._timing.consent_s * 1000)
        try:
            while True:
                left_ms = session.last_check_ms + consent_ms - self._clock.monotonic_ms()
                if left_ms <= 0:
                    return "consent_expired"
                done, _ = await asyncio.wait([closed], timeout=left_ms / 1000)
                if done:
                    return "dtls_closed"
        finally:
            closed.cancel()

    def _forget(self, session: Session) -> None:
        """From here on its packets are dropped; what waits under its consent is not sent."""
        self._permit(session, Permission(False, True, None))
        self._ingress.unregister(session)
        self._sessions.pop(session.media_id, None)
        session.room.remove(session)
        if not session.room.sessions:
            self._rooms.pop(session.room.room_id, None)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._ending.discard(task)
        if self._tasks.get(task.get_name()) is task:
            del self._tasks[task.get_name()]
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("session failed", error=type(error).__name__, exc_info=error)

    # ------------------------------------------------------------ every second

    async def run(self) -> None:
        """Refill packet budgets and send reports; until cancelled."""
        turn = 0
        while True:
            await asyncio.sleep(self._timing.report_s / 5)
            turn = (turn + 1) % 5
            for n, session in enumerate(list(self._sessions.values())):
                session.refill()
                if n % 5 == turn and session.report is not None:
                    self._report(session)

    def _report(self, session: Session) -> None:
        if session.report is None:
            return
        now_ms = self._clock.monotonic_ms()
        data = compound(
            [slot for slot in session.room.slots.slots if slot.packets],
            [incoming.reception for incoming in session.incoming.values()],
            self._clock.now_ms(),
            now_ms,
            session.room.lost_behind_us(session, now_ms) if session.incoming else 0,
        )
        self._send(session, session.report.protect_rtcp(data))
        self._counters.rtcp_out += 1


def _random(length: int) -> str:
    """A user name or password of ICE (RFC 8839 §5.4): 6 bits a character."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))
