"""Who asks: the session cookie, the Origin that a browser names, the network address."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

from aiohttp import web

from server.config import Settings
from server.web.address import Proxies

MAX_AGE_S = 90 * 24 * 3600
_DEFAULT_PORTS = {"http": 80, "https": 443}
_LOCAL = ("localhost", "127.0.0.1")


class Door:
    """What the settings say about cookies, origins and proxies."""

    def __init__(self, settings: Settings) -> None:
        public = urlsplit(settings.resolved_public_url())
        self._secure = public.scheme == "https"
        # Without TLS the __Host- prefix is refused by browsers, as it requires Secure.
        self._cookie = "__Host-masil" if self._secure else "masil"
        hosts = _LOCAL if public.hostname in _LOCAL else (public.hostname or "",)
        self._origins = {_origin(public, host) for host in hosts}
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


def _origin(public: SplitResult, host: str) -> str:
    """As browsers write it: host in ASCII, the scheme's own port left out (RFC 6454 §6.2)."""
    ascii_host = host.encode("idna").decode() if not host.isascii() else host
    if ":" in ascii_host:
        ascii_host = f"[{ascii_host}]"
    port = public.port
    if port is None or port == _DEFAULT_PORTS.get(public.scheme):
        return f"{public.scheme}://{ascii_host}"
    return f"{public.scheme}://{ascii_host}:{port}"
