"""What captions cost and how late they come: `make bench-captions`.

Tiny-sized random weights cost what Whisper tiny costs, and more: they never stop by themselves, so
each transcription goes to its token cap, 12 tokens a second, three times what speech has. `cost` is
measured for 25 tokens, too. Prints JSON; needs ../shared.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import numpy as np

from analysis import whisper
from analysis.app import App
from analysis.config import Settings
from analysis.decoder import SAMPLE_RATE_HZ
from analysis.listen_file import listen
from analysis.speaker import Job
from analysis.vad import preload
from analysis.whisper import WhisperTranscriber
from protocol.analysis import EngineState, Gap, Grant, Line, LoadModel, OpenCaptions
from tests.analysis import speech
from tests.analysis.process import AnalysisProcess, GateEnd
from tests.shared_material import shared_path

QUEUE_S = 5.0


def tiny(directory: Path) -> Path:
    """Random weights in the shape of Whisper tiny."""
    maker = shared_path("prototypes", "captions", "whisper_ct2.py")
    tokens = shared_path("models", "multilingual.tiktoken")
    assert maker
    assert tokens
    target = directory / "tiny-random"
    subprocess.run(
        [sys.executable, str(maker), "random", str(target), str(tokens)],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return target


def cost(model: Path, window_s: int, tokens_per_s: int) -> dict[str, float]:
    """CPU time of one final of 4 s, and how many speakers 60 % of two cores carry."""
    whisper.TOKENS_PER_S = tokens_per_s  # random weights go on until the cap
    engine = WhisperTranscriber(model, "cpu", 1, window_s)
    audio = np.random.default_rng(1).normal(0, 0.05, 4 * SAMPLE_RATE_HZ).astype(np.float32)
    spent = []
    for _ in range(8):
        began = time.process_time()
        engine.transcribe(audio, "en")
        spent.append(time.process_time() - began)
    cpu_s = median(spent)
    return {
        "window_s": window_s,
        "tokens": whisper.TOKENS_BASE + 4 * tokens_per_s,
        "cpu_ms_of_a_final_of_4_s": round(cpu_s * 1000, 1),
        "speakers_at_60_percent_of_2_cores": round(0.6 * 2 * 4 / cpu_s, 1),
    }


def negatives(model: Path, minutes: float) -> dict[str, Any]:
    """Silence, noise and music through the live path; the model recites on whatever it gets."""
    engine = WhisperTranscriber(model, "cpu", 1)
    rate, chance = 48_000, np.random.default_rng(5)
    seconds = np.arange(int(rate * minutes * 60 / 4)) / rate
    beat = 0.5 + 0.5 * np.sign(np.sin(2 * np.pi * 2 * seconds))
    chords = [(220, 277.2, 329.6), (246.9, 311.1, 370), (196, 246.9, 293.7)]
    at = (seconds // 2).astype(int) % len(chords)
    music = sum(
        0.12 * np.sin(2 * np.pi * np.take([c[n] for c in chords], at) * seconds) for n in range(3)
    )
    sounds = {
        "silence": np.zeros(len(seconds)),
        "room noise": chance.normal(0, 0.003, len(seconds)),
        "loud noise": chance.normal(0, 0.15, len(seconds)),
        "music": music * beat + chance.normal(0, 0.01, len(seconds)),
    }
    told: dict[str, int] = {
        name: sum(int(bool(line.text)) for line in listen(sound.astype(np.float32), engine, "en"))
        for name, sound in sounds.items()
    }
    return {"minutes": minutes, "lines": sum(told.values()), "by_sound": told}


class Room:
    """Speakers who speak in real time, and what is heard of them."""

    def __init__(self, gate: GateEnd, media: Any, analysis: AnalysisProcess) -> None:
        self.gate, self.media, self.analysis = gate, media, analysis
        self.heard: list[tuple[float, Line | Gap]] = []

    async def open(self, speakers: int) -> None:
        await self.gate.send(OpenCaptions(room_id="r"))
        for tap in range(1, speakers + 1):
            await self.gate.send(
                Grant(room_id="r", tap_id=tap, speaker_id=f"s{tap}", language="en")
            )
        await self.gate.send(LoadModel())
        await self.gate.hear(EngineState, lambda engine: engine.state == "ready")
        await self.gate.stats()

    async def listen(self) -> None:
        while True:
            message = await self.gate.hear(Line | Gap, within_s=600)  # type: ignore[arg-type]
            self.heard.append((time.monotonic(), message))

    async def speak(self, tap: int, packets: list[bytes], delay_s: float) -> float:
        await asyncio.sleep(delay_s)
        began = time.monotonic()
        for index, frame in enumerate(speech.RtpStream(tap).frames(packets)):
            await self.media.send(frame)
            await asyncio.sleep(max(0.0, began + (index + 1) * 0.02 - time.monotonic()))
        return began


async def live(  # noqa: C901, PLR0915  one measurement, told from its beginning to its end
    model: Path, speakers: int, seconds: float, talk: float, window_s: int
) -> dict[str, Any]:
    """Speakers who talk so large a share of the time, in the product's own loops.

    What becomes of an utterance is noted where it would be published, as the words of random
    weights are dropped there by the filters.
    """
    clips = [speech.clip(f"fx_{'en' if n < 6 else 'ko'}_{n:02}").samples for n in range(12)]
    app = App(Settings(whisper_model=str(model), whisper_window_s=str(window_s)))
    session, stop = app._session, asyncio.Event()
    done: list[tuple[float, Job, str]] = []
    publish, report = session._lines.publish, session._lines.report

    def note(job: Job, speaker: Any, transcript: Any, now_ms: int) -> bool:
        done.append((now_ms / 1000, job, "final" if job.final else "partial"))
        return publish(job, speaker, transcript, now_ms)

    def note_gaps(speaker: Any, now_ms: int) -> None:
        done.extend((now_ms / 1000, job, "gap") for job in speaker.dropped)
        report(speaker, now_ms)

    session._lines.publish, session._lines.report = note, note_gaps  # type: ignore[method-assign]
    preload()
    session.handle(1, OpenCaptions(room_id="r"), 0)
    for tap in range(1, speakers + 1):
        grant = Grant(room_id="r", tap_id=tap, speaker_id=f"s{tap}", language="en")
        session.handle(1, grant, 0)
    running = asyncio.create_task(app.run(stop))
    while not app._speech.ready:  # noqa: ASYNC110  nothing tells
        await asyncio.sleep(0.05)
    chance = np.random.default_rng(speakers)
    ends: dict[int, list[tuple[float, float]]] = {}
    scripts = []
    for tap in range(1, speakers + 1):
        parts, at, ends[tap] = [], 0.0, []
        while at < seconds:
            clip = clips[int(chance.integers(12))]
            pause = len(clip) / 48_000 * (1 / talk - 1) * float(chance.uniform(0.5, 1.5))
            rest = max(0.8, pause)
            voiced = np.flatnonzero(np.abs(clip) > 0.02)
            ends[tap].append((at + voiced[0] / 48_000, at + voiced[-1] / 48_000))
            parts += [clip, speech.silence(rest)]
            at += len(clip) / 48_000 + rest
        scripts.append(speech.encode(np.concatenate(parts)))
    worker = app._speech.pid or 0
    cpu_before, own_before, peak_mb = _cpu_s(worker), time.process_time(), 0.0
    began = time.monotonic()

    async def speak(tap: int, packets: list[bytes], delay_s: float) -> float:
        await asyncio.sleep(delay_s)
        start = time.monotonic()
        for index, frame in enumerate(speech.RtpStream(tap).frames(packets)):
            session.audio(frame, time.monotonic_ns() // 1_000_000)
            app._pump()
            await asyncio.sleep(max(0.0, start + (index + 1) * 0.02 - time.monotonic()))
        return start

    speaking = [
        asyncio.create_task(speak(tap, script, float(chance.uniform(0, 3))))
        for tap, script in enumerate(scripts, 1)
    ]
    while not all(task.done() for task in speaking):
        await asyncio.sleep(0.5)
        peak_mb = max(peak_mb, _rss_mb(worker))
    took = time.monotonic() - began
    worker_share = (_cpu_s(worker) - cpu_before) / took
    own_share = (time.process_time() - own_before) / took
    await asyncio.sleep(QUEUE_S + 1)
    starts = {tap: task.result() for tap, task in enumerate(speaking, 1)}
    stop.set()
    await running
    finals, firsts, gaps = _latencies(done, starts, ends)
    counters = session.counters
    return {
        "speakers": speakers,
        "window_s": window_s,
        "talking_share": talk,
        "utterances": sum(len(each) for each in ends.values()),
        "worker_cpu_cores": round(worker_share, 2),
        "analysis_cpu_cores_with_the_bench": round(own_share, 2),
        "finals": len(finals),
        "finals_heard_early": counters["finals_heard_early"],
        "partials": counters["partials"] or sum(kind == "partial" for *_, kind in done),
        "gaps": len(gaps),
        "end_to_final_ms": _p(finals),
        "onset_to_first_partial_ms": _p(firsts),
        "longest_until_final_or_gap_ms": round(max([*finals, *gaps], default=0) * 1000),
        "peak_worker_mb": round(peak_mb),
        "peak_own_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000),
    }


def _latencies(
    done: list[tuple[float, Job, str]],
    starts: dict[int, float],
    ends: dict[int, list[tuple[float, float]]],
) -> tuple[list[float], list[float], list[float]]:
    finals, firsts, gaps = [], [], []
    seen: set[int] = set()
    for at, job, kind in done:
        began = starts[job.tap_id]
        onset = (job.made_at_ms - job.utterance.age_ms) / 1000 - began
        nearest = min(ends[job.tap_id], key=lambda pair: abs(pair[0] - onset))
        if kind == "gap":
            gaps.append(at - began - nearest[1])
        elif kind == "final":
            finals.append(at - began - nearest[1])
        elif job.line_id not in seen and not job.early:
            seen.add(job.line_id)
            firsts.append(at - began - nearest[0])
    return finals, firsts, gaps


async def kill(model: Path) -> dict[str, Any]:
    """From kill −9 of the worker until the next caption, while somebody speaks."""
    clip = speech.clip("fx_en_05").samples
    turn = np.concatenate((clip, speech.silence(0.7)))
    with (
        tempfile.TemporaryDirectory() as state,
        AnalysisProcess(Path(state), str(model)).running() as analysis,
    ):
        room = Room(await analysis.gate(), await analysis.media(), analysis)
        await room.open(1)
        listening = asyncio.create_task(room.listen())
        packets = speech.encode(np.concatenate([turn] * 6))
        speaking = asyncio.create_task(room.speak(1, packets, 0))
        back = []
        for _ in range(3):
            await asyncio.sleep(4)
            os.kill(_child(analysis), signal.SIGKILL)
            killed, before = time.monotonic(), len(room.heard)
            while len(room.heard) == before:  # noqa: ASYNC110  nothing tells
                await asyncio.sleep(0.01)
            back.append(room.heard[before][0] - killed)
        await speaking
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        counters = (await room.gate.stats()).counters
    return {
        "captions_back_s": [round(each, 2) for each in back],
        "frames_sent": len(packets),
        "frames_taken": counters["frames_taken"],
        "gaps": counters.get("gaps", 0),
    }


def _p(values: list[float]) -> dict[str, int] | None:
    if len(values) < 2:
        return None
    cuts = quantiles(values, n=100, method="inclusive")
    return {"p50": round(cuts[49] * 1000), "p95": round(cuts[94] * 1000), "n": len(values)}


def _child(analysis: AnalysisProcess) -> int:
    assert analysis.child
    pid = analysis.child.pid
    return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _rss_mb(pid: int) -> float:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE") / 1e6


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10, help="of sounds without speech")
    parser.add_argument("--seconds", type=float, default=30, help="of each live run")
    parser.add_argument("--only", default="", help="cost,negatives,kill,load,flood: some of these")
    chosen = parser.parse_args()
    fixture = shared_path("models", "fixture-whisper")
    if fixture is None:
        sys.stderr.write("bench-captions needs the shared material (MASIL_SHARED)\n")
        return 2
    parts = set(filter(None, chosen.only.split(","))) or {
        "cost",
        "negatives",
        "kill",
        "load",
        "flood",
    }
    result: dict[str, Any] = {"cores": os.cpu_count(), "load_average": os.getloadavg()}
    with tempfile.TemporaryDirectory() as directory:
        model = tiny(Path(directory))
        if "cost" in parts:
            result["cost"] = [
                cost(model, window_s, tokens) for window_s in (30, 10) for tokens in (4, 12)
            ]
        if "negatives" in parts:
            result["negatives"] = negatives(fixture, chosen.minutes)
        if "kill" in parts:
            result["kill"] = asyncio.run(kill(fixture))
        if "load" in parts:
            result["load"] = [
                asyncio.run(live(model, speakers, chosen.seconds, 0.8, window_s))
                for speakers, window_s in ((3, 30), (6, 30), (3, 10), (10, 10))
            ]
        if "flood" in parts:
            result["flood"] = asyncio.run(live(model, 20, chosen.seconds, 0.9, 30))
    print(json.dumps(result, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
