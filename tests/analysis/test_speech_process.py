"""The speech worker as a real process: killed, stuck, too large, orphaned."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from analysis.config import Settings
from analysis.decoder import Samples
from analysis.model import load_order
from analysis.speech_process import DEATHS_IN_A_ROW, SpeechProcess
from analysis.speech_wire import Load
from analysis.transcriber import Engine, Transcript
from protocol.analysis import EngineState, Grant, Line, LoadModel, OpenCaptions, Purged, Withdraw
from tests.analysis import speech
from tests.analysis.process import ROOT, AnalysisProcess
from tests.shared_material import fixture_model

pytestmark = [pytest.mark.model, pytest.mark.system, pytest.mark.alone]
BACK_S = 5.0
GONE_WITHIN_S = 1.0


def order(**values: object) -> Load:
    return load_order(Settings(whisper_model=str(fixture_model()), **values))  # type: ignore[arg-type]


class House:
    """A speech process, and what it said of itself."""

    def __init__(self, load: Load, deadline_s: float = 20.0) -> None:
        self.counters: Counter[str] = Counter()
        self.said: list[tuple[Engine | None, str | None]] = []
        self.process = SpeechProcess(
            lambda: load, deadline_s, self.counters, lambda *change: self.said.append(change)
        )

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[SpeechProcess]:
        self.process.want()
        task = asyncio.create_task(self.process.run())
        try:
            yield self.process
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def until(condition: object, within_s: float = 20.0) -> None:
    assert callable(condition)
    async with asyncio.timeout(within_s):
        while not condition():  # noqa: ASYNC110  nothing tells
            await asyncio.sleep(0.01)


def clip() -> Samples:
    samples: Samples = speech.clip("fx_en_02").samples[::3].copy()
    return samples


async def heard(process: SpeechProcess) -> Transcript:
    transcript = await process.transcribe(clip(), ("en",))
    assert transcript
    return transcript


async def test_a_killed_worker_comes_back_and_no_job_is_lost() -> None:
    house = House(order())
    async with house.running() as process:
        assert (await heard(process)).text == speech.clip("fx_en_02").text
        first = process.pid
        assert first
        under_way = asyncio.create_task(heard(process))
        await asyncio.sleep(0)
        os.kill(first, signal.SIGKILL)
        began = time.monotonic()
        assert (await under_way).text == speech.clip("fx_en_02").text
        assert time.monotonic() - began < BACK_S
        assert process.pid != first
    assert house.counters["worker_deaths"] >= 1
    assert not _runs(first)


async def test_a_transcription_past_its_deadline_costs_the_worker_its_life() -> None:
    house = House(order(), deadline_s=20.0)
    async with house.running() as process:
        await heard(process)
        stuck = process.pid
        assert stuck
        os.kill(stuck, signal.SIGSTOP)
        house.process._deadline_s = 0.3
        assert await process.transcribe(clip(), ("en",)) is None
        house.process._deadline_s = 20.0
        assert (await heard(process)).text
        assert process.pid != stuck
    assert house.counters["worker_deadlines"] == 1


async def test_what_is_abandoned_ends_at_once_with_its_worker_and_the_next_is_transcribed() -> None:
    house = House(order())
    async with house.running() as process:
        for _ in range(DEATHS_IN_A_ROW + 1):
            await heard(process)
            stuck = process.pid
            assert stuck
            os.kill(stuck, signal.SIGSTOP)
            under_way = asyncio.create_task(process.transcribe(clip(), ("en",)))
            await asyncio.sleep(0.1)
            process.abandon()
            assert await asyncio.wait_for(under_way, 0.5) is None
            await until(lambda pid=stuck: not _runs(pid), within_s=0.5)
        assert (await heard(process)).text == speech.clip("fx_en_02").text
    assert house.counters["worker_abandoned"] == DEATHS_IN_A_ROW + 1
    assert not any(reason for _, reason in house.said)


async def test_two_are_transcribed_at_a_time_and_giving_one_up_loses_the_other_nothing() -> None:
    house = House(order())
    mine, other = clip(), speech.clip("fx_en_03").samples[::3].copy()
    async with house.running() as process:
        await heard(process)
        both = await asyncio.gather(*(process.transcribe(each, ("en",)) for each in (mine, other)))
        wanted = [speech.clip(name).text for name in ("fx_en_02", "fx_en_03")]
        assert [transcript and transcript.text for transcript in both] == wanted
        stuck = process.pid
        assert stuck
        os.kill(stuck, signal.SIGSTOP)
        under_way = [
            asyncio.create_task(process.transcribe(each, ("en",))) for each in (mine, other)
        ]
        await asyncio.sleep(0.1)
        process.abandon(mine)
        assert await asyncio.wait_for(under_way[0], 0.5) is None
        kept = await under_way[1]
        assert kept
        assert kept.text == wanted[1]
    assert house.counters["worker_abandoned"] == 1


async def test_a_withdrawal_ends_a_transcription_that_does_not_end_by_itself(
    tmp_path: Path,
) -> None:
    """His audio goes with the worker within a second; who speaks meanwhile loses nothing."""
    with AnalysisProcess(tmp_path, str(fixture_model())).running() as analysis:
        assert analysis.child
        gate, media = await analysis.gate(), await analysis.media()
        grants = [
            Grant(room_id="r", tap_id=tap, speaker_id=f"s{tap}", language="en") for tap in (5, 6)
        ]
        await gate.send(OpenCaptions(room_id="r"), *grants, LoadModel())
        await gate.hear(EngineState, lambda engine: engine.state == "loading")
        await gate.hear(EngineState, lambda engine: engine.state == "ready")
        worker = _child_of(analysis.child.pid)
        os.kill(worker, signal.SIGSTOP)
        said = {tap: speech.clip(f"fx_en_0{tap - 2}") for tap in (5, 6)}
        streams = []
        for tap, clip in said.items():
            first = speech.silence(0.3 * (tap - 5))
            turn = np.concatenate((first, clip.samples, speech.silence(0.8)))
            streams.append(speech.RtpStream(tap).frames(speech.encode(turn)))

        async def purged_at() -> float:
            await gate.hear(Purged, lambda purged: purged.tap_id == 5)
            return time.monotonic()

        began = time.monotonic()
        for index, frames in enumerate(itertools.zip_longest(*streams)):
            for frame in filter(None, frames):
                await media.send(frame)
            if index == 60:  # his first partial is at work
                await gate.send(Withdraw(room_id="r", tap_id=5))
                withdrawn, purging = time.monotonic(), asyncio.create_task(purged_at())
            await asyncio.sleep(max(0.0, began + index * 0.02 - time.monotonic()))
        assert await purging - withdrawn < GONE_WITHIN_S
        line = await gate.heard_or_next(Line, lambda line: line.final)
        assert (line.tap_id, line.text) == (6, said[6].text)
        assert not _runs(worker)
        counters = (await gate.stats()).counters
    assert counters["worker_abandoned"] == 1
    assert counters.get("gaps", 0) == 0


async def test_a_worker_that_takes_too_much_memory_is_killed_and_the_engine_given_up() -> None:
    house = House(order(whisper_memory_mb=40))
    async with house.running():
        await until(lambda: any(reason for _, reason in house.said))
    reason = house.said[-1][1]
    assert reason
    assert "memory" in reason


async def test_a_model_that_is_broken_is_unavailable_with_a_sentence(tmp_path: Path) -> None:
    for name in ("config.json", "model.bin", "tokenizer.json"):
        (tmp_path / name).write_text("{}")
    house = House(load_order(Settings(whisper_model=str(tmp_path))))
    async with house.running():
        await until(lambda: any(reason for _, reason in house.said))
    assert house.said[-1] == (None, "the model could not be loaded")


def test_the_worker_dies_with_its_parent() -> None:
    fixture_model()
    program = f"""
import asyncio, os
from collections import Counter
from analysis.config import Settings
from analysis.model import load_order
from analysis.speech_process import DEATHS_IN_A_ROW, SpeechProcess
async def main():
    order = load_order(Settings(whisper_model={str(fixture_model())!r}))
    process = SpeechProcess(lambda: order, 9, Counter(), lambda *change: None)
    process.want()
    task = asyncio.create_task(process.run())
    while not process.ready:
        await asyncio.sleep(0.02)
    print(process.pid, flush=True)
    os.kill(os.getpid(), 9)
asyncio.run(main())
"""
    told = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    worker = int(told.stdout)
    deadline = time.monotonic() + 5
    while _runs(worker) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not _runs(worker)


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False


async def test_captions_are_back_within_five_seconds_of_kill_9_while_audio_flows(
    tmp_path: Path,
) -> None:
    """Packets keep their pace; every one is taken, before, while and after the worker is dead."""
    with AnalysisProcess(tmp_path, str(fixture_model())).running() as analysis:
        gate, media = await analysis.gate(), await analysis.media()
        grant = Grant(room_id="r", tap_id=5, speaker_id="s", language="en")
        await gate.send(OpenCaptions(room_id="r"), grant, LoadModel())
        await gate.stats()
        clip = speech.clip("fx_en_05")
        turn = np.concatenate((speech.silence(0.2), clip.samples, speech.silence(0.7)))
        frames = speech.RtpStream(5).frames(speech.encode(np.concatenate([turn] * 4)))

        async def speak() -> None:
            began = time.monotonic()
            for index, frame in enumerate(frames):
                await media.send(frame)
                await asyncio.sleep(max(0, began + index * 0.02 - time.monotonic()))

        speaking = asyncio.create_task(speak())
        await gate.hear(Line, lambda line: line.final)
        assert analysis.child
        os.kill(_child_of(analysis.child.pid), signal.SIGKILL)
        killed = time.monotonic()
        line = await gate.hear(Line)
        assert time.monotonic() - killed < BACK_S
        assert line.text
        await speaking
        counters = (await gate.stats()).counters
        assert counters["frames_taken"] == len(frames)
        assert counters["worker_deaths"] == 1
        assert counters.get("gaps", 0) == 0
        await media.close()
        await gate.close()


def _child_of(pid: int) -> int:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    (child,) = [int(each) for each in children]
    return child
