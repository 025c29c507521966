"""The hallway: which rooms whom is shown, the liveliest first. Decides nothing about rooms.

A room with somebody on its stage from whom the viewer is apart is not listed for him, nor is one
whose kind does not let him in. Most viewers are kept from the same rooms, so that a few lists, each
encoded once, serve nearly everybody.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable, Set

from protocol import signalling as wire
from server.domain.entrance import may_enter
from server.domain.ids import MemberId, RoomId
from server.domain.kind import Kind
from server.domain.room import Room
from server.service import render
from server.service.blocks import Blocks
from server.service.captions import Captions
from server.service.circles import Circles
from server.service.hub import Connection, Hub

ROOMS_SHOWN = 100
_NONE: frozenset[RoomId] = frozenset()


class Hallway:
    """Shows rooms to those who stand outside of them."""

    def __init__(
        self,
        hub: Hub,
        captions: Captions,
        blocks: Blocks,
        circles: Circles,
        live_rooms: Callable[[], Iterable[Room]],
        room_of: Callable[[MemberId], Room | None],
    ) -> None:
        self._hub = hub
        self._captions = captions
        self._blocks = blocks
        self._circles = circles
        self._live_rooms = live_rooms
        self._room_of = room_of

    def hidden_from(self, viewer: MemberId) -> frozenset[RoomId]:
        """The rooms that are not listed for him."""
        return self._hidden_from(viewer, self._private())

    def _private(self) -> list[Room]:
        """Rooms that are not open to everybody."""
        return [room for room in self._live_rooms() if room.kind is not Kind.OPEN]

    def _hidden_from(self, viewer: MemberId, private: Iterable[Room]) -> frozenset[RoomId]:
        hidden = {
            room.room_id
            for room in private
            if not may_enter(room, viewer, self._circles.around(room))
        }
        for other in self._blocks.apart_from(viewer):
            room = self._room_of(other)
            if room is not None and room.has_on_stage(other):
                hidden.add(room.room_id)
        return frozenset(hidden) or _NONE

    def find(self, viewer: MemberId, query: str) -> list[wire.RoomCard]:
        """The rooms that he may enter and in whose title or live topics these words are.

        All rooms are looked through, also those that the list of the hallway has no place for.
        """
        words = query.casefold().split()
        hidden = self.hidden_from(viewer)
        found = (
            room
            for room in self._ranked()
            if room.room_id not in hidden and self._speaks_of(room, words)
        )
        return [self._card(room, {}) for room in itertools.islice(found, ROOMS_SHOWN)]

    def _speaks_of(self, room: Room, words: Iterable[str]) -> bool:
        heard = " ".join(topic.term for topic in self._captions.topics(room.room_id))
        text = f"{room.title} {heard}".casefold()
        return all(word in text for word in words)

    def cards_for(self, viewer: MemberId) -> list[wire.RoomCard]:
        """What he sees now."""
        return self._view(self._ranked(), self.hidden_from(viewer), {})

    def show(self, viewer: MemberId) -> None:
        """Show it on all the devices with which he stands in the hallway."""
        self.show_to(self._hub.of_member(viewer))

    def show_to(self, connections: Iterable[Connection]) -> None:
        """Show each of them what he sees; those in rooms and at the door see nothing."""
        ranked, private = self._ranked(), self._private()
        front = {room.room_id for room in ranked[:ROOMS_SHOWN]}
        viewers: defaultdict[frozenset[RoomId], list[Connection]] = defaultdict(list)
        for connection in connections:
            if connection.admitted and connection.room_id is None:
                hidden = self._hidden_from(connection.member_id, private)
                viewers[_NONE if hidden.isdisjoint(front) else hidden].append(connection)
        drawn: dict[RoomId, wire.RoomCard] = {}
        for hidden, standing in viewers.items():
            self._hub.broadcast(standing, wire.Hallway(rooms=self._view(ranked, hidden, drawn)))

    def _ranked(self) -> list[Room]:
        return sorted(self._live_rooms(), key=lambda room: len(room.participants), reverse=True)

    def _view(
        self, ranked: Iterable[Room], hidden: Set[RoomId], drawn: dict[RoomId, wire.RoomCard]
    ) -> list[wire.RoomCard]:
        """The first rooms that are not hidden; `drawn` holds the cards that are drawn already."""
        listed = (room for room in ranked if room.room_id not in hidden)
        return [self._card(room, drawn) for room in itertools.islice(listed, ROOMS_SHOWN)]

    def _card(self, room: Room, drawn: dict[RoomId, wire.RoomCard]) -> wire.RoomCard:
        card = drawn.get(room.room_id)
        if card is None:
            card = render.card(room, self._captions.topics(room.room_id))
            drawn[room.room_id] = card
        return card
