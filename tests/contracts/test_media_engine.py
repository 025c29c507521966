"""One suite for every implementation of `ports.MediaEngine`."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from server.config import Settings
from server.domain.errors import MediaUnavailableError, SdpInvalidError, SdpTooLargeError
from server.domain.ids import Csrc, MediaId, RoomId
from server.media.embedded.worker import Worker
from server.media.link import MediaLink
from server.media.pool import MediaPool
from server.ports import MediaEngine, MediaUpChanged, Seat
from tests.fakes.media import FakeMediaEngine

SEAT = Seat(MediaId("m1"), RoomId("r1"), Csrc(1), "speaker", False, None)


async def _first(engine: MediaEngine) -> object:
    async with asyncio.timeout(5):
        async for event in engine.events():
            return event
    raise AssertionError


async def _up(link: MediaEngine) -> None:
    async with asyncio.timeout(5):
        async for event in link.events():
            if event == MediaUpChanged(True):
                return


@pytest.fixture(params=["fake", "link", "pool"])
async def engine(request: pytest.FixtureRequest) -> AsyncIterator[MediaEngine]:
    if request.param == "fake":
        yield FakeMediaEngine()
        return
    state_dir = Path(tempfile.mkdtemp(prefix="masil-"))
    settings = Settings(state_dir=state_dir, media_host="127.0.0.1", media_port=0)
    async with Worker(settings), Worker(settings, index=1):
        sockets = [settings.media_socket(0), settings.media_socket(1)]
        link = MediaLink(sockets[0]) if request.param == "link" else MediaPool(sockets)
        await link.start()
        await _up(link)
        yield link
        await link.close()
    shutil.rmtree(state_dir)


@pytest.fixture(params=["fake", "link", "pool"])
async def away(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[MediaEngine]:
    """An engine whose media process is away."""
    if request.param == "fake":
        yield FakeMediaEngine(up=False)
        return
    nothing = [tmp_path / "nothing.sock", tmp_path / "nothing-1.sock"]
    link = MediaLink(nothing[0]) if request.param == "link" else MediaPool(nothing)
    await link.start()
    yield link
    await link.close()


async def test_events_begin_with_the_present_state(engine: MediaEngine) -> None:
    assert await _first(engine) == MediaUpChanged(True)


async def test_a_seat_gets_an_offer_and_may_be_repeated(engine: MediaEngine) -> None:
    offer = await engine.open_seat(SEAT)
    assert offer.startswith("v=0\r\n")
    assert await engine.open_seat(replace(SEAT, muted=True)) == offer


async def test_answers_that_are_too_large_are_refused(engine: MediaEngine) -> None:
    await engine.open_seat(SEAT)
    for answer in ("v=0" + "x" * 65_536, "v=0\r\n" + "a=candidate:1\r\n" * 33):
        with pytest.raises(SdpTooLargeError):
            await engine.answer_seat(SEAT.media_id, answer)


async def test_answers_that_are_none_are_refused(engine: MediaEngine) -> None:
    await engine.open_seat(SEAT)
    with pytest.raises(SdpInvalidError):
        await engine.answer_seat(SEAT.media_id, "hello")


async def test_setting_and_closing_never_raise(engine: MediaEngine) -> None:
    await engine.set_seat(SEAT)
    await engine.close_seat(SEAT.media_id)
    await engine.open_seat(SEAT)
    await engine.set_seat(replace(SEAT, role="listener"))
    await engine.close_seat(SEAT.media_id)
    await engine.close_seat(SEAT.media_id)


async def test_without_its_process_calls_say_so(away: MediaEngine) -> None:
    assert await _first(away) == MediaUpChanged(False)
    with pytest.raises(MediaUnavailableError):
        await away.open_seat(SEAT)
    with pytest.raises(MediaUnavailableError):
        await away.answer_seat(SEAT.media_id, "v=0\r\n")
    await away.set_seat(SEAT)
    await away.close_seat(SEAT.media_id)
