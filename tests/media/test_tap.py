"""Whose voice reaches analysis: counted at a real WebSocket server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from websockets.asyncio.server import ServerConnection, unix_serve

from protocol.analysis import AudioHeader, Hello, decode_from_gate
from server.config import Settings
from server.media.embedded.counters import Counters
from server.media.embedded.tap import QUEUE_FRAMES, Tap
from tests.media.conftest import House, seat


class Listener:
    """An analysis process that keeps what it is sent."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.hellos: list[Hello] = []
        self.frames: list[tuple[AudioHeader, bytes]] = []
        self.changed = asyncio.Event()
        self._stack = AsyncExitStack()

    async def start(self) -> None:
        self.path.parent.mkdir(exist_ok=True)
        self.path.unlink(missing_ok=True)
        await self._stack.enter_async_context(unix_serve(self._serve, str(self.path)))

    async def stop(self) -> None:
        await self._stack.aclose()

    async def until_frames(self, count: int) -> None:
        async with asyncio.timeout(5):
            while len(self.frames) < count:
                self.changed.clear()
                await self.changed.wait()

    async def until_hellos(self, count: int) -> None:
        async with asyncio.timeout(5):
            while len(self.hellos) < count:
                self.changed.clear()
                await self.changed.wait()

    async def _serve(self, socket: ServerConnection) -> None:
        async for message in socket:
            if isinstance(message, str):
                hello = decode_from_gate.decode(message)
                assert isinstance(hello, Hello)
                self.hellos.append(hello)
            else:
                self.frames.append(AudioHeader.unpack(message))
            self.changed.set()


@pytest.fixture
async def analysis(settings: Settings) -> AsyncIterator[Listener]:
    listener = Listener(settings.run_dir() / "analysis.sock")
    await listener.start()
    yield listener
    await listener.stop()


async def test_only_a_consenting_unmuted_speaker_is_tapped(
    analysis: Listener, house: House
) -> None:
    await analysis.until_hellos(1)
    assert analysis.hellos[0].peer == "media"
    willing = await house.enter(seat("w", tap_id=42))
    unwilling = await house.enter(seat("u", csrc=2))
    listener = await house.enter(seat("l", csrc=3, role="listener", tap_id=44))
    muted = await house.enter(seat("m", csrc=4, muted=True, tap_id=45))
    for n in range(5):
        for peer in (willing, unwilling, listener, muted):
            peer.speak(n, b"opus")
    await analysis.until_frames(5)
    await house.counted("rtp_in", 20)
    assert {head.tap_id for head, _ in analysis.frames} == {42}
    assert analysis.frames[1] == (AudioHeader(42, 1, 960, 30), b"opus")
    assert await house.count("tap_sent") == 5


async def test_consent_counts_for_the_very_next_packet(analysis: Listener, house: House) -> None:
    await analysis.until_hellos(1)
    a = await house.enter(seat("a"))
    b = await house.enter(seat("b", csrc=2))
    a.speak(1, b"before")
    await b.hears(1)
    await house.link.set_seat(seat("a", tap_id=7))
    await house.count("rtp_in")
    a.speak(2, b"with")
    await analysis.until_frames(1)
    await house.link.set_seat(seat("a", tap_id=7, muted=True))
    await house.count("rtp_in")
    a.speak(3, b"muted")
    await house.counted("dropped_muted", 1)
    await house.link.set_seat(seat("a"))
    await house.count("rtp_in")
    a.speak(4, b"withdrawn")
    await b.hears(3)
    assert [payload for _, payload in analysis.frames] == [b"with"]


async def test_the_tap_comes_back_and_keeps_nothing_meanwhile(
    analysis: Listener, house: House
) -> None:
    await analysis.until_hellos(1)
    a = await house.enter(seat("a", tap_id=7))
    await analysis.stop()
    a.speak(1, b"while away")
    await house.counted("rtp_in", 1)
    again = Listener(analysis.path)
    await again.start()
    await again.until_hellos(1)
    await house.counted("tap_dropped", 1)
    a.speak(2, b"back")
    await again.until_frames(1)
    assert [payload for _, payload in again.frames] == [b"back"]
    await again.stop()


async def test_the_queue_is_bounded_and_a_withdrawn_consent_leaves_it(tmp_path: Path) -> None:
    """Without a turn of the loop nothing is sent, so the queue is what is measured."""
    listener = Listener(tmp_path / "a.sock")
    await listener.start()
    counters = Counters()
    tap = Tap(f"unix:{listener.path}", "token", counters)
    running = asyncio.create_task(tap.run())
    await listener.until_hellos(1)
    assert listener.hellos[0].token == "token"
    frame = AudioHeader(1, 1, 1, 1).pack() + b"x"
    other = AudioHeader(2, 1, 1, 1).pack() + b"y"
    for _ in range(QUEUE_FRAMES + 10):
        tap.offer(1, frame)
    assert counters.tap_dropped == 10
    tap.offer(2, other)
    tap.forget(1)
    assert counters.tap_dropped == 10 + QUEUE_FRAMES
    await listener.until_frames(1)
    assert [head.tap_id for head, _ in listener.frames] == [2]
    running.cancel()
    await asyncio.wait([running])
    await listener.stop()
