"""What each command about reports of a room does: message → service → reply. Decides nothing.

Whoever hands a command over has made sure that it comes from a member.
"""

from __future__ import annotations

from typing import assert_never

from protocol import reporting as wire
from protocol.signalling import Ok
from server.domain.member import Member
from server.domain.report import Reason
from server.service import render
from server.service.house import House
from server.service.hub import Connection


class ReportingCommands:
    """Carries out the commands about reports of a room of one connection."""

    def __init__(self, house: House, connection: Connection) -> None:
        self._reporting = house.reporting
        self._logs = house.room_logs
        self._here = connection

    async def carry_out(
        self, member: Member, command: wire.ReportingCommand
    ) -> wire.ReportingReply | Ok:
        """Do it and return the reply.

        Raises:
            MasilError: why it was refused.
        """
        match command:
            case wire.GetRoomLog(id=id_):
                return wire.RoomLog(id=id_, entries=render.room_log(self._logs.show(self._here)))
            case wire.ReportRoom(reason=reason, statement=statement, with_log=with_log):
                await self._reporting.report_room(
                    member, self._here, Reason(reason), statement, with_log=with_log
                )
            case _:
                assert_never(command)
        return Ok(id=command.id)
