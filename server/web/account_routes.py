"""Plain HTTP of one's own account: sessions, passkeys, export, erasure."""

from __future__ import annotations

import msgspec
from aiohttp import web

from protocol import account as wire
from protocol.http import SignedIn
from server.domain.errors import AnotherAccountError, NotSignedInError
from server.domain.ids import PasskeyId, SessionId
from server.domain.member import Member
from server.service import render
from server.web import keys
from server.web.auth import device_of_browser
from server.web.bodies import answer, body_of, refuse_foreign_page

EXPORT_FILE = "masil-account.json"


def add_account_routes(app: web.Application) -> None:
    """The addresses of one's own account."""
    app.router.add_get("/api/sessions", sessions)
    app.router.add_post("/api/sessions/end", end_session)
    app.router.add_post("/api/sessions/end-others", end_other_sessions)
    app.router.add_get("/api/passkeys", passkeys)
    app.router.add_post("/api/passkeys/challenge", passkey_challenge)
    app.router.add_post("/api/passkeys", add_passkey)
    app.router.add_post("/api/passkeys/remove", remove_passkey)
    app.router.add_post("/api/sign-in/passkey/challenge", sign_in_challenge)
    app.router.add_post("/api/sign-in/passkey", sign_in)
    app.router.add_get("/api/export", export)
    app.router.add_post("/api/erase", erase)


async def _who(request: web.Request) -> tuple[Member, str]:
    """Who asks, and his token.

    Raises:
        NotSignedInError, StoreUnavailableError
    """
    token = request.app[keys.DOOR].token(request)
    if token is None:
        raise NotSignedInError
    return await request.app[keys.HOUSE].sessions.member(token), token


# ---------------------------------------------------------------- sessions


async def sessions(request: web.Request) -> web.Response:
    """`GET /api/sessions`."""
    member, token = await _who(request)
    listed = await request.app[keys.HOUSE].sessions.of(member.member_id, token)
    return answer(wire.SessionsListed(sessions=listed))


async def end_session(request: web.Request) -> web.Response:
    """`POST /api/sessions/end`."""
    body = await body_of(request, wire.EndSession)
    member, _ = await _who(request)
    await request.app[keys.HOUSE].sessions.end(member.member_id, SessionId(body.session_id))
    return web.Response(status=204)


async def end_other_sessions(request: web.Request) -> web.Response:
    """`POST /api/sessions/end-others`."""
    refuse_foreign_page(request)
    member, token = await _who(request)
    await request.app[keys.HOUSE].sessions.end_others(member.member_id, token)
    return web.Response(status=204)


# ---------------------------------------------------------------- passkeys


async def passkeys(request: web.Request) -> web.Response:
    """`GET /api/passkeys`."""
    member, _ = await _who(request)
    listed = await request.app[keys.HOUSE].passkeys.of(member.member_id)
    return answer(wire.PasskeysListed(passkeys=listed))


async def passkey_challenge(request: web.Request) -> web.Response:
    """`POST /api/passkeys/challenge`."""
    refuse_foreign_page(request)
    member, _ = await _who(request)
    return answer(await request.app[keys.HOUSE].passkeys.creation_options(member))


async def add_passkey(request: web.Request) -> web.Response:
    """`POST /api/passkeys`."""
    body = await body_of(request, wire.NewPasskey)
    member, token = await _who(request)
    device = device_of_browser(request)
    added = request.app[keys.HOUSE].passkeys.add(member, token, body.credential, device)
    return answer(await added)


async def remove_passkey(request: web.Request) -> web.Response:
    """`POST /api/passkeys/remove`."""
    body = await body_of(request, wire.RemovePasskey)
    member, _ = await _who(request)
    await request.app[keys.HOUSE].passkeys.remove(member.member_id, PasskeyId(body.passkey_id))
    return web.Response(status=204)


async def sign_in_challenge(request: web.Request) -> web.Response:
    """`POST /api/sign-in/passkey/challenge`."""
    refuse_foreign_page(request)
    return answer(request.app[keys.HOUSE].passkeys.request_options())


async def sign_in(request: web.Request) -> web.Response:
    """`POST /api/sign-in/passkey`."""
    body = await body_of(request, wire.PasskeySignIn)
    door = request.app[keys.DOOR]
    signed_in = await request.app[keys.HOUSE].passkeys.sign_in(
        body.credential, device_of_browser(request), door.token(request), door.address(request)
    )
    response = answer(SignedIn(me=render.me(signed_in.member)))
    door.set_token(response, signed_in.token)
    return response


# ---------------------------------------------------------------- one's own data


async def export(request: web.Request) -> web.Response:
    """`GET /api/export`: a file for people, so it is indented."""
    member, _ = await _who(request)
    taken = await request.app[keys.HOUSE].account.export(member.member_id)
    response = answer(taken)
    response.body = msgspec.json.format(msgspec.json.encode(taken), indent=2)
    response.headers["Content-Disposition"] = f'attachment; filename="{EXPORT_FILE}"'
    return response


async def erase(request: web.Request) -> web.Response:
    """`POST /api/erase`."""
    body = await body_of(request, wire.EraseAccount)
    member, _ = await _who(request)
    if body.member_id != member.member_id:
        raise AnotherAccountError
    await request.app[keys.HOUSE].account.erase(member.member_id)
    response = web.Response(status=204)
    request.app[keys.DOOR].clear_token(response)
    return response
