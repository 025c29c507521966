"""People who talk at the same time, in the product's own loops, and when they read what they said.

Their packets come straight into the analysis process's session, each 20 ms, as the media process
would send them: through a real SFU they would cost this machine a second time what is measured.
What becomes of an utterance is noted where it would be published: the words of random weights are
dropped there by the filters. Its true beginning and end are known from the script.
"""

from __future__ import annotations

import asyncio
import resource
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.app import App
from analysis.config import Settings
from analysis.speaker import Job
from analysis.vad import preload
from bench.captions.processes import cpu_s, resident_mb
from protocol.analysis import Grant, OpenCaptions
from tests.analysis import speech

RATE_HZ = 48_000
LOUD = 0.02
SHORTEST_REST_S = 0.8
MOST_LATE_S = 6.0
"""After the last word; whatever is not there by then counts as missing."""


@dataclass(frozen=True)
class Talk:
    """How people talk."""

    speakers: int
    seconds: float
    share: float = 0.8
    """Of the time in which each of them speaks."""
    longest_s: float = 10.0
    """Longer clips are cut there."""


@dataclass
class Script:
    """What one speaker says."""

    packets: list[bytes]
    spoken: list[tuple[float, float]]
    """Begin and end of the voice of each utterance, in seconds."""
    delay_s: float
    began: float = 0.0


@dataclass
class Seen:
    """What happened to one piece of one utterance."""

    tap_id: int
    line_id: int
    kind: str
    """`final`, `partial`, `gap`."""
    at: float
    onset: float
    """When this speech began, by what the segmenter thinks."""
    made: float
    """When its last audio came."""
    began: float
    """When its transcription began."""


@dataclass
class Watch:
    """Notes what the session of an app publishes."""

    app: App
    seen: list[Seen] = field(default_factory=list)
    busy_s: float = 0.0
    _began: dict[int, float] = field(default_factory=dict)

    def start(self) -> None:
        session = self.app._session
        publish, report, next_job = session._lines.publish, session._lines.report, session.next_job

        def note_job(*allowed: Any) -> Job | None:
            job = next_job(*allowed)
            if job:
                self._began[id(job)] = time.monotonic()
            return job

        def note_line(job: Job, speaker: Any, transcript: Any, now_ms: int) -> bool:
            began = self._began.pop(id(job), now_ms / 1000)
            self.busy_s += now_ms / 1000 - began
            self._note(job, "final" if job.final else "partial", now_ms, began)
            return publish(job, speaker, transcript, now_ms)

        def note_gaps(speaker: Any, now_ms: int) -> None:
            for job in speaker.dropped:
                self._note(job, "gap", now_ms, now_ms / 1000)
            report(speaker, now_ms)

        session._lines.publish, session._lines.report = note_line, note_gaps  # type: ignore[method-assign]
        session.next_job = note_job  # type: ignore[method-assign,assignment]

    def _note(self, job: Job, kind: str, now_ms: int, began: float) -> None:
        onset = (job.made_at_ms - job.utterance.age_ms) / 1000
        made = job.made_at_ms / 1000
        self.seen.append(Seen(job.tap_id, job.line_id, kind, now_ms / 1000, onset, made, began))


async def live(model: Path, window_s: int, talk: Talk) -> dict[str, Any]:
    """Let them talk; returns how late captions were, and what it took."""
    app, stop = (
        App(Settings(whisper_model=str(model), whisper_window_s=str(window_s))),
        asyncio.Event(),
    )
    watch = Watch(app)
    watch.start()
    preload()
    app._session.handle(1, OpenCaptions(room_id="r"), 0)
    for tap in range(1, talk.speakers + 1):
        grant = Grant(room_id="r", tap_id=tap, speaker_id=f"s{tap}", language="en")
        app._session.handle(1, grant, 0)
    running = asyncio.create_task(app.run(stop))
    while not app._speech.ready:  # noqa: ASYNC110  nothing tells
        await asyncio.sleep(0.05)
    scripts = write_scripts(talk)
    worker = app._speech.pid or 0
    before = (cpu_s(worker), time.process_time(), time.monotonic())
    watch.busy_s = 0.0
    peak_mb = await _speak(app, scripts, worker)
    took = time.monotonic() - before[2]
    used = (cpu_s(worker) - before[0], time.process_time() - before[1], watch.busy_s)
    await asyncio.sleep(MOST_LATE_S)
    stop.set()
    await running
    worker_share, own_share, busy_s = (each / took for each in used)
    return {
        "speakers": talk.speakers,
        "window_s": window_s,
        "talking_share": talk.share,
        "transcriptions_at_a_time": app._lanes,
        "worker_busy_share": round(busy_s / app._lanes, 2),
        "worker_cpu_cores": round(worker_share, 2),
        "analysis_cpu_cores_with_the_bench": round(own_share, 2),
        **judge(watch.seen, scripts),
        "finals_heard_early": app._session.counters["finals_heard_early"],
        "partials": sum(seen.kind == "partial" for seen in watch.seen),
        "peak_worker_mb": round(peak_mb),
        "peak_own_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000),
    }


def write_scripts(talk: Talk) -> list[Script]:
    """What each speaker says: fixture clips in a random order, with rests between them."""
    names = [f"fx_{'en' if n < 6 else 'ko'}_{n:02}" for n in range(12)]
    clips = [speech.clip(name).samples[: int(talk.longest_s * RATE_HZ)] for name in names]
    chance = np.random.default_rng(talk.speakers)
    scripts = []
    for _ in range(talk.speakers):
        parts: list[NDArray[np.float32]] = []
        spoken, at = [], 0.0
        while at < talk.seconds:
            clip = clips[int(chance.integers(len(clips)))]
            length = len(clip) / RATE_HZ
            pause = length * (1 / talk.share - 1) * float(chance.uniform(0.5, 1.5))
            rest = max(SHORTEST_REST_S, pause)
            voiced = np.flatnonzero(np.abs(clip) > LOUD)
            spoken.append((at + voiced[0] / RATE_HZ, at + voiced[-1] / RATE_HZ))
            parts += [clip, speech.silence(rest)]
            at += length + rest
        packets = speech.encode(np.concatenate(parts))
        scripts.append(Script(packets, spoken, float(chance.uniform(0, 4))))
    return scripts


async def _speak(app: App, scripts: list[Script], worker: int) -> float:
    """Send each packet when it is due; returns the most memory the worker took, in MB."""
    start = time.monotonic()
    streams = []
    for tap, script in enumerate(scripts, 1):
        script.began = start + script.delay_s
        frames = speech.RtpStream(tap).frames(script.packets)
        streams.append((script.began, iter(frames)))
    sent = [0] * len(streams)
    peak_mb, open_streams = 0.0, set(range(len(streams)))
    while open_streams:
        now = time.monotonic()
        for index in list(open_streams):
            began, frames_left = streams[index]
            while began + sent[index] * 0.02 <= now:
                frame = next(frames_left, None)
                if frame is None:
                    open_streams.discard(index)
                    break
                app._session.audio(frame, time.monotonic_ns() // 1_000_000)
                sent[index] += 1
        app._pump()
        if sent[0] % 25 == 0:
            peak_mb = max(peak_mb, resident_mb(worker))
        await asyncio.sleep(0.005)
    return peak_mb


def judge(seen: list[Seen], scripts: list[Script]) -> dict[str, Any]:
    """Compare what was published with what was said and when."""
    finals: dict[tuple[int, int], float] = {}
    texts: dict[tuple[int, int], Seen] = {}
    gaps: dict[tuple[int, int], float] = {}
    for one in sorted(seen, key=lambda one: one.at):
        script = scripts[one.tap_id - 1]
        onset = one.onset - script.began
        number = min(range(len(script.spoken)), key=lambda n: abs(script.spoken[n][0] - onset))
        key, end = (one.tap_id, number), one.at - script.began - script.spoken[number][1]
        if one.kind == "gap":
            gaps[key] = end
            continue
        texts.setdefault(key, one)
        if one.kind == "final":
            finals[key] = max(end, finals.get(key, end))  # of a split one the last piece
    begins = {
        key: scripts[key[0] - 1].began + scripts[key[0] - 1].spoken[key[1]][0] for key in texts
    }
    said = sum(len(script.spoken) for script in scripts)
    return {
        "utterances": said,
        "finals": len(finals),
        "gaps": len(gaps),
        "missing": said - len(finals.keys() | gaps.keys()),
        "end_to_final_ms": spread(list(finals.values())),
        "onset_to_first_text_ms": spread([one.at - begins[key] for key, one in texts.items()]),
        "of_which": {
            "speaking_ms": spread([one.made - begins[key] for key, one in texts.items()]),
            "waiting_ms": spread([one.began - one.made for one in texts.values()]),
            "transcribing_ms": spread([one.at - one.began for one in texts.values()]),
        },
        "first_text_is_a_partial": sum(one.kind == "partial" for one in texts.values()),
        "longest_until_final_or_gap_ms": round(
            max([*finals.values(), *gaps.values()], default=0) * 1000
        ),
    }


def spread(values_s: list[float]) -> dict[str, int] | None:
    """Median and 95th percentile in milliseconds."""
    if len(values_s) < 2:
        return None
    cuts = quantiles(values_s, n=100, method="inclusive")
    return {"p50": round(cuts[49] * 1000), "p95": round(cuts[94] * 1000), "n": len(values_s)}
