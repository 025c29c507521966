"""The load process: starts one server, connects clients to it, and measures it when told to.

Usage: python -m bench.media.load SPEC (JSON of `Spec`). Prints `Joined` when all clients are
connected; then each line of its input, a `Round`, is answered with a `Measured`. At the end of its
input it stops its server and ends. Run inside a network namespace where the server needs one.
"""

from __future__ import annotations

import asyncio
import logging
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import aiohttp
import msgspec
import structlog

from bench.media.client import Client, ConnectError
from bench.media.collector import Collector
from bench.media.cpu import cpu_ns_of
from bench.media.dtls import HandshakeError, Identity
from bench.media.figures import Failure, Joined, Measured, Round, Spec, TargetName
from bench.media.measure import Crowd, NotesOverflowError, measure
from bench.media.native import NoCompilerError, build
from bench.media.targets.aiortc_relay import AiortcRelay
from bench.media.targets.embedded import Embedded
from bench.media.targets.janus import Janus
from bench.media.targets.target import Target, TargetError
from server.domain.errors import MasilError

JOINS_AT_ONCE = 16
SPARE_FILES = 300
_TARGETS: dict[TargetName, Callable[[Path, Spec], Target]] = {
    "embedded": Embedded,
    "janus": lambda directory, spec: Janus(directory, spec.host),
    "aiortc_relay": lambda directory, spec: AiortcRelay(directory, spec.host),
}


class Load:
    """All clients of one spec."""

    def __init__(self, spec: Spec, target: Target, library: Path) -> None:
        self._spec = spec
        self._target = target
        self._library = library
        self._clients = _make_clients(spec, target.host)
        self._collector = Collector(library, len(self._clients))

    async def join(self) -> Joined:
        """Connect everybody: the speakers first."""
        self._collector.start()
        began, used = time.monotonic(), sum(cpu_ns_of(self._target.pids))
        limit = asyncio.Semaphore(JOINS_AT_ONCE)
        room_size = self._spec.speakers + self._spec.listeners
        for role in ("speaker", "listener"):
            async with asyncio.TaskGroup() as group:
                for client in self._clients:
                    if client.role == role:
                        group.create_task(self._join(limit, client, client.number // room_size))
        return Joined(
            clients=len(self._clients),
            seconds=time.monotonic() - began,
            cpu_ms=(sum(cpu_ns_of(self._target.pids)) - used) / len(self._clients) / 1e6,
            fanout=await self._target.fanout(),
        )

    async def measure(self, plan: Round) -> Measured:
        """One round, while this process's event loop goes on."""
        spec = self._spec
        others = spec.speakers - 1 if self._target.speakers_listen else 0
        crowd = Crowd(
            pids=self._target.pids,
            clients=self._clients,
            speakers=[client for client in self._clients if client.role == "speaker"],
            hearers=spec.listeners + others,
            packets_per_s=spec.packets_per_s,
            stamped=self._target.stamped,
        )
        measured = await asyncio.to_thread(measure, crowd, self._collector, self._library, plan)
        await self._target.check()
        return measured

    def close(self) -> None:
        """Leave, without a word."""
        self._collector.close()
        for client in self._clients:
            client.close()

    async def _join(self, limit: asyncio.Semaphore, client: Client, room: int) -> None:
        async with limit:
            await self._target.join(client, room)
        self._collector.add(client)


def _make_clients(spec: Spec, host: str) -> list[Client]:
    identity = Identity()
    roles = ["speaker"] * spec.speakers + ["listener"] * spec.listeners
    return [
        Client(number, "speaker" if role == "speaker" else "listener", identity, host)
        for number, role in enumerate(roles * spec.rooms)
    ]


def _allow_files(count: int) -> None:
    """Raise the limit of open files; the server started from here inherits it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = max(soft, count + SPARE_FILES)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, max(hard, wanted)))


async def _serve(spec: Spec, directory: Path) -> None:
    library = build("load", directory)
    _allow_files(spec.rooms * (spec.speakers + spec.listeners))
    async with _TARGETS[spec.target](directory, spec) as target:
        load = Load(spec, target, library)
        try:
            _say(await load.join())
            while line := await asyncio.to_thread(sys.stdin.readline):
                _say(await load.measure(msgspec.json.decode(line, type=Round)))
        finally:
            load.close()


def _say(answer: Joined | Measured | Failure) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(answer) + b"\n")
    sys.stdout.buffer.flush()


def main() -> int:
    """Run until the input ends; what went wrong is said as a `Failure`."""
    spec = msgspec.json.decode(sys.argv[1], type=Spec)
    failed = False
    # Standard output is for answers alone.
    structlog.configure(
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR),
    )
    with tempfile.TemporaryDirectory(prefix="masil-bench-") as directory:
        try:
            asyncio.run(_serve(spec, Path(directory)))
        except* (
            TargetError,
            ConnectError,
            HandshakeError,
            NotesOverflowError,
            MasilError,
            NoCompilerError,
            aiohttp.ClientError,
            OSError,
            TimeoutError,
        ) as errors:
            _say(Failure(reason=repr(_first(errors))))
            failed = True
    return int(failed)


def _first(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


if __name__ == "__main__":
    sys.exit(main())
