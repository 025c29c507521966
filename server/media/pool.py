"""Several media workers as one `ports.MediaEngine`: every room has its home on one of them.

Asks workers for seats where placement.py puts them, and tells a room's home which others share the
room. Where a home dies, hangs or drains, the people of its rooms are asked to take new seats, which
have another home; where another worker goes, only those who sit there are. Never opens a seat by
itself, and never moves a room from a home that is well.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import structlog

from server.domain.errors import MediaUnavailableError
from server.domain.ids import MediaId, RoomId
from server.media.link import PATIENCE_PINGS, QUEUE_EVENTS, MediaLink
from server.media.placement import Life, Placements
from server.ports import MediaEngineEvent, MediaUpChanged, Seat, SeatLost, SeatsMoved

ROOM_SEATS = 500
"""Seats of one room on one worker before others help."""
LONE_PATIENCE_PINGS = 20
"""Where there is no other worker, one that hangs for a moment is better than none."""
CLOSE_TIMEOUT_S = 2.0

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Worker:
    index: int
    link: MediaLink


class MediaPool:
    """Implements `ports.MediaEngine`."""

    def __init__(self, socket_paths: Sequence[Path], room_seats: int = ROOM_SEATS) -> None:
        patience = PATIENCE_PINGS if len(socket_paths) > 1 else LONE_PATIENCE_PINGS
        self._workers = [
            _Worker(index, MediaLink(path, patience)) for index, path in enumerate(socket_paths)
        ]
        self._placements = Placements(room_seats, _new_name)
        self._up = False
        self._events: asyncio.Queue[MediaEngineEvent] = asyncio.Queue(QUEUE_EVENTS)
        self._consumed = False
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Connect to all workers in the background; `events` tells when one is there."""
        for worker in self._workers:
            self._tasks.append(asyncio.create_task(self._follow(worker)))
            await worker.link.start()

    @property
    def workers_up(self) -> int:
        """How many workers take seats now."""
        return sum(worker.link.is_up for worker in self._workers)

    async def close(self) -> None:
        """Disconnect for good; the workers close all sessions."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=CLOSE_TIMEOUT_S)
        self._tasks.clear()
        await asyncio.gather(*(worker.link.close() for worker in self._workers))

    async def counters(self, worker: int) -> dict[str, int]:
        """The counters of one worker by name (see embedded/counters.py).

        Raises:
            MediaUnavailableError
        """
        return await self._workers[worker].link.counters()

    # ------------------------------------------------------------ ports.MediaEngine

    async def open_seat(self, seat: Seat) -> str:
        """See `ports.MediaEngine`; where a worker dies meanwhile, another one is asked."""
        for _ in self._workers:
            up = [worker.index for worker in self._workers if worker.link.is_up]
            if not up:
                raise MediaUnavailableError
            life, index = self._placements.begin(seat.room_id, seat.media_id, up, seat.replaces)
            given = None
            try:
                self._tell_home(life)
                offer = await self._ask(life, index, seat)
                if offer is not None:
                    given = seat.media_id
                    return offer
            finally:
                self._placements.end(life, index, given)
                self._tell_home(life)
        raise MediaUnavailableError

    async def _ask(self, life: Life, index: int, seat: Seat) -> str | None:
        """Ask one worker for a seat; None where it or the room's home went away meanwhile."""
        link = self._workers[index].link
        home = None if index == life.home else life.home
        try:
            offer = await link.open_seat(replace(seat, room_id=life.name), home)
        except MediaUnavailableError:
            if link.is_up:
                raise
            return None
        if self._placements.is_current(life) and link.is_up:
            return offer
        await link.close_seat(seat.media_id)
        return None

    async def answer_seat(self, media_id: MediaId, sdp: str) -> None:
        """See `ports.MediaEngine`."""
        link = self._link_of(media_id)
        if link is None:
            raise MediaUnavailableError
        await link.answer_seat(media_id, sdp)

    async def set_seat(self, seat: Seat) -> None:
        """See `ports.MediaEngine`."""
        link = self._link_of(seat.media_id)
        if link is not None:
            await link.set_seat(seat)

    async def close_seat(self, media_id: MediaId) -> None:
        """See `ports.MediaEngine`."""
        found = self._placements.forget(media_id)
        if found is not None:
            life, index = found
            await self._workers[index].link.close_seat(media_id)
            self._tell_home(life)

    async def events(self) -> AsyncIterator[MediaEngineEvent]:
        """See `ports.MediaEngine`."""
        while not self._events.empty():
            self._events.get_nowait()
        self._consumed = True
        try:
            yield MediaUpChanged(self._up)
            while True:
                yield await self._events.get()
        finally:
            self._consumed = False

    def _link_of(self, media_id: MediaId) -> MediaLink | None:
        found = self._placements.find(media_id)
        return self._workers[found[1]].link if found else None

    def _tell_home(self, life: Life) -> None:
        """Let a room's home know which other workers have seats, where that has changed."""
        branches = life.branches
        if branches != life.told:
            life.told = branches
            self._workers[life.home].link.set_branches(life.name, sorted(branches))

    # ------------------------------------------------------------ what becomes of the workers

    async def _follow(self, worker: _Worker) -> None:
        async for event in worker.link.events():
            match event:
                case MediaUpChanged(True):
                    await self._came(worker)
                case MediaUpChanged():
                    await self._went(worker)
                case SeatLost(media_id):
                    found = self._placements.forget(media_id)
                    if found is not None:
                        self._tell_home(found[0])
                    await self._push(event)
                case _:
                    await self._push(event)

    async def _came(self, worker: _Worker) -> None:
        _log.info("media worker takes rooms", worker=worker.index)
        if not self._up:
            self._up = True
            await self._push(MediaUpChanged(True))

    async def _went(self, worker: _Worker) -> None:
        """Seats are to move; where there is nowhere to go, voices are away.

        One that drains goes twice: the second time is for those who did not move in time.
        """
        moved = self._placements.leave(worker.index)
        if any(other.link.is_up for other in self._workers):
            if not worker.link.is_connected:
                for life in self._placements.forget_worker(worker.index):
                    self._tell_home(life)
            if moved:
                _log.warning("media rooms move", worker=worker.index, rooms=len(moved))
            for life, media_ids in moved:
                await self._push(SeatsMoved(life.room_id, media_ids))
        elif self._up:
            self._up = False
            # Everybody is told that voices are away: nothing may be heard on one that drains.
            for media_id in self._placements.seats():
                await self.close_seat(media_id)
            await self._push(MediaUpChanged(False))

    async def _push(self, event: MediaEngineEvent) -> None:
        """Queue for the consumer; a slow one makes the links wait, which then start anew."""
        if self._consumed:
            await self._events.put(event)


def _new_name(room_id: RoomId) -> RoomId:
    """What workers call a room with a new home; never twice the same."""
    return RoomId(f"{room_id}.{secrets.token_urlsafe(9)}")
