"""What every database must do for scheduled rooms, reminders and calendar addresses."""

from __future__ import annotations

from dataclasses import replace

import pytest

from server.domain.ids import ScheduledId
from server.domain.kind import Kind
from server.domain.member import Member
from server.domain.schedule import Scheduled, Told
from server.ports import Store
from tests.contracts.conftest import NOW_MS, person

SOUP = ScheduledId("soup")


@pytest.fixture
async def jun(store: Store) -> Member:
    member = person("jun")
    await store.save_member(member)
    return member


def plan(owner: Member, scheduled_id: ScheduledId = SOUP, at_ms: int = NOW_MS + 9) -> Scheduled:
    return Scheduled(scheduled_id, owner.member_id, "Soup 국물", Kind.SOCIAL, at_ms, NOW_MS, NOW_MS)


async def test_plans_are_kept_the_soonest_first(store: Store, minji: Member) -> None:
    late, soon = plan(minji, ScheduledId("late"), NOW_MS + 99), plan(minji)
    await store.save_scheduled(late)
    await store.save_scheduled(soon)
    moved = replace(late, starts_at_ms=NOW_MS + 1, sequence=1, told=Told.SOON, kind=Kind.OPEN)
    assert list(await store.scheduled()) == [soon, late]
    await store.save_scheduled(moved)
    assert list(await store.scheduled()) == [moved, soon]


async def test_reminders_are_kept_once_and_go_with_their_plan(
    store: Store, minji: Member, jun: Member
) -> None:
    await store.save_scheduled(plan(minji))
    for member in (jun, jun, minji):
        await store.save_reminder(SOUP, member.member_id)
    assert sorted(await store.reminders()) == [(SOUP, "id-jun"), (SOUP, "id-minji")]
    await store.delete_reminder(SOUP, minji.member_id)
    assert list(await store.reminders()) == [(SOUP, jun.member_id)]
    await store.delete_scheduled(SOUP)
    assert list(await store.reminders()) == []


async def test_a_member_has_one_calendar_address(store: Store, minji: Member, jun: Member) -> None:
    await store.save_feed(minji.member_id, b"first", NOW_MS)
    await store.save_feed(minji.member_id, b"second", NOW_MS + 1)
    assert await store.feed_owner(b"first") is None
    assert await store.feed_owner(b"second") == minji
    assert await store.feed_since(minji.member_id) == NOW_MS + 1
    assert await store.feed_since(jun.member_id) is None
    await store.delete_feed(minji.member_id)
    assert await store.feed_owner(b"second") is None


@pytest.mark.parametrize("how", ["erase_member", "put_out"])
async def test_who_goes_for_good_takes_plans_reminders_and_address_along(
    store: Store, minji: Member, jun: Member, how: str
) -> None:
    await store.save_scheduled(plan(minji))
    await store.save_scheduled(plan(jun, ScheduledId("of jun")))
    await store.save_reminder(ScheduledId("of jun"), minji.member_id)
    await store.save_feed(minji.member_id, b"token", NOW_MS)
    await getattr(store, how)(minji.member_id)
    assert [each.owner_id for each in await store.scheduled()] == [jun.member_id]
    assert list(await store.reminders()) == []
    assert await store.feed_owner(b"token") is None
