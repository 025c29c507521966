"""The operator's commands: asked of the running gate, or carried out here where none runs.

The gate is the only writer of the database while it runs; without it, this process is.
"""

from __future__ import annotations

import asyncio

import msgspec

from protocol.admin import AdminCommand
from protocol.signalling import ServerMessage, decode_server
from protocol.wire import MAX_MESSAGE_BYTES
from server.bootstrap.gate import invite_rules, open_store
from server.clock import SystemClock
from server.config import Settings
from server.ports import Store
from server.service.account import Account
from server.service.administration import Administration
from server.service.admission import Admission
from server.service.hub import Hub
from server.service.invites import Invites
from server.service.limits import Limits
from server.service.sessions import NobodyInside
from server.start import StartError, load_pepper
from server.web.admin_commands import AdminCommands
from server.web.operator import answer

TIMEOUT_S = 30.0
MAX_REPLY_BYTES = 1024 * MAX_MESSAGE_BYTES
"""The export of a person who follows and was asked by thousands is the largest."""


async def ask(settings: Settings, command: AdminCommand) -> ServerMessage:
    """Have a command carried out and return the reply.

    Raises:
        StartError: neither a gate answers nor can the database be opened.
    """
    try:
        reader, writer = await asyncio.open_unix_connection(
            settings.operator_socket(), limit=MAX_REPLY_BYTES
        )
    except OSError:
        return await _alone(settings, command)
    try:
        async with asyncio.timeout(TIMEOUT_S):
            writer.write(msgspec.json.encode(command) + b"\n")
            line = await reader.readline()
        return decode_server.decode(line)
    except (OSError, TimeoutError, msgspec.MsgspecError) as error:
        raise StartError("The gate did not answer; nothing may have been changed.") from error
    finally:
        writer.close()


async def _alone(settings: Settings, command: AdminCommand) -> ServerMessage:
    async with open_store(settings) as store:
        return await answer(AdminCommands(_administration(settings, store)), _line(command))


def _line(command: AdminCommand) -> bytes:
    return msgspec.json.encode(command)


def _administration(settings: Settings, store: Store) -> Administration:
    clock, hub, pepper = SystemClock(), Hub(), load_pepper(settings)
    admission = Admission(store, clock, hub, pepper)
    limits = Limits(store, clock, pepper)
    invites = Invites(store, clock, hub, limits, None, invite_rules(settings))
    nobody = NobodyInside()
    account = Account(store, clock, hub, admission, nobody)
    return Administration(store, clock, hub, admission, invites, nobody, account)
