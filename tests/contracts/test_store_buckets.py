"""What every database must do for token buckets."""

from __future__ import annotations

import asyncio

import pytest

from server.domain.bucket import BucketEmptyError, Draw, Rate
from server.ports import Store
from server.store.sql import SqlStore
from tests.contracts.conftest import NOW_MS

HOUR_MS = 3_600_000
TEN = Draw("ten", (b"t",), Rate(10, HOUR_MS))


async def gives(store: Store, draws: list[Draw], now_ms: int = NOW_MS) -> str:
    """What came of a draw: "" or the limit that is reached."""
    try:
        await store.draw(draws, now_ms)
    except BucketEmptyError as refusal:
        return refusal.name
    return ""


async def test_tokens_drawn_are_gone_and_come_back_in_time(store: Store) -> None:
    one = Draw("one", (b"o",), Rate(1, HOUR_MS))
    assert await store.draw([one], NOW_MS) == {b"o"}
    assert await gives(store, [one]) == "one"
    assert await gives(store, [one], NOW_MS + HOUR_MS) == ""


async def test_a_limit_that_is_reached_leaves_the_others_untouched(store: Store) -> None:
    never = Draw("never", (b"n",), Rate(0, HOUR_MS))
    for _ in range(20):
        assert await gives(store, [TEN, never]) == "never"
    assert [await gives(store, [TEN]) for _ in range(11)] == [""] * 10 + ["ten"]


async def test_parallel_draws_never_share_a_token(store: Store) -> None:
    slots = Draw("slots", tuple(b"s%d" % i for i in range(7)), Rate(1, HOUR_MS))
    draws = [[TEN, slots], [slots, TEN]] * 10
    results = await asyncio.gather(*(gives(store, each) for each in draws))
    assert sorted(results) == [""] * 7 + ["slots"] * 13
    assert [await gives(store, [TEN]) for _ in range(4)] == [""] * 3 + ["ten"]


async def test_a_new_process_finds_the_buckets_as_they_were(store: Store, url: str) -> None:
    for _ in range(10):
        await store.draw([TEN], NOW_MS)
    after = SqlStore(url)
    await after.open()
    try:
        assert await gives(after, [TEN]) == "ten"
    finally:
        await after.close()


async def test_a_bucket_may_be_filled_or_forgotten(store: Store) -> None:
    one, other = (Draw(name, (name.encode(),), Rate(1, HOUR_MS)) for name in ("one", "other"))
    await store.draw([one, other], NOW_MS)
    await store.fill_buckets([b"one"])
    assert await gives(store, [one], NOW_MS + 1) == ""
    assert await store.forget_buckets(NOW_MS + 1) == 1
    assert await gives(store, [one, other], NOW_MS + 2) == "one"
    assert await gives(store, [other], NOW_MS + 2) == ""


async def test_a_change_that_fails_gives_the_tokens_back(store: Store) -> None:
    one = Draw("one", (b"o",), Rate(1, HOUR_MS))

    async def fails() -> None:
        async with store.transaction():
            await store.draw([one], NOW_MS)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fails()
    assert await gives(store, [one]) == ""
