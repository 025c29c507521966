"""A room's door: whom it is open to, who is asked in, and how it is opened wider.

Three kinds. *Open*: every member. *Social*: whoever follows one of the room's moderators, as they
stand now, or is followed by one. *Closed*: only those whom a moderator asked in. Whoever was asked
in by a moderator may enter whatever the kind; whoever has a seat keeps it. Who is apart from whom
by a block is not decided here.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import replace

from server.domain.errors import NotModeratorError, RoomLockedError, WrongStateError
from server.domain.ids import MemberId
from server.domain.kind import Kind
from server.domain.roles import Command, Role
from server.domain.room import Change, Room, authorise, change_room


def may_enter(room: Room, member_id: MemberId, circle: Set[MemberId]) -> bool:
    """Whether the room's kind lets this person in.

    `circle`: whoever follows one of the room's moderators, or is followed by one.
    """
    if room.kind is Kind.OPEN or member_id in room.participants or member_id in room.guests:
        return True
    return room.kind is Kind.SOCIAL and member_id in circle


def open_up(room: Room, by: MemberId, kind: Kind) -> Change:
    """Open the door wider. It is never narrowed while people are in: they came by the wider one.

    Raises:
        NotModeratorError
        WrongStateError: the room is open wider already.
    """
    authorise(room, Command.OPEN_UP, by)
    if kind.width < room.kind.width:
        raise WrongStateError
    return change_room(room, kind=kind)


def ping(room: Room, by: MemberId, member_id: MemberId, circle: Set[MemberId]) -> Change:
    """Ask somebody in, who may enter from now on. `circle`: see `may_enter`.

    Raises:
        RoomLockedError: nobody new may come in.
        NotModeratorError: the room is not open to this person, and only moderators open it to him.
        WrongStateError: he is banned from the room.
    """
    authorise(room, Command.PING, by)
    if member_id in room.banned:
        raise WrongStateError
    if member_id in room.participants:
        return room, ()
    if room.locked:
        raise RoomLockedError
    if may_enter(room, member_id, circle):
        return room, ()
    if room.role_of(by) is not Role.MODERATOR:
        raise NotModeratorError
    # Told to nobody else: who is asked in is between the two.
    return replace(room, guests=room.guests | {member_id}), ()
