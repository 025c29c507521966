"""The operator's way in: a Unix socket of the gate's own user, for `masil members`, `masil ban` ….

One JSON message a line, one reply a line. The mode of the socket is the only key, so whoever may
open it may do all that an admin may. Logs that it was used, never for what.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import structlog

from protocol.admin import AdminCommand
from protocol.errors import ErrorCode
from protocol.signalling import Error, Ok, ServerMessage
from protocol.wire import MAX_MESSAGE_BYTES
from server.domain.errors import MasilError
from server.service.administration import Administration
from server.web.admin_commands import AdminCommands
from server.web.errors import MESSAGE, code_of

IDLE_TIMEOUT_S = 60.0
_decoder: msgspec.json.Decoder[AdminCommand] = msgspec.json.Decoder(AdminCommand)
_log = structlog.get_logger(__name__)


async def answer(commands: AdminCommands, line: bytes) -> ServerMessage:
    """Carry out one line; a refusal is an `error` like on the page's socket."""
    try:
        command = _decoder.decode(line)
    except msgspec.MsgspecError:
        return _error(None, ErrorCode.BAD_MESSAGE)
    try:
        return await commands.carry_out(command) or Ok(id=command.id)
    except MasilError as error:
        return _error(command.id, code_of(error))


@asynccontextmanager
async def operator_socket(path: Path, administration: Administration) -> AsyncIterator[None]:
    """Listen while the gate runs; only this user may open the socket."""
    commands = AdminCommands(administration)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await _line(reader):
                _log.info("operator asks")
                writer.write(msgspec.json.encode(await answer(commands, line)) + b"\n")
                await writer.drain()
        except ConnectionError:
            _log.info("operator gone")
        finally:
            writer.close()

    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.unlink(missing_ok=True)  # noqa: ASYNC240
    server = await asyncio.start_unix_server(serve, path, limit=MAX_MESSAGE_BYTES)
    path.chmod(0o600)  # noqa: ASYNC240
    try:
        yield
    finally:
        server.close()
        path.unlink(missing_ok=True)  # noqa: ASYNC240


async def _line(reader: asyncio.StreamReader) -> bytes:
    """The next line, or nothing where the other side is done, too slow or too wordy."""
    try:
        async with asyncio.timeout(IDLE_TIMEOUT_S):
            return await reader.readline()
    except (TimeoutError, ValueError):
        return b""


def _error(id_: int | None, code: ErrorCode) -> Error:
    return Error(id=id_, code=code, message=MESSAGE[code])
