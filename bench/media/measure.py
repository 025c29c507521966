"""One round on connected clients: silence, then speech, and the figures out of what arrived."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pylibsrtp

from bench.media import matching
from bench.media.client import Client
from bench.media.collector import Collector, Notes
from bench.media.cpu import cpu_ns_of
from bench.media.figures import Measured, Round
from bench.media.speech import PAYLOAD_BYTES, Speech, now_ns, read_stamp

LEAD_S = 0.1
"""From the decision to speak to the first packet, and of speech after the part measured."""
TAIL_S = 0.5
"""After the last packet: what is not there by then is lost."""
THREAD_S = 5.0
SAMPLES_A_STREAM = 3
MAX_SAMPLES = 200_000
Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Crowd:
    """Who speaks and who hears, all connected."""

    pids: tuple[int, ...]
    """The server's processes."""
    clients: Sequence[Client]
    """By number."""
    speakers: Sequence[Client]
    hearers: int
    """How many should hear each packet."""
    packets_per_s: float
    stamped: bool


@dataclass(frozen=True, slots=True)
class Window:
    """The part of a run that counts, CLOCK_REALTIME, and what was used in it."""

    from_ns: int
    to_ns: int
    server_ns: tuple[int, ...]
    """Of each process."""
    load_s: float

    @property
    def seconds(self) -> float:
        """How long it was."""
        return (self.to_ns - self.from_ns) / 1e9

    @property
    def shares(self) -> tuple[float, ...]:
        """Of one core, by process."""
        return tuple(used / 1e9 / self.seconds for used in self.server_ns)


class NotesOverflowError(RuntimeError):
    """More arrived than there was room for: the run is worth nothing."""


def measure(crowd: Crowd, collector: Collector, library: Path, plan: Round) -> Measured:
    """Measure once; blocks for the whole round.

    Raises:
        NotesOverflowError
    """
    seconds = plan.warm_s + plan.run_s + LEAD_S
    speech = Speech(
        crowd.speakers,
        packets_per_s=crowd.packets_per_s,
        seconds=seconds,
        stamped=crowd.stamped,
    )
    idle = _watch(crowd.pids, plan.idle_s)
    _record(crowd, collector, speech)
    thread = speech.start(library, now_ns() + int(LEAD_S * 1e9))
    try:
        time.sleep(LEAD_S + plan.warm_s)
        window = _watch(crowd.pids, plan.run_s)
    finally:
        thread.join(timeout=THREAD_S)
        speech.stop()
    time.sleep(TAIL_S)
    notes = collector.stop_recording()
    if notes.not_noted:
        raise NotesOverflowError(f"{notes.not_noted} packets could not be noted")
    return _figures(crowd, speech, notes, idle, window)


def _watch(pids: tuple[int, ...], seconds: float) -> Window:
    from_ns, before, load = now_ns(), cpu_ns_of(pids), time.process_time()
    time.sleep(seconds)
    to_ns, after = now_ns(), cpu_ns_of(pids)
    used = tuple(late - early for late, early in zip(after, before, strict=True))
    return Window(from_ns, to_ns, used, time.process_time() - load)


def _record(crowd: Crowd, collector: Collector, speech: Speech) -> None:
    """Room for all that should come and a fifth more, and for samples of each stream."""
    expected = len(speech.list) * crowd.hearers
    mask = 1
    while mask * 2 * SAMPLES_A_STREAM <= speech.turns:
        mask *= 2
    collector.record(expected * 6 // 5 + 10_000, min(expected, MAX_SAMPLES), mask - 1)


def _figures(crowd: Crowd, speech: Speech, notes: Notes, idle: Window, window: Window) -> Measured:
    arrivals, sent = notes.arrivals, speech.sent_ns()
    in_window = (sent >= window.from_ns) & (sent < window.to_ns)
    incoming = int(np.count_nonzero(in_window))
    at = arrivals["at_ns"]
    packets = int(np.count_nonzero((at >= window.from_ns) & (at < window.to_ns)))
    if crowd.stamped:
        times = matching.sent_times(
            arrivals, _open_samples(crowd, notes.samples), sent, speech.first_number
        )
        counted = (times >= window.from_ns) & (times < window.to_ns)
        latencies = (at - times)[counted]
        delivered = int(np.count_nonzero(counted))
    else:
        latencies = matching.onset_latencies(arrivals, sent, speech.first_number)
        delivered = packets
    idle_share, core_share = sum(idle.shares), sum(window.shares)
    net_ns = (core_share - idle_share) * window.seconds * 1e9
    return Measured(
        packets_per_s=packets / window.seconds,
        net_us=net_ns / max(packets, 1) / 1e3,
        gross_us=sum(window.server_ns) / max(packets, 1) / 1e3,
        core_share=core_share,
        worker_shares=window.shares,
        idle_share=idle_share,
        incoming_per_s=incoming / window.seconds,
        us_per_incoming=net_ns / max(incoming, 1) / 1e3,
        delivered=delivered / max(incoming * crowd.hearers, 1),
        p50_ms=_percentile_ms(latencies, 50),
        p99_ms=_percentile_ms(latencies, 99),
        timed=len(latencies),
        load_share=window.load_s / window.seconds,
    )


def _percentile_ms(latencies: Array, percent: float) -> float | None:
    return float(np.percentile(latencies, percent)) / 1e6 if len(latencies) else None


def _open_samples(crowd: Crowd, samples: Array) -> list[matching.Sample]:
    """Decrypt them as their listeners would; only what is ours and authentic counts."""
    opened: list[matching.Sample] = []
    for sample in samples:
        client = crowd.clients[int(sample["client"])]
        assert client.receive is not None
        try:
            plain = client.receive.unprotect(sample["data"][: int(sample["length"])].tobytes())
            speaker, number = read_stamp(plain[-PAYLOAD_BYTES:])
        except (pylibsrtp.Error, ValueError):
            continue
        ssrc = int.from_bytes(plain[8:12], "big")
        sequence = int.from_bytes(plain[2:4], "big")
        opened.append(matching.Sample(client.number, ssrc, sequence, speaker, number))
    return opened
