from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from server.config import Settings
from server.domain.ids import Csrc, MediaId, RoomId, TapId
from server.media.embedded.accelerator import Accelerator, AcceleratorMissingError, load_accelerator
from server.media.embedded.options import Timing
from server.media.embedded.worker import Worker
from server.media.link import MediaLink
from server.ports import MediaEngineEvent, MediaUpChanged, Seat
from tests.fakes.rtc import CM, GCM, RtcPeer

QUICK = Timing(connect_s=5.0, handshake_s=2.0, consent_s=5.0, report_s=0.25)


@pytest.fixture
def state_dir() -> Iterator[Path]:
    """Short enough for the path of a Unix socket."""
    path = Path(tempfile.mkdtemp(prefix="masil-"))
    yield path
    shutil.rmtree(path)


@pytest.fixture
def settings(state_dir: Path) -> Settings:
    return Settings(state_dir=state_dir, media_host="127.0.0.1", media_port=0, slots=2)


def seat(
    name: str,
    *,
    csrc: int = 1,
    role: str = "speaker",
    muted: bool = False,
    tap_id: int | None = None,
    room: str = "room",
) -> Seat:
    return Seat(
        MediaId(name),
        RoomId(room),
        Csrc(csrc),
        "speaker" if role == "speaker" else "listener",
        muted,
        TapId(tap_id) if tap_id is not None else None,
    )


def _as_the_service_has_it() -> Accelerator | None:
    try:
        return load_accelerator()
    except AcceleratorMissingError:
        return None


class House:
    """A worker, the gate's link to it, and peers in rooms."""

    def __init__(self, settings: Settings, *, first_index: int = 1, timing: Timing = QUICK) -> None:
        self.worker = Worker(settings, timing, first_index, accelerator=_as_the_service_has_it())
        self.link = MediaLink(settings.media_socket())
        self.seen: list[MediaEngineEvent] = []
        self._changed = asyncio.Event()
        self._watcher: asyncio.Task[None] | None = None
        self._peers: list[RtcPeer] = []
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> House:
        await self._stack.enter_async_context(self.worker)
        self._watcher = asyncio.create_task(self._watch())
        await self.link.start()
        await self.saw(lambda: MediaUpChanged(True) in self.seen)
        return self

    async def __aexit__(self, *_: object) -> None:
        for peer in self._peers:
            await peer.close(say_so=False)
        await self.link.close()
        if self._watcher is not None:
            self._watcher.cancel()
            await asyncio.wait([self._watcher])
        await self._stack.aclose()

    async def enter(
        self,
        made: Seat,
        *,
        profiles: tuple[object, ...] = (GCM, CM),
        direction: str = "sendonly",
        host: str = "127.0.0.1",
        red: bool = False,
    ) -> RtcPeer:
        """Open a seat and connect a peer to it."""
        peer = RtcPeer(await self.link.open_seat(made), profiles=profiles, host=host)
        self._peers.append(peer)
        await self.link.answer_seat(made.media_id, peer.answer(direction=direction, red=red))
        await peer.connect()
        await self.saw(lambda: any(getattr(e, "media_id", "") == made.media_id for e in self.seen))
        return peer

    async def count(self, name: str) -> int:
        return (await self.link.counters())[name]

    async def counted(self, name: str, at_least: int) -> None:
        """Wait until a counter has come so far."""
        async with asyncio.timeout(5):
            while await self.count(name) < at_least:  # noqa: ASYNC110  it asks another process
                await asyncio.sleep(0.01)

    async def saw(self, condition: Callable[[], bool]) -> None:
        """Wait for an event."""
        async with asyncio.timeout(5):
            while not condition():
                self._changed.clear()
                await self._changed.wait()

    async def _watch(self) -> None:
        async for event in self.link.events():
            self.seen.append(event)
            self._changed.set()


@pytest.fixture
async def house(settings: Settings) -> AsyncIterator[House]:
    async with House(settings) as made:
        yield made
