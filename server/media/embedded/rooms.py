"""The rooms of one worker, by the names that the gate gave them.

Owns which rooms there are and who of the other workers may speak in which. The gate gives a room
another name for each home it finds, so a message of one home never reaches seats of another. Never
knows a session's life (engine.py does).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection

from server.media.embedded.branch import BranchRoom
from server.media.embedded.counters import Counters
from server.media.embedded.fanout import Fanout
from server.media.embedded.home import HomeRoom
from server.media.embedded.hop import HopInvalidError, parse_hop
from server.media.embedded.neighbours import Neighbours
from server.media.embedded.room import Room
from server.media.embedded.session import Session
from server.media.embedded.slots import SpeakerSlots


class Rooms:
    """Made when the first session or branch needs them, forgotten when the last one has gone."""

    def __init__(
        self,
        slots: int,
        first_index: int,
        fanout: Fanout,
        neighbours: Neighbours,
        counters: Counters,
        clock_ms: Callable[[], int],
    ) -> None:
        self._slots = slots
        self._first_index = first_index
        self._fanout = fanout
        self._neighbours = neighbours
        self._counters = counters
        self._clock_ms = clock_ms
        self._rooms: dict[str, HomeRoom | BranchRoom] = {}
        self._empty = asyncio.Event()
        self._empty.set()

    def start(self) -> None:
        """Listen to the other workers from now on."""
        self._neighbours.start(self._on_message)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._rooms)

    def find(self, room_id: str) -> Room | None:
        """The room, where there is one."""
        return self._rooms.get(room_id)

    def enter(self, room_id: str, home: int | None) -> Room:
        """The room for a new session; `home` is the worker that it is a branch of."""
        return self._rooms.get(room_id) or self._make(room_id, home)

    def leave(self, session: Session) -> None:
        """The session is over."""
        session.room.remove(session)
        self._tidy(session.room)

    def set_branches(self, room_id: str, workers: Collection[int]) -> None:
        """These other workers have seats of a room whose home is here."""
        room = self._rooms.get(room_id)
        if room is None and workers:
            room = self._make(room_id, None)
        if isinstance(room, HomeRoom):
            room.set_branches(workers)
            self._tidy(room)

    def clear(self) -> None:
        """The gate is gone: rooms that only branches kept are over."""
        self._rooms.clear()
        self._empty.set()

    def tell_losses(self) -> None:
        """Tell the other workers what listeners lose; to be called now and then."""
        now_ms = self._clock_ms()
        for room in self._rooms.values():
            room.tell_losses(now_ms)

    async def until_empty(self) -> None:
        """Wait until there is no room any more."""
        await self._empty.wait()

    def _make(self, room_id: str, home: int | None) -> HomeRoom | BranchRoom:
        send = self._neighbours.send
        if home is None:
            slots = SpeakerSlots(self._slots, self._first_index)
            room: HomeRoom | BranchRoom = HomeRoom(
                room_id, slots, self._fanout, self._counters, send
            )
        else:
            room = BranchRoom(room_id, home, self._slots, self._fanout, send)
        self._rooms[room_id] = room
        self._empty.clear()
        return room

    def _tidy(self, room: Room) -> None:
        if room.is_over and self._rooms.get(room.room_id) is room:
            del self._rooms[room.room_id]
            if not self._rooms:
                self._empty.set()

    # ------------------------------------------------------------ the other workers

    def _on_message(self, worker: int, data: bytes) -> None:
        """A worker is believed only where the gate said that it has to do with the room."""
        try:
            room_id, message = parse_hop(data)
        except HopInvalidError:
            self._counters.dropped_hop += 1
            return
        room = self._rooms.get(room_id)
        if room is None or not room.on_message(worker, message, self._clock_ms()):
            self._counters.dropped_hop += 1
