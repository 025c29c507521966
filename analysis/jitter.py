"""Puts a speaker's Opus packets back in order and tells loss from silence.

Owns sequence and timestamp arithmetic (RFC 3550); never decodes and never reads a clock.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

CLOCK_KHZ = 48
HOLD_MS = 60
"""How long a packet may wait for an earlier one."""
MAX_HELD = 64
"""Packets held at most; when full, the hole before them is given up at once."""
MAX_DROPOUT = 3000
MAX_MISORDER = 100
"""RFC 3550 appendix A.1: a jump beyond these is another stream, once two packets agree on it."""
MAX_CONCEALED_MS = 100
"""Longer holes are silence: concealment has faded out by then."""

_FRAME_SAMPLES_SILK = (480, 960, 1920, 2880)
_FRAME_SAMPLES_HYBRID = (480, 960)
_FRAME_SAMPLES_CELT = (120, 240, 480, 960)


@dataclass(frozen=True, slots=True)
class Voice:
    """A packet that is due."""

    payload: bytes


@dataclass(frozen=True, slots=True)
class Loss:
    """Packets that never came: speech to be concealed."""

    samples: int
    """48 kHz."""


@dataclass(frozen=True, slots=True)
class Silence:
    """Time in which nothing was sent: DTX, mute, or a hole too long to conceal."""

    samples: int
    """48 kHz."""


Playout = Voice | Loss | Silence


def packet_samples(payload: bytes) -> int:
    """How long an Opus packet lasts, in samples at 48 kHz (RFC 6716 §3.1 and §3.2)."""
    configuration, code = payload[0] >> 3, payload[0] & 3
    if configuration < 12:
        frame = _FRAME_SAMPLES_SILK[configuration % 4]
    elif configuration < 16:
        frame = _FRAME_SAMPLES_HYBRID[configuration % 2]
    else:
        frame = _FRAME_SAMPLES_CELT[configuration % 4]
    if code != 3:
        return frame * (1 if code == 0 else 2)
    return frame * (payload[1] & 63) if len(payload) > 1 else 0


@dataclass(frozen=True, slots=True)
class _Held:
    timestamp: int
    payload: bytes
    arrived_ms: int


class JitterBuffer:
    """Reorders the packets of one stream, which may start anew (a renewed connection)."""

    def __init__(self) -> None:
        self.late = 0
        """Packets dropped because their turn was over, or they came twice."""
        self.lost = 0
        """Packets given up."""
        self._held: dict[int, _Held] = {}
        self._next_sequence: int | None = None
        self._next_timestamp = 0
        self._suspect: int | None = None

    def push(self, sequence: int, timestamp: int, payload: bytes, now_ms: int) -> None:
        """Take a packet as it arrived; `sequence` is 16 bits, `timestamp` 32 bits at 48 kHz."""
        if self._next_sequence is None:
            self._restart(sequence, timestamp)
        ahead = _signed(sequence - (self._next_sequence or 0), 16)
        if ahead > MAX_DROPOUT or ahead < -MAX_MISORDER:
            if sequence != self._suspect:
                self._suspect = (sequence + 1) & 0xFFFF
                return
            self._restart(sequence, timestamp)
            ahead = 0
        self._suspect = None
        if ahead < 0 or sequence in self._held:
            self.late += 1
            return
        self._held[sequence] = _Held(timestamp, payload, now_ms)

    def pop(self, now_ms: int) -> Iterator[Playout]:
        """Yield all that is due: in order, holes given up after `HOLD_MS`."""
        while self._held:
            due = self._held.pop(self._next_sequence or 0, None)
            if due is None:
                if not self._hole_is_over(now_ms):
                    return
                yield from self._skip_hole()
                continue
            yield from self._play(due)

    def clear(self) -> None:
        """Forget all packets."""
        self._held.clear()
        self._next_sequence = None

    def _restart(self, sequence: int, timestamp: int) -> None:
        self._held.clear()
        self._next_sequence, self._next_timestamp = sequence, timestamp

    def _hole_is_over(self, now_ms: int) -> bool:
        oldest = min(held.arrived_ms for held in self._held.values())
        return now_ms - oldest >= HOLD_MS or len(self._held) >= MAX_HELD

    def _skip_hole(self) -> Iterator[Playout]:
        expected = self._next_sequence or 0
        first = min(self._held, key=lambda sequence: (sequence - expected) & 0xFFFF)
        missing = (first - expected) & 0xFFFF
        held = self._held[first]
        hole = max(0, _signed(held.timestamp - self._next_timestamp, 32))
        self.lost += missing
        lost = min(hole, missing * packet_samples(held.payload))
        if 0 < lost <= MAX_CONCEALED_MS * CLOCK_KHZ:
            yield Loss(lost)
            hole -= lost
        if hole:
            yield Silence(hole)
        self._next_sequence, self._next_timestamp = first, held.timestamp

    def _play(self, held: _Held) -> Iterator[Playout]:
        gap = _signed(held.timestamp - self._next_timestamp, 32)
        if gap > 0:
            yield Silence(gap)
        yield Voice(held.payload)
        self._next_sequence = ((self._next_sequence or 0) + 1) & 0xFFFF
        self._next_timestamp = (held.timestamp + packet_samples(held.payload)) & 0xFFFFFFFF


def _signed(difference: int, bits: int) -> int:
    """Serial number arithmetic (RFC 1982): the shorter way round the circle."""
    half = 1 << (bits - 1)
    return (difference + half) % (2 * half) - half
