"""Speech from one real Chromium to another over a road that loses every tenth datagram.

Run by `make bench-loss`; stores bench/results/loss.json. Rows: which protection was on, and where
the road lost something. Each clip is scored against what the speaker's microphone gave. Rounds go
through all rows one after the other, so that other work on the machine meets them all; the table
takes of each clip its median over the rounds.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer
from playwright.sync_api import sync_playwright

from bench.lossy_road import LossyRoad
from bench.speech_score import MAX_CLIP_S, Script, scores, script
from server.media.embedded.loss import CALM_MS
from tests.browser import flows
from tests.browser.audio import write_wav
from tests.browser.house import ROOT, House
from tests.browser.person import Person, person
from tests.shared_material import shared_path

LOSS = 0.10
QUIET_S = 60
"""Each row waits so long for a quiet machine."""
CLIPS = ("en_austen_0870", "en_libri_quilter", "en_lj001_0006", "syn_ko_4")
ROAD = (Path(__file__).parent / "loss_road.js").read_text("utf-8")


MEDIANS = (
    "concealed",
    "concealed_silence",
    "stretched",
    "squeezed",
    "jitter_buffer_ms",
    "bytes_a_packet",
    "cpu_load",
)
"""What the table takes the median of, over the rounds."""


class Protection(NamedTuple):
    """What both pages negotiate."""

    name: str
    speaker_red: bool
    listener_red: bool
    fec: bool


class Road(NamedTuple):
    """Who loses how much."""

    name: str
    up: float
    down: float
    settle_s: int
    """Reports and jitter buffers have this long to react before anything is recorded."""


PROTECTIONS = (
    Protection("none", False, False, False),
    Protection("fec", False, False, True),
    Protection("red and fec", True, True, True),
)
ROADS = (
    Road("no loss", 0, 0, CALM_MS // 1000 + 15),
    Road("uplink", LOSS, 0, 12),
    Road("downlink", 0, LOSS, 15),
)


class Bench:
    """Two people in a house, each on a road of his own."""

    def __init__(self, stack: ExitStack, directory: Path, spoken: Script) -> None:
        self.house = House(directory, "tiny")
        stack.callback(self.house.close)
        self.spoken = spoken
        playwright = stack.enter_context(sync_playwright())
        microphone = write_wav(directory / "speech.wav", spoken.samples)
        self.roads = [stack.enter_context(LossyRoad(self.house.media_port)) for _ in range(2)]
        self.speaker = stack.enter_context(person(playwright, self.house.url, microphone))
        self.listener = stack.enter_context(person(playwright, self.house.url))
        for who in (self.speaker, self.listener):
            who.context.add_init_script(ROAD)
        speaker, listener = self.speaker.page, self.listener.page
        flows.come_as_founder(self.house, speaker, "010-2345-6789", "Ann")
        flows.add_contact(speaker, "010-9876-5432")
        flows.knock(self.house, listener, "010-9876-5432", "Bea")
        flows.let_in(speaker, listener, "Bea")

    def enter(self, protection: Protection) -> None:
        """Both meet in a new room."""
        for who, road, red in zip(
            (self.speaker, self.listener),
            self.roads,
            (protection.speaker_red, protection.listener_red),
            strict=True,
        ):
            road.start_again(0)
            terms = {
                "from": self.house.media_port,
                "to": road.port,
                "red": red,
                "fec": protection.fec,
            }
            who.page.evaluate("(terms) => { window.masilRoad = terms; }", terms)
        flows.open_room(self.speaker.page, protection.name)
        flows.unmute(self.speaker.page)
        flows.enter_room(self.listener.page, protection.name)

    def measure(
        self, protection: Protection, road: Road, seed: int, round_trip_ms: int
    ) -> dict[str, Any]:
        """One row; the listener's road takes `round_trip_ms` there and back."""
        self.roads[0].start_again(seed, up=road.up)
        self.roads[1].start_again(seed, down=road.down, round_trip_ms=round_trip_ms)
        self.speaker.page.wait_for_timeout(road.settle_s * 1000)
        self.until_quiet()
        before = stats(self.listener)
        self.speaker.tap_microphone("said")
        self.listener.tap_slots("heard")
        self.speaker.page.wait_for_timeout(1000 * (self.spoken.seconds + MAX_CLIP_S + 2))
        said, heard = self.speaker.stop_tap("said"), self.listener.stop_tap("heard")
        after = stats(self.listener)
        made = scores(self.spoken, said, heard)
        ways = (self.roads[0].ways["up"], self.roads[1].ways["down"])
        return {
            "protection": protection.name,
            "loss": road.name,
            "seed": seed,
            "pesq": [(score.clip, round(score.pesq, 2)) for score in made],
            "stoi": [(score.clip, round(score.stoi, 3)) for score in made],
            "lag_ms": [(score.clip, round(score.lag_ms)) for score in made],
            "cpu_load": round(os.getloadavg()[0], 1),
            "datagrams_lost": [round(way.lost / (way.lost + way.passed), 3) for way in ways],
            "concealed": share(before, after, "concealedSamples", "totalSamplesReceived"),
            "concealed_silence": share(
                before, after, "silentConcealedSamples", "totalSamplesReceived"
            ),
            "stretched": share(
                before, after, "insertedSamplesForDeceleration", "totalSamplesReceived"
            ),
            "squeezed": share(
                before, after, "removedSamplesForAcceleration", "totalSamplesReceived"
            ),
            "jitter_buffer_ms": round(
                1000 * share(before, after, "jitterBufferDelay", "jitterBufferEmittedCount")
            ),
            "bytes_a_packet": round(
                (after["bytesReceived"] - before["bytesReceived"])
                / (after["packetsReceived"] - before["packetsReceived"])
            ),
            "codec": after["codec"],
        }

    def until_quiet(self) -> None:
        """Wait until other work leaves a core free, but not for ever."""
        until = time.monotonic() + QUIET_S
        while os.getloadavg()[0] > (os.cpu_count() or 1) and time.monotonic() < until:
            self.speaker.page.wait_for_timeout(5000)


def stats(listener: Person) -> dict[str, Any]:
    """What Chromium says about the slot that is heard."""
    found: dict[str, Any] = listener.page.evaluate("() => masilSlots()")
    return found


def share(before: dict[str, Any], after: dict[str, Any], part: str, whole: str) -> float:
    """The share of one figure in another, over the time between two reports."""
    total = after[whole] - before[whole]
    return round((after[part] - before[part]) / total, 4) if total else 0.0


def measure(clips: list[Path], rounds: int, round_trip_ms: int) -> Iterator[list[dict[str, Any]]]:
    """All rows so far, after each round; the seed says of which one a row is."""
    rows: list[dict[str, Any]] = []
    with ExitStack() as stack:
        bench = Bench(stack, Path(tempfile.mkdtemp()), script(clips))
        for seed in range(1, rounds + 1):
            for protection in PROTECTIONS:
                bench.enter(protection)
                for road in ROADS:
                    rows.append(bench.measure(protection, road, seed, round_trip_ms))
                    typer.echo(json.dumps(rows[-1]))
                flows.end_room(bench.speaker.page)
            yield rows


def table(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the rounds say together of each protection on each road."""
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault((row["protection"], row["loss"]), []).append(row)
    return [
        {
            "protection": protection,
            "loss": loss,
            "pesq": round(over_clips(same, "pesq"), 2),
            "stoi": round(over_clips(same, "stoi"), 3),
            "lag_ms": round(over_clips(same, "lag_ms")),
            **{key: statistics.median(row[key] for row in same) for key in MEDIANS},
        }
        for (protection, loss), same in found.items()
    ]


def over_clips(rows: list[dict[str, Any]], key: str) -> float:
    """The mean over the clips of each one's median over all rounds."""
    clips: dict[int, list[float]] = {}
    for row in rows:
        for clip, value in row[key]:
            clips.setdefault(clip, []).append(value)
    return statistics.mean(statistics.median(values) for values in clips.values())


def main(
    rounds: Annotated[int, typer.Option(min=1)] = 3,
    round_trip_ms: Annotated[int, typer.Option(min=0)] = 0,
    output: Path = ROOT / "bench" / "results" / "loss.json",
) -> None:
    """Measure, print and store."""
    found = [shared_path("data", "speech", "open", f"{name}.flac") for name in CLIPS]
    clips = [path for path in found if path is not None]
    if not clips:
        typer.echo("skipped: no speech clips (../shared/data/speech/open; set MASIL_SHARED)")
        return
    about = {
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
        "commit": subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True
        ).stdout.strip(),
        "machine": f"{platform.machine()}, {platform.system()}, Python {platform.python_version()}",
        "loss": LOSS,
        "round_trip_ms": round_trip_ms,
        "clips": list(CLIPS),
    }
    for rows in measure(clips, rounds, round_trip_ms):
        results = {**about, "table": table(rows), "rows": rows}
        output.write_text(json.dumps(results, indent=1) + "\n")
        for line in table(rows):
            typer.echo(json.dumps(line))


if __name__ == "__main__":
    typer.run(main)
