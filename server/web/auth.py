"""Who asks: the session cookie, the Origin that a browser names, the network address."""

from __future__ import annotations

from urllib.parse import urlsplit

from aiohttp import web

from server.config import Settings
from server.domain.origin import origins_of
from server.domain.session import SESSION_LIFETIME_MS, device_of
from server.web.address import Proxies

MAX_AGE_S = SESSION_LIFETIME_MS // 1000


class Door:
    """What the settings say about cookies, origins and proxies."""

    def __init__(self, settings: Settings) -> None:
        public = urlsplit(settings.resolved_public_url())
        self._secure = public.scheme == "https"
        # Without TLS the __Host- prefix is refused by browsers, as it requires Secure.
        self._cookie = "__Host-masil" if self._secure else "masil"
        self._origins = origins_of(settings.resolved_public_url())
        self._proxies = Proxies(settings.trusted_proxies)

    def token(self, request: web.Request) -> str | None:
        """The session token that the browser sent."""
        return request.cookies.get(self._cookie)

    def set_token(self, response: web.Response, token: str) -> None:
        """Give the browser its session."""
        response.set_cookie(
            self._cookie,
            token,
            max_age=MAX_AGE_S,
            path="/",
            secure=self._secure,
            httponly=True,
            samesite="Lax",
        )

    def clear_token(self, response: web.Response) -> None:
        """Take the session away."""
        response.del_cookie(
            self._cookie, path="/", secure=self._secure, httponly=True, samesite="Lax"
        )

    def is_our_page(self, request: web.Request) -> bool:
        """Whether the browser names our own origin; absent counts as foreign."""
        return request.headers.get("Origin") in self._origins

    def is_foreign_page(self, request: web.Request) -> bool:
        """Whether the browser names another origin; absent is allowed (not a browser's POST)."""
        origin = request.headers.get("Origin")
        return origin is not None and origin not in self._origins

    def address(self, request: web.Request) -> str:
        """The network address that asks, behind trusted proxies too."""
        return self._proxies.address_of(request)


def device_of_browser(request: web.Request) -> str:
    """The coarse label of the browser that asks, such as "Chrome on Android"."""
    return device_of(request.headers.get("User-Agent", ""))
