"""What listeners lose on their way, told to the speaker so that his encoder protects his voice.

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
DEEP_FROM = 0.03
"""From this loss on, two frames are repeated in each packet instead of one, …"""
DEEP_UNTIL = 0.01
"""… and no longer where the loss is below this again."""
_SMOOTHING = 0.5
_TOLD_SHARE = 0.9
"""The worst tenth of a large room does not set the sound of all."""


class Downlink:
    """What one listener reported about each slot."""

    __slots__ = ("_at_ms", "_losses")

    def __init__(self) -> None:
        self._losses: dict[int, float] = {}
        self._at_ms: dict[int, int] = {}

    def reported(self, slot: int, fraction: int, now_ms: int) -> None:
        """A report block (RFC 3550 §6.4.1) about the slot arrived; `fraction` is in 256ths."""
        before = self.loss(slot, now_ms)
        self._losses[slot] = before + _SMOOTHING * (fraction / 256 - before)
        self._at_ms[slot] = now_ms

    def loss(self, slot: int, now_ms: int) -> float:
        """The smoothed share of packets lost, 0 to 1."""
        if now_ms - self._at_ms.get(slot, -STALE_MS) >= STALE_MS:
            return 0.0
        return self._losses[slot]

    def worst(self, now_ms: int) -> float:
        """The loss on the slot that suffers most."""
        return max((self.loss(slot, now_ms) for slot in self._losses), default=0.0)


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


def red_depth(losses: Iterable[float], before: int) -> int:
    """How many earlier frames to repeat for listeners who lose so much; `before` is the last."""
    return 2 if share(losses).loss >= (DEEP_FROM if before < 2 else DEEP_UNTIL) else 1
