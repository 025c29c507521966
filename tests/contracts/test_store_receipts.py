"""What every database must do for consent receipts."""

from __future__ import annotations

from dataclasses import replace

from server.domain.ids import MemberId, RoomId
from server.domain.member import Member
from server.domain.receipt import Receipt
from server.ports import Store
from tests.contracts.conftest import NOW_MS


def receipt(member_id: str, name: str = "one", at_ms: int = NOW_MS) -> Receipt:
    return Receipt(name, MemberId(member_id), RoomId("r"), 1, None, at_ms, at_ms + 5)


async def test_receipts_are_listed_the_newest_first_and_updated(
    store: Store, minji: Member
) -> None:
    me = minji.member_id
    first, second = receipt(me), replace(receipt(me, "two", NOW_MS + 9), language="ko")
    await store.save_receipts([first, second])
    ended = replace(first, withdrawn_at_ms=NOW_MS + 7)
    await store.save_receipts([ended])
    assert list(await store.receipts_of(me, 10)) == [second, ended]
    assert list(await store.receipts_of(me, 1)) == [second]


async def test_open_ones_are_closed_with_when_they_were_seen(store: Store, minji: Member) -> None:
    me = minji.member_id
    ended = replace(receipt(me, "ended"), withdrawn_at_ms=NOW_MS + 1)
    await store.save_receipts([receipt(me), ended])
    await store.close_receipts()
    kept = {each.receipt_id: each.withdrawn_at_ms for each in await store.receipts_of(me, 10)}
    assert kept == {"one": NOW_MS + 5, "ended": NOW_MS + 1}


async def test_the_old_are_forgotten_and_those_of_nobody_are_not_kept(
    store: Store, minji: Member
) -> None:
    me = minji.member_id
    await store.save_receipts([receipt(me), receipt(me, "new", NOW_MS + 9), receipt("gone", "x")])
    await store.delete_receipts(granted_before_ms=NOW_MS + 1)
    assert [each.receipt_id for each in await store.receipts_of(me, 10)] == ["new"]
    assert list(await store.receipts_of(MemberId("gone"), 10)) == []
