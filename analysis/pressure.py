"""How busy the speech worker was lately, and whether time is left for partials. Pure."""

from __future__ import annotations

import math

MEMORY_MS = 4_000
"""What was so long ago weighs a third."""
BUSY = 0.45
"""Above this share of the time no partial is begun: a final would wait for it."""


class Pressure:
    """A mean that forgets exponentially."""

    def __init__(self) -> None:
        self._work_ms = 0.0
        self._at_ms = 0

    def took(self, work_ms: int, now_ms: int) -> None:
        """Something was transcribed, in so many ms."""
        self._forget(now_ms)
        self._work_ms += work_ms

    def partials_allowed(self, now_ms: int) -> bool:
        """Whether there is time for a partial."""
        self._forget(now_ms)
        return self._work_ms < BUSY * MEMORY_MS

    def _forget(self, now_ms: int) -> None:
        self._work_ms *= math.exp(-max(0, now_ms - self._at_ms) / MEMORY_MS)
        self._at_ms = now_ms
