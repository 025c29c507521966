"""What goes between the load processes and the harness, and into bench/results/media.json."""

from __future__ import annotations

from typing import Literal

import msgspec

TargetName = Literal["embedded", "janus", "aiortc_relay"]


class Spec(msgspec.Struct, frozen=True, kw_only=True):
    """One load on one server."""

    target: TargetName
    host: str
    listeners: int
    """In each room."""
    speakers: int
    """In each room."""
    rooms: int = 1
    packets_per_s: float = 50.0
    """Of each speaker."""
    workers: int = 1
    """Processes that share each room's listeners evenly; for our own server only."""


class Joined(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Everybody is connected."""

    clients: int
    seconds: float
    cpu_ms: float
    """Server CPU a join, ICE and DTLS included."""
    fanout: str
    """`Row.fanout`."""


class Round(msgspec.Struct, frozen=True, kw_only=True):
    """Measure once: the server in silence first, then under speech."""

    idle_s: float
    run_s: float
    warm_s: float = 1.0
    """Speech before the part that is measured."""


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """A packet is one that reached a listener, unless it says incoming."""

    packets_per_s: float
    net_us: float
    """Server CPU a packet, less what the server uses while nobody speaks. A lower bound for ours,
    which sends more in silence (README.md)."""
    gross_us: float
    core_share: float
    """Of one core, everything included; of all processes of the server together."""
    worker_shares: tuple[float, ...]
    """The same of each process; the first is the home of the room."""
    idle_share: float
    incoming_per_s: float
    us_per_incoming: float
    """Net (a lower bound too), an incoming packet, what it costs to send it on included."""
    delivered: float
    """Of the packets sent in the time measured, times who should hear them."""
    p50_ms: float | None
    p99_ms: float | None
    timed: int
    """How many latencies that is."""
    load_share: float
    """Of one core, used by the load itself."""


class Measured(Figures, frozen=True, kw_only=True, tag=True):
    """One round."""


class Failure(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The load could not be made, or not measured."""

    reason: str


class Row(Figures, frozen=True, kw_only=True):
    """The medians of several rounds."""

    listeners: int
    speakers: int
    rooms: int
    workers: int
    rounds: int
    join_cpu_ms: float
    fanout: str
    """Ours: `native` or `python`; empty: another server's."""


class Hot(msgspec.Struct, frozen=True, kw_only=True):
    """The fan-out alone, against C."""

    receivers: int
    payload_bytes: int
    fanout: Literal["native", "python"]
    """What the service uses here unless told otherwise: the C loop, or Python."""
    us_per_packet: float
    """With that one."""
    c_us_per_packet: float
    """A C loop over libsrtp, the yardstick."""
    kernel_us_per_packet: float
    """What sending alone costs in C: the floor for both."""
    ratio_c: float
    """Median of the rounds' ratios; above 1: faster than C."""
    python_us_per_packet: float
    """In Python, whatever `fanout` is."""
    python_ratio_c: float
    rounds: int
    libsrtp: str


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """Where it was measured."""

    cpu: str
    cores: int
    kernel: str
    python: str
    load_average: float
    """Over the minute before the run."""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """bench/results/media.json."""

    date: str
    commit: str
    quick: bool
    machine: Machine
    hot: Hot | None
    e2e: list[Row]
    janus: list[Row]
    aiortc_relay: list[Row]
    ratios: dict[str, float]
    """Net CPU a packet of another server over ours, same load, by `server listeners x speakers`."""
    one_room: list[Row]
    """One room on one worker and on two, the same load measured in turn."""
    small_rooms: Row | None
    join_cpu_ms: float | None
    skipped: list[str]
    """What could not be measured here, and why."""
