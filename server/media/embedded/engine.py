"""All sessions of one worker: opened, answered, watched and forgotten.

Carries out the gate's commands and tells what became of each session. Knows session ids, room ids
and roles; never a name, a number or a caption; never touches a packet itself (ingress.py does).
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import string
from collections.abc import Callable
from typing import Literal

import structlog

from protocol.media import (
    AnswerSession,
    OpenSession,
    SessionConnected,
    SessionLost,
    SetBranches,
    SetRole,
)
from server.captions.gate import Permission, may_be_heard
from server.domain.errors import MediaUnavailableError, SdpInvalidError
from server.media.embedded.counters import Counters
from server.media.embedded.dtls import Certificate, DtlsFailedError, DtlsServer, Pace
from server.media.embedded.fanout_native import open_fanout
from server.media.embedded.ingress import Ingress
from server.media.embedded.loss import Downlink
from server.media.embedded.neighbours import Neighbours
from server.media.embedded.options import Options
from server.media.embedded.rooms import Rooms
from server.media.embedded.rounds import Rounds
from server.media.embedded.sdp import OfferParts, make_offer, parse_answer
from server.media.embedded.session import Session
from server.media.embedded.slots import Voice
from server.media.embedded.tap import Tap
from server.media.embedded.udp import UdpPort
from server.ports import Clock

_ALPHABET = string.ascii_letters + string.digits
_log = structlog.get_logger(__name__)

Reason = Literal["consent_expired", "dtls_closed", "dtls_failed", "never_connected"]
SessionEvent = SessionConnected | SessionLost


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
        self._ingress = Ingress(port, tap, counters, clock.monotonic_ms)
        self._neighbours = Neighbours(
            options.index, options.hop_socket, counters, clock.monotonic_ms
        )
        self._fanout = open_fanout(port.socket.fileno(), counters, options.accelerator)
        self._rooms = Rooms(
            options.slots,
            options.first_index,
            self._fanout,
            self._neighbours,
            counters,
            clock.monotonic_ms,
        )
        self._sessions: dict[str, Session] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._ending: set[asyncio.Task[None]] = set()
        self.rounds = Rounds(
            self._sessions, self._rooms, counters, clock, self._send, options.timing
        )

    def start(self) -> None:
        """Read datagrams, of browsers and of the other workers, from now on."""
        self._port.start(self._ingress.on_datagram)
        self._rooms.start()

    async def close(self) -> None:
        """End every session, tell the browsers, free the port."""
        self.close_all()
        if self._ending:
            await asyncio.wait(self._ending, timeout=1.0)
        self._neighbours.close()
        self._port.close()

    async def drained(self, timeout_s: float) -> None:
        """Wait until every session has ended, on branches too, for so long at most."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await self._rooms.until_empty()
                if self._ending:
                    await asyncio.wait(self._ending)

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

    def set_branches(self, command: SetBranches) -> None:
        """Share a room whose home is here with these other workers, and with no others."""
        self._rooms.set_branches(command.room_id, command.workers)

    def close_room(self, room_id: str) -> None:
        """Forget all sessions of a room."""
        room = self._rooms.find(room_id)
        for session in list(room.sessions) if room else ():
            self.close_session(session.media_id)

    def close_all(self) -> None:
        """Forget every session."""
        for media_id in list(self._sessions):
            self.close_session(media_id)
        self._rooms.clear()

    # ------------------------------------------------------------ one session's life

    def _make(self, command: OpenSession) -> Session:
        room = self._rooms.enter(command.room_id, command.home)
        session = Session(
            media_id=command.media_id,
            room=room,
            voice=Voice(command.csrc),
            permission=Permission(False, True, None),
            ufrag=_random(8),
            password=_random(24),
            dtls=DtlsServer(self._certificate, lambda data: self._send(session, data), self._pace),
            last_check_ms=self._clock.monotonic_ms(),
            replaces=command.replaces,
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
        self._take_over(session)
        session.connect(keys)
        self._counters.sessions_connected += 1
        self._emit(SessionConnected(media_id=session.media_id, srtp_profile=keys.profile))
        return None

    def _take_over(self, session: Session) -> None:
        """End the session that this one replaces: one person is one voice and hears once."""
        older = self._sessions.get(session.replaces) if session.replaces else None
        if older is None or older.room is not session.room:
            return
        if may_be_heard(session.permission):
            session.room.hand_over(older, session)
        self.close_session(older.media_id)

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
        self._rooms.leave(session)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._ending.discard(task)
        if self._tasks.get(task.get_name()) is task:
            del self._tasks[task.get_name()]
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("session failed", error=type(error).__name__, exc_info=error)


def _random(length: int) -> str:
    """A user name or password of ICE (RFC 8839 §5.4): 6 bits a character."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))
