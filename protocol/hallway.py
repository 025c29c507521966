"""Browser ⇄ gate: the hallway. Kinds of rooms, finding one, and being asked into one."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from protocol.people import PersonView
from protocol.room import RoomCard
from protocol.wire import Id, Message, Token
from protocol.wire import RoomKind as RoomKind

Words = Annotated[str, Meta(max_length=80)]


class OpenUp(Message, frozen=True):
    """Open the room to more people; it is never narrowed. Moderators only. Reply: `ok`."""

    id: Id
    kind: RoomKind


class PingIntoRoom(Message, frozen=True):
    """Ask somebody who follows the sender into the room that the sender is in. Reply: `ok`.

    In a room that is not open to him only moderators may; he may enter from then on.
    """

    id: Id
    member_id: Token


class FindRooms(Message, frozen=True):
    """Rooms that one may enter, by words of their title or of what is talked about now.

    All of them are looked through, not only those that the hallway lists. Reply: `rooms_found`.
    """

    id: Id
    query: Words


class RoomsFound(Message, frozen=True):
    """Reply to `find_rooms`: the liveliest first."""

    id: Id
    rooms: list[RoomCard]


class Pinged(Message, frozen=True):
    """Somebody whom one follows asks one into a room. Told once; `ping_closed` when it is over."""

    room_id: str
    title: str
    by: PersonView
    pinged_at_ms: int


class PingClosed(Message, frozen=True):
    """The question to come into this room is over: the room ended, or one is in it."""

    room_id: str


HallwayCommand = OpenUp | PingIntoRoom | FindRooms
HallwayReply = RoomsFound
HallwayEvent = Pinged | PingClosed
