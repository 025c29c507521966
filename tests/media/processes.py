"""Worker processes, and the gate's side of them: the pool and people who renew as pages do."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from server.config import Settings
from server.domain.ids import MediaId, RoomId
from server.media.pool import ROOM_SEATS, MediaPool
from server.ports import MediaEngineEvent, Seat, SeatConnected, SeatsMoved
from tests.fakes.rtc import CM, GCM, RtcPeer
from tests.media.conftest import seat

WORKERS = 2
NOTICED_S = 1.0
"""The product's promise."""
PACKET_S = 0.02
_PROGRAM = """
import asyncio, pathlib, sys
from server.config import Settings
from server.media.embedded.worker import run_worker
asyncio.run(run_worker(Settings(
    state_dir=pathlib.Path(sys.argv[1]), media_host="127.0.0.1", media_port=0, slots=2
), int(sys.argv[2])))
"""


class Processes:
    """Worker processes, each started again when a test needs it alive."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._running: dict[int, subprocess.Popen[bytes]] = {}

    def start(self) -> None:
        """Have all of them run."""
        for index in range(WORKERS):
            if index not in self._running or self._running[index].poll() is not None:
                command = [sys.executable, "-c", _PROGRAM, str(self.settings.state_dir), str(index)]
                self._running[index] = subprocess.Popen(command, stdout=subprocess.DEVNULL)

    def __getitem__(self, index: int) -> subprocess.Popen[bytes]:
        return self._running[index]

    def close(self) -> None:
        """End all of them."""
        for process in self._running.values():
            process.kill()
            process.wait(5)


@contextmanager
def new_processes() -> Iterator[Processes]:
    """None of them started yet."""
    state_dir = Path(tempfile.mkdtemp(prefix="masil-"))
    made = Processes(Settings(state_dir=state_dir))
    try:
        yield made
    finally:
        made.close()
        shutil.rmtree(state_dir)


class Gate:
    """The gate's side: the pool, what it told, and people who renew as their pages do."""

    def __init__(self, settings: Settings, room_seats: int) -> None:
        sockets = [settings.media_socket(index) for index in range(WORKERS)]
        self.pool = MediaPool(sockets, room_seats)
        self.seen: list[MediaEngineEvent] = []
        self.peers: list[RtcPeer] = []
        self._changed = asyncio.Event()

    async def watch(self) -> None:
        """Follow events; until cancelled."""
        async for event in self.pool.events():
            self.seen.append(event)
            self._changed.set()

    async def saw(self, condition: Callable[[], bool], within_s: float = 5) -> None:
        """Wait for an event."""
        async with asyncio.timeout(within_s):
            while not condition():
                self._changed.clear()
                await self._changed.wait()

    async def enter(
        self, made: Seat, *, profiles: tuple[object, ...] = (GCM, CM), red: bool = False
    ) -> RtcPeer:
        """Open a seat and connect a peer to it."""
        peer = RtcPeer(await self.pool.open_seat(made), profiles=profiles)
        self.peers.append(peer)
        await self.pool.answer_seat(made.media_id, peer.answer(red=red))
        await peer.connect()
        await self.saw(lambda: SeatConnected(made.media_id) in self.seen)
        return peer

    async def pair(self, room: str, *names: str) -> tuple[RtcPeer, RtcPeer]:
        """Two people in a room."""
        first, second = (seat(name, csrc=n + 1, room=room) for n, name in enumerate(names))
        return await self.enter(first), await self.enter(second)

    def moved(self) -> list[SeatsMoved]:
        """What was told to move so far."""
        return [event for event in self.seen if isinstance(event, SeatsMoved)]

    def worker_of(self, room: str) -> int:
        """On which worker a room has its home."""
        home = self.pool._placements.home(RoomId(room))
        assert home is not None
        return home

    def seated_on(self, name: str) -> int:
        """On which worker a seat is."""
        found = self.pool._placements.find(MediaId(name))
        assert found is not None
        return found[1]

    async def count(self, worker: int, name: str) -> int:
        """A counter of a worker, after it has read all that it was told so far."""
        return (await self.pool.counters(worker))[name]

    async def counted(self, worker: int, name: str, at_least: int) -> None:
        """Wait until a counter has come so far."""
        async with asyncio.timeout(5):
            while await self.count(worker, name) < at_least:  # noqa: ASYNC110  another process
                await asyncio.sleep(0.01)

    async def all_up(self) -> None:
        """Wait until every worker takes seats."""
        async with asyncio.timeout(20):
            while self.pool.workers_up < WORKERS:  # noqa: ASYNC110  processes
                await asyncio.sleep(0.02)


@asynccontextmanager
async def gate_of(settings: Settings, room_seats: int = ROOM_SEATS) -> AsyncIterator[Gate]:
    """A gate whose rooms take so many seats on one worker before another one helps."""
    gate = Gate(settings, room_seats)
    watching = asyncio.create_task(gate.watch())
    await gate.pool.start()
    try:
        yield gate
    finally:
        for peer in gate.peers:
            await peer.close(say_so=False)
        await gate.pool.close()
        watching.cancel()
        await asyncio.wait([watching])


async def keep_speaking(peer: RtcPeer, sent: list[bytes]) -> None:
    """A voice: a packet every 20 ms; until cancelled."""
    while True:
        sent.append(b"%d" % len(sent))
        peer.speak(len(sent), sent[-1])
        await asyncio.sleep(PACKET_S)


async def whispers_until_heard(speaker: RtcPeer, listener: RtcPeer) -> None:
    """So low a voice takes a free slot, and never one from somebody else."""
    async with asyncio.timeout(5):
        for n in range(100, 1000):
            speaker.speak(n, b"whisper", level=100)
            await asyncio.sleep(0.02)
            if b"whisper" in [heard.payload for heard in listener.heard]:
                return


def now_s() -> float:
    return asyncio.get_running_loop().time()


def ids(*names: str) -> list[MediaId]:
    return [seat(name).media_id for name in names]
