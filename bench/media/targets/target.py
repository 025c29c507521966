"""What the load needs of a server."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import signal
from collections import deque
from collections.abc import Sequence
from typing import Protocol, Self

from bench.media.client import Client

_PR_SET_PDEATHSIG = 1
START_S = 20.0
STOP_S = 5.0


class TargetError(RuntimeError):
    """A server cannot be measured here; the message says why."""


class Target(Protocol):
    """One server, started in the directory it is given, alone on its addresses."""

    host: str
    """The address that clients bind to."""
    stamped: bool
    """Whether payloads arrive as they were sent."""
    speakers_listen: bool
    """Whether a speaker hears the other speakers on the same connection."""

    async def __aenter__(self) -> Self:
        """Start it."""

    async def __aexit__(self, *_: object) -> None:
        """Stop it."""

    @property
    def pids(self) -> tuple[int, ...]:
        """Whose CPU time counts."""

    async def fanout(self) -> str:
        """With what ours seals packets, empty for another server."""

    async def check(self) -> None:
        """Raise TargetError where the server, or a part of it, was lost: its figures are void."""

    async def join(self, client: Client, room: int) -> None:
        """Bring a client in; the speakers of a room before its listeners."""


def _end_with_parent() -> None:
    """In the child: SIGTERM when the load process dies, however it does."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


class Process:
    """A server process that is always gone after `stop`.

    Its output goes through a pipe, not a file: our worker can write none. The last lines are kept.
    """

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._output: deque[str] = deque(maxlen=20)
        self._reader: asyncio.Task[None] | None = None

    async def start(self, command: Sequence[str], environment: dict[str, str]) -> None:
        """Start it."""
        self._process = await asyncio.create_subprocess_exec(
            *command,
            env=environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            preexec_fn=_end_with_parent,
        )
        self._reader = asyncio.create_task(self._read(self._process))

    @property
    def pid(self) -> int:
        """Its process id."""
        assert self._process is not None
        return self._process.pid

    async def check(self) -> None:
        """Raise TargetError where it has ended."""
        if self._process is None or self._process.returncode is not None:
            if self._reader is not None:
                await asyncio.wait([self._reader], timeout=1.0)
            raise TargetError("the server ended: " + "".join(self._output)[-1500:])

    async def stop(self) -> None:
        """Ask it to end, then insist."""
        process = self._process
        if process is not None and process.returncode is None:
            process.terminate()
            try:
                async with asyncio.timeout(STOP_S):
                    await process.wait()
            except TimeoutError:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        if self._reader is not None:
            self._reader.cancel()
            await asyncio.wait([self._reader], timeout=1.0)

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        while line := await process.stdout.readline():
            self._output.append(line.decode(errors="replace"))
