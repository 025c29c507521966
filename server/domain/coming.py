"""Coming into a room and leaving it, for good or for a while; and who inherits it.

Nobody decides here to whom a room is open (`entrance.py`) or who may do what (`roles.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import replace

from server.domain.entrance import may_enter
from server.domain.errors import (
    BannedFromRoomError,
    RoomFullError,
    RoomLockedError,
    RoomPrivateError,
)
from server.domain.events import (
    ConsentWithdrawn,
    ParticipantChanged,
    ParticipantLeft,
    RoomEvent,
    Why,
)
from server.domain.ids import Csrc, MemberId, RoomId
from server.domain.kind import Kind
from server.domain.member import Member, require_member
from server.domain.roles import Command, Role
from server.domain.room import (
    GRACE_MS,
    Change,
    Participant,
    Room,
    Succession,
    authorise,
    change_room,
    clean_title,
    end_room,
    make_host,
    replace_participant,
    without_wish,
)

ROOM_MAX_PARTICIPANTS = 5_000


def open_room(
    room_id: RoomId, title: str, opener: Member, now_ms: int, kind: Kind = Kind.OPEN
) -> Change:
    """A new room; its opener is the moderator and has a seat he still has to take.

    Raises:
        NotAdmittedError: the opener still waits at the door.
        BadTitleError
    """
    require_member(opener)
    room = Room(room_id, clean_title(title), now_ms, kind=kind)
    room, events = _seat(room, opener, Role.MODERATOR, now_ms)
    return replace_participant(room, opener.member_id, away_since_ms=now_ms)[0], events


def join(room: Room, member: Member, now_ms: int, circle: Set[MemberId] = frozenset()) -> Change:
    """Enter as a listener, or come back to the seat that was kept, also in a locked room.

    Raises:
        NotAdmittedError: the person still waits at the door.
        RoomNotFoundError: the room has ended.
        RoomPrivateError: the room is not open to this person; nothing of it is told.
        BannedFromRoomError, RoomLockedError, RoomFullError
    """
    require_member(member)
    authorise(room, Command.JOIN_ROOM, member.member_id)
    if member.member_id in room.participants:
        return replace_participant(room, member.member_id, away_since_ms=None, name=member.name)
    if not may_enter(room, member.member_id, circle):
        raise RoomPrivateError
    if member.member_id in room.banned:
        raise BannedFromRoomError
    if room.locked:
        raise RoomLockedError
    if len(room.participants) >= ROOM_MAX_PARTICIPANTS:
        raise RoomFullError
    return _seat(room, member, Role.LISTENER, now_ms)


def rename(room: Room, member_id: MemberId, name: str) -> Change:
    """A person has a new name, which is clean already; his seat shows it, where he has one."""
    if member_id not in room.participants:
        return room, ()
    return replace_participant(room, member_id, name=name)


def disconnect(room: Room, member_id: MemberId, now_ms: int) -> Change:
    """The connection is lost: keep the seat for the grace time."""
    participant = room.participants.get(member_id)
    if room.ended or participant is None or participant.away_since_ms is not None:
        return room, ()
    return replace_participant(room, member_id, away_since_ms=now_ms)


def expire_away(room: Room, now_ms: int) -> Change:
    """Let go of everybody whose grace time is over.

    A host whose connection is lost keeps seat and role for that long. After it the room is not
    left hanging: the speaker who joined first inherits it, those who are present before those who
    are away, and whom no moderator muted before whom one did. Where nobody else is on stage but
    listeners are present, the room goes on without a host while they are asked (`succession.py`).
    """
    events: list[RoomEvent] = []
    for participant in list(room.participants.values()):
        away = participant.away_since_ms
        if not room.ended and away is not None and now_ms - away >= GRACE_MS:
            room, more = depart(room, participant.member_id, hostless_since_ms=now_ms)
            events += more
    return room, tuple(events)


def leave(room: Room, member_id: MemberId) -> Change:
    """Leave for good.

    Where the last moderator goes, the speaker who joined first inherits. A host who leaves on
    purpose with nobody else on stage ends the room: there is nothing left to listen to.
    """
    authorise(room, Command.LEAVE_ROOM, member_id)
    return depart(room, member_id)


def depart(
    room: Room,
    member_id: MemberId,
    why: Why = Why.LEFT,
    *,
    hostless_since_ms: int | None = None,
    banned: Mapping[MemberId, str] | None = None,
) -> Change:
    """Take a seat away, and see to it that the room has a moderator, asks for one, or ends.

    Only with `hostless_since_ms` may it go on without one for a while.
    """
    leaver = room.participant(member_id)
    events: list[RoomEvent] = []
    if leaver.consent:
        events.append(ConsentWithdrawn(member_id, leaver.consent.tap_id))
    others = {k: v for k, v in room.participants.items() if k != member_id}
    room = replace(
        without_wish(room, member_id),
        participants=others,
        banned=room.banned if banned is None else banned,
        revision=room.revision + 1,
    )
    events.append(ParticipantLeft(member_id, why))
    room, more = _provide_host(room, hostless_since_ms)
    return room, (*events, *more)


def _provide_host(room: Room, hostless_since_ms: int | None) -> Change:
    if room.moderators():
        return room, ()
    stage = room.stage()
    if stage:
        heir = min(stage, key=lambda p: (p.away_since_ms is not None, p.held))
        return make_host(room, heir.member_id)
    if room.succession is not None and room.participants:
        return room, ()
    present = any(p.away_since_ms is None for p in room.participants.values())
    if hostless_since_ms is None or not present:
        return end_room(room)
    return change_room(room, succession=Succession(hostless_since_ms))


def end(room: Room, by: MemberId) -> Change:
    """End the room for all.

    Raises:
        NotModeratorError, NotInRoomError, RoomNotFoundError
    """
    authorise(room, Command.END_ROOM, by)
    return end_room(room)


def _seat(room: Room, member: Member, role: Role, now_ms: int) -> Change:
    participant = Participant(
        member.member_id, member.name, role, Csrc(room.next_csrc), joined_at_ms=now_ms
    )
    room = replace(
        room,
        participants={**room.participants, member.member_id: participant},
        next_csrc=room.next_csrc + 1,
        revision=room.revision + 1,
    )
    return room, (ParticipantChanged(member.member_id),)
