"""The built client: its page under every address that a person may type, and its files."""

from __future__ import annotations

import mimetypes
from pathlib import Path

from aiohttp import web

from protocol.errors import ErrorCode
from server.web import keys
from server.web.bodies import problem

PAGES = (
    "/",
    "/founder",
    "/founder/",
    "/invite",
    "/invite/",
    "/contacts",
    "/share",
    r"/room/{room_id:[\w-]{1,64}}{slash:/?}",
)
ALWAYS_ASK = "no-cache"
FOR_EVER = "public, max-age=31536000, immutable"
mimetypes.add_type("application/manifest+json", ".webmanifest")


def add_pages(app: web.Application) -> None:
    """The addresses of people, after those of programs."""
    for path in PAGES:
        app.router.add_get(path, page)
    app.router.add_get("/assets/{name}", asset)
    app.router.add_get("/{name}", top_file)


async def page(request: web.Request) -> web.StreamResponse:
    """The client; which view it shows is the client's to tell."""
    return _file(request, "index.html", ALWAYS_ASK)


async def asset(request: web.Request) -> web.StreamResponse:
    """A built file whose name holds its hash."""
    return _file(request, f"assets/{request.match_info['name']}", FOR_EVER)


async def top_file(request: web.Request) -> web.StreamResponse:
    """A built file with a fixed name: icons, the manifest, the service worker."""
    return _file(request, request.match_info["name"], ALWAYS_ASK)


def _file(request: web.Request, name: str, cache: str) -> web.StreamResponse:
    root = request.app[keys.SETTINGS].client_dir.resolve()
    # aiohttp decodes %2F and %00 in names: whatever leads out of the client is not there.
    if "\0" in name:
        return problem(ErrorCode.NOT_FOUND)
    path = Path(root, name).resolve()
    if not path.is_relative_to(root) or not path.is_file():
        return problem(ErrorCode.NOT_FOUND)
    return web.FileResponse(path, headers={"Cache-Control": cache})
