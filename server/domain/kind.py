"""The three kinds of rooms, from the widest door to the narrowest."""

from __future__ import annotations

from enum import Enum


class Kind(Enum):
    """To whom a room is open; see `entrance.py`."""

    OPEN = "open"
    SOCIAL = "social"
    CLOSED = "closed"

    @property
    def width(self) -> int:
        """The larger, the more people may enter."""
        return {Kind.OPEN: 2, Kind.SOCIAL: 1, Kind.CLOSED: 0}[self]
