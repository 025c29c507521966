"""Frames on the socket between gate and worker: a length, then one message."""

from __future__ import annotations

import asyncio
import contextlib

from protocol.media import MAX_FRAME_BYTES

_LENGTH_BYTES = 4
CLOSE_TIMEOUT_S = 1.0


class FrameTooLargeError(ValueError):
    """A frame beyond `MAX_FRAME_BYTES`: the other side does not speak our protocol."""


def frame(message: bytes) -> bytes:
    """A message with its length in front.

    Raises:
        FrameTooLargeError
    """
    if len(message) > MAX_FRAME_BYTES:
        raise FrameTooLargeError
    return len(message).to_bytes(_LENGTH_BYTES, "big") + message


async def read_frame(reader: asyncio.StreamReader) -> bytes:
    """The next message.

    Raises:
        FrameTooLargeError
        asyncio.IncompleteReadError: the connection was closed.
    """
    length = int.from_bytes(await reader.readexactly(_LENGTH_BYTES), "big")
    if length > MAX_FRAME_BYTES:
        raise FrameTooLargeError
    return await reader.readexactly(length)


async def until_closed(writer: asyncio.StreamWriter) -> None:
    """Wait until a connection that was told to close is gone, for a second at most."""
    with contextlib.suppress(OSError, TimeoutError):
        await asyncio.wait_for(writer.wait_closed(), CLOSE_TIMEOUT_S)
