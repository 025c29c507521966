"""Connections to the public Internet only, whatever a name resolves to at that moment.

The check is made on the very address that the socket is about to connect to, for names and for
literal addresses, so that neither a rebinding name server nor an odd spelling leads inside.
"""

from __future__ import annotations

import socket
import ssl
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver

from server.domain.network import is_public


class NotPublicError(OSError):
    """The address is not one of the public Internet."""


def public_socket(address: tuple[Any, ...]) -> socket.socket:
    """A socket for an address as `getaddrinfo` gives it.

    Raises:
        NotPublicError: nothing may be connected there.
    """
    family, kind, protocol, _, sockaddr = address
    if not is_public(sockaddr[0]):
        raise NotPublicError("not a public address")
    return socket.socket(family, kind, protocol)


def public_connector(
    limit: int, tls: ssl.SSLContext | bool = True, resolver: AbstractResolver | None = None
) -> aiohttp.TCPConnector:
    """Makes connections, `limit` at a time, to public addresses only."""
    return aiohttp.TCPConnector(
        limit=limit,
        ssl=tls,
        socket_factory=public_socket,
        resolver=resolver,
        use_dns_cache=False,
    )
