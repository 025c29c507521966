"""To whom a room is open, how it is opened wider, and who is asked in."""

from __future__ import annotations

import pytest

from server.domain import coming, entrance, moderation
from server.domain.errors import (
    NotModeratorError,
    RoomLockedError,
    RoomPrivateError,
    WrongStateError,
)
from server.domain.ids import MemberId, RoomId
from server.domain.kind import Kind
from server.domain.room import Room
from tests.domain.people import NOW_MS, member

HOST, GUEST, FRIEND = MemberId("host"), MemberId("guest"), MemberId("friend")
CIRCLE = frozenset({FRIEND})


def a_room(kind: Kind) -> Room:
    return coming.open_room(RoomId("r"), "Room", member(HOST), NOW_MS, kind)[0]


def joins(room: Room, who: MemberId) -> Room:
    return coming.join(room, member(who), NOW_MS, CIRCLE)[0]


@pytest.mark.parametrize(
    ("kind", "stranger", "friend"),
    [(Kind.OPEN, True, True), (Kind.SOCIAL, False, True), (Kind.CLOSED, False, False)],
)
def test_a_kind_lets_in_whom_it_says(kind: Kind, stranger: bool, friend: bool) -> None:
    for who, may in ((GUEST, stranger), (FRIEND, friend)):
        if may:
            assert who in joins(a_room(kind), who).participants
        else:
            with pytest.raises(RoomPrivateError):
                joins(a_room(kind), who)


def test_whoever_was_asked_in_by_a_moderator_may_enter_a_closed_room() -> None:
    room, events = entrance.ping(a_room(Kind.CLOSED), HOST, GUEST, CIRCLE)
    assert events == (), "it is between the two"
    assert GUEST in joins(room, GUEST).participants


def test_only_moderators_ask_in_whom_the_room_is_not_open_to() -> None:
    room = joins(a_room(Kind.SOCIAL), FRIEND)
    with pytest.raises(NotModeratorError):
        entrance.ping(room, FRIEND, GUEST, CIRCLE)
    opened = joins(a_room(Kind.OPEN), FRIEND)
    assert entrance.ping(opened, FRIEND, GUEST, CIRCLE) == (opened, ())


def test_nobody_is_asked_into_a_locked_room_nor_who_is_banned_from_it() -> None:
    locked = moderation.lock(a_room(Kind.OPEN), HOST, True)[0]
    with pytest.raises(RoomLockedError):
        entrance.ping(locked, HOST, GUEST, CIRCLE)
    banned = moderation.ban(joins(a_room(Kind.OPEN), GUEST), HOST, GUEST)[0]
    with pytest.raises(WrongStateError):
        entrance.ping(banned, HOST, GUEST, CIRCLE)


def test_a_ban_takes_back_that_he_was_asked_in() -> None:
    room = joins(entrance.ping(a_room(Kind.CLOSED), HOST, GUEST, CIRCLE)[0], GUEST)
    banned = moderation.ban(room, HOST, GUEST)[0]
    unbanned = moderation.unban(banned, HOST, GUEST)[0]
    with pytest.raises(RoomPrivateError):
        joins(unbanned, GUEST)


def test_a_door_is_opened_wider_and_never_narrowed() -> None:
    room = joins(a_room(Kind.SOCIAL), FRIEND)
    with pytest.raises(NotModeratorError):
        entrance.open_up(room, FRIEND, Kind.OPEN)
    with pytest.raises(WrongStateError):
        entrance.open_up(room, HOST, Kind.CLOSED)
    assert entrance.open_up(room, HOST, Kind.SOCIAL) == (room, ())
    assert GUEST in joins(entrance.open_up(room, HOST, Kind.OPEN)[0], GUEST).participants


def test_a_seat_that_was_kept_may_be_taken_again_whatever_the_kind() -> None:
    room = joins(a_room(Kind.SOCIAL), FRIEND)
    away = coming.disconnect(room, FRIEND, NOW_MS)[0]
    back = coming.join(away, member(FRIEND), NOW_MS, frozenset())[0]
    assert back.participants[FRIEND].away_since_ms is None
