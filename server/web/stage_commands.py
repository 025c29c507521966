"""What each command of moderators, and each about succession, does: message → rule → reply.

Decides nothing itself. Whoever hands a command over has made sure that it comes from a member.
"""

from __future__ import annotations

from typing import assert_never

from protocol import stage as wire
from protocol.people import PersonView
from protocol.signalling import Ok
from server.domain import moderation, stage, succession
from server.domain.ids import MemberId
from server.service.hub import Connection
from server.service.rooms import Rooms

_Own = wire.AskToUnmute | wire.TakeOver
_Room = wire.MuteAll | wire.LockRoom | wire.UnbanFromRoom
_Person = (
    wire.MakeModerator
    | wire.UnmakeModerator
    | wire.AllowUnmute
    | wire.RemoveFromRoom
    | wire.BanFromRoom
)


class StageCommands:
    """Carries out these commands of one connection."""

    def __init__(self, rooms: Rooms, connection: Connection) -> None:
        self._rooms = rooms
        self._connection = connection
        self._me = connection.member_id

    async def carry_out(self, command: wire.StageCommand) -> wire.StageReply | Ok:
        """Do it and return the reply.

        Raises:
            MasilError: why it was refused.
        """
        match command:
            case wire.ListRoomBans(id=id_):
                banned = self._rooms.bans(self._connection)
                people = [PersonView(member_id=k, name=name) for k, name in banned.items()]
                return wire.RoomBans(id=id_, people=people)
            case wire.AskToUnmute() | wire.TakeOver():
                await self._own(command)
            case wire.MuteAll() | wire.LockRoom() | wire.UnbanFromRoom():
                await self._room(command)
            case _:
                await self._person(command)
        return Ok(id=command.id)

    async def _own(self, command: _Own) -> None:
        me, here, act = self._me, self._connection, self._rooms.act
        match command:
            case wire.AskToUnmute(asked=asked):
                await act(here, lambda room, now_ms: stage.ask_to_unmute(room, me, asked, now_ms))
            case wire.TakeOver(accepted=yes):
                await act(here, lambda room, now_ms: succession.take_over(room, me, yes, now_ms))
            case _:
                assert_never(command)

    async def _room(self, command: _Room) -> None:
        me, here, act = self._me, self._connection, self._rooms.act
        match command:
            case wire.MuteAll():
                await act(here, lambda room, _: moderation.mute_all(room, me))
            case wire.LockRoom(locked=locked):
                await act(here, lambda room, _: moderation.lock(room, me, locked))
            case wire.UnbanFromRoom(member_id=other):
                await act(here, lambda room, _: moderation.unban(room, me, MemberId(other)))
            case _:
                assert_never(command)

    async def _person(self, command: _Person) -> None:
        me, other = self._me, MemberId(command.member_id)
        match command:
            case wire.MakeModerator():
                rule = moderation.make_moderator
            case wire.UnmakeModerator():
                rule = moderation.unmake_moderator
            case wire.AllowUnmute():
                rule = moderation.allow_unmute
            case wire.RemoveFromRoom():
                rule = moderation.remove
            case wire.BanFromRoom():
                rule = moderation.ban
            case _:
                assert_never(command)
        await self._rooms.act(self._connection, lambda room, _: rule(room, me, other))
