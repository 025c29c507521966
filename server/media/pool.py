"""Several media workers as one `ports.MediaEngine`: every room lives on one of them.

Owns which room is where. A room goes to the worker with the fewest seats and stays there for its
life; where its worker dies, hangs or drains, its people are asked to take new seats, which are on
another worker. Never opens a seat by itself, and never moves a room from a worker that is well.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from server.domain.errors import MediaUnavailableError
from server.domain.ids import MediaId, RoomId
from server.media.link import PATIENCE_PINGS, QUEUE_EVENTS, MediaLink
from server.ports import MediaEngineEvent, MediaUpChanged, Seat, SeatLost, SeatsMoved

LONE_PATIENCE_PINGS = 20
"""Where there is no other worker, one that hangs for a moment is better than none."""
CLOSE_TIMEOUT_S = 2.0

_log = structlog.get_logger(__name__)


@dataclass(eq=False, slots=True)
class _Worker:
    index: int
    link: MediaLink
    rooms: dict[RoomId, set[MediaId]] = field(default_factory=dict)
    """The seats on it. One that drains keeps them, so that a mute still reaches an old seat."""

    @property
    def seats(self) -> int:
        return sum(map(len, self.rooms.values()))


class MediaPool:
    """Implements `ports.MediaEngine`."""

    def __init__(self, socket_paths: Sequence[Path]) -> None:
        patience = PATIENCE_PINGS if len(socket_paths) > 1 else LONE_PATIENCE_PINGS
        self._workers = [
            _Worker(index, MediaLink(path, patience)) for index, path in enumerate(socket_paths)
        ]
        self._pins: dict[RoomId, _Worker] = {}
        """Where new seats of a room go; a room without a seat has no pin."""
        self._seats: dict[MediaId, tuple[RoomId, _Worker]] = {}
        self._up = False
        self._events: asyncio.Queue[MediaEngineEvent] = asyncio.Queue(QUEUE_EVENTS)
        self._consumed = False
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Connect to all workers in the background; `events` tells when one is there."""
        for worker in self._workers:
            self._tasks.append(asyncio.create_task(self._follow(worker)))
            await worker.link.start()

    async def close(self) -> None:
        """Disconnect for good; the workers close all sessions."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=CLOSE_TIMEOUT_S)
        self._tasks.clear()
        await asyncio.gather(*(worker.link.close() for worker in self._workers))

    # ------------------------------------------------------------ ports.MediaEngine

    async def open_seat(self, seat: Seat) -> str:
        """See `ports.MediaEngine`; where a worker dies meanwhile, another one is asked."""
        for _ in self._workers:
            worker = self._worker_for(seat.room_id)
            try:
                offer = await worker.link.open_seat(seat)
                if self._pins.get(seat.room_id) is worker:
                    self._remember(seat, worker)
                    return offer
                await worker.link.close_seat(seat.media_id)  # the room has moved meanwhile
            except MediaUnavailableError:
                if worker.link.is_up:
                    raise
            finally:
                self._unpin_if_empty(seat.room_id, worker)
        raise MediaUnavailableError

    async def answer_seat(self, media_id: MediaId, sdp: str) -> None:
        """See `ports.MediaEngine`."""
        if media_id not in self._seats:
            raise MediaUnavailableError
        _, worker = self._seats[media_id]
        await worker.link.answer_seat(media_id, sdp)

    async def set_seat(self, seat: Seat) -> None:
        """See `ports.MediaEngine`."""
        if seat.media_id in self._seats:
            _, worker = self._seats[seat.media_id]
            await worker.link.set_seat(seat)

    async def close_seat(self, media_id: MediaId) -> None:
        """See `ports.MediaEngine`."""
        worker = self._forget(media_id)
        if worker is not None:
            await worker.link.close_seat(media_id)

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

    # ------------------------------------------------------------ which room is where

    def _worker_for(self, room_id: RoomId) -> _Worker:
        pinned = self._pins.get(room_id)
        if pinned is not None and pinned.link.is_up:
            return pinned
        up = [worker for worker in self._workers if worker.link.is_up]
        if not up:
            raise MediaUnavailableError
        pins = list(self._pins.values())
        chosen = min(up, key=lambda worker: (worker.seats, pins.count(worker), worker.index))
        self._pins[room_id] = chosen
        return chosen

    def _unpin_if_empty(self, room_id: RoomId, worker: _Worker) -> None:
        if room_id not in worker.rooms and self._pins.get(room_id) is worker:
            del self._pins[room_id]

    def _remember(self, seat: Seat, worker: _Worker) -> None:
        self._seats[seat.media_id] = (seat.room_id, worker)
        worker.rooms.setdefault(seat.room_id, set()).add(seat.media_id)

    def _forget(self, media_id: MediaId) -> _Worker | None:
        room_id, worker = self._seats.pop(media_id, (None, None))
        if room_id is None or worker is None:
            return None
        left = worker.rooms[room_id]
        left.discard(media_id)
        if not left:
            del worker.rooms[room_id]
            self._unpin_if_empty(room_id, worker)
        return worker

    # ------------------------------------------------------------ what becomes of the workers

    async def _follow(self, worker: _Worker) -> None:
        async for event in worker.link.events():
            match event:
                case MediaUpChanged(True):
                    await self._came(worker)
                case MediaUpChanged():
                    await self._went(worker)
                case SeatLost(media_id):
                    self._forget(media_id)
                    await self._push(event)
                case _:
                    await self._push(event)

    async def _came(self, worker: _Worker) -> None:
        _log.info("media worker takes rooms", worker=worker.index)
        if not self._up:
            self._up = True
            await self._push(MediaUpChanged(True))

    async def _went(self, worker: _Worker) -> None:
        """Its rooms are to move; where there is nowhere to go, voices are away.

        One that drains goes twice: the second time is for those who did not move in time.
        """
        moved = {room_id: frozenset(ids) for room_id, ids in worker.rooms.items()}
        for room_id in [room_id for room_id, pin in self._pins.items() if pin is worker]:
            del self._pins[room_id]
        if any(other.link.is_up for other in self._workers):
            if not worker.link.is_connected:
                self._forget_all([worker])
            if moved:
                _log.warning("media rooms move", worker=worker.index, rooms=len(moved))
            for room_id, media_ids in moved.items():
                await self._push(SeatsMoved(room_id, media_ids))
        elif self._up:
            self._up = False
            await self._close_all()
            await self._push(MediaUpChanged(False))

    async def _close_all(self) -> None:
        """Everybody is told that voices are away: nothing may be heard on a worker that drains."""
        seats = [(media_id, worker) for media_id, (_, worker) in self._seats.items()]
        self._pins.clear()
        self._forget_all(self._workers)
        for media_id, worker in seats:
            await worker.link.close_seat(media_id)

    def _forget_all(self, workers: Sequence[_Worker]) -> None:
        for worker in workers:
            for media_ids in worker.rooms.values():
                for media_id in media_ids:
                    self._seats.pop(media_id, None)
            worker.rooms.clear()

    async def _push(self, event: MediaEngineEvent) -> None:
        """Queue for the consumer; a slow one makes the links wait, which then start anew."""
        if self._consumed:
            await self._events.put(event)
