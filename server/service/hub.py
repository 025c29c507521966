"""Who is connected: connections by member and by room, each with a bounded outbox.

A broadcast never waits: it puts one encoded message into every outbox. A reader who lets more
than 256 messages or 256 KiB of events pile up is cut; he comes back and gets a snapshot.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from protocol import signalling
from protocol.errors import ErrorCode
from protocol.signalling import ServerMessage
from server.domain.ids import MemberId, RoomId

OUTBOX_MAX_MESSAGES = 256
OUTBOX_MAX_BYTES = 256 * 1024
CONNECTIONS_PER_MEMBER_MAX = 16
FLUSH_WITHIN_S = 0.75
_FLUSH_LOOKS = 5

Cut = Callable[[], None]
Close = Callable[[ErrorCode | None], None]
Unsent = Callable[[], int]
Absent = Callable[[MemberId, ServerMessage], None]


@dataclass(slots=True, eq=False)
class Connection:
    """One WebSocket of a signed-in person, and its outbox.

    Events are broadcast into it and bounded: beyond 256 messages or 256 KiB the connection is
    cut. Replies may be larger (a room of thousands), so they are not counted there; instead the
    connection takes no further command until they are on their way (`answered`).
    """

    member_id: MemberId
    token_hash: bytes
    cut: Cut
    """Drops the socket at once, with all that waits in the outbox."""
    close: Close
    """Ends the socket after what waits in the outbox, telling the code where there is one."""
    unsent: Unsent = lambda: 0
    """How many bytes the socket was given and has not sent yet."""
    room_id: RoomId | None = None
    admitted: bool = False
    _queue: deque[tuple[bytes, bool]] = field(default_factory=deque)
    _events: int = 0
    _event_bytes: int = 0
    _replies: int = 0
    _queued: int = 0
    """How many messages there ever were in the outbox."""
    _ended: bool = False
    _let_go: bool = False
    _filled: asyncio.Event = field(default_factory=asyncio.Event)
    _answered: asyncio.Event = field(default_factory=asyncio.Event)

    def put(self, encoded: bytes) -> None:
        """Queue an event; where the reader is too slow, cut him instead."""
        if self._ended:
            return
        waits = self._events > 0
        self._events += 1
        self._event_bytes += len(encoded)
        # One event alone may be large: it is the pile that shows a slow reader.
        if self._events > OUTBOX_MAX_MESSAGES or (waits and self._event_bytes > OUTBOX_MAX_BYTES):
            self.end()
            self.forget()
            self.cut()
            return
        self._append(encoded, is_event=True)

    def send(self, message: ServerMessage) -> None:
        """Queue a message for this connection alone, in answer to what it did."""
        if not self._ended:
            self._replies += 1
            self._answered.clear()
            self._append(encode(message), is_event=False)

    def _append(self, encoded: bytes, *, is_event: bool) -> None:
        self._queue.append((encoded, is_event))
        self._queued += 1
        self._filled.set()

    async def next(self) -> bytes | None:
        """The next message to write; None when there will be no more."""
        while not self._queue:
            if self._ended:
                return None
            self._filled.clear()
            await self._filled.wait()
        encoded, is_event = self._queue.popleft()
        if is_event:
            self._events -= 1
            self._event_bytes -= len(encoded)
        else:
            self._replies -= 1
        if self._replies == 0:
            self._answered.set()
        return encoded

    async def answered(self) -> None:
        """Wait until every reply has left the outbox: the page's own pace."""
        if self._replies and not self._ended:
            await self._answered.wait()

    @property
    def queued(self) -> int:
        """How many messages were ever queued."""
        return self._queued

    def has_sent(self, queued: int) -> bool:
        """Whether the first so many messages have left this process."""
        return self._queued - len(self._queue) >= queued and self.unsent() == 0

    def forget(self) -> bool:
        """Drop what waits in the outbox; False where nothing did."""
        waited = bool(self._queue)
        self._queue.clear()
        self._events = self._event_bytes = self._replies = 0
        return waited

    @property
    def has_ended(self) -> bool:
        """Whether it takes nothing more."""
        return self._ended

    @property
    def is_let_go(self) -> bool:
        """Whether it is over for who holds it; a command under way may still be answered."""
        return self._let_go or self._ended

    def let_go(self, why: ErrorCode | None) -> None:
        """End it soon; from now on nothing new is begun by it."""
        self._let_go = True
        self.close(why)

    def end(self) -> None:
        """Take nothing more; what waits may still be written."""
        self._ended = True
        self._filled.set()
        self._answered.set()


def encode(message: ServerMessage) -> bytes:
    """One text frame."""
    return signalling.encoder.encode(message)


class Hub:
    """All connections of this gate."""

    def __init__(self, absent: Absent | None = None) -> None:
        """`absent` is told what is meant for one person who has no page open."""
        self._absent = absent
        self._by_member: dict[MemberId, set[Connection]] = {}
        self._by_room: dict[RoomId, set[Connection]] = {}

    def attach(self, connection: Connection) -> bool:
        """A socket opened; False where the person has too many already."""
        mine = self._by_member.setdefault(connection.member_id, set())
        if len(mine) >= CONNECTIONS_PER_MEMBER_MAX:
            return False
        mine.add(connection)
        return True

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

    def everybody(self) -> list[Connection]:
        """All sockets, those of newcomers who wait included."""
        return [c for connections in self._by_member.values() for c in connections]

    def to_member(self, member_id: MemberId, message: ServerMessage) -> None:
        """Tell a person on all his sockets, or whoever reaches him where there is none."""
        sockets = self.of_member(member_id)
        if not sockets and self._absent is not None:
            self._absent(member_id, message)
        self.broadcast(sockets, message)

    def to_room(self, room_id: RoomId, message: ServerMessage) -> None:
        """Tell everybody in a room."""
        self.broadcast(self.in_room(room_id), message)

    def to_everybody(self, message: ServerMessage) -> None:
        """Tell everybody who is connected."""
        self.broadcast(self.everybody(), message)

    @staticmethod
    def broadcast(connections: Iterable[Connection], message: ServerMessage) -> None:
        """Tell these; encoded once."""
        encoded = encode(message)
        for connection in connections:
            connection.put(encoded)

    async def flush(self) -> None:
        """Return once nothing that is queued now waits any more; whoever lags is cut.

        For words that must be gone: a page that was cut comes back and gets what holds then.
        """
        lagging = [(connection, connection.queued) for connection in self.everybody()]
        for _ in range(_FLUSH_LOOKS):
            await asyncio.sleep(FLUSH_WITHIN_S / _FLUSH_LOOKS)
            lagging = [(c, queued) for c, queued in lagging if not c.has_sent(queued)]
            if not lagging:
                return
        for connection, _queued in lagging:
            connection.end()
            connection.forget()
            connection.cut()

    def close_session(self, token_hash: bytes, why: ErrorCode | None) -> None:
        """End all sockets of a session that is over."""
        for connection in self.everybody():
            if connection.token_hash == token_hash:
                connection.let_go(why)

    def close_member(self, member_id: MemberId) -> None:
        """End all sockets of a person whose account is gone."""
        for connection in self.of_member(member_id):
            connection.let_go(ErrorCode.NOT_SIGNED_IN)

    def close_everybody(self) -> None:
        """The gate stops: pages come back to the next one."""
        for connection in self.everybody():
            connection.let_go(None)
