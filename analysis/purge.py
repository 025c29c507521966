"""When `purged` may be said: once no worker holds anything of the consent any more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from protocol.analysis import Purged


@dataclass(slots=True)
class _Waiting:
    peer: int
    message: Purged
    taps: set[int]


class Purges:
    """Counts what is at work, by consent, and holds back `purged` until it is let go."""

    def __init__(self, send: Callable[[int, Purged], None]) -> None:
        self._send = send
        self._at_work: Counter[int] = Counter()
        self._waiting: list[_Waiting] = []

    def hold(self, tap_id: int) -> None:
        """A worker took something of this consent."""
        self._at_work[tap_id] += 1

    def let_go(self, tap_id: int) -> None:
        """A worker is done with it: say what may be said now."""
        self._at_work[tap_id] -= 1
        if self._at_work[tap_id]:
            return
        del self._at_work[tap_id]
        for purge in self._waiting:
            purge.taps.discard(tap_id)
            if not purge.taps:
                self._send(purge.peer, purge.message)
        self._waiting = [purge for purge in self._waiting if purge.taps]

    def ask(self, peer: int, message: Purged, taps: set[int]) -> None:
        """Say it now where nothing is at work, else keep it for later."""
        busy = {tap for tap in taps if self._at_work[tap]}
        if busy:
            self._waiting.append(_Waiting(peer, message, busy))
        else:
            self._send(peer, message)
