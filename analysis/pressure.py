"""How much of the speech worker's time finals take, and whether any is left for partials. Pure."""

from __future__ import annotations

import math

MEMORY_MS = 4_000
"""What was so long ago weighs a third."""
BUSY = 0.6
"""Above this share of the time only finals are transcribed: a partial would make one wait."""


class Pressure:
    """A mean that forgets exponentially."""

    def __init__(self) -> None:
        self._work_ms = 0.0
        self._at_ms = 0

    def finals_took(self, work_ms: int, now_ms: int) -> None:
        """A final was transcribed, in so many ms."""
        self._forget(now_ms)
        self._work_ms += work_ms

    def partials_allowed(self, now_ms: int) -> bool:
        """Whether there is time for a partial."""
        self._forget(now_ms)
        return self._work_ms < BUSY * MEMORY_MS

    def _forget(self, now_ms: int) -> None:
        self._work_ms *= math.exp(-max(0, now_ms - self._at_ms) / MEMORY_MS)
        self._at_ms = now_ms
