"""How busy the speech worker was lately, and what there is time for besides finals. Pure."""

from __future__ import annotations

import math
from collections import deque

from analysis.speaker import Wish

MEMORY_MS = 4_000
"""What was so long ago weighs a third."""
BUSY = {Wish.FIRST: 0.95, Wish.LATER: 0.45}
"""Above these shares of the time no such partial is begun: finals would wait for it."""
RECENT = 8
_ALL = tuple(Wish)


class Pressure:
    """A mean that forgets exponentially, of so many transcriptions as there are at a time."""

    def __init__(self, lanes: int = 1) -> None:
        self._lanes = lanes
        self._work_ms = 0.0
        self._at_ms = 0
        self._recent_ms: deque[int] = deque(maxlen=RECENT)

    @property
    def slowest_ms(self) -> int:
        """The longest of the last transcriptions: what the next one may take."""
        return max(self._recent_ms, default=0)

    def took(self, work_ms: int, now_ms: int) -> None:
        """Something was transcribed, in so many ms."""
        self._forget(now_ms)
        self._work_ms += work_ms
        self._recent_ms.append(work_ms)

    def allowed(self, now_ms: int) -> tuple[Wish, ...]:
        """What there is time for; a pause always is: it most likely is the final."""
        self._forget(now_ms)
        busy = self._work_ms / (MEMORY_MS * self._lanes)
        return tuple(wish for wish in _ALL if busy < BUSY.get(wish, math.inf))

    def _forget(self, now_ms: int) -> None:
        self._work_ms *= math.exp(-max(0, now_ms - self._at_ms) / MEMORY_MS)
        self._at_ms = now_ms
