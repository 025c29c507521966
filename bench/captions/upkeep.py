"""A worker that is killed, and a consent that is withdrawn, while people speak."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from protocol.analysis import (
    EngineState,
    Gap,
    GetStats,
    Grant,
    Line,
    LoadModel,
    OpenCaptions,
    Purged,
    Stats,
    Withdraw,
    decode_from_analysis,
)
from tests.analysis import speech
from tests.analysis.process import AnalysisProcess, GateEnd

PATIENCE_S = 30.0


@dataclass
class Room:
    """A real analysis process, and what it says."""

    gate: GateEnd
    media: Any
    worker_parent: int
    heard: list[tuple[float, object]] = field(default_factory=list)

    async def listen(self) -> None:
        """Note all that is said, with the time."""
        async for frame in self.gate.connection:
            self.heard.append((time.monotonic(), decode_from_analysis.decode(frame)))

    async def next(self, kinds: type | tuple[type, ...], after: int = 0) -> tuple[float, Any]:
        """The first message of these kinds after so many, and when it came."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                for at, message in self.heard[after:]:
                    if isinstance(message, kinds):
                        return at, message
                await asyncio.sleep(0.005)

    async def speak(self, tap: int, packets: list[bytes]) -> None:
        """Send packets when they are due."""
        began = time.monotonic()
        for index, frame in enumerate(speech.RtpStream(tap).frames(packets)):
            await self.media.send(frame)
            await asyncio.sleep(max(0.0, began + (index + 1) * 0.02 - time.monotonic()))

    async def grant(self, tap: int) -> None:
        """Somebody consents; returns when that is known."""
        grant = Grant(room_id="r", tap_id=tap, speaker_id=f"s{tap}", language="en")
        await self.gate.send(grant, GetStats(request=tap))
        await self.next(Stats, len(self.heard))

    @property
    def worker(self) -> int:
        """The process that holds the model."""
        children = Path(f"/proc/{self.worker_parent}/task/{self.worker_parent}/children")
        return int(children.read_text().split()[0])


@contextlib.asynccontextmanager
async def room(model: Path) -> AsyncIterator[Room]:
    """A room with captions and a loaded model."""
    with (
        tempfile.TemporaryDirectory() as state,
        AnalysisProcess(Path(state), str(model)).running() as analysis,
    ):
        assert analysis.child
        opened = Room(await analysis.gate(), await analysis.media(), analysis.child.pid)
        await opened.gate.send(OpenCaptions(room_id="r"), LoadModel())
        await opened.gate.hear(EngineState, lambda engine: engine.state == "loading")
        await opened.gate.hear(EngineState, lambda engine: engine.state == "ready")
        listening = asyncio.create_task(opened.listen())
        try:
            yield opened
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)


def _turns(times: int) -> list[bytes]:
    turn = np.concatenate((speech.clip("fx_en_05").samples, speech.silence(0.7)))
    return speech.encode(np.concatenate([turn] * times))


async def kill(model: Path, times: int = 4) -> dict[str, Any]:
    """From kill −9 of the worker until the next caption; and whether a packet was lost."""
    async with room(model) as opened:
        await opened.grant(1)
        packets = _turns(2 * times)
        speaking = asyncio.create_task(opened.speak(1, packets))
        back_s = []
        for _ in range(times):
            await asyncio.sleep(4)
            before = len(opened.heard)
            os.kill(opened.worker, signal.SIGKILL)
            killed = time.monotonic()
            at, _ = await opened.next((Line, Gap), before)
            back_s.append(round(at - killed, 2))
        await speaking
        await asyncio.sleep(3)
        before = len(opened.heard)
        await opened.gate.send(GetStats(request=9))
        _, stats = await opened.next(Stats, before)
    return {
        "captions_back_s": back_s,
        "worst_s": max(back_s),
        "frames_sent": len(packets),
        "frames_taken": stats.counters["frames_taken"],
        "gaps": stats.counters.get("gaps", 0),
    }


async def withdrawal(model: Path, times: int = 8) -> dict[str, Any]:
    """From the withdrawal, while somebody speaks, until nothing of him is held anywhere."""
    took_ms, late_lines = [], 0
    async with room(model) as opened:
        for tap in range(1, times + 1):
            await opened.grant(tap)
            speaking = asyncio.create_task(opened.speak(tap, _turns(2)))
            await asyncio.sleep(1.0 + 0.35 * tap)
            before, began = len(opened.heard), time.monotonic()
            await opened.gate.send(Withdraw(room_id="r", tap_id=tap))
            at, _ = await opened.next(Purged, before)
            took_ms.append(round((at - began) * 1000))
            speaking.cancel()
            await asyncio.gather(speaking, return_exceptions=True)
            await asyncio.sleep(0.3)
            late_lines += sum(isinstance(said, Line) and when > at for when, said in opened.heard)
    return {"purged_after_ms": took_ms, "worst_ms": max(took_ms), "lines_after_it": late_lines}
