"""Plain HTTP: signing in and out, and health. No number is ever logged."""

from __future__ import annotations

from aiohttp import web

from protocol import http as wire
from server.domain.errors import NotSignedInError
from server.domain.language import Language
from server.service import render
from server.service.people import Proof
from server.web import keys
from server.web.auth import device_of_browser
from server.web.bodies import answer, body_of, refuse_foreign_page
from server.web.steady import steady


def add_routes(app: web.Application) -> None:
    """The addresses of programs, but for the WebSocket."""
    app.router.add_post("/api/sign-in/code", send_code)
    app.router.add_post("/api/sign-in/verify", verify)
    app.router.add_post("/api/invite", invite)
    app.router.add_get("/api/session", session)
    app.router.add_post("/api/sign-out", sign_out)
    app.router.add_get("/healthz", health)
    app.router.add_get("/readyz", ready)


async def send_code(request: web.Request) -> web.Response:
    """`POST /api/sign-in/code`."""
    body = await body_of(request, wire.CodeRequest)
    address = request.app[keys.DOOR].address(request)
    expires_in_s = await request.app[keys.HOUSE].people.send_code(
        body.number, body.region, address, Language(body.language)
    )
    return answer(wire.CodeSent(expires_in_s=expires_in_s))


async def verify(request: web.Request) -> web.Response:
    """`POST /api/sign-in/verify`."""
    body = await body_of(request, wire.CodeVerification)
    proof = Proof(
        body.number,
        body.region,
        body.code,
        body.name,
        body.founder_token,
        body.invite_token,
        device_of_browser(request),
    )
    door = request.app[keys.DOOR]
    house = request.app[keys.HOUSE]
    async with steady(house.answer_step_s):
        signed_in = await house.people.sign_in(proof, door.token(request))
    response = answer(wire.SignedIn(me=render.me(signed_in.member)))
    door.set_token(response, signed_in.token)
    return response


async def invite(request: web.Request) -> web.Response:
    """`POST /api/invite`: not a GET, so that no log sees a token."""
    body = await body_of(request, wire.InviteQuestion)
    return answer(await request.app[keys.HOUSE].people.invites.look(body.token))


async def session(request: web.Request) -> web.Response:
    """`GET /api/session`: 204 where nobody is signed in, which is no error for a page that asks."""
    token = request.app[keys.DOOR].token(request)
    if token is None:
        return web.Response(status=204)
    try:
        member, noted = await request.app[keys.HOUSE].sessions.visit(token)
    except NotSignedInError:
        return web.Response(status=204)
    response = answer(wire.SignedIn(me=render.me(member)))
    if noted:
        # Its age counts from the last use, as that of the session does. Not at every look: an
        # answer that comes late would bring a token back that a sign-in has just replaced.
        request.app[keys.DOOR].set_token(response, token)
    return response


async def sign_out(request: web.Request) -> web.Response:
    """`POST /api/sign-out`."""
    door = request.app[keys.DOOR]
    refuse_foreign_page(request)
    token = door.token(request)
    if token is not None:
        await request.app[keys.HOUSE].sessions.sign_out(token)
    response = web.Response(status=204)
    door.clear_token(response)
    return response


async def health(_: web.Request) -> web.Response:
    """The process answers."""
    return web.Response(text="ok")


async def ready(request: web.Request) -> web.Response:
    """The process can serve: the database answers and voices are up."""
    await request.app[keys.HOUSE].people.ready()
    up = request.app[keys.HOUSE].rooms.media_news.up
    return web.Response(text="ready" if up else "media is away", status=200 if up else 503)
