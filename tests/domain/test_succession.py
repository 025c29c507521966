from __future__ import annotations

import pytest

from server.domain import coming, moderation, stage, succession
from server.domain.errors import RoomLockedError, WrongStateError
from server.domain.events import RoomEnded
from server.domain.ids import MemberId
from server.domain.roles import Role, RoomState
from server.domain.room import GRACE_MS, Room
from server.domain.succession import OFFER_MS
from tests.domain.people import HOST, NOW_MS, member, open_room

FIRST, SECOND, THIRD = (member(name) for name in ("first", "second", "third"))
FIRST_ID, SECOND_ID = FIRST.member_id, SECOND.member_id
LATER_MS = NOW_MS + GRACE_MS


def hostless(*listeners: object) -> Room:
    """The host's phone died a minute ago and nobody else was on stage; the first is asked."""
    opened = open_room(*(listeners or (FIRST, SECOND, THIRD)))  # type: ignore[arg-type]
    away, _ = coming.disconnect(opened, HOST.member_id, NOW_MS)
    gone, _ = coming.expire_away(away, LATER_MS)
    asked, _ = succession.advance(gone, LATER_MS)
    return asked


def asked_in(opened: Room) -> MemberId | None:
    return opened.succession.offered if opened.succession else None


def test_a_host_who_comes_back_within_the_grace_time_is_the_host() -> None:
    away, _ = coming.disconnect(open_room(FIRST), HOST.member_id, NOW_MS)
    kept, _ = coming.expire_away(away, LATER_MS - 1)
    back, _ = coming.join(kept, HOST, LATER_MS)
    assert back.role_of(HOST.member_id) is Role.MODERATOR
    assert back.state is RoomState.OPEN


def test_listeners_are_not_left_alone_when_the_phone_of_their_host_dies() -> None:
    opened = hostless()
    assert opened.state is RoomState.HOSTLESS
    assert not opened.moderators()
    assert asked_in(opened) == FIRST_ID


def test_who_is_asked_and_accepts_is_the_host_with_the_microphone_off() -> None:
    taken, _ = succession.take_over(hostless(), FIRST_ID, True, LATER_MS)
    seat = taken.participants[FIRST_ID]
    assert (seat.role, seat.muted) == (Role.MODERATOR, True)
    assert taken.state is RoomState.OPEN


def test_who_declines_is_not_asked_again_and_the_next_one_is() -> None:
    declined, _ = succession.take_over(hostless(), FIRST_ID, False, LATER_MS)
    assert asked_in(declined) == SECOND_ID
    with pytest.raises(WrongStateError):
        succession.take_over(declined, FIRST_ID, True, LATER_MS)


def test_the_room_ends_when_all_have_declined() -> None:
    opened = hostless(FIRST, SECOND)
    opened, _ = succession.take_over(opened, FIRST_ID, False, LATER_MS)
    opened, events = succession.take_over(opened, SECOND_ID, False, LATER_MS)
    assert opened.ended
    assert events[-1] == RoomEnded(abandoned=True)


def test_who_does_not_answer_is_passed_over_where_others_wait() -> None:
    opened = hostless()
    assert succession.advance(opened, LATER_MS + OFFER_MS - 1) == (opened, ())
    later, _ = succession.advance(opened, LATER_MS + OFFER_MS)
    assert asked_in(later) == SECOND_ID


def test_an_only_listener_is_asked_until_the_time_is_over() -> None:
    opened = hostless(FIRST)
    assert succession.advance(opened, LATER_MS + GRACE_MS - 1) == (opened, ())
    ended, events = succession.advance(opened, LATER_MS + GRACE_MS)
    assert ended.ended
    assert events == (RoomEnded(abandoned=True),)


def test_who_goes_or_is_away_is_not_asked() -> None:
    opened, _ = coming.leave(hostless(), FIRST_ID)
    opened, _ = coming.disconnect(opened, SECOND_ID, LATER_MS)
    opened, _ = succession.advance(opened, LATER_MS)
    assert asked_in(opened) == THIRD.member_id


def test_the_last_listener_who_goes_ends_the_room() -> None:
    ended, _ = coming.leave(hostless(FIRST), FIRST_ID)
    assert ended.ended


def test_the_old_host_may_be_asked_where_he_comes_back_later() -> None:
    opened, _ = coming.join(hostless(FIRST), HOST, LATER_MS)
    assert opened.role_of(HOST.member_id) is Role.LISTENER
    declined, _ = succession.take_over(opened, FIRST_ID, False, LATER_MS)
    assert asked_in(declined) == HOST.member_id


def test_who_was_invited_to_the_stage_before_takes_the_room_over_by_coming() -> None:
    opened, _ = moderation.invite_to_stage(open_room(FIRST), HOST.member_id, FIRST_ID)
    away, _ = coming.disconnect(opened, HOST.member_id, NOW_MS)
    gone, _ = coming.expire_away(away, LATER_MS)
    taken, _ = stage.answer_stage(gone, FIRST_ID, True)
    assert taken.role_of(FIRST_ID) is Role.MODERATOR
    assert taken.succession is None


def test_a_locked_room_stays_locked_without_a_host() -> None:
    locked, _ = moderation.lock(open_room(FIRST), HOST.member_id, True)
    away, _ = coming.disconnect(locked, HOST.member_id, NOW_MS)
    gone, _ = coming.expire_away(away, LATER_MS)
    assert gone.state is RoomState.HOSTLESS
    with pytest.raises(RoomLockedError):
        coming.join(gone, SECOND, LATER_MS)


def test_with_a_host_nobody_is_asked() -> None:
    opened = open_room(FIRST)
    assert succession.advance(opened, LATER_MS) == (opened, ())
    with pytest.raises(WrongStateError):
        succession.take_over(opened, FIRST_ID, True, NOW_MS)


def test_after_a_restart_asking_begins_anew() -> None:
    resumed = succession.resume(hostless(), LATER_MS + 5)
    assert resumed.succession
    assert resumed.succession.since_ms == LATER_MS + 5
    assert asked_in(succession.advance(resumed, LATER_MS + 5)[0]) == FIRST_ID
