"""The only source of time."""

from __future__ import annotations

from typing import Protocol


class Clock(Protocol):
    """The only source of time."""

    def now_ms(self) -> int:
        """Wall-clock Unix time in milliseconds; for what is saved or shown."""

    def monotonic_ms(self) -> int:
        """A clock that never jumps; for timeouts."""
