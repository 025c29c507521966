"""JSON over plain HTTP: bodies in, answers and refusals out. Knows no address."""

from __future__ import annotations

from typing import TypeVar

import msgspec
from aiohttp import web

from protocol import http as wire
from protocol.errors import ErrorCode
from protocol.wire import MAX_MESSAGE_BYTES
from server.web import keys
from server.web.errors import MESSAGE, status_of

Body = TypeVar("Body", bound=msgspec.Struct)


def problem(code: ErrorCode) -> web.Response:
    """A refusal as JSON."""
    body = wire.Problem(code=code, message=MESSAGE[code])
    return answer(body, status_of(code))


def answer(body: msgspec.Struct, status: int = 200) -> web.Response:
    """A message as JSON that nobody keeps."""
    encoded = msgspec.json.encode(body)
    response = web.Response(body=encoded, status=status, content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


def refuse_foreign_page(request: web.Request) -> None:
    """Let only our own pages pass, and what is no page.

    Raises:
        web.HTTPException: 403 with a `Problem`.
    """
    if request.app[keys.DOOR].is_foreign_page(request):
        raise _refused(ErrorCode.BAD_ORIGIN)


async def body_of(request: web.Request, kind: type[Body]) -> Body:
    """Decode a JSON body.

    Raises:
        web.HTTPException: 400, 403 or 413 with a `Problem`.
    """
    refuse_foreign_page(request)
    if request.content_type != "application/json":
        # A form of a foreign page cannot send this type without asking first (CORS).
        raise _refused(ErrorCode.BAD_MESSAGE)
    if (request.content_length or 0) > MAX_MESSAGE_BYTES:
        raise _refused(ErrorCode.MESSAGE_TOO_LARGE)
    try:
        return msgspec.json.decode(await request.read(), type=kind)
    except msgspec.MsgspecError:
        raise _refused(ErrorCode.BAD_MESSAGE) from None


def _refused(code: ErrorCode) -> web.HTTPException:
    text = msgspec.json.encode(wire.Problem(code=code, message=MESSAGE[code])).decode()
    kind = "application/json"
    match code:
        case ErrorCode.BAD_ORIGIN:
            return web.HTTPForbidden(text=text, content_type=kind)
        case ErrorCode.MESSAGE_TOO_LARGE:
            return web.HTTPRequestEntityTooLarge(
                max_size=MAX_MESSAGE_BYTES, text=text, content_type=kind
            )
        case _:
            return web.HTTPBadRequest(text=text, content_type=kind)
