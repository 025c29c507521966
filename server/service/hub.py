"""Who is connected: connections by member and by room, each with a bounded outbox.

A broadcast never waits: it puts one encoded message into every outbox. A reader who lets more
than 256 messages or 256 KiB pile up is cut; he comes back and gets a snapshot.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from protocol import signalling
from protocol.signalling import ServerMessage
from server.domain.ids import MemberId, RoomId

OUTBOX_MAX_MESSAGES = 256
OUTBOX_MAX_BYTES = 256 * 1024


@dataclass(slots=True, eq=False)
class Connection:
    """One WebSocket of a signed-in person."""

    member_id: MemberId
    token_hash: bytes
    cut: Callable[[], None]
    """Ends the socket at once, from wherever it is called."""
    room_id: RoomId | None = None
    admitted: bool = False
    overflowed: bool = False
    _queue: deque[str] = field(default_factory=deque)
    _bytes: int = 0
    _filled: asyncio.Event = field(default_factory=asyncio.Event)

    def put(self, encoded: str) -> None:
        """Queue a message; where the reader is too slow, cut him instead."""
        if self.overflowed:
            return
        self._queue.append(encoded)
        self._bytes += len(encoded)
        self._filled.set()
        if len(self._queue) > OUTBOX_MAX_MESSAGES or self._bytes > OUTBOX_MAX_BYTES:
            self.overflowed = True
            self._queue.clear()
            self.cut()

    def send(self, message: ServerMessage) -> None:
        """Queue a message for this connection alone."""
        self.put(encode(message))

    async def next(self) -> str:
        """The next message to write."""
        while not self._queue:
            self._filled.clear()
            await self._filled.wait()
        encoded = self._queue.popleft()
        self._bytes -= len(encoded)
        return encoded


def encode(message: ServerMessage) -> str:
    """One text frame."""
    return signalling.encoder.encode(message).decode()


class Hub:
    """All connections of this gate."""

    def __init__(self) -> None:
        self._by_member: dict[MemberId, set[Connection]] = {}
        self._by_room: dict[RoomId, set[Connection]] = {}

    def attach(self, connection: Connection) -> None:
        """A socket opened."""
        self._by_member.setdefault(connection.member_id, set()).add(connection)

    def detach(self, connection: Connection) -> None:
        """A socket closed."""
        self.exit_room(connection)
        mine = self._by_member.get(connection.member_id, set())
        mine.discard(connection)
        if not mine:
            self._by_member.pop(connection.member_id, None)

    def enter_room(self, connection: Connection, room_id: RoomId) -> None:
        """From now on this connection gets the room's events."""
        self.exit_room(connection)
        connection.room_id = room_id
        self._by_room.setdefault(room_id, set()).add(connection)

    def exit_room(self, connection: Connection) -> None:
        """No more of its room's events."""
        if connection.room_id is None:
            return
        inside = self._by_room.get(connection.room_id, set())
        inside.discard(connection)
        if not inside:
            self._by_room.pop(connection.room_id, None)
        connection.room_id = None

    def of_member(self, member_id: MemberId) -> list[Connection]:
        """All sockets of a person."""
        return list(self._by_member.get(member_id, ()))

    def in_room(self, room_id: RoomId) -> list[Connection]:
        """All sockets in a room."""
        return list(self._by_room.get(room_id, ()))

    def everybody(self) -> Iterable[Connection]:
        """All sockets of members who were let in."""
        for connections in list(self._by_member.values()):
            yield from (c for c in list(connections) if c.admitted)

    def to_member(self, member_id: MemberId, message: ServerMessage) -> None:
        """Tell a person on all his sockets."""
        _broadcast(self.of_member(member_id), message)

    def to_room(self, room_id: RoomId, message: ServerMessage) -> None:
        """Tell everybody in a room."""
        _broadcast(self.in_room(room_id), message)

    def to_everybody(self, message: ServerMessage) -> None:
        """Tell every member who is connected."""
        _broadcast(self.everybody(), message)

    def cut_session(self, token_hash: bytes) -> None:
        """End all sockets of a session that was signed out."""
        for connections in list(self._by_member.values()):
            for connection in list(connections):
                if connection.token_hash == token_hash:
                    connection.cut()

    def cut_everybody(self) -> None:
        """The gate stops: pages come back to the next one."""
        for connections in list(self._by_member.values()):
            for connection in list(connections):
                connection.cut()

    def cut_member(self, member_id: MemberId) -> None:
        """End all sockets of a person whose account is gone."""
        for connection in self.of_member(member_id):
            connection.cut()


def _broadcast(connections: Iterable[Connection], message: ServerMessage) -> None:
    encoded = encode(message)
    for connection in connections:
        connection.put(encoded)
