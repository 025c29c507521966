"""Live rooms: one writer a room decides, saves, then publishes. Knows no command and no person.

The database is written before anybody is told, so what was acknowledged is never lost; where it
cannot be written, the room stays as it was.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from server.domain.events import RoomEvent
from server.domain.ids import RoomId
from server.domain.room import Change, Room
from server.ports import FollowStore, RoomStore
from server.service.circles import Circles
from server.service.seats import LiveRoom

Watcher = Callable[[Room, Room, tuple[RoomEvent, ...]], None]
"""Is told of a room before and after a change that is saved and published."""
Publish = Callable[[Room, Room, tuple[RoomEvent, ...]], Awaitable[None]]
"""Tells media engine and pages of a change; the room's lock is held."""


class RoomsStore(RoomStore, FollowStore, Protocol):
    """Rooms, and the ties that open their doors."""


class LiveRooms:
    """All live rooms of this gate, and the one way in which they change."""

    def __init__(self, store: RoomsStore, circles: Circles, publish: Publish) -> None:
        self._store = store
        self._circles = circles
        self._publish = publish
        self._rooms: dict[RoomId, LiveRoom] = {}
        self._watchers: list[Watcher] = []

    def __len__(self) -> int:
        return len(self._rooms)

    def get(self, room_id: RoomId | None) -> LiveRoom | None:
        """The room of this id, unless there is none or it has ended."""
        return self._rooms.get(room_id) if room_id else None

    def all(self) -> list[LiveRoom]:
        """All of them as they are now, the oldest first; a change meanwhile does no harm."""
        return list(self._rooms.values())

    def watch(self, watcher: Watcher) -> None:
        """Tell this one of every change, right after those in the room."""
        self._watchers.append(watcher)

    async def restore(self, room: Room) -> None:
        """A room that is saved already.

        Raises:
            StoreUnavailableError
        """
        await self._circles.know(room)
        self._rooms[room.room_id] = LiveRoom(room)

    async def add(self, room: Room) -> None:
        """A new room.

        Raises:
            StoreUnavailableError
        """
        await self._circles.know(room)
        await self._store.save_room(room)
        self._rooms[room.room_id] = LiveRoom(room)
        # Once more, as circles that no room depends on are forgotten every second.
        await self._circles.know(room)

    async def change(self, live: LiveRoom, decide: Callable[[Room], Change]) -> bool:
        """Decide, save, publish; False where nothing changed.

        Raises:
            StoreUnavailableError, and whatever the rule refuses with.
        """
        async with live.lock:
            before = live.room
            after, events = decide(before)
            if after is before:
                return False
            await self._circles.know(after)
            await self._store.save_room(after)
            live.room = after
            if after.ended:
                self._rooms.pop(after.room_id, None)
            await self._publish(before, after, events)
            for watcher in self._watchers:
                watcher(before, after, events)
        return True
