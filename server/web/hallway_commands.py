"""What each command about the hallway does: message → service → reply. Decides nothing itself."""

from __future__ import annotations

from typing import assert_never

from protocol import signalling as wire
from protocol.hallway import HallwayCommand
from server.domain import entrance
from server.domain.ids import MemberId
from server.domain.kind import Kind
from server.domain.member import Member
from server.service.house import House
from server.service.hub import Connection


class HallwayCommands:
    """Carries out one connection's commands about kinds of rooms, finding them and pings."""

    def __init__(self, house: House, connection: Connection) -> None:
        self._rooms = house.rooms
        self._pings = house.pings
        self._connection = connection

    async def carry_out(self, member: Member, command: HallwayCommand) -> wire.ServerMessage:
        """Do it and return the reply.

        Raises:
            MasilError: why it was refused.
        """
        match command:
            case wire.OpenUp(kind=kind):
                await self._rooms.act(
                    self._connection,
                    lambda room, _: entrance.open_up(room, member.member_id, Kind(kind)),
                )
            case wire.PingIntoRoom(member_id=other):
                await self._pings.ping(self._connection, member, MemberId(other))
            case wire.FindRooms(id=id_, query=query):
                found = self._rooms.hallway.find(member.member_id, query)
                return wire.RoomsFound(id=id_, rooms=found)
            case _:
                assert_never(command)
        return wire.Ok(id=command.id)
