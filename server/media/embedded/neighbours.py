"""The other media workers of this machine, reached over local sockets.

Each worker listens on one Unix socket and speaks on connections that it opens itself, one to each
worker it has something for. Datagrams (SOCK_SEQPACKET), so a message arrives whole or not at all,
and what a worker does not read in time is dropped when its connection is full, at nobody else's
cost. Never waits, never looks into a message but the first, which says who speaks.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from pathlib import Path

import structlog

from server.media.embedded.counters import Counters
from server.media.embedded.hop import MAX_HOP_BYTES, HopInvalidError, pack_hello, read_hello

MAX_CALLERS = 512
"""Twice as many as there can be workers: one that starts anew may be there twice for a moment."""
REDIAL_MS = 100
_UNSENT_BYTES = 1024 * 1024
"""With what the kernel adds to each packet, about a thousand: seconds of a room's voices."""
_A_TURN = 64
"""Messages read of one worker before other tasks of the loop have their turn, …"""
_TURN_S = 0.02
"""… or as soon as a turn takes so long: one of them may be for a thousand listeners."""

_log = structlog.get_logger(__name__)


class _Caller:
    """Another worker that speaks to us."""

    def __init__(self, connection: socket.socket) -> None:
        self.socket = connection
        self.worker = -1
        """Not known before its first message."""


class Neighbours:
    """This worker's socket, and its connections to others."""

    def __init__(
        self,
        index: int,
        path_of: Callable[[int], Path],
        counters: Counters,
        clock_ms: Callable[[], int],
    ) -> None:
        self._index = index
        self._path_of = path_of
        self._counters = counters
        self._clock_ms = clock_ms
        self._called: dict[int, socket.socket] = {}
        self._redial_ms: dict[int, int] = {}
        """Who did not answer, and when to try again."""
        self._callers: set[_Caller] = set()
        self._door = _new_socket()
        try:
            _open_door(self._door, path_of(index))
        except OSError:
            self._door.close()
            raise

    def start(self, on_message: Callable[[int, bytes], None]) -> None:
        """Hand every message and the worker it comes from to `on_message` from now on."""
        self._on_message = on_message
        loop = asyncio.get_running_loop()
        self._now_s = loop.time
        loop.add_reader(self._door.fileno(), self._accept)

    def close(self) -> None:
        """Hear and say nothing more."""
        asyncio.get_running_loop().remove_reader(self._door.fileno())
        self._door.close()
        for caller in list(self._callers):
            self._leave(caller)
        for worker in list(self._called):
            self._hang_up(worker)

    def send(self, worker: int, message: bytes) -> None:
        """Send at once, or count it as dropped: a voice is never sent late."""
        for _ in range(2):  # a connection of before the other one's restart fails once
            connection = self._called.get(worker) or self._call(worker)
            if connection is None:
                break
            try:
                connection.send(message)
            except BlockingIOError:
                break
            except OSError:
                self._hang_up(worker)
            else:
                self._counters.hop_out += 1
                return
        self._counters.dropped_hop_full += 1

    # ------------------------------------------------------------ speaking

    def _call(self, worker: int) -> socket.socket | None:
        now_ms = self._clock_ms()
        if now_ms < self._redial_ms.get(worker, now_ms):
            return None
        connection = _new_socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _UNSENT_BYTES)
        try:
            connection.connect(str(self._path_of(worker)))
            connection.send(pack_hello(self._index))
        except OSError as error:
            connection.close()
            if worker not in self._redial_ms:  # once, not at every try
                _log.warning("worker unreachable", worker=worker, error=type(error).__name__)
            self._redial_ms[worker] = now_ms + REDIAL_MS
            return None
        self._redial_ms.pop(worker, None)
        self._called[worker] = connection
        return connection

    def _hang_up(self, worker: int) -> None:
        self._called.pop(worker).close()

    # ------------------------------------------------------------ listening

    def _accept(self) -> None:
        try:
            connection, _ = self._door.accept()
        except OSError:  # it was closed again meanwhile, or there are no files left
            return
        if len(self._callers) >= MAX_CALLERS:
            self._counters.dropped_hop += 1
            connection.close()
            return
        connection.setblocking(False)
        caller = _Caller(connection)
        self._callers.add(caller)
        asyncio.get_running_loop().add_reader(connection.fileno(), self._read, caller)

    def _read(self, caller: _Caller) -> None:
        until_s = self._now_s() + _TURN_S
        for _ in range(_A_TURN):
            try:
                data = caller.socket.recv(MAX_HOP_BYTES + 1)
            except BlockingIOError:
                return
            except OSError:
                data = b""
            if not data:
                self._leave(caller)
                return
            if caller.worker < 0:
                if not self._introduce(caller, data):
                    return
            else:
                self._counters.hop_in += 1
                self._on_message(caller.worker, data)
                if self._now_s() > until_s:
                    return

    def _introduce(self, caller: _Caller, data: bytes) -> bool:
        try:
            caller.worker = read_hello(data)
        except HopInvalidError:
            self._counters.dropped_hop += 1
            self._leave(caller)
            return False
        return True

    def _leave(self, caller: _Caller) -> None:
        self._callers.discard(caller)
        asyncio.get_running_loop().remove_reader(caller.socket.fileno())
        caller.socket.close()


def _new_socket() -> socket.socket:
    return socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET | socket.SOCK_NONBLOCK)


def _open_door(door: socket.socket, path: Path) -> None:
    """Listen on a Unix socket that only this user may open."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    door.bind(str(path))
    path.chmod(0o600)
    door.listen(MAX_CALLERS)
