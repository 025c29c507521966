"""What each command of the talk beside a voice does: message → service → reply.

Decides nothing itself, and asks no database who it is: whoever is in a room is a member, and is
put out of it when he no longer is.
"""

from __future__ import annotations

from typing import assert_never

from protocol import talk as wire
from protocol.signalling import Ok
from server.domain.reaction import Reaction
from server.service.house import House
from server.service.hub import Connection


class TalkCommands:
    """Carries out the reactions and written lines of one connection."""

    def __init__(self, house: House, connection: Connection) -> None:
        self._reactions = house.reactions
        self._chats = house.chats
        self._here = connection

    async def carry_out(self, command: wire.TalkCommand) -> wire.TalkReply | Ok:
        """Do it and return the reply.

        Raises:
            MasilError: why it was refused.
        """
        match command:
            case wire.React(reaction=reaction):
                self._reactions.react(self._here, Reaction(reaction))
            case wire.GetChat(id=id_):
                return self._chats.view(self._here, id_)
            case wire.WriteLine(text=text, turn=turn):
                self._chats.write(self._here, text, turn=turn)
            case wire.TakeLineBack(line_id=line_id):
                self._chats.take_back(self._here, line_id)
            case wire.SwitchChat(on=on):
                await self._chats.switch(self._here, on=on)
            case _:
                assert_never(command)
        return Ok(id=command.id)
