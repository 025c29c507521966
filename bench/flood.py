"""What a datagram of a stranger costs the media worker, beside one of a speaker's.

Run by `make bench-flood`; stores bench/results/flood.json. CPU time of this thread for one datagram
of each kind, in a house with few sessions and with many, and the log lines that all of it left.
"""

from __future__ import annotations

import asyncio
import json
import platform
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import structlog
import typer

from server.config import Settings
from server.domain.ids import MediaId
from tests.browser.house import ROOT
from tests.fakes.rtc import RtcPeer, make_rtp
from tests.media.conftest import House, seat
from tests.media.test_flood_cost import STRANGER, kinds

FEW, MANY = 2, 1_000
DATAGRAMS = 2_000
ROUNDS = 7
SPEAKER_A_TIME = 300
"""Packets of the speaker in a row: less than he may send in a second."""


def cost_us(house: House, data: list[bytes], source: bytes) -> float:
    """CPU microseconds for one datagram, over one round."""
    on_datagram = house.worker.engine._ingress.on_datagram
    began = time.thread_time()
    for each in data:
        on_datagram(each, source)
    return (time.thread_time() - began) / len(data) * 1e6


async def speaking_us(house: House, speaker: RtcPeer) -> float:
    """One packet of a voice, opened, placed in a slot and sent to one listener."""
    session = house.worker.engine._sessions[MediaId("speaker")]
    assert session.source is not None
    costs = []
    for turn in range(ROUNDS):
        session.refill()
        numbers = range(SPEAKER_A_TIME * turn, SPEAKER_A_TIME * (turn + 1))
        voice = [
            speaker.dtls._tx_srtp.protect(make_rtp(n & 0xFFFF, 960 * n, b"v" * 80)) for n in numbers
        ]
        costs.append(cost_us(house, voice, session.source))
        await asyncio.sleep(0)
    return statistics.median(costs)


async def measure() -> dict[str, object]:
    """Every kind, few sessions, then many."""
    settings = Settings(
        state_dir=Path(tempfile.mkdtemp(prefix="masil-")), media_host="127.0.0.1", media_port=0
    )
    costs: dict[str, list[float]] = {}
    async with House(settings) as house:
        speaker = await house.enter(seat("speaker"))
        await house.enter(seat("listener", csrc=2, role="listener"))
        datagrams = list(kinds(speaker))
        voice_us = await speaking_us(house, speaker)
        before = house.worker.counters.as_dict()
        with structlog.testing.capture_logs() as lines:
            for sessions in (FEW, MANY):
                for n in range(len(house.worker.engine._sessions), sessions):
                    await house.link.open_seat(seat(f"p{n}", csrc=n + 1, role="listener"))
                for name, data in datagrams:
                    rounds = [cost_us(house, [data] * DATAGRAMS, STRANGER) for _ in range(ROUNDS)]
                    costs.setdefault(name, []).append(round(statistics.median(rounds), 2))
                    await asyncio.sleep(0)
        dropped = house.worker.counters.datagrams_in - before["datagrams_in"]
    return {
        "voice_packet_us": round(voice_us, 2),
        "us_by_kind": {
            name: {f"{FEW}_sessions": few, f"{MANY}_sessions": many, "ratio": round(many / few, 2)}
            for name, (few, many) in costs.items()
        },
        "datagrams": dropped,
        "log_lines": len(lines),
    }


def main() -> None:
    """Measure, print and store."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True
    )
    results = {
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
        "commit": commit.stdout.strip(),
        "machine": f"{platform.machine()}, {platform.system()}, Python {platform.python_version()}",
        **asyncio.run(measure()),
    }
    text = json.dumps(results, indent=2)
    (ROOT / "bench" / "results" / "flood.json").write_text(text + "\n")
    typer.echo(text)


if __name__ == "__main__":
    main()
