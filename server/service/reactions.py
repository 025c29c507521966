"""Reactions of a room: taken one by one, shown at most five times a second. Keeps none of them."""

from __future__ import annotations

import asyncio
from collections import defaultdict

from protocol import talk as wire
from server.domain.events import RoomEvent
from server.domain.ids import MemberId, RoomId
from server.domain.reaction import REACTIONS_RATE, Gathered, Reaction, gather
from server.domain.roles import Command
from server.domain.room import Room, authorise
from server.ports import Clock
from server.service.hub import Connection, Hub
from server.service.paces import Paces
from server.service.rooms import Rooms

SHOWN_EVERY_S = 0.2


class Reactions:
    """What was shown since the last moment, by room."""

    def __init__(self, rooms: Rooms, hub: Hub, clock: Clock) -> None:
        self._rooms = rooms
        self._hub = hub
        self._paces = Paces(REACTIONS_RATE, clock)
        self._shown: defaultdict[RoomId, list[tuple[MemberId, Reaction]]] = defaultdict(list)
        """Bounded by the pace of each person in the room."""
        self._waiting = asyncio.Event()

    def react(self, connection: Connection, reaction: Reaction) -> None:
        """Somebody in a room shows something.

        Raises:
            NotInRoomError, TooFastError
        """
        room = self._rooms.of(connection)
        authorise(room, Command.REACT, connection.member_id)
        self._paces.require(room.room_id, connection.member_id)
        self._shown[room.room_id].append((connection.member_id, reaction))
        self._waiting.set()

    def follow(self, _: Room, after: Room, __: tuple[RoomEvent, ...]) -> None:
        """A room changed: forget who and what is gone."""
        self._paces.follow(after)
        if after.ended:
            self._shown.pop(after.room_id, None)

    async def run(self) -> None:
        """Show what was gathered, for as long as the gate lives; sleeps where there is nothing."""
        while True:
            await self._waiting.wait()
            await asyncio.sleep(SHOWN_EVERY_S)
            self._waiting.clear()
            self._show()

    def _show(self) -> None:
        shown = list(self._shown.items())
        self._shown.clear()
        for room_id, reactions in shown:
            room = self._rooms.live(room_id)
            gathered = gather(room, reactions) if room else None
            if gathered is not None:
                self._hub.to_room(room_id, _event(room_id, gathered))


def _event(room_id: RoomId, gathered: Gathered) -> wire.Reactions:
    return wire.Reactions(
        room_id=room_id,
        counts=[
            wire.ReactionCount(reaction=reaction.value, count=count)
            for reaction, count in gathered.counts.items()
        ],
        faces=[
            wire.FaceReaction(member_id=member_id, reaction=reaction.value)
            for member_id, reaction in gathered.faces
        ],
    )
