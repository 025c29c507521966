"""Plain HTTP: signing in and out, and health. No number is ever logged."""

from __future__ import annotations

from typing import TypeVar

import msgspec
from aiohttp import web

from protocol import http as wire
from protocol.errors import ErrorCode
from protocol.wire import MAX_MESSAGE_BYTES
from server.domain.errors import NotSignedInError
from server.domain.language import Language
from server.service import render
from server.service.people import Proof
from server.web import keys
from server.web.errors import MESSAGE, status_of
from server.web.steady import steady

Body = TypeVar("Body", bound=msgspec.Struct)


def add_routes(app: web.Application) -> None:
    """The addresses of programs, but for the WebSocket."""
    app.router.add_post("/api/sign-in/code", send_code)
    app.router.add_post("/api/sign-in/verify", verify)
    app.router.add_post("/api/invite", invite)
    app.router.add_get("/api/session", session)
    app.router.add_post("/api/sign-out", sign_out)
    app.router.add_get("/healthz", health)
    app.router.add_get("/readyz", ready)


def problem(code: ErrorCode) -> web.Response:
    """A refusal as JSON."""
    body = wire.Problem(code=code, message=MESSAGE[code])
    return _json(body, status_of(code))


def _json(body: msgspec.Struct, status: int = 200) -> web.Response:
    encoded = msgspec.json.encode(body)
    response = web.Response(body=encoded, status=status, content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


async def _body(request: web.Request, kind: type[Body]) -> Body:
    """Decode a JSON body.

    Raises:
        web.HTTPException: 400, 403 or 413 with a `Problem`.
    """
    if request.app[keys.DOOR].is_foreign_page(request):
        raise _refusal(ErrorCode.BAD_ORIGIN)
    if request.content_type != "application/json":
        # A form of a foreign page cannot send this type without asking first (CORS).
        raise _refusal(ErrorCode.BAD_MESSAGE)
    if (request.content_length or 0) > MAX_MESSAGE_BYTES:
        raise _refusal(ErrorCode.MESSAGE_TOO_LARGE)
    try:
        return msgspec.json.decode(await request.read(), type=kind)
    except msgspec.MsgspecError:
        raise _refusal(ErrorCode.BAD_MESSAGE) from None


def _refusal(code: ErrorCode) -> web.HTTPException:
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


async def send_code(request: web.Request) -> web.Response:
    """`POST /api/sign-in/code`."""
    body = await _body(request, wire.CodeRequest)
    address = request.app[keys.DOOR].address(request)
    expires_in_s = await request.app[keys.HOUSE].people.send_code(
        body.number, body.region, address, Language(body.language)
    )
    return _json(wire.CodeSent(expires_in_s=expires_in_s))


async def verify(request: web.Request) -> web.Response:
    """`POST /api/sign-in/verify`."""
    body = await _body(request, wire.CodeVerification)
    proof = Proof(
        body.number, body.region, body.code, body.name, body.founder_token, body.invite_token
    )
    door = request.app[keys.DOOR]
    house = request.app[keys.HOUSE]
    async with steady(house.answer_step_s):
        signed_in = await house.people.sign_in(proof, door.token(request))
    response = _json(wire.SignedIn(me=render.me(signed_in.member)))
    door.set_token(response, signed_in.token)
    return response


async def invite(request: web.Request) -> web.Response:
    """`POST /api/invite`: not a GET, so that no log sees a token."""
    body = await _body(request, wire.InviteQuestion)
    return _json(await request.app[keys.HOUSE].people.invites.look(body.token))


async def session(request: web.Request) -> web.Response:
    """`GET /api/session`: 204 where nobody is signed in, which is no error for a page that asks."""
    token = request.app[keys.DOOR].token(request)
    if token is None:
        return web.Response(status=204)
    try:
        member = await request.app[keys.HOUSE].people.session(token)
    except NotSignedInError:
        return web.Response(status=204)
    return _json(wire.SignedIn(me=render.me(member)))


async def sign_out(request: web.Request) -> web.Response:
    """`POST /api/sign-out`."""
    door = request.app[keys.DOOR]
    if door.is_foreign_page(request):
        raise _refusal(ErrorCode.BAD_ORIGIN)
    token = door.token(request)
    if token is not None:
        await request.app[keys.HOUSE].people.sign_out(token)
    response = web.Response(status=204)
    door.clear_token(response)
    return response


async def health(_: web.Request) -> web.Response:
    """The process answers."""
    return web.Response(text="ok")


async def ready(request: web.Request) -> web.Response:
    """The process can serve: the database answers and voices are up."""
    await request.app[keys.HOUSE].people.ready()
    up = request.app[keys.HOUSE].rooms.media_up
    return web.Response(text="ready" if up else "media is away", status=200 if up else 503)
