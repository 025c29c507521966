"""What is to be said to the gates that are connected; the shell carries it out."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from protocol.analysis import AnalysisToGate

Peer = int
"""Names a connection."""


class Outbox:
    """Messages in order, for gates that are there; whoever is not gets none."""

    def __init__(self) -> None:
        self._peers: set[Peer] = set()
        self._waiting: deque[tuple[Peer, AnalysisToGate]] = deque()

    def connect(self, peer: Peer) -> None:
        """A gate is there."""
        self._peers.add(peer)

    def disconnect(self, peer: Peer) -> None:
        """A gate went away."""
        self._peers.discard(peer)

    def send(self, peer: Peer, message: AnalysisToGate) -> None:
        """Say it to one gate."""
        if peer in self._peers:
            self._waiting.append((peer, message))

    def send_to_all(self, message: AnalysisToGate) -> None:
        """Say it to every gate."""
        for peer in self._peers:
            self.send(peer, message)

    def drain(self) -> Iterator[tuple[Peer, AnalysisToGate]]:
        """Yield what is to be sent, in order."""
        while self._waiting:
            yield self._waiting.popleft()
