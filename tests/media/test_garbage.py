"""Full collections wait for silence."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Iterator

import pytest

from server.media.embedded.counters import Counters
from server.media.embedded.garbage import (
    OFTEN,
    collect_in_silence,
    postpone_full_collections,
)


class _Cycle:
    def __init__(self) -> None:
        self.own = self


@pytest.fixture
def old_garbage() -> Iterator[weakref.ref[_Cycle]]:
    """What only a full collection finds, and enough younger ones behind it for one to be due."""
    threshold = gc.get_threshold()
    postpone_full_collections()
    gc.collect()
    cycle = _Cycle()
    gc.collect(0)
    for _ in range(OFTEN):
        gc.collect(1)
    found = weakref.ref(cycle)
    del cycle
    yield found
    gc.set_threshold(*threshold)


async def test_old_garbage_is_collected_in_silence(old_garbage: weakref.ref[_Cycle]) -> None:
    task = asyncio.create_task(collect_in_silence(Counters(), every_s=0.01))
    async with asyncio.timeout(5):
        while old_garbage() is not None:  # noqa: ASYNC110  nothing tells when memory is freed
            await asyncio.sleep(0.01)
    task.cancel()


async def test_no_full_collection_while_somebody_is_heard(
    old_garbage: weakref.ref[_Cycle],
) -> None:
    counters = Counters()
    task = asyncio.create_task(collect_in_silence(counters, every_s=0.01))
    for _ in range(100):
        counters.rtp_forwarded += 1
        await asyncio.sleep(0.001)
    assert old_garbage() is not None
    task.cancel()
