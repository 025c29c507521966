"""The gate's link against the real analysis process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest

from server.captions.engine_watch import AWAY
from server.captions.feed import FEED_EVENTS, Feed
from server.captions.link import AnalysisLink
from server.domain.ids import RoomId, TapId
from server.ports import (
    CaptionFeedEvent,
    CaptionHeard,
    EngineChanged,
    GapHeard,
    TopicsChanged,
)
from tests.analysis import speech
from tests.analysis.process import AnalysisProcess
from tests.shared_material import fixture_model

ROOM, TAP = RoomId("room-1"), TapId(7)
T = TypeVar("T", bound=CaptionFeedEvent)


class Consumer:
    def __init__(self, link: AnalysisLink) -> None:
        self.link = link
        self._events = link.events()

    async def next(
        self, kind: type[T], matching: Callable[[T], bool] = lambda _: True, within_s: float = 30
    ) -> T:
        async with asyncio.timeout(within_s):
            async for event in self._events:
                if isinstance(event, kind) and matching(event):
                    return event
        raise AssertionError("the events ended")

    async def state(self, state: str) -> EngineChanged:
        return await self.next(EngineChanged, lambda event: event.state == state)


@asynccontextmanager
async def linked(process: AnalysisProcess) -> AsyncIterator[Consumer]:
    link = AnalysisLink(f"unix:{process.socket}", process.token, process.state_dir)
    await link.start()
    try:
        yield Consumer(link)
    finally:
        await link.close()


async def say(process: AnalysisProcess, tap_id: int, clip_id: str) -> None:
    clip = speech.clip(clip_id)
    samples = np.concatenate((speech.silence(0.4), clip.samples, speech.silence(1)))
    media = await process.media()
    for frame in speech.RtpStream(tap_id).frames(speech.encode(samples)):
        await media.send(frame)
    await media.close()


async def test_without_analysis_the_engine_is_unavailable_and_no_call_hangs(
    tmp_path: Path,
) -> None:
    async with linked(AnalysisProcess(tmp_path, "tiny")) as consumer:
        link = consumer.link
        async with asyncio.timeout(1):
            await link.open_room(ROOM, ["Ann"])
            await link.grant(ROOM, TAP, "s", None)
            await link.withdraw(ROOM, TAP)
            await link.close_room(ROOM)
            assert await link.stats() is None
        assert await consumer.next(EngineChanged) == AWAY


async def test_the_events_end_when_the_link_is_closed(tmp_path: Path) -> None:
    link = AnalysisLink(f"unix:{tmp_path}/none", "", tmp_path)
    await link.start()
    events = link.events()
    await anext(events)
    await link.close()
    assert [event async for event in events] == []


@pytest.mark.model
async def test_grants_are_repeated_after_analysis_was_killed(tmp_path: Path) -> None:
    process = AnalysisProcess(tmp_path, str(fixture_model()))
    with process.running():
        async with linked(process) as consumer:
            await consumer.state("ready")
            await consumer.link.open_room(ROOM, [])
            await consumer.link.grant(ROOM, TAP, "s", "en")
            await consumer.state("loading")
            await consumer.state("ready")
            process.kill()
            await consumer.state("unavailable")
            process.start()
            await consumer.state("loading")
            await consumer.state("ready")
            await say(process, TAP, "fx_en_02")
            heard = await consumer.next(CaptionHeard, lambda line: line.final)
            assert heard.text == speech.clip("fx_en_02").text
            assert heard.tap_id == TAP
            stats = await consumer.link.stats()
            assert stats
            assert stats.frames_by_tap[TAP] > 200
            await consumer.link.withdraw(ROOM, TAP)
            assert (await consumer.link.stats() or stats).counters["speakers"] == 0
            await consumer.link.close_room(ROOM)
            assert (await consumer.link.stats() or stats).counters["rooms"] == 0


async def test_a_missing_model_that_cannot_be_fetched_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with AnalysisProcess(tmp_path, "tiny").running() as process:
        async with linked(process) as consumer:
            await consumer.state("missing")
            await consumer.link.open_room(ROOM, [])
            await consumer.link.grant(ROOM, TAP, "s", None)
            assert await consumer.state("fetching") == EngineChanged("fetching", "tiny", 0.0)
            failed = await consumer.state("unavailable")
            assert failed.detail.startswith("could not be downloaded")
            # Not again within the minute: the state stays, whoever else consents.
            await consumer.link.grant(ROOM, TapId(8), "t", None)
            assert await consumer.link.stats()
            with pytest.raises(TimeoutError):
                await consumer.next(EngineChanged, lambda e: e.state == "fetching", within_s=0.3)


async def test_a_slow_consumer_loses_the_oldest_events_but_never_the_engine() -> None:
    feed = Feed(AWAY)
    ready = EngineChanged("ready", "base")
    feed.set_engine(ready)
    for number in range(FEED_EVENTS + 10):
        feed.put(GapHeard(ROOM, TapId(number), 0, 0))
    events = feed.events()
    assert await anext(events) == ready
    assert await anext(events) == GapHeard(ROOM, TapId(10), 0, 0)
    assert feed.dropped == 10


async def test_topics_of_the_room_reach_the_consumer() -> None:
    feed = Feed(AWAY)
    feed.put(TopicsChanged(ROOM, ()))
    events = feed.events()
    assert await anext(events) == AWAY
    assert await anext(events) == TopicsChanged(ROOM, ())


async def test_typed_turns_become_topics_where_no_model_is(tmp_path: Path) -> None:
    process = AnalysisProcess(tmp_path, str(tmp_path / "none"))
    with process.running():
        async with linked(process) as consumer:
            await consumer.next(EngineChanged, lambda event: event != AWAY)
            link = consumer.link
            await link.open_room(ROOM, [])
            await link.type_turn(ROOM, TAP, "a turn without consent", "en", -1)
            await link.grant(ROOM, TAP, "s", "en")
            for _ in range(2):
                await link.type_turn(ROOM, TAP, "The bakery has fresh bread.", "en", -2)
            topics = await consumer.next(TopicsChanged, lambda event: bool(event.topics))
            assert {"bakery", "bread"} & {
                word for topic in topics.topics for word in topic.term.split()
            }
            stats = await link.stats()
            assert stats
            assert stats.counters["turns_taken"] == 2
            assert "turns_without_grant" not in stats.counters  # the link sent none
            await link.withdraw(ROOM, TAP)
            await consumer.next(TopicsChanged, lambda event: event.topics == ())
