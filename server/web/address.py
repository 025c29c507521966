"""Which network address asks, behind proxies too. Believes only proxies that the operator named.

Owns X-Forwarded-For and Forwarded (RFC 7239). Never decides what an address may do.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence

from aiohttp import web

from server.domain.network import plain

IpNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network
HOPS_MAX = 32
_WITH_PORT = re.compile(r'^"?(?:\[([^\]]+)\]|([0-9.]+))(?::\d+)?"?$')
"""`192.0.2.1`, `192.0.2.1:4711`, `[2001:db8::1]`, `"[2001:db8::1]:4711"`."""


class Proxies:
    """The proxies whose word about an address is taken."""

    def __init__(self, trusted: Sequence[IpNetwork]) -> None:
        self._trusted = tuple(trusted)

    def address_of(self, request: web.Request) -> str:
        """The address of whoever asks: the rightmost one that no trusted proxy has.

        Whatever stands left of it was written by somebody who is not trusted. Where both headers
        are there and disagree, one of them came from outside and was passed on: then the proxy's
        own address is all that is known.
        """
        remote = request.remote or ""
        if not self._is_trusted(remote):
            return _normal(remote) or remote
        claims = [
            _split(request.headers.getall("X-Forwarded-For", [])),
            _for_of(_split(request.headers.getall("Forwarded", []))),
        ]
        found = {self._rightmost_stranger(remote, hops) for hops in claims if hops}
        return found.pop() if len(found) == 1 else _normal(remote) or remote

    def _rightmost_stranger(self, remote: str, hops: list[str]) -> str:
        last = _normal(remote) or remote
        for hop in reversed(hops[-HOPS_MAX:]):
            address = _normal(hop)
            if address is None:
                # Hidden on purpose (RFC 7239 §6.3) or nonsense: only the proxy is known.
                return last
            last = address
            if not self._is_trusted(address):
                return last
        return last

    def _is_trusted(self, address: str) -> bool:
        normal = _normal(address)
        if normal is None:
            return False
        known = ipaddress.ip_address(normal)
        return any(known.version == net.version and known in net for net in self._trusted)


def _split(lines: Sequence[str]) -> list[str]:
    """The elements of a header that may be repeated, or be one list."""
    return [part.strip() for line in lines for part in line.split(",") if part.strip()]


def _for_of(elements: list[str]) -> list[str]:
    """The `for` of each forwarded-element (RFC 7239 §4); "" where there is none."""
    hops = []
    for element in elements:
        pairs = (pair.strip().partition("=") for pair in element.split(";"))
        hops.append(next((value for name, _, value in pairs if name.lower() == "for"), ""))
    return hops


def _normal(address: str) -> str | None:
    """Without port, brackets and quotes; None for what is no IP address."""
    written = _WITH_PORT.match(address)
    bare = (written[1] or written[2]) if written else address.strip('"')
    try:
        return plain(ipaddress.ip_address(bare))
    except ValueError:
        return None
