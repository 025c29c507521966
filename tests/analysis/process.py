"""A real analysis process on a Unix socket, and what tests say to it as gate and as media."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import msgspec
from websockets.asyncio.client import ClientConnection, unix_connect

from protocol.analysis import (
    AnalysisToGate,
    GateToAnalysis,
    GetStats,
    Hello,
    Stats,
    decode_from_analysis,
    encoder,
)

ROOT = Path(__file__).resolve().parents[2]
START_S = 20.0
T = TypeVar("T", bound=AnalysisToGate)


def environment(state_dir: Path, model: str, token: str = "") -> dict[str, str]:
    return os.environ | {
        "MASIL_STATE_DIR": str(state_dir),
        "MASIL_WHISPER_MODEL": model,
        "MASIL_ANALYSIS_TOKEN": token,
        "MASIL_WHISPER_THREADS": "1",
        "HF_HUB_OFFLINE": "1",
        "OMP_NUM_THREADS": "1",
        "PYTHONPATH": str(ROOT),
    }


class AnalysisProcess:
    def __init__(self, state_dir: Path, model: str, token: str = "") -> None:
        self.state_dir = state_dir
        self.socket = state_dir / "run" / "analysis.sock"
        self.token = token
        self._model = model
        self.child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.socket.parent.mkdir(parents=True, exist_ok=True)
        self.socket.unlink(missing_ok=True)
        self.child = subprocess.Popen(
            [sys.executable, "-m", "analysis"],
            env=environment(self.state_dir, self._model, self.token),
            cwd=self.state_dir,
            stderr=subprocess.PIPE,
        )
        deadline = time.monotonic() + START_S
        while not self.socket.exists():
            if self.child.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the analysis process did not start")
            time.sleep(0.02)

    def kill(self) -> None:
        if self.child:
            self.child.kill()
            self.child.wait(10)
            if self.child.stderr:
                self.child.stderr.close()

    @contextlib.contextmanager
    def running(self) -> Iterator[AnalysisProcess]:
        self.start()
        try:
            yield self
        finally:
            self.kill()

    async def gate(self) -> GateEnd:
        return GateEnd(await self._hello("gate"))

    async def media(self) -> ClientConnection:
        return await self._hello("media")

    async def _hello(self, peer: str) -> ClientConnection:
        connection = await unix_connect(str(self.socket))
        hello = msgspec.convert({"type": "hello", "peer": peer, "token": self.token}, Hello)
        await connection.send(encoder.encode(hello).decode())
        return connection


class GateEnd:
    """A gate's connection that remembers all it heard."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.heard: list[AnalysisToGate] = []

    async def send(self, *messages: GateToAnalysis) -> None:
        for message in messages:
            await self.connection.send(encoder.encode(message).decode())

    async def hear(
        self, kind: type[T], matching: Callable[[T], bool] = lambda _: True, within_s: float = 45.0
    ) -> T:
        """The next message of a kind; the others are remembered in `heard`."""
        async with asyncio.timeout(within_s):
            while True:
                message = decode_from_analysis.decode(await self.connection.recv())
                self.heard.append(message)
                if isinstance(message, kind) and matching(message):
                    return message

    async def heard_or_next(self, kind: type[T], matching: Callable[[T], bool]) -> T:
        """The newest such message that came already, while another was waited for, or the next."""
        for message in reversed(self.heard):
            if isinstance(message, kind) and matching(message):
                return message
        return await self.hear(kind, matching)

    async def stats(self) -> Stats:
        await self.send(GetStats(request=7))
        return await self.hear(Stats)

    async def close(self) -> None:
        await self.connection.close()
