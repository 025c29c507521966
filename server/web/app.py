"""The aiohttp application: addresses, headers, errors, and the loops that live as long as it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import structlog
from aiohttp import web

from protocol.errors import ErrorCode
from protocol.wire import MAX_MESSAGE_BYTES
from server.config import Settings
from server.domain.errors import MasilError, StoreUnavailableError
from server.service.house import House
from server.web import keys
from server.web.account_routes import add_account_routes
from server.web.auth import Door
from server.web.bodies import problem
from server.web.calendar_routes import add_calendar_routes
from server.web.errors import code_of
from server.web.pages import add_pages
from server.web.routes import add_routes
from server.web.signalling import websocket

log = structlog.get_logger(__name__)

TIDY_EVERY_S = 3600.0
RESTART_AFTER_S = 0.25
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; media-src 'self' blob:; manifest-src 'self'; "
        "worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=()",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def make_app(settings: Settings, house: House) -> web.Application:
    """The whole edge over ready services."""
    app = web.Application(middlewares=[refusals], client_max_size=MAX_MESSAGE_BYTES)
    app[keys.SETTINGS] = settings
    app[keys.HOUSE] = house
    app[keys.DOOR] = Door(settings)
    app.router.add_get("/ws", websocket)
    add_routes(app)
    add_account_routes(app)
    add_calendar_routes(app)
    add_pages(app)
    app.on_response_prepare.append(_add_headers)
    app.cleanup_ctx.append(_loops)
    app.on_shutdown.append(_close_everybody)
    return app


async def _add_headers(_: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(HEADERS)


@web.middleware
async def refusals(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refusals become a `Problem`; anything unforeseen is logged without what was sent."""
    try:
        return await handler(request)
    except MasilError as error:
        return problem(code_of(error))
    except web.HTTPRequestEntityTooLarge:
        return problem(ErrorCode.MESSAGE_TOO_LARGE)
    except (web.HTTPNotFound, web.HTTPMethodNotAllowed):
        return problem(ErrorCode.NOT_FOUND)
    except web.HTTPException:
        raise
    except Exception:
        log.exception("request failed", method=request.method)
        return problem(ErrorCode.INTERNAL)


async def _loops(app: web.Application) -> AsyncIterator[None]:
    house = app[keys.HOUSE]
    rooms, captions = house.rooms, house.captions
    await house.blocks.load()
    await rooms.load()
    await house.schedule.load()
    await house.receipts.load()
    loops = {
        "media events": rooms.media_news.follow,
        "caption events": captions.run,
        "seat expiry": rooms.expire_seats,
        "hallway": rooms.refresh_hallway,
        "push": house.push.run,
        "schedule": house.schedule.run,
        "receipts": house.receipts.run,
        "reactions": house.reactions.run,
        "chats": house.chats.fade,
        "recent captions": captions.fade,
        "tidy": lambda: _tidy(house),
    }
    async with asyncio.TaskGroup() as owner:
        tasks = [owner.create_task(_forever(n, loop), name=n) for n, loop in loops.items()]
        yield
        for task in tasks:
            task.cancel()
    await captions.close()


async def _forever(name: str, loop: Callable[[], Awaitable[None]]) -> None:
    """One failing event must not end a loop for good."""
    while True:
        try:
            await loop()
        except StoreUnavailableError:
            log.warning("loop waits, database is away", loop=name)
        except Exception:
            log.exception("loop failed", loop=name)
        await asyncio.sleep(RESTART_AFTER_S)


async def _tidy(house: House) -> None:
    while True:
        await house.people.admission.tidy()
        await house.people.codes.tidy()
        await house.sessions.tidy()
        await house.account.tidy()
        await asyncio.sleep(TIDY_EVERY_S)


async def _close_everybody(app: web.Application) -> None:
    app[keys.HOUSE].hub.close_everybody()
