"""Runs the parts one after the other, says how far it is, and stores bench/results/captions.json.

About 9 minutes. With `--only` the other parts' stored figures stay. Needs ../shared.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.config import Settings
from analysis.whisper import WhisperTranscriber
from bench.captions import upkeep, words
from bench.captions.cost import cost, in_worker
from bench.captions.live import Talk, live
from bench.captions.weights import tiny
from tests.shared_material import shared_path

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "bench" / "results" / "captions.json"
FINAL_P95_MS = 2_500
"""Speakers are kept up with where every utterance has its final, and this late at most."""
UTTERANCE_S = 3.2
"""With a rest of 0.8 s: one final every 4 s from each speaker, as the computed figure assumes."""
WINDOWS_S = (30, 10)
LOAD = 0.6
UTTERANCE_EVERY_S = 6.0
JOBS_AN_UTTERANCE = 2.3
"""Its first words, its final, and now and then a pause that did not last, as simulated."""
FINALS = 40
"""So many at least, for a 95th percentile."""
CROWDS = (((8, 11), 30), ((25, 50), 10))
"""What is asked and what is aimed at, which is tried only where the former was kept up with."""


@dataclass(frozen=True)
class Given:
    """What all parts are given."""

    weights: Path
    fixture: Path
    seconds: float
    minutes: float

    def weights_named(self, *, endless: bool = False) -> Path:
        """Random weights that stop as speech does, or never."""
        return self.weights / ("tiny-endless" if endless else "tiny-25-tokens")


Steps = Iterator[tuple[str, dict[str, Any]]]
"""Each step's name, and what was found in it once it is done."""


def costs(given: Given) -> Steps:
    for endless in (False, True):
        for window_s in (30, 10):
            model = given.weights_named(endless=endless)
            yield f"{model.name}, {window_s} s", cost(model, window_s)


def fixture_words(given: Given) -> Steps:
    engine = WhisperTranscriber(given.fixture, "cpu", 2)
    for loss in (0.0, 0.05):
        yield f"{loss:.0%} loss", words.fixture_words(engine, loss)
    yield "non-speech clips", words.non_speech(engine)
    yield f"{given.minutes:.0f} min of noises", words.long_sounds(engine, given.minutes)


def load(given: Given) -> Steps:
    """As many speakers as keep the worker busy for 60 % of the time on this machine, now."""
    for window_s in WINDOWS_S:
        _, real_s = in_worker(given.weights_named(), window_s, threads=1)
        at_a_time = Settings().whisper_parallel / real_s
        speakers = max(1, round(LOAD * UTTERANCE_EVERY_S * at_a_time / JOBS_AN_UTTERANCE))
        seconds = max(given.seconds, 1.1 * FINALS * UTTERANCE_EVERY_S / speakers)
        found = asyncio.run(live(given.weights_named(), window_s, Talk(speakers, seconds)))
        yield f"{speakers} speakers, {window_s} s", found


def crowds(given: Given) -> Steps:
    for counts, window_s in CROWDS:
        for speakers in counts:
            talk = Talk(speakers, given.seconds / 2, longest_s=UTTERANCE_S)
            found = kept_up(asyncio.run(live(given.weights_named(), window_s, talk)))
            yield f"{speakers} speakers, {window_s} s", found
            if not found["kept_up"]:
                break


def flood(given: Given) -> Steps:
    talk = Talk(20, given.seconds / 2, share=0.9)
    yield "20 speakers", asyncio.run(live(given.weights_named(endless=True), 30, talk))


def kill(given: Given) -> Steps:
    yield "worker", asyncio.run(upkeep.kill(given.fixture))


def withdrawal(given: Given) -> Steps:
    yield "while he speaks", asyncio.run(upkeep.withdrawal(given.fixture))


PARTS: dict[str, Callable[[Given], Steps]] = {
    "cost": costs,
    "words": fixture_words,
    "load": load,
    "speakers": crowds,
    "flood": flood,
    "kill": kill,
    "withdrawal": withdrawal,
}


def kept_up(result: dict[str, Any]) -> dict[str, Any]:
    """Judge whether these were kept up with: no gap, none missing, finals in time."""
    finals = result["end_to_final_ms"]
    late = finals is None or finals["p95"] > FINAL_P95_MS
    return {"kept_up": not (result["gaps"] or result["missing"] or late), **result}


def run(part: str, given: Given) -> list[Any]:
    """Run a part, telling of each step."""
    found = []
    began, load_before = time.monotonic(), os.getloadavg()[0]
    sys.stderr.write(f"{part} …\n")
    for name, result in PARTS[part](given):
        sys.stderr.write(f"  {name}: {time.monotonic() - began:.0f} s {json.dumps(result)}\n")
        found.append({"load_average_before": round(load_before, 1), **result})
        began, load_before = time.monotonic(), os.getloadavg()[0]
    return found


def main() -> int:
    """Measure, print and store."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10, help="of sounds without speech")
    parser.add_argument("--seconds", type=float, default=60, help="of each live run")
    parser.add_argument("--only", default="", help=f"some of {','.join(PARTS)}")
    chosen = parser.parse_args()
    fixture = shared_path("models", "fixture-whisper")
    if fixture is None:
        sys.stderr.write("bench-captions needs the shared material (MASIL_SHARED)\n")
        return 2
    wanted = chosen.only.split(",") if chosen.only else list(PARTS)
    if unknown := set(wanted) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    results = json.loads(RESULTS.read_text()) if chosen.only and RESULTS.is_file() else {}
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True
    ).stdout.strip()
    with tempfile.TemporaryDirectory() as directory:
        tiny(Path(directory))
        tiny(Path(directory), endless=True)
        given = Given(Path(directory), fixture, chosen.seconds, chosen.minutes)
        for part in wanted:
            results["machine"] = f"{platform.machine()}, {os.cpu_count()} cores, shared"
            results["date"] = time.strftime("%Y-%m-%d", time.gmtime())
            results["commit"] = commit
            results[part] = run(part, given)
            # After each part: what was measured is kept if the next one is cut short.
            RESULTS.write_text(json.dumps(results, indent=1) + "\n")
    sys.stdout.write(json.dumps(results, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
