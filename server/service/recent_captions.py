"""The last minutes of a room's captions, for who comes late. In memory only, sealed by speaker.

Each line is sealed under the key of its speaker's consent; when that is over, the key is destroyed
and the lines with it. Bounded in number and bytes: the oldest go first.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from protocol.captions import Caption
from server.domain.ids import TapId
from server.service.sealed import ConsentKey, KeyDestroyedError, Sealed

LINES_MAX = 1_000
BYTES_MAX = 200_000
_MINUTE_MS = 60_000
_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Caption)


@dataclass(frozen=True, slots=True)
class _Line:
    tap_id: TapId
    at_ms: int
    sealed: Sealed


class RecentCaptions:
    """Of one room while captions are on."""

    def __init__(self) -> None:
        self._minutes = 0
        self._keys: dict[TapId, ConsentKey] = {}
        self._lines: deque[_Line] = deque()
        self._bytes = 0

    def keep(self, minutes: int, now_ms: int) -> None:
        """How much of the past is kept from now on; 0: nothing."""
        self._minutes = minutes
        self._trim(now_ms)

    def add(self, tap_id: TapId, line: Caption) -> None:
        """A final line or typed turn; where nothing is kept, it is not kept."""
        if self._minutes == 0:
            return
        key = self._keys.get(tap_id)
        if key is None:
            key = self._keys[tap_id] = ConsentKey()
        sealed = key.seal(_encoder.encode(line))
        self._lines.append(_Line(tap_id, line.at_ms, sealed))
        self._bytes += len(sealed.box)
        self._trim(line.at_ms)

    def lines(self, now_ms: int) -> Sequence[Caption]:
        """What may be read now, in order; drop it when it is sent."""
        self._trim(now_ms)
        opened: list[Caption] = []
        for line in self._lines:
            try:
                opened.append(_decoder.decode(self._keys[line.tap_id].open(line.sealed)))
            except KeyDestroyedError:
                continue
        return opened

    def withdraw(self, tap_id: TapId) -> None:
        """This consent is over: its lines can be read by nobody any more."""
        if key := self._keys.pop(tap_id, None):
            key.destroy()
        self._lines = deque(line for line in self._lines if line.tap_id != tap_id)
        self._bytes = sum(len(line.sealed.box) for line in self._lines)

    def clear(self) -> None:
        """The scribe goes."""
        for tap_id in list(self._keys):
            self.withdraw(tap_id)

    def _trim(self, now_ms: int) -> None:
        oldest_ms = now_ms - self._minutes * _MINUTE_MS
        while self._lines and (
            self._lines[0].at_ms < oldest_ms
            or len(self._lines) > LINES_MAX
            or self._bytes > BYTES_MAX
        ):
            self._bytes -= len(self._lines.popleft().sealed.box)
