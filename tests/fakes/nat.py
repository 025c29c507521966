"""A NAT in front of the media port: another port outside, and mappings that may change."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable


class Nat:
    """Passes datagrams between browsers and a server, both on the loopback."""

    def __init__(self) -> None:
        self.server = ("127.0.0.1", 0)
        """Where datagrams go; set before the first one arrives."""
        self._outside = _socket()
        self.port: int = self._outside.getsockname()[1]
        self._inside: dict[tuple[str, int], socket.socket] = {}
        asyncio.get_running_loop().add_reader(self._outside, self._inwards)

    def rebind(self) -> None:
        """Forget the mappings: from now on the server sees every browser at a new address."""
        for mapped in self._inside.values():
            _close(mapped)
        self._inside.clear()

    def close(self) -> None:
        """Let nothing through any more."""
        self.rebind()
        _close(self._outside)

    def _inwards(self) -> None:
        for data, browser in _waiting(self._outside):
            mapped = self._inside.get(browser)
            if mapped is None:
                mapped = self._inside[browser] = _socket()
                asyncio.get_running_loop().add_reader(mapped, self._outwards(mapped, browser))
            mapped.sendto(data, self.server)

    def _outwards(self, mapped: socket.socket, browser: tuple[str, int]) -> Callable[[], None]:
        def pass_on() -> None:
            for data, _ in _waiting(mapped):
                self._outside.sendto(data, browser)

        return pass_on


def _socket() -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.bind(("127.0.0.1", 0))
    made.setblocking(False)
    return made


def _close(made: socket.socket) -> None:
    asyncio.get_running_loop().remove_reader(made)
    made.close()


def _waiting(made: socket.socket) -> list[tuple[bytes, tuple[str, int]]]:
    found = []
    while True:
        try:
            found.append(made.recvfrom(2048))
        except BlockingIOError:
            return found
