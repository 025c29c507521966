"""What listeners lose on their way, told to the speaker so that his encoder protects his voice.

A browser turns Opus's in-band FEC on by what receiver reports say. Ours would tell it of the way
to us only; so they tell the worse of that and of what is lost behind us, after what RED repairs.
Sans I/O. Owns no session, never sends.
"""

from __future__ import annotations

from collections.abc import Iterable

STALE_MS = 20_000
"""A listener who reported nothing for so long counts as one who loses nothing."""
MAX_RELAYED = 0.2
"""However bad it is behind us: protection costs all listeners sound, and more hardly helps."""
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


def to_relay(losses: Iterable[float]) -> int:
    """What a speaker is told of all his listeners, as the fraction of a report block."""
    ordered = sorted(losses)
    if not ordered:
        return 0
    told = ordered[max(0, int(len(ordered) * _TOLD_SHARE + 0.999) - 1)]
    return int(min(told, MAX_RELAYED) * 256)
