"""What every database must do for profiles, follows and blocks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from server.domain.ids import MemberId
from server.domain.member import Member, Membership
from server.ports import Store
from tests.contracts.conftest import NOW_MS, person


@pytest.fixture
async def jun(store: Store) -> Member:
    member = person("jun")
    await store.save_member(member)
    return member


def names(members: object) -> list[str]:
    return [member.name for member in members]  # type: ignore[attr-defined]


# ---------------------------------------------------------------- profiles


async def test_a_profile_is_saved_without_touching_the_rest_of_the_member(
    store: Store, minji: Member
) -> None:
    """Otherwise a ban decided meanwhile would be undone by a new bio."""
    stale = replace(minji, name="Min-ji", bio="Soup.", shows_admitter=False)
    stale = replace(stale, shown_as_admitter=False)
    await store.save_member(replace(minji, membership=Membership.BANNED, asks_me=False))
    await store.save_profile(stale)
    assert await store.member(minji.member_id) == replace(
        stale, membership=Membership.BANNED, asks_me=False
    )


# ---------------------------------------------------------------- follows


async def test_a_follow_is_seen_from_both_ends_and_only_that_way_round(
    store: Store, minji: Member, jun: Member
) -> None:
    await store.save_follow(minji.member_id, jun.member_id, NOW_MS)
    await store.save_follow(minji.member_id, jun.member_id, NOW_MS + 1)
    assert await store.follows(minji.member_id, jun.member_id)
    assert not await store.follows(jun.member_id, minji.member_id)
    assert list(await store.following(minji.member_id, None, 10)) == [jun]
    assert list(await store.followers(jun.member_id, None, 10)) == [minji]
    assert list(await store.following(jun.member_id, None, 10)) == []
    assert await store.count_following(minji.member_id) == 1
    await store.delete_follow(minji.member_id, jun.member_id)
    await store.delete_follow(minji.member_id, jun.member_id)
    assert not await store.follows(minji.member_id, jun.member_id)
    assert await store.count_following(minji.member_id) == 0


async def test_lists_are_newest_first_a_page_at_a_time(store: Store, minji: Member) -> None:
    for n in range(5):
        other = person(f"friend{n}")
        await store.save_member(other)
        await store.save_follow(minji.member_id, other.member_id, NOW_MS + n // 2)
    first = await store.following(minji.member_id, None, 3)
    second = await store.following(minji.member_id, first[-1].member_id, 10)
    assert names([*first, *second]) == ["friend4", "friend2", "friend3", "friend0", "friend1"]


async def test_banned_people_are_in_no_list_until_they_are_back(
    store: Store, minji: Member, jun: Member
) -> None:
    await store.save_follow(minji.member_id, jun.member_id, NOW_MS)
    await store.save_block(minji.member_id, jun.member_id, NOW_MS)
    await store.save_member(replace(jun, membership=Membership.BANNED))
    assert list(await store.following(minji.member_id, None, 10)) == []
    assert list(await store.blocked(minji.member_id, None, 10)) == []
    await store.save_member(jun)
    assert list(await store.following(minji.member_id, None, 10)) == [jun]
    assert list(await store.blocked(minji.member_id, None, 10)) == [jun]


# ---------------------------------------------------------------- blocks


async def test_blocks_are_kept_with_their_direction(
    store: Store, minji: Member, jun: Member
) -> None:
    await store.save_block(minji.member_id, jun.member_id, NOW_MS)
    await store.save_block(minji.member_id, jun.member_id, NOW_MS + 1)
    assert list(await store.blocks()) == [(minji.member_id, jun.member_id)]
    assert list(await store.blocked(minji.member_id, None, 10)) == [jun]
    assert list(await store.blocked(jun.member_id, None, 10)) == []
    assert await store.count_blocked(minji.member_id) == 1
    await store.delete_block(jun.member_id, minji.member_id)
    assert await store.count_blocked(minji.member_id) == 1
    await store.delete_block(minji.member_id, jun.member_id)
    assert list(await store.blocks()) == []


async def test_follows_and_blocks_go_with_the_account(
    store: Store, minji: Member, jun: Member
) -> None:
    await store.save_follow(minji.member_id, jun.member_id, NOW_MS)
    await store.save_follow(jun.member_id, minji.member_id, NOW_MS)
    await store.save_block(minji.member_id, jun.member_id, NOW_MS)
    await store.erase_member(MemberId(jun.member_id))
    assert list(await store.following(minji.member_id, None, 10)) == []
    assert list(await store.followers(minji.member_id, None, 10)) == []
    assert list(await store.blocks()) == []
