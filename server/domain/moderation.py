"""What moderators do: to the stage, to microphones, to who is in the room, its lock and its chat.

All moderators are equal. None is moved, removed or banned by another: he is first unmade, which
leaves him a speaker. Nobody ever opens the microphone of somebody else.
"""

from __future__ import annotations

from dataclasses import replace

from server.domain.coming import depart
from server.domain.errors import RoomBansFullError, WrongStateError
from server.domain.events import RoomEvent, Why
from server.domain.ids import MemberId
from server.domain.roles import Command, Role
from server.domain.room import (
    Change,
    Room,
    authorise,
    change_room,
    replace_participant,
    to_audience,
    to_stage,
)

ROOM_MAX_BANS = 1_000


def invite_to_stage(room: Room, by: MemberId, member_id: MemberId) -> Change:
    """Offer a seat on stage: taken at once where the hand is raised, else when accepted.

    Raises:
        NotModeratorError, NoSuchParticipantError, StageFullError
    """
    authorise(room, Command.INVITE_TO_STAGE, by, member_id)
    target = room.participant(member_id)
    if target.role.on_stage:
        return room, ()
    if target.hand_raised_at_ms is not None:
        return to_stage(room, member_id)
    return replace_participant(room, member_id, invited=True)


def move_to_audience(room: Room, by: MemberId, member_id: MemberId) -> Change:
    """A moderator asks a speaker down, or takes an invitation back.

    Raises:
        NotModeratorError, NoSuchParticipantError
        WrongStateError: the person is a moderator.
    """
    authorise(room, Command.MOVE_TO_AUDIENCE, by, member_id)
    if room.role_of(member_id) is Role.LISTENER:
        return replace_participant(room, member_id, invited=False)
    return to_audience(room, member_id)


def mute_participant(room: Room, by: MemberId, member_id: MemberId) -> Change:
    """Mute somebody. A speaker stays mute until a moderator allows him to unmute himself.

    A moderator who is muted by another one, or by himself, may unmute himself.

    Raises:
        NotModeratorError, NoSuchParticipantError
        NotOnStageError: the person has no microphone.
    """
    authorise(room, Command.MUTE_PARTICIPANT, by, member_id)
    if room.role_of(member_id) is Role.MODERATOR:
        return replace_participant(room, member_id, muted=True)
    return replace_participant(room, member_id, muted=True, held=True)


def mute_all(room: Room, by: MemberId) -> Change:
    """Mute every speaker, as `mute_participant` does; moderators keep their microphones.

    Raises:
        NotModeratorError
    """
    authorise(room, Command.MUTE_ALL, by)
    events: list[RoomEvent] = []
    for seat in room.stage():
        if seat.role is Role.SPEAKER:
            room, more = replace_participant(room, seat.member_id, muted=True, held=True)
            events += more
    return room, tuple(events)


def allow_unmute(room: Room, by: MemberId, member_id: MemberId) -> Change:
    """A speaker may switch his microphone on again; it stays off until he does.

    Raises:
        NotModeratorError, NoSuchParticipantError, NotOnStageError
    """
    authorise(room, Command.ALLOW_UNMUTE, by, member_id)
    return replace_participant(room, member_id, held=False, unmute_asked_at_ms=None)


def make_moderator(room: Room, by: MemberId, member_id: MemberId) -> Change:
    """One more moderator, from among the speakers; a hold on his microphone is over.

    Raises:
        NotModeratorError, NoSuchParticipantError
        NotOnStageError: the person listens; he is invited up first.
    """
    authorise(room, Command.MAKE_MODERATOR, by, member_id)
    return replace_participant(
        room, member_id, role=Role.MODERATOR, held=False, unmute_asked_at_ms=None
    )


def unmake_moderator(room: Room, by: MemberId, member_id: MemberId) -> Change:
    """A moderator is a speaker again.

    Raises:
        NotModeratorError, NoSuchParticipantError
        WrongStateError: of himself; he steps down, where another moderator is there.
    """
    authorise(room, Command.UNMAKE_MODERATOR, by, member_id)
    if by == member_id:
        raise WrongStateError
    if room.role_of(member_id) is not Role.MODERATOR:
        return room, ()
    return replace_participant(room, member_id, role=Role.SPEAKER)


def remove(room: Room, by: MemberId, member_id: MemberId) -> Change:
    """Put somebody out, who may come back where the room is not locked.

    Raises:
        NotModeratorError, NoSuchParticipantError
        WrongStateError: the person is a moderator.
    """
    authorise(room, Command.REMOVE_FROM_ROOM, by, member_id)
    return depart(room, member_id, Why.REMOVED)


def ban(room: Room, by: MemberId, member_id: MemberId) -> Change:
    """Put somebody out for as long as the room lasts; again, nothing changes.

    Raises:
        NotModeratorError, NoSuchParticipantError
        WrongStateError: the person is a moderator.
        RoomBansFullError: 1,000 people are banned; lock the room instead.
    """
    authorise(room, Command.BAN_FROM_ROOM, by)
    if member_id in room.banned:
        return room, ()
    authorise(room, Command.BAN_FROM_ROOM, by, member_id)
    if len(room.banned) >= ROOM_MAX_BANS:
        raise RoomBansFullError
    banned = {**room.banned, member_id: room.participant(member_id).name}
    room = replace(room, guests=room.guests - {member_id})
    return depart(room, member_id, Why.BANNED, banned=banned)


def unban(room: Room, by: MemberId, member_id: MemberId) -> Change:
    """Somebody may come in again.

    Raises:
        NotModeratorError
    """
    authorise(room, Command.UNBAN_FROM_ROOM, by)
    return change_room(room, banned={k: v for k, v in room.banned.items() if k != member_id})


def forget(room: Room, member_id: MemberId) -> Change:
    """An account is gone, and with it what the room's list of bans keeps of it."""
    if room.ended or member_id not in {*room.banned, *room.guests}:
        return room, ()
    room = replace(room, guests=room.guests - {member_id})
    return change_room(room, banned={k: v for k, v in room.banned.items() if k != member_id})


def lock(room: Room, by: MemberId, locked: bool) -> Change:
    """Nobody new may enter, or everybody may again; whoever has a seat, or one kept, stays.

    Raises:
        NotModeratorError
    """
    authorise(room, Command.LOCK_ROOM, by)
    return change_room(room, locked=locked)


def switch_chat(room: Room, by: MemberId, on: bool) -> Change:
    """People may write beside the voices, or no longer.

    Raises:
        NotModeratorError
    """
    authorise(room, Command.SWITCH_CHAT, by)
    if room.chat_on == on:
        return room, ()
    # No event and no revision: the chat, not the room, is what a page shows switched.
    return replace(room, chat_on=on), ()
