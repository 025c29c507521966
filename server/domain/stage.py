"""What people do themselves in a room: hands, seats on stage, the own microphone.

A microphone is opened by its owner only. What moderators do to others is in `moderation.py`.
"""

from __future__ import annotations

from server.domain.errors import HeldMuteError, WrongStateError
from server.domain.ids import MemberId
from server.domain.roles import Command, Role
from server.domain.room import (
    Change,
    Room,
    authorise,
    replace_participant,
    to_audience,
    to_stage,
)


def raise_hand(room: Room, member_id: MemberId, raised: bool, now_ms: int) -> Change:
    """A listener asks to speak, or takes it back; the queue is in order of asking.

    Raises:
        WrongStateError: the person is on stage already.
    """
    authorise(room, Command.RAISE_HAND, member_id)
    if raised == (room.participant(member_id).hand_raised_at_ms is not None):
        return room, ()
    return replace_participant(room, member_id, hand_raised_at_ms=now_ms if raised else None)


def answer_stage(room: Room, member_id: MemberId, accepted: bool) -> Change:
    """Accept or decline an invitation to the stage.

    Raises:
        WrongStateError: there is no invitation.
        StageFullError
    """
    authorise(room, Command.ANSWER_STAGE, member_id)
    if not room.participant(member_id).invited:
        raise WrongStateError
    if accepted:
        return to_stage(room, member_id)
    return replace_participant(room, member_id, invited=False)


def step_down(room: Room, member_id: MemberId) -> Change:
    """Go back to the audience. The only moderator must hand over or end the room first.

    Raises:
        NotOnStageError
        WrongStateError: the person is the only moderator.
    """
    authorise(room, Command.STEP_DOWN, member_id)
    if room.role_of(member_id) is Role.MODERATOR and len(room.moderators()) == 1:
        raise WrongStateError
    return to_audience(room, member_id)


def mute(room: Room, member_id: MemberId, muted: bool) -> Change:
    """Switch the own microphone.

    Raises:
        NotOnStageError: listeners have no microphone.
        HeldMuteError: a moderator muted this speaker, so that he has to ask first.
    """
    authorise(room, Command.MUTE, member_id)
    if not muted and room.participant(member_id).held:
        raise HeldMuteError
    return replace_participant(room, member_id, muted=muted)


def ask_to_unmute(room: Room, member_id: MemberId, asked: bool, now_ms: int) -> Change:
    """One whom a moderator muted asks to be allowed to unmute himself, or takes it back.

    Nothing changes for whom nobody holds: a moderator may have allowed it at the same moment.

    Raises:
        NotOnStageError
    """
    authorise(room, Command.ASK_TO_UNMUTE, member_id)
    seat = room.participant(member_id)
    if not seat.held or asked == (seat.unmute_asked_at_ms is not None):
        return room, ()
    return replace_participant(room, member_id, unmute_asked_at_ms=now_ms if asked else None)
