from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from server.domain import coming, moderation, room, stage
from server.domain.errors import (
    BadTitleError,
    NoSuchParticipantError,
    NotAdmittedError,
    NotInRoomError,
    NotModeratorError,
    NotOnStageError,
    RoomFullError,
    RoomNotFoundError,
    StageFullError,
    WrongStateError,
)
from server.domain.events import ParticipantChanged, ParticipantLeft, RoomEnded
from server.domain.ids import MemberId, RoomId
from server.domain.room import GRACE_MS, Change, Role, Room
from tests.domain.people import (
    HOST,
    LISTENER,
    NOW_MS,
    SPEAKER,
    member,
    newcomer,
    open_room,
    room_with_speaker,
    to_stage,
)

HOST_ID, SPEAKER_ID, LISTENER_ID = HOST.member_id, SPEAKER.member_id, LISTENER.member_id
NOBODY = MemberId("nobody")


def role_of(opened: Room, member_id: MemberId) -> Role:
    return opened.participants[member_id].role


# ---------------------------------------------------------------- opening and joining


def test_the_opener_is_the_moderator_and_still_has_to_take_the_seat() -> None:
    opened, events = coming.open_room(RoomId("r"), "  Evening \n talk ", HOST, NOW_MS)
    seat = opened.participants[HOST_ID]
    assert opened.title == "Evening talk"
    assert (seat.role, seat.muted, seat.away_since_ms) == (Role.MODERATOR, True, NOW_MS)
    assert events == (ParticipantChanged(HOST_ID),)


def test_an_opener_who_never_comes_leaves_no_room_behind() -> None:
    opened, _ = coming.open_room(RoomId("r"), "Evening", HOST, NOW_MS)
    ended, events = coming.expire_away(opened, NOW_MS + GRACE_MS)
    assert ended.ended
    assert events == (ParticipantLeft(HOST_ID), RoomEnded())


@pytest.mark.parametrize("title", ["", " \t\n", "\u200b\u202e", "x" * 81])
def test_a_room_needs_a_readable_title(title: str) -> None:
    with pytest.raises(BadTitleError):
        coming.open_room(RoomId("r"), title, HOST, NOW_MS)


def test_a_newcomer_can_neither_open_nor_join() -> None:
    with pytest.raises(NotAdmittedError):
        coming.open_room(RoomId("r"), "Evening", newcomer("new"), NOW_MS)
    with pytest.raises(NotAdmittedError):
        coming.join(open_room(), newcomer("new"), NOW_MS)


def test_who_joins_listens_first() -> None:
    opened, events = coming.join(open_room(), LISTENER, NOW_MS)
    assert role_of(opened, LISTENER_ID) is Role.LISTENER
    assert events == (ParticipantChanged(LISTENER_ID),)


def test_joining_again_changes_nothing() -> None:
    opened = open_room(LISTENER)
    assert coming.join(opened, LISTENER, NOW_MS + 1) == (opened, ())


def test_a_lost_connection_keeps_the_seat_and_all_that_belongs_to_it() -> None:
    opened = room_with_speaker()
    away, _ = coming.disconnect(opened, SPEAKER_ID, NOW_MS)
    kept, _ = coming.expire_away(away, NOW_MS + GRACE_MS - 1)
    back, _ = coming.join(kept, SPEAKER, NOW_MS + GRACE_MS)
    assert back.participants == opened.participants


def test_a_second_disconnect_does_not_lengthen_the_grace_time() -> None:
    away, _ = coming.disconnect(open_room(LISTENER), LISTENER_ID, NOW_MS)
    assert coming.disconnect(away, LISTENER_ID, NOW_MS + 50_000) == (away, ())
    gone, events = coming.expire_away(away, NOW_MS + GRACE_MS)
    assert LISTENER_ID not in gone.participants
    assert events == (ParticipantLeft(LISTENER_ID),)


def test_a_disconnect_of_somebody_who_is_not_there_changes_nothing() -> None:
    opened = open_room()
    assert coming.disconnect(opened, NOBODY, NOW_MS) == (opened, ())


def test_a_full_room_takes_nobody_new_but_lets_its_own_come_back() -> None:
    opened = open_room(LISTENER)
    seat = opened.participants[LISTENER_ID]
    crowd = {MemberId(f"{n}"): seat for n in range(coming.ROOM_MAX_PARTICIPANTS - 2)}
    full = replace(opened, participants={**opened.participants, **crowd})
    with pytest.raises(RoomFullError):
        coming.join(full, member("late"), NOW_MS)
    assert coming.join(full, LISTENER, NOW_MS) == (full, ())


def test_a_csrc_is_never_given_twice() -> None:
    opened = open_room(LISTENER)
    before = opened.participants[LISTENER_ID].csrc
    left, _ = coming.leave(opened, LISTENER_ID)
    again, _ = coming.join(left, LISTENER, NOW_MS)
    assert again.participants[LISTENER_ID].csrc > before


# ---------------------------------------------------------------- leaving and ending


def test_a_listener_leaves_quietly() -> None:
    left, events = coming.leave(open_room(LISTENER), LISTENER_ID)
    assert list(left.participants) == [HOST_ID]
    assert events == (ParticipantLeft(LISTENER_ID),)


def test_the_room_ends_when_nobody_is_left_on_stage() -> None:
    ended, events = coming.leave(open_room(LISTENER), HOST_ID)
    assert ended.ended
    assert not ended.participants
    assert events == (ParticipantLeft(HOST_ID), RoomEnded())


def test_the_speaker_who_came_first_inherits_the_room() -> None:
    later = member("later")
    opened = to_stage(to_stage(open_room(SPEAKER, later), later), SPEAKER)
    left, events = coming.leave(opened, HOST_ID)
    assert role_of(left, SPEAKER_ID) is Role.MODERATOR
    assert role_of(left, later.member_id) is Role.SPEAKER
    assert events == (ParticipantLeft(HOST_ID), ParticipantChanged(SPEAKER_ID))


def test_a_speaker_who_is_present_inherits_before_one_who_is_away() -> None:
    later = member("later")
    opened = to_stage(to_stage(open_room(SPEAKER, later), later), SPEAKER)
    away, _ = coming.disconnect(opened, SPEAKER_ID, NOW_MS)
    left, _ = coming.leave(away, HOST_ID)
    assert role_of(left, later.member_id) is Role.MODERATOR


def test_an_heir_who_is_away_keeps_the_room_alive() -> None:
    away, _ = coming.disconnect(room_with_speaker(), SPEAKER_ID, NOW_MS)
    left, _ = coming.leave(away, HOST_ID)
    assert not left.ended
    assert role_of(left, SPEAKER_ID) is Role.MODERATOR


def test_everybody_whose_grace_time_is_over_goes_at_once() -> None:
    opened = room_with_speaker()
    for person in (HOST_ID, SPEAKER_ID, LISTENER_ID):
        opened, _ = coming.disconnect(opened, person, NOW_MS)
    ended, events = coming.expire_away(opened, NOW_MS + GRACE_MS)
    assert ended.ended
    assert events[-1] == RoomEnded()
    assert events.count(RoomEnded()) == 1


def test_only_a_moderator_ends_the_room() -> None:
    opened = room_with_speaker()
    with pytest.raises(NotModeratorError):
        coming.end(opened, SPEAKER_ID)
    ended, events = coming.end(opened, HOST_ID)
    assert ended.ended
    assert events == (RoomEnded(),)


COMMANDS: dict[str, Callable[[Room], Change]] = {
    "join": lambda r: coming.join(r, HOST, NOW_MS),
    "leave": lambda r: coming.leave(r, HOST_ID),
    "end": lambda r: coming.end(r, HOST_ID),
    "raise_hand": lambda r: stage.raise_hand(r, HOST_ID, True, NOW_MS),
    "invite_to_stage": lambda r: moderation.invite_to_stage(r, HOST_ID, LISTENER_ID),
    "answer_stage": lambda r: stage.answer_stage(r, HOST_ID, True),
    "step_down": lambda r: stage.step_down(r, HOST_ID),
    "move_to_audience": lambda r: moderation.move_to_audience(r, HOST_ID, SPEAKER_ID),
    "mute": lambda r: stage.mute(r, HOST_ID, True),
    "mute_participant": lambda r: moderation.mute_participant(r, HOST_ID, SPEAKER_ID),
}


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_nothing_can_be_done_in_a_room_that_ended(command: Callable[[Room], Change]) -> None:
    ended, _ = coming.end(room_with_speaker(), HOST_ID)
    with pytest.raises(RoomNotFoundError):
        command(ended)


BY_STRANGERS: dict[str, Callable[[Room], Change]] = {
    "leave": lambda r: coming.leave(r, NOBODY),
    "end": lambda r: coming.end(r, NOBODY),
    "raise_hand": lambda r: stage.raise_hand(r, NOBODY, True, NOW_MS),
    "invite_to_stage": lambda r: moderation.invite_to_stage(r, NOBODY, LISTENER_ID),
    "answer_stage": lambda r: stage.answer_stage(r, NOBODY, True),
    "step_down": lambda r: stage.step_down(r, NOBODY),
    "move_to_audience": lambda r: moderation.move_to_audience(r, NOBODY, SPEAKER_ID),
    "mute": lambda r: stage.mute(r, NOBODY, True),
    "mute_participant": lambda r: moderation.mute_participant(r, NOBODY, SPEAKER_ID),
}


@pytest.mark.parametrize("command", BY_STRANGERS.values(), ids=BY_STRANGERS)
def test_who_is_not_in_the_room_can_do_nothing_in_it(command: Callable[[Room], Change]) -> None:
    with pytest.raises(NotInRoomError):
        command(room_with_speaker())


# ---------------------------------------------------------------- the stage


def test_a_raised_hand_is_seen_and_can_be_taken_back() -> None:
    opened = open_room(LISTENER)
    raised, events = stage.raise_hand(opened, LISTENER_ID, True, NOW_MS)
    assert raised.participants[LISTENER_ID].hand_raised_at_ms == NOW_MS
    assert events == (ParticipantChanged(LISTENER_ID),)
    assert stage.raise_hand(raised, LISTENER_ID, True, NOW_MS + 9) == (raised, ())
    lowered, _ = stage.raise_hand(raised, LISTENER_ID, False, NOW_MS)
    assert lowered.participants == opened.participants


def test_nobody_on_stage_raises_a_hand() -> None:
    with pytest.raises(WrongStateError):
        stage.raise_hand(open_room(), HOST_ID, True, NOW_MS)


def test_a_raised_hand_is_taken_on_stage_at_once_and_muted() -> None:
    raised, _ = stage.raise_hand(open_room(LISTENER), LISTENER_ID, True, NOW_MS)
    invited, _ = moderation.invite_to_stage(raised, HOST_ID, LISTENER_ID)
    seat = invited.participants[LISTENER_ID]
    assert (seat.role, seat.muted, seat.hand_raised_at_ms) == (Role.SPEAKER, True, None)


def test_without_a_raised_hand_an_invitation_must_be_accepted() -> None:
    invited, _ = moderation.invite_to_stage(open_room(LISTENER), HOST_ID, LISTENER_ID)
    assert role_of(invited, LISTENER_ID) is Role.LISTENER
    assert moderation.invite_to_stage(invited, HOST_ID, LISTENER_ID) == (invited, ())
    accepted, _ = stage.answer_stage(invited, LISTENER_ID, True)
    assert role_of(accepted, LISTENER_ID) is Role.SPEAKER
    assert not accepted.participants[LISTENER_ID].invited


def test_raising_a_hand_after_an_invitation_does_not_block_the_way_to_the_stage() -> None:
    invited, _ = moderation.invite_to_stage(open_room(LISTENER), HOST_ID, LISTENER_ID)
    raised, _ = stage.raise_hand(invited, LISTENER_ID, True, NOW_MS)
    again, _ = moderation.invite_to_stage(raised, HOST_ID, LISTENER_ID)
    assert role_of(again, LISTENER_ID) is Role.SPEAKER


def test_a_declined_invitation_is_over() -> None:
    invited, _ = moderation.invite_to_stage(open_room(LISTENER), HOST_ID, LISTENER_ID)
    declined, _ = stage.answer_stage(invited, LISTENER_ID, False)
    assert role_of(declined, LISTENER_ID) is Role.LISTENER
    with pytest.raises(WrongStateError):
        stage.answer_stage(declined, LISTENER_ID, True)


def test_a_moderator_can_take_an_invitation_back() -> None:
    invited, _ = moderation.invite_to_stage(open_room(LISTENER), HOST_ID, LISTENER_ID)
    taken_back, _ = moderation.move_to_audience(invited, HOST_ID, LISTENER_ID)
    with pytest.raises(WrongStateError):
        stage.answer_stage(taken_back, LISTENER_ID, True)


def test_only_a_moderator_invites_and_only_who_is_there() -> None:
    opened = room_with_speaker()
    with pytest.raises(NotModeratorError):
        moderation.invite_to_stage(opened, SPEAKER_ID, LISTENER_ID)
    with pytest.raises(NoSuchParticipantError):
        moderation.invite_to_stage(opened, HOST_ID, NOBODY)
    assert moderation.invite_to_stage(opened, HOST_ID, SPEAKER_ID) == (opened, ())


def test_a_full_stage_takes_nobody_more() -> None:
    people = [member(f"p{number:02}") for number in range(room.STAGE_MAX_SEATS)]
    opened = open_room(*people)
    for person in people[:-1]:
        opened = to_stage(opened, person)
    late = people[-1].member_id
    invited, _ = moderation.invite_to_stage(opened, HOST_ID, late)
    with pytest.raises(StageFullError):
        stage.answer_stage(invited, late, True)
    raised, _ = stage.raise_hand(opened, late, True, NOW_MS)
    with pytest.raises(StageFullError):
        moderation.invite_to_stage(raised, HOST_ID, late)


def test_a_speaker_steps_down_muted() -> None:
    loud, _ = stage.mute(room_with_speaker(), SPEAKER_ID, False)
    down, _ = stage.step_down(loud, SPEAKER_ID)
    seat = down.participants[SPEAKER_ID]
    assert (seat.role, seat.muted) == (Role.LISTENER, True)


def test_the_only_moderator_cannot_step_down_nor_can_who_is_not_on_stage() -> None:
    with pytest.raises(WrongStateError):
        stage.step_down(room_with_speaker(), HOST_ID)
    with pytest.raises(NotOnStageError):
        stage.step_down(room_with_speaker(), LISTENER_ID)


def test_a_moderator_asks_a_speaker_down_but_never_a_moderator() -> None:
    opened = room_with_speaker()
    down, _ = moderation.move_to_audience(opened, HOST_ID, SPEAKER_ID)
    assert role_of(down, SPEAKER_ID) is Role.LISTENER
    with pytest.raises(WrongStateError):
        moderation.move_to_audience(opened, HOST_ID, HOST_ID)
    with pytest.raises(NotModeratorError):
        moderation.move_to_audience(opened, SPEAKER_ID, HOST_ID)
    with pytest.raises(NoSuchParticipantError):
        moderation.move_to_audience(opened, HOST_ID, NOBODY)
    assert moderation.move_to_audience(opened, HOST_ID, LISTENER_ID) == (opened, ())


# ---------------------------------------------------------------- microphones


def test_everybody_on_stage_switches_the_own_microphone() -> None:
    opened = room_with_speaker()
    loud, events = stage.mute(opened, SPEAKER_ID, False)
    assert not loud.participants[SPEAKER_ID].muted
    assert events == (ParticipantChanged(SPEAKER_ID),)
    assert stage.mute(loud, SPEAKER_ID, False) == (loud, ())


def test_listeners_have_no_microphone() -> None:
    opened = room_with_speaker()
    with pytest.raises(NotOnStageError):
        stage.mute(opened, LISTENER_ID, False)
    with pytest.raises(NotOnStageError):
        moderation.mute_participant(opened, HOST_ID, LISTENER_ID)


def test_speakers_mute_nobody_else() -> None:
    with pytest.raises(NotModeratorError):
        moderation.mute_participant(room_with_speaker(), SPEAKER_ID, HOST_ID)
    with pytest.raises(NoSuchParticipantError):
        moderation.mute_participant(room_with_speaker(), HOST_ID, NOBODY)


# ---------------------------------------------------------------- names


def test_a_new_name_changes_the_seat_and_nothing_else() -> None:
    opened = room_with_speaker()
    renamed, events = coming.rename(opened, SPEAKER_ID, "Moon")
    before = opened.participants[SPEAKER_ID]
    assert renamed.participants[SPEAKER_ID] == replace(before, name="Moon")
    assert events == (ParticipantChanged(SPEAKER_ID),)
    assert coming.rename(renamed, SPEAKER_ID, "Moon") == (renamed, ())


def test_a_new_name_of_somebody_who_is_not_there_changes_nothing() -> None:
    opened = open_room()
    assert coming.rename(opened, NOBODY, "Moon") == (opened, ())


def test_only_moderators_and_speakers_are_on_stage() -> None:
    opened = room_with_speaker()
    on_stage = {who for who in (HOST_ID, SPEAKER_ID, LISTENER_ID) if opened.has_on_stage(who)}
    assert on_stage == {HOST_ID, SPEAKER_ID}
    assert not opened.has_on_stage(NOBODY)
