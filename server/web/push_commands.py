"""What the commands about Web Push do. Decides nothing itself."""

from __future__ import annotations

from typing import assert_never

from protocol.push import PushCommand, SubscribePush, UnsubscribePush
from protocol.signalling import Ok
from server.service.hub import Connection
from server.service.push import Push


class PushCommands:
    """For members and for newcomers who wait."""

    def __init__(self, push: Push, connection: Connection) -> None:
        self._push = push
        self._connection = connection

    async def carry_out(self, command: PushCommand) -> Ok:
        """Do it and return the reply.

        Raises:
            BadPushEndpointError, NotSignedInError, StoreUnavailableError
        """
        here = self._connection
        match command:
            case SubscribePush():
                await self._push.subscribe(here.member_id, here.token_hash, command)
            case UnsubscribePush():
                await self._push.unsubscribe(here.token_hash)
            case _:
                assert_never(command)
        return Ok(id=command.id)
