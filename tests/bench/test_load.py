"""The load is real: every packet of a few light clients goes through our own media process."""

from __future__ import annotations

import shutil

import pytest

from bench.media.figures import Round, Spec
from bench.media.harness import LoadProcess

needs_cc = pytest.mark.skipif(shutil.which("cc") is None, reason="needs a C compiler")
SHORT = Round(idle_s=0.1, run_s=0.3, warm_s=0.1)


@needs_cc
async def test_every_packet_reaches_every_listener_and_is_timed() -> None:
    spec = Spec(target="embedded", host="127.0.0.1", listeners=2, speakers=1, rooms=2)

    async with LoadProcess(spec, prefix=()) as process:
        measured = await process.measure(SHORT)

    assert process.joined.clients == 6
    assert measured.delivered == 1.0
    assert measured.timed == pytest.approx(2 * 2 * 0.3 * 50, abs=8)
    assert measured.p50_ms is not None
    assert 0 < measured.p50_ms < 1000
    assert 0 < measured.core_share < 2


@needs_cc
async def test_one_room_on_two_workers_reaches_every_listener_and_uses_both() -> None:
    spec = Spec(target="embedded", host="127.0.0.1", listeners=5, speakers=1, workers=2)

    async with LoadProcess(spec, prefix=()) as process:
        measured = await process.measure(SHORT)

    assert measured.delivered == 1.0
    assert measured.timed == pytest.approx(5 * 0.3 * 50, abs=8)
    assert len(measured.worker_shares) == 2
    assert min(measured.worker_shares) > 0
    assert measured.core_share == pytest.approx(sum(measured.worker_shares))
