"""Pushing to those who are away: retries, what is forgotten, and what is bounded."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from protocol import signalling as wire
from server.domain.contact import number_hash
from server.domain.ids import MemberId
from server.domain.language import Language
from server.domain.member import Member, Membership
from server.domain.push import PushSubscription
from server.service.push import QUEUE_MAX, TTL_S, URGENCY, Push
from server.store.sql import SqlStore
from tests.fakes.clock import FakeClock
from tests.fakes.push import FakePushSender

MINJI = MemberId("minji")
KNOCKED = wire.Knocked(
    knock=wire.KnockView(knock_id="k-1", name="하나", contact_id="c", knocked_at_ms=1)
)
ADMITTED = wire.Admitted(
    me=wire.Me(member_id="minji", name="Minji", membership="member", is_admin=False)
)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqlStore]:
    store = SqlStore(f"sqlite+aiosqlite:///{tmp_path / 'masil.sqlite3'}")
    await store.open()
    digest = number_hash(b"p" * 32, "+821012345678")
    await store.save_member(Member(MINJI, digest, "Minji", Membership.MEMBER, False, 1))
    for name, language in (("phone", Language.KOREAN), ("desk", Language.ENGLISH)):
        await store.save_session(name.encode(), MINJI, 1)
        await store.save_push_subscription(
            PushSubscription(
                MINJI, name.encode(), f"https://push.example/{name}", "p", "a", language, 1
            )
        )
    yield store
    await store.close()


@contextlib.asynccontextmanager
async def running(store: SqlStore, sender: FakePushSender) -> AsyncIterator[Push]:
    push = Push(store, FakeClock(), sender, retry_after_s=(0.0, 0.0))
    loop = asyncio.create_task(push.run())
    try:
        yield push
    finally:
        loop.cancel()
        await asyncio.wait([loop])


async def until_tried(sender: FakePushSender, times: int) -> None:
    async with asyncio.timeout(5):
        while sender.tries < times:  # noqa: ASYNC110  polls with a deadline
            await asyncio.sleep(0.005)


async def test_every_browser_is_told_in_its_own_language(store: SqlStore) -> None:
    sender = FakePushSender()
    async with running(store, sender) as push:
        push.tell(MINJI, KNOCKED)
        await until_tried(sender, 2)
        push.tell(MINJI, ADMITTED)
        await until_tried(sender, 4)
    told = {
        (to.endpoint[-4:], json.loads(what.payload)["type"]): (
            json.loads(what.payload)["language"],
            what.ttl_s,
            what.urgency,
        )
        for to, what in sender.pushed
    }
    assert told == {
        ("hone", "knock_pushed"): ("ko", TTL_S, URGENCY),
        ("desk", "knock_pushed"): ("en", TTL_S, URGENCY),
        ("hone", "admission_pushed"): ("ko", TTL_S, URGENCY),
        ("desk", "admission_pushed"): ("en", TTL_S, URGENCY),
    }
    assert json.loads(sender.pushed[0][1].payload)["name"] == "하나"


async def test_who_is_asked_into_a_room_is_told_into_which_and_by_whom(store: SqlStore) -> None:
    sender = FakePushSender()
    hana = wire.PersonView(member_id="hana", name="하나")
    async with running(store, sender) as push:
        push.tell(MINJI, wire.Pinged(room_id="r-1", title="저녁 마실", by=hana, pinged_at_ms=1))
        await until_tried(sender, 2)
    for to, what in sender.pushed:
        assert json.loads(what.payload) == {
            "type": "ping_pushed",
            "roomId": "r-1",
            "title": "저녁 마실",
            "name": "하나",
            "language": "ko" if to.endpoint.endswith("phone") else "en",
        }
        assert (what.ttl_s, what.urgency) == (TTL_S, URGENCY)


async def test_nothing_else_is_worth_a_push(store: SqlStore) -> None:
    sender = FakePushSender()
    async with running(store, sender) as push:
        push.tell(MINJI, wire.MediaUp(up=True))
        push.tell(MINJI, wire.KnockClosed(knock_id="k-1"))
        push.tell(MINJI, wire.Hallway(rooms=[]))
        push.tell(MINJI, KNOCKED)
        await until_tried(sender, 2)
    assert len(sender.pushed) == 2


async def test_a_browser_that_unsubscribed_is_forgotten(store: SqlStore) -> None:
    sender = FakePushSender()
    sender.gone.add("https://push.example/phone")
    async with running(store, sender) as push:
        push.tell(MINJI, KNOCKED)
        async with asyncio.timeout(5):
            while len(await store.push_subscriptions(MINJI)) == 2 or not sender.pushed:  # noqa: ASYNC110  a deadline
                await asyncio.sleep(0.005)
    left = await store.push_subscriptions(MINJI)
    assert [each.endpoint for each in left] == ["https://push.example/desk"]
    assert len(sender.pushed) == 1


async def test_a_service_that_fails_is_tried_three_times(store: SqlStore) -> None:
    sender = FakePushSender()
    sender.failures = 2
    async with running(store, sender) as push:
        push.tell(MINJI, KNOCKED)
        await until_tried(sender, 4)
    assert len(sender.pushed) == 2
    sender.failures, sender.tries = 100, 0
    with capture_logs() as logs:
        async with running(store, sender) as push:
            push.tell(MINJI, KNOCKED)
            await until_tried(sender, 6)
    assert sender.tries == 6
    assert {str(line) for line in logs} == {
        "{'answer': 'status 503', 'event': 'a push was not taken', 'log_level': 'warning'}"
    }


async def test_a_refusal_for_good_is_not_tried_again(store: SqlStore) -> None:
    sender = FakePushSender()
    sender.refuses = True
    async with running(store, sender) as push:
        push.tell(MINJI, KNOCKED)
        await until_tried(sender, 2)
        push.tell(MINJI, ADMITTED)
        await until_tried(sender, 4)
    assert sender.tries == 4


async def test_more_than_the_queue_holds_is_dropped_and_told(store: SqlStore) -> None:
    push = Push(store, FakeClock(), FakePushSender())
    with capture_logs() as logs:
        for _ in range(QUEUE_MAX + 3):
            push.tell(MINJI, KNOCKED)
    assert [line["event"] for line in logs] == ["a push was dropped, too many wait"] * 3
