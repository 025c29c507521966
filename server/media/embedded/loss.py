"""What listeners lose on their way: how much to repeat for each, and what to tell the speaker.

A browser turns Opus's in-band FEC on by what receiver reports say. Ours would tell it of the way
to us only; so they tell the worse of that and of what is lost behind us, after what RED repairs.
Sans I/O. Owns no session, never sends.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

STALE_MS = 20_000
"""A listener who reported nothing for so long counts as one who loses nothing."""
MAX_RELAYED = 0.2
"""However bad it is behind us: protection costs all listeners sound, and more hardly helps."""
REPEAT_FROM = 0.005
"""From this loss on, a listener gets the frame before again in each packet, …"""
DEEP_FROM = 0.03
"""… and from this one on, the two frames before."""
CALM_MS = 30_000
"""He gets less again when he needed no more than that for so long. Networks that lost something
will again, and the first reports of it take seconds."""
_SMOOTHING = 0.5
_TOLD_SHARE = 0.9
"""The worst tenth of a large room does not set the sound of all."""


class Downlink:
    """What one listener reported about each slot, and what he needs for it."""

    __slots__ = ("_at_ms", "_calm_ms", "_losses", "_needed_ms", "depth")

    def __init__(self, calm_ms: int = CALM_MS) -> None:
        self._calm_ms = calm_ms
        self._losses: dict[int, float] = {}
        self._at_ms: dict[int, int] = {}
        self.depth = 1
        """How many earlier frames to repeat for him. One until his network is known."""
        self._needed_ms: int | None = None
        """When he last needed so many; counted from his first report."""

    def reported(self, slot: int, fraction: int, now_ms: int) -> None:
        """A report block (RFC 3550 §6.4.1) about the slot arrived; `fraction` is in 256ths."""
        before = self.loss(slot, now_ms)
        self._losses[slot] = before + _SMOOTHING * (fraction / 256 - before)
        self._at_ms[slot] = now_ms
        self._judge(now_ms)

    def _judge(self, now_ms: int) -> None:
        """More at once, less after a while: so nobody makes us rearrange a room all the time."""
        worst = max(self.loss(slot, now_ms) for slot in self._losses)
        needed = 2 if worst >= DEEP_FROM else 1 if worst >= REPEAT_FROM else 0
        if self._needed_ms is None:
            self._needed_ms = now_ms
        if needed >= self.depth or now_ms - self._needed_ms >= self._calm_ms:
            self.depth = needed
            self._needed_ms = now_ms

    def loss(self, slot: int, now_ms: int) -> float:
        """The smoothed share of packets lost, 0 to 1."""
        if now_ms - self._at_ms.get(slot, -STALE_MS) >= STALE_MS:
            return 0.0
        return self._losses[slot]


class Share(NamedTuple):
    """The part of a room's listeners that one worker has."""

    listeners: int
    loss: float
    """What nine of ten of them stay within, 0 to 1."""


def share(losses: Iterable[float]) -> Share:
    """What these listeners lose, in short."""
    ordered = sorted(losses)
    count = len(ordered)
    return Share(count, ordered[math.ceil(count * _TOLD_SHARE) - 1] if ordered else 0.0)


def to_relay(losses: Iterable[float], elsewhere: Iterable[Share] = ()) -> int:
    """What a speaker is told of all his listeners, as the fraction of a report block.

    Those that other workers have count as if each lost what nine of ten of them stay within.
    """
    shares = sorted([share(losses), *elsewhere], key=lambda part: part.loss)
    enough = math.ceil(sum(part.listeners for part in shares) * _TOLD_SHARE)
    told = 0.0
    for part in shares:
        if enough <= 0:
            break
        enough -= part.listeners
        told = part.loss
    return int(min(told, MAX_RELAYED) * 256)
