"""Plain HTTP for calendars: one scheduled room as a file, and the secret address of all of them."""

from __future__ import annotations

from aiohttp import web

from server.domain.errors import NotSignedInError
from server.domain.ids import ScheduledId
from server.domain.member import require_member
from server.web import keys
from server.web.calendar_file import calendar_file

NAME = "Masil"
_NAME_IN_PATH = r"[\w-]{1,64}"


def add_calendar_routes(app: web.Application) -> None:
    """The addresses of calendars."""
    app.router.add_get(rf"/calendar/{{token:{_NAME_IN_PATH}}}.ics", feed)
    app.router.add_get(rf"/api/scheduled/{{scheduled_id:{_NAME_IN_PATH}}}.ics", one)


def path_of(token: str) -> str:
    """The address that a calendar program reads."""
    return f"/calendar/{token}.ics"


async def feed(request: web.Request) -> web.Response:
    """`GET /calendar/TOKEN.ics`: for whoever has the address; calendar programs send no cookie."""
    planned = await request.app[keys.HOUSE].calendars.behind(request.match_info["token"])
    return _answer(calendar_file(planned, _url(request), NAME))


async def one(request: web.Request) -> web.Response:
    """`GET /api/scheduled/ID.ics`: for members, whom it is for."""
    house = request.app[keys.HOUSE]
    token = request.app[keys.DOOR].token(request)
    if token is None:
        raise NotSignedInError
    member = await house.sessions.member(token)
    require_member(member)
    wanted = ScheduledId(request.match_info["scheduled_id"])
    planned = house.calendars.one(member.member_id, wanted)
    response = _answer(calendar_file([planned], _url(request), NAME))
    response.headers["Content-Disposition"] = 'attachment; filename="masil.ics"'
    return response


def _url(request: web.Request) -> str:
    return request.app[keys.SETTINGS].resolved_public_url().rstrip("/")


def _answer(body: bytes) -> web.Response:
    response = web.Response(body=body, content_type="text/calendar", charset="utf-8")
    response.headers["Cache-Control"] = "private, no-store"
    return response
