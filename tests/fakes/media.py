"""A media engine without sockets: remembers seats, answers a fixed offer, lets tests push events.

It keeps the promises of `ports.MediaEngine` that services rely on; it never carries a voice.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from server.domain.errors import MediaUnavailableError, SdpInvalidError, SdpTooLargeError
from server.domain.ids import MediaId, RoomId
from server.ports import (
    MediaEngineEvent,
    MediaUpChanged,
    Seat,
    SeatConnected,
    SeatLost,
    SeatsMoved,
)

FAKE_OFFER = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=fake-offer\r\nt=0 0\r\n"
FAKE_ANSWER = "v=0\r\no=- 2 1 IN IP4 0.0.0.0\r\ns=fake-answer\r\nt=0 0\r\n"
MAX_SDP_BYTES = 64 * 1024


class FakeMediaEngine:
    """Implements `ports.MediaEngine`; `seats` and `answers` are what it was told."""

    def __init__(self, *, up: bool = True) -> None:
        self.up = up
        self.seats: dict[MediaId, Seat] = {}
        self.answers: dict[MediaId, str] = {}
        self.closed: list[MediaId] = []
        self.history: list[Seat] = []
        """Every seat that was opened or set, oldest first."""
        self._events: asyncio.Queue[MediaEngineEvent] = asyncio.Queue(1024)

    async def open_seat(self, seat: Seat) -> str:
        """Remember the seat."""
        if not self.up:
            raise MediaUnavailableError
        self.seats[seat.media_id] = seat
        self.history.append(seat)
        return FAKE_OFFER

    async def answer_seat(self, media_id: MediaId, sdp: str) -> None:
        """Remember the answer; refuses what the real engine refuses."""
        if not self.up:
            raise MediaUnavailableError
        if len(sdp.encode()) > MAX_SDP_BYTES or sdp.count("a=candidate:") > 32:
            raise SdpTooLargeError
        if media_id not in self.seats or not sdp.startswith("v=0"):
            raise SdpInvalidError
        self.answers[media_id] = sdp

    async def set_seat(self, seat: Seat) -> None:
        """Replace what is remembered of a known seat."""
        if seat.media_id in self.seats:
            self.seats[seat.media_id] = seat
            self.history.append(seat)

    async def close_seat(self, media_id: MediaId) -> None:
        """Forget the seat."""
        if self.seats.pop(media_id, None) is not None:
            self.answers.pop(media_id, None)
            self.closed.append(media_id)

    async def events(self) -> AsyncIterator[MediaEngineEvent]:
        """The present state, then whatever the test pushes."""
        yield MediaUpChanged(self.up)
        while True:
            yield await self._events.get()

    # ------------------------------------------------------------ what tests do to it

    def connect(self, media_id: MediaId) -> None:
        """The browser's voices flow."""
        self._events.put_nowait(SeatConnected(media_id))

    def lose(self, media_id: MediaId, reason: str = "consent_expired") -> None:
        """The browser's connection is gone."""
        self.seats.pop(media_id, None)
        self._events.put_nowait(SeatLost(media_id, reason))

    def go_down(self) -> None:
        """The media process dies with all its seats."""
        self.up = False
        self.seats.clear()
        self.answers.clear()
        self._events.put_nowait(MediaUpChanged(False))

    def move(self, room_id: RoomId) -> None:
        """The worker of a room dies, and there is another."""
        gone = frozenset(key for key, seat in self.seats.items() if seat.room_id == room_id)
        for media_id in gone:
            del self.seats[media_id]
        self._events.put_nowait(SeatsMoved(room_id, gone))

    def come_up(self) -> None:
        """The media process is back, empty."""
        self.up = True
        self._events.put_nowait(MediaUpChanged(True))
