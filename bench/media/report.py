"""The report of a run: where it was measured, its tables, its JSON."""

from __future__ import annotations

import datetime
import os
import platform
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.media.figures import Hot, Machine, Report, Row
from bench.media.harness import Harness

_ROOT = Path(__file__).parents[2]
_HEAD = (
    f"{'':14}{'listeners':>10}{'speakers':>9}{'net µs':>9}{'gross µs':>9}{'core':>8}"
    f"{'delivered':>11}{'p50 ms':>9}{'p99 ms':>9}{'load':>7}"
)


def make_report(harness: Harness, hot: Hot | None, machine: Machine, *, quick: bool) -> Report:
    """Everything that was measured."""
    ours = harness.rows["embedded"]
    return Report(
        date=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        commit=commit(),
        quick=quick,
        machine=machine,
        hot=hot,
        e2e=ours,
        janus=harness.rows["janus"],
        aiortc_relay=harness.rows["aiortc_relay"],
        ratios={**harness.ratios, **_aiortc_over_ours_at_500(harness)},
        one_room=harness.one_room,
        small_rooms=harness.small_rooms,
        join_cpu_ms=_largest_join(ours),
        skipped=harness.skipped,
    )


def _aiortc_over_ours_at_500(harness: Harness) -> dict[str, float]:
    """A packet of aiortc's, which carries few listeners only, over one of ours to 500."""
    theirs = harness.rows["aiortc_relay"]
    ours = [row for row in harness.rows["embedded"] if (row.listeners, row.speakers) == (500, 1)]
    if not theirs or not ours:
        return {}
    name = f"aiortc_relay {theirs[0].listeners}x1, ours 500x1"
    return {name: theirs[0].net_us / ours[0].net_us}


def _largest_join(rows: Sequence[Row]) -> float | None:
    """Of the load with the most joins: there the start counts least."""
    largest = max(rows, key=lambda row: row.listeners, default=None)
    return largest.join_cpu_ms if largest else None


def describe_machine() -> Machine:
    """Call it before the run: the load average is part of it."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return Machine(
        cpu=models[0] if models else platform.machine(),
        cores=os.cpu_count() or 0,
        kernel=platform.release(),
        python=platform.python_version(),
        load_average=os.getloadavg()[0],
    )


def commit() -> str:
    """The commit measured; `+` where the working tree differs from it."""
    try:
        head = _git("rev-parse", "--short", "HEAD")
        return head + ("+" if _git("status", "--porcelain") else "")
    except (OSError, subprocess.SubprocessError):
        return "unknown"


def _git(*arguments: str) -> str:
    command = ["git", "-C", str(_ROOT), *arguments]
    done = subprocess.run(command, check=True, capture_output=True, timeout=10)
    return done.stdout.decode().strip()


def tables(report: Report) -> Iterator[str]:
    """The report as lines to read."""
    machine = report.machine
    yield (
        f"{report.date}  {report.commit}  {machine.cores}× {machine.cpu}, Linux {machine.kernel}, "
        f"Python {machine.python}, load {machine.load_average:.2f}"
    )
    if report.hot:
        hot = report.hot
        yield (
            f"hot: {hot.us_per_packet:.2f} µs/packet ({hot.fanout}), C over {hot.libsrtp} "
            f"{hot.c_us_per_packet:.2f}: {hot.ratio_c:.2f} of its speed; "
            f"{hot.kernel_us_per_packet:.2f} of it is the kernel's"
        )
        yield (
            f"     {hot.python_us_per_packet:.2f} µs/packet where the loop is in Python: "
            f"{hot.python_ratio_c:.2f} of C's speed"
        )
    yield _HEAD
    for name, rows in (
        (f"masil {report.e2e[0].fanout}" if report.e2e else "masil", report.e2e),
        ("janus", report.janus),
        ("aiortc relay", report.aiortc_relay),
    ):
        yield from (_line(name, row) for row in rows)
    for what, ratio in sorted(report.ratios.items()):
        yield f"net CPU a packet over ours, {what}: {ratio:.1f}×"
    for row in report.one_room:
        yield _line(f"1 room, {row.workers} work.", row) + _shares(row)
    if report.small_rooms:
        row = report.small_rooms
        yield (
            f"{row.rooms} rooms × {row.listeners + row.speakers}, one speaks in each, "
            f"{row.incoming_per_s:.0f} packets/s come in: {row.us_per_incoming:.0f} µs each, "
            f"{row.core_share:.1%} of a core, {row.delivered:.2%} delivered"
        )
    if report.join_cpu_ms is not None:
        yield f"join: {report.join_cpu_ms:.2f} ms CPU"
    yield from (f"left out: {reason}" for reason in report.skipped)


def _line(name: str, row: Row) -> str:
    return (
        f"{name:14}{row.listeners:>10}{row.speakers:>9}{row.net_us:>9.2f}{row.gross_us:>9.2f}"
        f"{row.core_share:>8.1%}{row.delivered:>11.2%}{_ms(row.p50_ms):>9}{_ms(row.p99_ms):>9}"
        f"{row.load_share:>7.0%}"
    )


def _shares(row: Row) -> str:
    return "  by worker " + " + ".join(f"{share:.1%}" for share in row.worker_shares)


def _ms(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"
