"""Circles: who follows, or is followed by, those who moderate social rooms.

Keeps the circles of moderators in memory, so that whoever shows the hallway may ask without
waiting. The gate is the only writer of the database, so what is kept here is what is there.
"""

from __future__ import annotations

from collections.abc import Iterable, Set

from server.domain.ids import MemberId
from server.domain.kind import Kind
from server.domain.room import Room
from server.ports import FollowStore

_NOBODY: frozenset[MemberId] = frozenset()


class Circles:
    """Of all moderators of social rooms."""

    def __init__(self, store: FollowStore) -> None:
        self._store = store
        self._known: dict[MemberId, frozenset[MemberId]] = {}

    async def know(self, room: Room) -> None:
        """Read the circles that this room's door depends on, where they are not known yet.

        Raises:
            StoreUnavailableError
        """
        for member_id in _hosts(room):
            if member_id not in self._known:
                self._known[member_id] = await self._store.circle_of(member_id)

    def around(self, room: Room) -> Set[MemberId]:
        """Whoever is in the circle of one of the moderators; nobody where that does not count."""
        circles = [self._known.get(member_id, _NOBODY) for member_id in _hosts(room)]
        return circles[0] if len(circles) == 1 else _NOBODY.union(*circles)

    async def refresh(self, *members: MemberId) -> None:
        """Who follows whom changed between these.

        Raises:
            StoreUnavailableError
        """
        for member_id in members:
            if member_id in self._known:
                self._known[member_id] = await self._store.circle_of(member_id)

    def keep_only(self, rooms: Iterable[Room]) -> None:
        """Forget the circles that no room depends on any more."""
        needed = {member_id for room in rooms for member_id in _hosts(room)}
        for member_id in self._known.keys() - needed:
            del self._known[member_id]


def _hosts(room: Room) -> list[MemberId]:
    return [p.member_id for p in room.moderators()] if room.kind is Kind.SOCIAL else []
