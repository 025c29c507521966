from __future__ import annotations

from dataclasses import replace

import pytest

from server.domain import coming, consent, moderation, stage
from server.domain.errors import (
    BannedFromRoomError,
    HeldMuteError,
    NoSuchParticipantError,
    NotModeratorError,
    NotOnStageError,
    RoomBansFullError,
    RoomLockedError,
    WrongStateError,
)
from server.domain.events import ConsentWithdrawn, ParticipantLeft, RoomChanged, Why
from server.domain.ids import MemberId, TapId
from server.domain.roles import Role, RoomState
from server.domain.room import GRACE_MS, Room
from tests.domain.people import (
    HOST,
    LISTENER,
    NOW_MS,
    SPEAKER,
    member,
    open_room,
    room_with_speaker,
    to_stage,
)

HOST_ID, SPEAKER_ID, LISTENER_ID = HOST.member_id, SPEAKER.member_id, LISTENER.member_id
NOBODY = MemberId("nobody")


def two_moderators() -> Room:
    made, _ = moderation.make_moderator(room_with_speaker(), HOST_ID, SPEAKER_ID)
    return made


def loud_speaker() -> Room:
    loud, _ = stage.mute(room_with_speaker(), SPEAKER_ID, False)
    return loud


def held_speaker() -> Room:
    held, _ = moderation.mute_participant(loud_speaker(), HOST_ID, SPEAKER_ID)
    return held


# ---------------------------------------------------------------- moderators


def test_a_speaker_is_made_a_moderator_and_unmade_again() -> None:
    both = two_moderators()
    assert [p.member_id for p in both.moderators()] == [HOST_ID, SPEAKER_ID]
    assert moderation.make_moderator(both, HOST_ID, SPEAKER_ID) == (both, ())
    one, _ = moderation.unmake_moderator(both, SPEAKER_ID, HOST_ID)
    assert one.role_of(HOST_ID) is Role.SPEAKER
    assert moderation.unmake_moderator(one, SPEAKER_ID, HOST_ID) == (one, ())


def test_of_two_who_unmake_each_other_the_first_one_wins() -> None:
    one, _ = moderation.unmake_moderator(two_moderators(), HOST_ID, SPEAKER_ID)
    with pytest.raises(NotModeratorError):
        moderation.unmake_moderator(one, SPEAKER_ID, HOST_ID)


def test_a_listener_is_invited_up_before_he_is_made_a_moderator() -> None:
    with pytest.raises(NotOnStageError):
        moderation.make_moderator(room_with_speaker(), HOST_ID, LISTENER_ID)


def test_a_moderator_steps_down_where_another_one_is_there() -> None:
    down, _ = stage.step_down(two_moderators(), HOST_ID)
    assert down.role_of(HOST_ID) is Role.LISTENER
    with pytest.raises(WrongStateError):
        stage.step_down(down, SPEAKER_ID)


def test_nobody_unmakes_himself() -> None:
    with pytest.raises(WrongStateError):
        moderation.unmake_moderator(two_moderators(), HOST_ID, HOST_ID)


@pytest.mark.parametrize(
    "command", [moderation.remove, moderation.ban, moderation.move_to_audience]
)
def test_a_moderator_is_unmade_before_he_is_put_anywhere(command: object) -> None:
    with pytest.raises(WrongStateError):
        command(two_moderators(), SPEAKER_ID, HOST_ID)  # type: ignore[operator]


# ---------------------------------------------------------------- mutes that hold


def test_whom_a_moderator_muted_cannot_unmute_himself() -> None:
    held = held_speaker()
    with pytest.raises(HeldMuteError):
        stage.mute(held, SPEAKER_ID, False)
    assert moderation.mute_participant(held, HOST_ID, SPEAKER_ID) == (held, ())
    assert stage.mute(held, SPEAKER_ID, True) == (held, ())


def test_he_asks_and_is_allowed_and_opens_his_microphone_himself() -> None:
    asking, _ = stage.ask_to_unmute(held_speaker(), SPEAKER_ID, True, NOW_MS)
    assert asking.participants[SPEAKER_ID].unmute_asked_at_ms == NOW_MS
    assert stage.ask_to_unmute(asking, SPEAKER_ID, True, NOW_MS + 1) == (asking, ())
    allowed, _ = moderation.allow_unmute(asking, HOST_ID, SPEAKER_ID)
    seat = allowed.participants[SPEAKER_ID]
    assert (seat.muted, seat.held, seat.unmute_asked_at_ms) == (True, False, None)
    loud, _ = stage.mute(allowed, SPEAKER_ID, False)
    assert not loud.participants[SPEAKER_ID].muted


def test_asking_is_taken_back_and_means_nothing_where_nobody_holds() -> None:
    asking, _ = stage.ask_to_unmute(held_speaker(), SPEAKER_ID, True, NOW_MS)
    quiet, _ = stage.ask_to_unmute(asking, SPEAKER_ID, False, NOW_MS)
    assert quiet.participants == held_speaker().participants
    free = room_with_speaker()
    assert stage.ask_to_unmute(free, SPEAKER_ID, True, NOW_MS) == (free, ())
    with pytest.raises(NotOnStageError):
        stage.ask_to_unmute(free, LISTENER_ID, True, NOW_MS)


def test_a_speaker_allows_nobody_and_asks_only_for_himself() -> None:
    with pytest.raises(NotModeratorError):
        moderation.allow_unmute(held_speaker(), SPEAKER_ID, SPEAKER_ID)


def test_a_hold_is_over_when_a_moderator_brings_the_person_back_on_stage() -> None:
    down, _ = stage.step_down(held_speaker(), SPEAKER_ID)
    raised, _ = stage.raise_hand(down, SPEAKER_ID, True, NOW_MS)
    back, _ = moderation.invite_to_stage(raised, HOST_ID, SPEAKER_ID)
    assert not back.participants[SPEAKER_ID].held
    assert back.participants[SPEAKER_ID].muted


def test_a_lost_connection_does_not_shake_a_hold_off() -> None:
    away, _ = coming.disconnect(held_speaker(), SPEAKER_ID, NOW_MS)
    back, _ = coming.join(away, SPEAKER, NOW_MS)
    with pytest.raises(HeldMuteError):
        stage.mute(back, SPEAKER_ID, False)


def test_a_moderator_who_is_muted_is_not_held() -> None:
    muted, _ = moderation.mute_participant(two_moderators(), HOST_ID, SPEAKER_ID)
    loud, _ = stage.mute(muted, SPEAKER_ID, False)
    assert not loud.participants[SPEAKER_ID].muted


def test_who_is_made_a_moderator_is_not_held_any_more() -> None:
    made, _ = moderation.make_moderator(held_speaker(), HOST_ID, SPEAKER_ID)
    assert not made.participants[SPEAKER_ID].held


def test_all_speakers_are_muted_at_once_but_no_moderator() -> None:
    opened = to_stage(loud_speaker(), LISTENER)
    for loud in (HOST_ID, LISTENER_ID):
        opened, _ = stage.mute(opened, loud, False)
    quiet, events = moderation.mute_all(opened, HOST_ID)
    muted = {m: (p.muted, p.held) for m, p in quiet.participants.items()}
    assert muted == {
        HOST_ID: (False, False),
        SPEAKER_ID: (True, True),
        LISTENER_ID: (True, True),
    }
    assert len(events) == 2
    assert moderation.mute_all(quiet, HOST_ID) == (quiet, ())


def test_nobody_who_is_held_inherits_where_somebody_else_can() -> None:
    opened = to_stage(held_speaker(), LISTENER)
    left, _ = coming.leave(opened, HOST_ID)
    assert left.role_of(LISTENER_ID) is Role.MODERATOR


# ---------------------------------------------------------------- out of the room


def test_who_is_removed_may_come_back_as_a_listener() -> None:
    gone, events = moderation.remove(room_with_speaker(), HOST_ID, SPEAKER_ID)
    assert events == (ParticipantLeft(SPEAKER_ID, Why.REMOVED),)
    back, _ = coming.join(gone, SPEAKER, NOW_MS)
    assert back.role_of(SPEAKER_ID) is Role.LISTENER


def test_who_is_banned_has_no_seat_and_gets_none_until_he_is_unbanned() -> None:
    gone, events = moderation.ban(room_with_speaker(), HOST_ID, SPEAKER_ID)
    assert events == (ParticipantLeft(SPEAKER_ID, Why.BANNED),)
    assert gone.banned == {SPEAKER_ID: SPEAKER.name}
    with pytest.raises(BannedFromRoomError):
        coming.join(gone, SPEAKER, NOW_MS)
    assert moderation.ban(gone, HOST_ID, SPEAKER_ID) == (gone, ())
    free, events = moderation.unban(gone, HOST_ID, SPEAKER_ID)
    assert events == (RoomChanged(),)
    assert moderation.unban(free, HOST_ID, SPEAKER_ID) == (free, ())
    assert coming.join(free, SPEAKER, NOW_MS)[0].role_of(SPEAKER_ID) is Role.LISTENER


def test_who_is_put_out_takes_the_consent_along() -> None:
    captioned, _ = consent.switch_captions(room_with_speaker(), HOST_ID, True)
    tapped, _ = consent.grant(captioned, SPEAKER_ID, TapId(7), None)
    _, events = moderation.ban(tapped, HOST_ID, SPEAKER_ID)
    assert ConsentWithdrawn(SPEAKER_ID, TapId(7)) in events


def test_only_who_is_there_is_put_out() -> None:
    for command in (moderation.remove, moderation.ban):
        with pytest.raises(NoSuchParticipantError):
            command(room_with_speaker(), HOST_ID, NOBODY)


def test_a_list_of_bans_that_is_full_refuses_one_more() -> None:
    crowd = {MemberId(f"{n}"): "x" for n in range(moderation.ROOM_MAX_BANS)}
    full = replace(room_with_speaker(), banned=crowd)
    with pytest.raises(RoomBansFullError):
        moderation.ban(full, HOST_ID, SPEAKER_ID)


# ---------------------------------------------------------------- the lock


def test_a_locked_room_takes_nobody_new_but_lets_a_kept_seat_be_taken_again() -> None:
    locked, events = moderation.lock(open_room(LISTENER), HOST_ID, True)
    assert events == (RoomChanged(),)
    assert locked.state is RoomState.LOCKED
    assert moderation.lock(locked, HOST_ID, True) == (locked, ())
    with pytest.raises(RoomLockedError):
        coming.join(locked, member("late"), NOW_MS)
    away, _ = coming.disconnect(locked, LISTENER_ID, NOW_MS)
    back, _ = coming.join(away, LISTENER, NOW_MS)
    assert back.participants[LISTENER_ID].away_since_ms is None
    gone, _ = coming.expire_away(away, NOW_MS + GRACE_MS)
    with pytest.raises(RoomLockedError):
        coming.join(gone, LISTENER, NOW_MS)
    unlocked, _ = moderation.lock(gone, HOST_ID, False)
    assert LISTENER_ID in coming.join(unlocked, LISTENER, NOW_MS)[0].participants
