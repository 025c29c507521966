"""Which loads are measured, how long and how often."""

from __future__ import annotations

from dataclasses import dataclass

from bench.media.figures import Round, TargetName


@dataclass(frozen=True, slots=True)
class Load:
    """One row for each of these servers, measured in turn."""

    listeners: int
    speakers: int
    targets: tuple[TargetName, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole run."""

    loads: tuple[Load, ...]
    round: Round
    rounds: int
    hot_receivers: int
    hot_rounds: int
    hot_packets: int
    small_rooms: int
    small_rooms_packets_per_s: float
    """Of each room's one speaker. No packet is followed by another of its room before every other
    room had one: each finds cold caches."""
    one_room: tuple[Load, ...]
    """One room on one worker and on two."""


AIORTC_LISTENERS = 6
"""About as many as one core carries, at 2 ms for each 20 ms of each listener."""
FULL = Plan(
    loads=(
        Load(AIORTC_LISTENERS, 1, ("embedded", "aiortc_relay")),
        Load(10, 1, ("embedded",)),
        Load(10, 3, ("embedded",)),
        Load(200, 1, ("embedded", "janus")),
        Load(200, 3, ("embedded", "janus")),
        Load(500, 1, ("embedded", "janus")),
        Load(500, 3, ("embedded", "janus")),
        Load(2000, 1, ("embedded",)),
        Load(2000, 3, ("embedded",)),
    ),
    round=Round(idle_s=3.0, run_s=8.0),
    rounds=3,
    hot_receivers=500,
    hot_rounds=31,
    hot_packets=40,
    small_rooms=1000,
    small_rooms_packets_per_s=2.5,
    one_room=(Load(2000, 1, ("embedded",)), Load(2000, 3, ("embedded",))),
)
QUICK = Plan(
    loads=(
        Load(5, 1, ("embedded", "aiortc_relay")),
        Load(30, 3, ("embedded", "janus")),
    ),
    round=Round(idle_s=1.0, run_s=1.5),
    rounds=1,
    hot_receivers=500,
    hot_rounds=3,
    hot_packets=12,
    small_rooms=20,
    small_rooms_packets_per_s=2.5,
    one_room=(Load(30, 1, ("embedded",)),),
)
SMALL_ROOM_LISTENERS = 2
