"""A clock that stands still until a test moves it."""

from __future__ import annotations

START_MS = 1_764_000_000_000


class FakeClock:
    """Implements `ports.Clock`."""

    def __init__(self, now_ms: int = START_MS) -> None:
        self._now_ms = now_ms
        self._monotonic_ms = 0

    def now_ms(self) -> int:
        """Wall-clock time."""
        return self._now_ms

    def monotonic_ms(self) -> int:
        """Time since the clock was made."""
        return self._monotonic_ms

    def advance(self, ms: int) -> None:
        """Let time pass."""
        self._now_ms += ms
        self._monotonic_ms += ms
