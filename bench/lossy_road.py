"""A road between browsers and the media port: loses datagrams at random, from a fixed seed, and
takes its time for the others.
"""

from __future__ import annotations

import random
import selectors
import socket
import threading
import time
from collections import deque
from dataclasses import dataclass
from types import TracebackType
from typing import Literal, Self

Direction = Literal["up", "down"]
_POLL_S = 0.2
_MAX_BYTES = 2048


@dataclass
class Way:
    """One direction: what share it loses, how long it takes, and what went over it since
    `LossyRoad.start_again`.
    """

    loss: float = 0.0
    delay_s: float = 0.0
    passed: int = 0
    lost: int = 0


class LossyRoad:
    """A UDP proxy in a thread of its own; every client gets a socket towards the server."""

    def __init__(self, server_port: int) -> None:
        self.server_port = server_port
        self._server = ("127.0.0.1", server_port)
        self._front = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._front.bind(("0.0.0.0", 0))
        self.port: int = self._front.getsockname()[1]
        self.ways: dict[Direction, Way] = {"up": Way(), "down": Way()}
        self._random = random.Random()
        self._under_way: deque[tuple[float, bytes, socket.socket, tuple[str, int]]] = deque()
        """When each datagram arrives; those of one delay keep their order."""
        self._backs: dict[tuple[str, int], socket.socket] = {}
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._front, selectors.EVENT_READ, None)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join()
        self._selector.close()
        for each in (self._front, *self._backs.values()):
            each.close()

    def start_again(
        self, seed: int, *, up: float = 0.0, down: float = 0.0, round_trip_ms: int = 0
    ) -> None:
        """Lose these shares from now on, take so long there and back, and count anew."""
        self._random.seed(seed)
        delay_s = round_trip_ms / 2000
        self.ways = {"up": Way(up, delay_s), "down": Way(down, delay_s)}

    def _run(self) -> None:
        while not self._stop.is_set():
            for key, _ in self._selector.select(self._arrive()):
                arrived = key.fileobj
                assert isinstance(arrived, socket.socket)
                try:
                    data, source = arrived.recvfrom(_MAX_BYTES)
                except ConnectionRefusedError:  # nobody listens there any more
                    continue
                if key.data is None:
                    self._pass(data, self._back(source), self._server, self.ways["up"])
                else:
                    self._pass(data, self._front, key.data, self.ways["down"])

    def _back(self, client: tuple[str, int]) -> socket.socket:
        found = self._backs.get(client)
        if found is None:
            found = self._backs[client] = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            found.bind(("127.0.0.1", 0))
            self._selector.register(found, selectors.EVENT_READ, client)
        return found

    def _pass(self, data: bytes, out: socket.socket, to: tuple[str, int], way: Way) -> None:
        if self._random.random() < way.loss:
            way.lost += 1
            return
        way.passed += 1
        if way.delay_s:
            self._under_way.append((time.monotonic() + way.delay_s, data, out, to))
        else:
            out.sendto(data, to)

    def _arrive(self) -> float:
        """Hand over what is due; how long until something is again."""
        while self._under_way:
            due, data, out, to = self._under_way[0]
            left = due - time.monotonic()
            if left > 0:
                return min(left, _POLL_S)
            self._under_way.popleft()
            out.sendto(data, to)
        return _POLL_S
