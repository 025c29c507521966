"""What a worker does again and again for all of its sessions, whoever speaks.

Refills budgets, sends RTCP reports and beats, a part of the sessions at a time, so that voices pass
in between. Owns no session; never looks at a voice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from server.media.embedded.counters import Counters
from server.media.embedded.options import Timing
from server.media.embedded.rooms import Rooms
from server.media.embedded.rtcp import BEAT, compound, needs_beat
from server.media.embedded.session import Session
from server.media.embedded.srtp import SrtpContext
from server.ports import Clock

REPORT_TURNS = 50
"""In so many turns everybody gets his report: voices pass between them."""
REFILL_TURNS = 10
"""Turns from one refill of what a session may send to the next: a second."""
BEAT_TURNS = 5
"""A beat of thousands goes out in parts, so that voices pass in between."""


class Rounds:
    """The rounds over one worker's sessions."""

    def __init__(
        self,
        sessions: Mapping[str, Session],
        rooms: Rooms,
        counters: Counters,
        clock: Clock,
        send: Callable[[Session, bytes], None],
        timing: Timing,
    ) -> None:
        self._sessions = sessions
        self._rooms = rooms
        self._counters = counters
        self._clock = clock
        self._send_datagram = send
        self._timing = timing

    async def run(self) -> None:
        """Refill budgets and send reports; until cancelled."""
        turn = 0
        while True:
            await asyncio.sleep(self._timing.report_s / REPORT_TURNS)
            turn = (turn + 1) % REPORT_TURNS
            sessions = list(self._sessions.values())
            if turn == 0:
                self._rooms.tell_losses()
            if turn % REFILL_TURNS == 0:
                for session in sessions:
                    session.refill()
            for session in sessions[turn::REPORT_TURNS]:
                if session.report is not None:
                    self._send(session, session.report, self._report(session))

    async def beat(self) -> None:
        """Let no connected browser wait for a packet much longer than `beat_s`; until cancelled.

        So a page knows within half a second that its network is gone, which no event may tell it:
        the browser's own checks come every two and a half seconds (RFC 7675 asks for no more).
        """
        turn = 0
        beat_ms = int(self._timing.beat_s * 1000)
        while True:
            await asyncio.sleep(self._timing.beat_s / BEAT_TURNS)
            turn = (turn + 1) % BEAT_TURNS
            now_ms = self._clock.monotonic_ms()
            for session in list(self._sessions.values())[turn::BEAT_TURNS]:
                if session.report is not None and needs_beat(
                    on_stage=session.permission.on_stage,
                    silent_ms=now_ms - session.room.delivered_ms,
                    beat_ms=beat_ms,
                ):
                    self._send(session, session.report, BEAT)

    def _report(self, session: Session) -> bytes:
        now_ms = self._clock.monotonic_ms()
        return compound(
            session.room.spoken(),
            [incoming.reception for incoming in session.incoming.values()],
            self._clock.now_ms(),
            now_ms,
            session.room.lost_behind_us(session, now_ms) if session.incoming else 0,
        )

    def _send(self, session: Session, sealer: SrtpContext, rtcp: bytes) -> None:
        self._send_datagram(session, sealer.protect_rtcp(rtcp))
        self._counters.rtcp_out += 1
