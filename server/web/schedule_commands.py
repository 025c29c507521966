"""What each command about scheduled rooms does: message → service → reply. Decides nothing itself.

Whoever hands a command over has made sure that it comes from a member.
"""

from __future__ import annotations

from typing import assert_never

from protocol import schedule as wire
from protocol.room import RoomOpened
from protocol.signalling import Ok
from server.domain.ids import ScheduledId
from server.domain.kind import Kind
from server.domain.member import Member
from server.service.house import House
from server.service.hub import Connection
from server.web.calendar_routes import path_of

_Calendar = wire.GetCalendar | wire.MakeCalendar | wire.RevokeCalendar
_Reply = wire.ScheduleReply | RoomOpened | Ok


class ScheduleCommands:
    """Carries out the commands about scheduled rooms of one connection."""

    def __init__(self, house: House, connection: Connection) -> None:
        self._schedule = house.schedule
        self._calendars = house.calendars
        self._connection = connection

    async def carry_out(self, member: Member, command: wire.ScheduleCommand) -> _Reply:
        """Do it and return the reply.

        Raises:
            MasilError: why it was refused.
        """
        match command:
            case wire.ScheduleRoom(id=id_, title=title, kind=kind, starts_at_ms=at_ms):
                planned = await self._schedule.plan(member, title, Kind(kind), at_ms)
                return wire.RoomScheduled(id=id_, scheduled_id=planned)
            case wire.ChangeScheduled(scheduled_id=which, title=title, kind=kind):
                which, at_ms = ScheduledId(which), command.starts_at_ms
                await self._schedule.change(member, which, title, Kind(kind), at_ms)
            case wire.CancelScheduled(scheduled_id=which):
                await self._schedule.cancel(member, ScheduledId(which))
            case wire.OpenScheduled(id=id_, scheduled_id=which):
                room_id = await self._schedule.open(self._connection, member, ScheduledId(which))
                return RoomOpened(id=id_, room_id=room_id)
            case wire.SetReminder(scheduled_id=which, on=on):
                await self._schedule.set_reminder(member, ScheduledId(which), on=on)
            case wire.GetCalendar() | wire.MakeCalendar() | wire.RevokeCalendar():
                return await self._calendar(member, command)
            case _:
                assert_never(command)
        return Ok(id=command.id)

    async def _calendar(self, member: Member, command: _Calendar) -> wire.CalendarAddress:
        path = None
        match command:
            case wire.MakeCalendar():
                path = path_of(await self._calendars.make(member))
            case wire.RevokeCalendar():
                await self._calendars.revoke(member)
            case wire.GetCalendar():
                pass
            case _:
                assert_never(command)
        since_ms = await self._calendars.since(member)
        return wire.CalendarAddress(id=command.id, since_ms=since_ms, path=path)
