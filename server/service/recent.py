"""The last minutes of one room's final captions, for late joiners. In memory only, sealed.

Words are opened only while they are sent. Destroying the key of a consent forgets its words.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import msgspec

from protocol import captions as wire
from server.domain.ids import TapId
from server.service.sealed import ConsentKey, Sealed

LINES_MAX = 500
BYTES_MAX = 64 * 1024


@dataclass(frozen=True, slots=True)
class _Line:
    tap_id: TapId
    at_ms: int
    size: int
    sealed: Sealed


class Recent:
    """A window: bounded by time, by count and by bytes; the oldest lines go first."""

    def __init__(self) -> None:
        self._lines: deque[_Line] = deque()
        self._keys: dict[TapId, ConsentKey] = {}
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._lines)

    def add(self, tap_id: TapId, line: wire.Caption) -> None:
        """Keep a final line of a live consent."""
        key = self._keys.get(tap_id)
        if key is None:
            key = self._keys[tap_id] = ConsentKey()
        words = msgspec.json.encode(line)
        self._insert(_Line(tap_id, line.at_ms, len(words), key.seal(words)))
        self._bytes += len(words)
        while len(self._lines) > LINES_MAX or self._bytes > BYTES_MAX:
            self._drop_oldest()

    def _insert(self, line: _Line) -> None:
        """By the beginning of its speech: a long line is known after a short one that began later.

        Else it would stay behind a younger one, and be read longer than the room allows.
        """
        at = len(self._lines)
        while at and self._lines[at - 1].at_ms > line.at_ms:
            at -= 1
        self._lines.insert(at, line)

    def fade(self, since_ms: int) -> None:
        """Forget what was said before."""
        while self._lines and self._lines[0].at_ms < since_ms:
            self._drop_oldest()

    def withdraw(self, tap_id: TapId) -> None:
        """A consent is over: its words can be read by nobody any more."""
        if key := self._keys.pop(tap_id, None):
            key.destroy()
        self._lines = deque(line for line in self._lines if line.tap_id != tap_id)
        self._bytes = sum(line.size for line in self._lines)

    def close(self) -> None:
        """The scribe goes."""
        for tap_id in list(self._keys):
            self.withdraw(tap_id)

    def open(self) -> list[wire.Caption]:
        """All lines, oldest first; drop them when they are sent."""
        return [
            msgspec.json.decode(self._keys[line.tap_id].open(line.sealed), type=wire.Caption)
            for line in self._lines
        ]

    def _drop_oldest(self) -> None:
        self._bytes -= self._lines.popleft().size
