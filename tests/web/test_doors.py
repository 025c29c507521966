"""Kinds of rooms, pings and the search, over real sockets and a real database."""

from __future__ import annotations

import asyncio

import pytest

from protocol import signalling as wire
from protocol.errors import ErrorCode
from server.domain.ids import MemberId
from server.service.pings import OPEN_MS, PINGS
from tests.web.gate import Gate
from tests.web.page import Page


async def opened(page: Page, kind: wire.RoomKind, title: str = "Secret garden") -> str:
    room_id = str((await page.ask(wire.OpenRoom, title=title, kind=kind)).room_id)
    await page.join(room_id)
    return room_id


async def listed(page: Page) -> set[str]:
    return {card.room_id for card in (await page.ask(wire.FindRooms, query="")).rooms}


async def refused(page: Page, room_id: str) -> ErrorCode:
    return await page.refusal(wire.JoinRoom, room_id=room_id)


@pytest.mark.parametrize("host_follows", [True, False])
async def test_a_social_room_is_for_the_moderators_circle(gate: Gate, host_follows: bool) -> None:
    host, friend, stranger = await gate.founder(), await gate.member(1), await gate.member(2)
    one, other = (host, friend) if host_follows else (friend, host)
    await one.ask(wire.Follow, member_id=other.member_id, following=True)
    room_id = await opened(host, "social")
    await friend.event(wire.Hallway, lambda e: any(c.room_id == room_id for c in e.rooms))
    assert await listed(stranger) == set()
    assert await refused(stranger, room_id) is ErrorCode.ROOM_PRIVATE
    await friend.join(room_id)


async def test_the_hallway_follows_who_follows_whom(gate: Gate) -> None:
    host, friend = await gate.founder(), await gate.member(1)
    room_id = await opened(host, "social")
    assert await listed(friend) == set()
    await friend.ask(wire.Follow, member_id=host.member_id, following=True)
    await friend.event(wire.Hallway, lambda e: [c.kind for c in e.rooms] == ["social"])
    await friend.ask(wire.Follow, member_id=host.member_id, following=False)
    await friend.event(wire.Hallway, lambda e: not e.rooms)
    assert await refused(friend, room_id) is ErrorCode.ROOM_PRIVATE


async def test_a_new_moderators_circle_counts_too(gate: Gate) -> None:
    host, second, friend = await gate.founder(), await gate.member(1), await gate.member(2)
    await second.ask(wire.Follow, member_id=host.member_id, following=True)
    await friend.ask(wire.Follow, member_id=second.member_id, following=True)
    room_id = await opened(host, "social")
    await second.join(room_id)
    assert await refused(friend, room_id) is ErrorCode.ROOM_PRIVATE
    await host.ask(wire.InviteToStage, member_id=second.member_id)
    await second.ask(wire.AnswerStage, accepted=True)
    await host.ask(wire.MakeModerator, member_id=second.member_id)
    await friend.join(room_id)


async def test_who_is_asked_into_a_closed_room_may_enter_also_after_a_restart(gate: Gate) -> None:
    host, friend = await gate.founder(), await gate.member(1)
    await friend.ask(wire.Follow, member_id=host.member_id, following=True)
    room_id = await opened(host, "closed")
    assert await refused(friend, room_id) is ErrorCode.ROOM_PRIVATE
    await host.ask(wire.PingIntoRoom, member_id=friend.member_id)
    asked = await friend.event(wire.Pinged)
    assert (asked.room_id, asked.title, asked.by.member_id) == (
        room_id,
        "Secret garden",
        host.member_id,
    )
    assert await listed(friend) == {room_id}
    await gate.restart()
    again, stranger = await gate.device(friend), await gate.member(3)
    assert await refused(stranger, room_id) is ErrorCode.ROOM_PRIVATE
    await again.join(room_id)


async def test_only_followers_are_asked_in_and_nobody_learns_who_blocked(gate: Gate) -> None:
    host, stranger, blocker = await gate.founder(), await gate.member(1), await gate.member(2)
    await blocker.ask(wire.Follow, member_id=host.member_id, following=True)
    await blocker.ask(wire.Block, member_id=host.member_id, blocked=True)
    await opened(host, "open")
    for other in (stranger.member_id, blocker.member_id, "nobody"):
        said = await host.refusal(wire.PingIntoRoom, member_id=other)
        assert said is ErrorCode.NO_SUCH_MEMBER


async def test_asking_again_reaches_nobody_and_asking_many_is_limited(gate: Gate) -> None:
    host = await gate.founder()
    friends = [await gate.member(index) for index in range(1, 3)]
    await opened(host, "closed")
    for friend in friends:
        await friend.ask(wire.Follow, member_id=host.member_id, following=True)
        await host.ask(wire.PingIntoRoom, member_id=friend.member_id)
        await friend.event(wire.Pinged)
    await host.ask(wire.PingIntoRoom, member_id=friends[0].member_id)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await friends[0].event(wire.Pinged)
    for index in range(PINGS.tokens - 2):
        follower = await gate.resident(900 + index)
        await gate.store.save_follow(follower, MemberId(host.member_id), 1)
        await host.ask(wire.PingIntoRoom, member_id=follower)
    late = await gate.resident(999)
    await gate.store.save_follow(late, MemberId(host.member_id), 1)
    said = await host.refusal(wire.PingIntoRoom, member_id=late)
    assert said is ErrorCode.PINGS_TOO_OFTEN
    (room,) = await gate.store.live_rooms()
    assert len(room.guests) == PINGS.tokens
    assert late not in room.guests, "who is refused opens no door"


async def test_the_same_person_is_told_of_another_room_at_once(gate: Gate) -> None:
    host, friend = await gate.founder(), await gate.member(1)
    await friend.ask(wire.Follow, member_id=host.member_id, following=True)
    for title in ("One", "Two"):
        await opened(host, "open", title)
        await host.ask(wire.PingIntoRoom, member_id=friend.member_id)
        assert (await friend.event(wire.Pinged)).title == title


async def test_a_question_is_over_when_its_room_ends_wherever_one_is(gate: Gate) -> None:
    host, friend, other = await gate.founder(), await gate.member(1), await gate.member(2)
    for each in (friend, other):
        await each.ask(wire.Follow, member_id=host.member_id, following=True)
    await opened(other, "open", "Elsewhere")
    room_id = await opened(host, "closed")
    for each in (friend, other):
        await host.ask(wire.PingIntoRoom, member_id=each.member_id)
        await each.event(wire.Pinged)
    await host.ask(wire.EndRoom)
    for each in (friend, other):
        assert (await each.event(wire.PingClosed)).room_id == room_id
    assert gate.house.pings.remembered() == 0


async def test_a_question_is_over_on_all_devices_of_whoever_comes_in_and_for_nobody_else(
    gate: Gate,
) -> None:
    host, friend, other = await gate.founder(), await gate.member(1), await gate.member(2)
    for each in (friend, other):
        await each.ask(wire.Follow, member_id=host.member_id, following=True)
    room_id = await opened(host, "open")
    phone = await gate.device(friend)
    for each in (friend, other):
        await host.ask(wire.PingIntoRoom, member_id=each.member_id)
    for page in (friend, phone, other):
        await page.event(wire.Pinged)
    await phone.join(room_id)
    for page in (friend, phone):
        assert (await page.event(wire.PingClosed)).room_id == room_id
    await other.ask(wire.Ping)
    assert other.unread(wire.PingClosed) == []
    assert gate.house.pings.remembered() == 1


async def test_questions_that_nobody_answers_are_forgotten(gate: Gate) -> None:
    host, friend, other = await gate.founder(), await gate.member(1), await gate.member(2)
    for each in (friend, other):
        await each.ask(wire.Follow, member_id=host.member_id, following=True)
    await opened(host, "open")
    await host.ask(wire.PingIntoRoom, member_id=friend.member_id)
    gate.clock.advance(OPEN_MS)
    await host.ask(wire.PingIntoRoom, member_id=other.member_id)
    assert gate.house.pings.remembered() == 1


async def test_a_room_is_opened_wider_for_everybody_at_once(gate: Gate) -> None:
    host, stranger = await gate.founder(), await gate.member(1)
    room_id = await opened(host, "closed")
    await host.ask(wire.OpenUp, kind="open")
    await host.event(wire.RoomChanged, lambda e: e.kind == "open")
    await stranger.event(wire.Hallway, lambda e: any(c.room_id == room_id for c in e.rooms))
    await stranger.join(room_id)


async def test_rooms_are_found_by_title_among_all_that_one_may_enter(gate: Gate) -> None:
    host, other, seeker = await gate.founder(), await gate.member(1), await gate.member(2)
    bread = await opened(host, "open", "Fresh BREAD at seven")
    await opened(other, "closed", "Bread for friends")
    found = await seeker.ask(wire.FindRooms, query="bread seven")
    assert [card.room_id for card in found.rooms] == [bread]
    assert (await seeker.ask(wire.FindRooms, query="cheese")).rooms == []


async def test_the_hallway_tells_that_a_room_is_locked_and_that_it_is_open_again(
    gate: Gate,
) -> None:
    host, seeker = await gate.founder(), await gate.member(1)
    room_id = await opened(host, "open")
    await seeker.event(
        wire.Hallway, lambda e: [(c.room_id, c.locked) for c in e.rooms] == [(room_id, False)]
    )
    await host.ask(wire.LockRoom, locked=True)
    await seeker.event(wire.Hallway, lambda e: [c.locked for c in e.rooms] == [True])
    assert [card.locked for card in (await seeker.ask(wire.FindRooms, query="")).rooms] == [True]
    await gate.restart()
    again = await gate.device(seeker)
    assert [card.locked for card in (await again.ask(wire.FindRooms, query="")).rooms] == [True]
    assert await refused(again, room_id) is ErrorCode.ROOM_LOCKED
    back = await gate.device(host)
    await back.join(room_id)
    await back.ask(wire.LockRoom, locked=False)
    await again.event(wire.Hallway, lambda e: [c.locked for c in e.rooms] == [False])
