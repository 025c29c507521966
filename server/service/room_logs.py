"""The logs of all rooms, for reports: in memory only, each dies with its room. Knows no words."""

from __future__ import annotations

from collections import OrderedDict

from server.domain import room_log as rules
from server.domain.errors import WrongStateError
from server.domain.events import RoomEvent
from server.domain.ids import MemberId, RoomId
from server.domain.roles import Command
from server.domain.room import Room, authorise
from server.domain.room_log import LogEntry, RoomLog
from server.ports import Clock
from server.service.hub import Connection
from server.service.rooms import Rooms

SHOWN_MAX = 500
"""Of so many people it is known what they were shown last; the oldest have to look again."""
_NOTHING = RoomLog()


class RoomLogs:
    """What happened in each room, and what of it whoever writes a report was shown."""

    def __init__(self, rooms: Rooms, clock: Clock) -> None:
        self._rooms = rooms
        self._clock = clock
        self._logs: dict[RoomId, RoomLog] = {}
        self._shown: OrderedDict[MemberId, tuple[RoomId, tuple[LogEntry, ...]]] = OrderedDict()

    def follow(self, before: Room, after: Room, events: tuple[RoomEvent, ...]) -> None:
        """A room changed."""
        room_id = after.room_id
        if after.ended:
            self._logs.pop(room_id, None)
            for member_id in [m for m, (room, _) in self._shown.items() if room == room_id]:
                del self._shown[member_id]
            return
        log = self._logs.get(room_id, _NOTHING)
        self._logs[room_id] = rules.follow(log, before, after, events, self._clock.now_ms())

    def remembered(self) -> int:
        """How many entries are in memory, in logs and as last shown."""
        logs = sum(len(log.entries) for log in self._logs.values())
        return logs + sum(len(entries) for _, entries in self._shown.values())

    def show(self, connection: Connection) -> tuple[LogEntry, ...]:
        """What a report of this person would tell now; exactly this is what he can send.

        Raises:
            NotInRoomError
        """
        room = self._rooms.of(connection)
        authorise(room, Command.GET_ROOM_LOG, connection.member_id)
        reporter = room.participant(connection.member_id)
        log = self._logs.get(room.room_id, _NOTHING)
        entries = rules.told_by(log, room, reporter, self._clock.now_ms())
        self._shown[reporter.member_id] = (room.room_id, entries)
        self._shown.move_to_end(reporter.member_id)
        if len(self._shown) > SHOWN_MAX:
            self._shown.popitem(last=False)
        return entries

    def shown(self, connection: Connection) -> tuple[LogEntry, ...]:
        """What he was shown of the room he is in, word for word.

        Raises:
            NotInRoomError
            WrongStateError: he was not shown any of it: nobody sends what he has not seen.
        """
        room_id, entries = self._shown.get(connection.member_id, (None, ()))
        if room_id != self._rooms.of(connection).room_id:
            raise WrongStateError
        return entries
