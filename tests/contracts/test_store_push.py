"""What every database must do for Web Push."""

from __future__ import annotations

from dataclasses import replace

import pytest

from server.domain.ids import MemberId
from server.domain.language import Language
from server.domain.member import Member
from server.domain.push import PushSubscription
from server.ports import Store
from tests.contracts.conftest import NOW_MS


def subscription(member: Member, session: bytes, name: str = "one") -> PushSubscription:
    endpoint = f"https://push.example/{name}"
    return PushSubscription(
        member.member_id, session, endpoint, "p" * 87, "a" * 22, Language.KOREAN, NOW_MS
    )


@pytest.fixture(autouse=True)
async def sessions(store: Store, minji: Member, newcomer: Member) -> None:
    for token in (b"phone", b"desk"):
        await store.save_session(token, minji.member_id, NOW_MS)
    await store.save_session(b"theirs", newcomer.member_id, NOW_MS)


async def kept(store: Store, member: Member) -> list[str]:
    return [each.endpoint[-3:] for each in await store.push_subscriptions(member.member_id)]


async def test_a_subscription_is_read_back_as_it_was(store: Store, minji: Member) -> None:
    mine = subscription(minji, b"phone")
    later = replace(subscription(minji, b"desk", "two"), created_at_ms=NOW_MS + 1)
    for each in (later, mine):
        await store.save_push_subscription(each)
    assert list(await store.push_subscriptions(minji.member_id)) == [mine, later]


async def test_everybody_who_has_a_subscription_is_known(store: Store, minji: Member) -> None:
    assert list(await store.push_subscribers()) == []
    await store.save_push_subscription(subscription(minji, b"phone"))
    assert list(await store.push_subscribers()) == [minji.member_id]


async def test_a_session_has_one_subscription(store: Store, minji: Member) -> None:
    await store.save_push_subscription(subscription(minji, b"phone", "one"))
    await store.save_push_subscription(subscription(minji, b"phone", "two"))
    assert await kept(store, minji) == ["two"]


async def test_an_endpoint_belongs_to_whoever_signed_in_there_last(
    store: Store, minji: Member, newcomer: Member
) -> None:
    await store.save_push_subscription(subscription(minji, b"phone"))
    await store.save_push_subscription(subscription(newcomer, b"theirs"))
    assert await kept(store, minji) == []
    assert await kept(store, newcomer) == ["one"]


async def test_signing_out_ends_the_subscription_of_that_session_only(
    store: Store, minji: Member
) -> None:
    await store.save_push_subscription(subscription(minji, b"phone", "one"))
    await store.save_push_subscription(subscription(minji, b"desk", "two"))
    await store.delete_session(b"phone")
    assert await kept(store, minji) == ["two"]


async def test_who_is_put_out_or_erased_is_not_pushed_to(
    store: Store, minji: Member, newcomer: Member
) -> None:
    await store.save_push_subscription(subscription(minji, b"phone", "one"))
    await store.save_push_subscription(subscription(newcomer, b"theirs", "two"))
    await store.put_out(minji.member_id)
    await store.erase_member(MemberId(newcomer.member_id))
    assert await kept(store, minji) == await kept(store, newcomer) == []


async def test_a_subscription_may_be_ended_by_session_or_by_endpoint(
    store: Store, minji: Member
) -> None:
    await store.save_push_subscription(subscription(minji, b"phone", "one"))
    await store.save_push_subscription(subscription(minji, b"desk", "two"))
    await store.delete_push_subscriptions(b"phone")
    await store.delete_push_endpoint("https://push.example/one")
    assert await kept(store, minji) == ["two"]
    await store.delete_push_endpoint("https://push.example/two")
    assert await kept(store, minji) == []
