"""Web Push: who may be told what while no page of his is open, and where that may be sent.

Owns the rules for endpoints as far as their text goes; which address is really connected to is
checked where connections are made.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from dataclasses import dataclass, field
from enum import Enum
from urllib.parse import urlsplit

from server.domain.errors import BadPushEndpointError
from server.domain.ids import MemberId
from server.domain.language import Language

_HTTPS_PORT = 443


@dataclass(frozen=True, slots=True)
class PushSubscription:
    """One browser that may be pushed to; it belongs to its session and ends with it."""

    member_id: MemberId
    session_hash: bytes = field(repr=False)
    endpoint: str = field(repr=False)
    p256dh: str = field(repr=False)
    """The browser's public key, base64url."""
    auth: str = field(repr=False)
    """The browser's authentication secret, base64url."""
    language: Language
    created_at_ms: int


class Urgency(Enum):
    """How much waking a sleeping device is worth (RFC 8030 §5.3)."""

    NORMAL = "normal"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Pushed:
    """What is pushed, and for how long it is worth keeping."""

    payload: bytes = field(repr=False)
    ttl_s: int
    urgency: Urgency


class PushGoneError(Exception):
    """The browser unsubscribed: nothing will ever arrive there again."""


class PushNotSentError(Exception):
    """The push service did not take it; `again` says whether it may later."""

    def __init__(self, why: str, *, again: bool) -> None:
        super().__init__(why)
        self.again = again


def require_endpoint(endpoint: str, allowed_hosts: Collection[str] = ()) -> None:
    """Let only addresses pass that a push service can have: HTTPS, by name, at the usual port.

    `allowed_hosts` are names that the operator vouches for, at any port.

    Raises:
        BadPushEndpointError
    """
    try:
        parts = urlsplit(endpoint)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise BadPushEndpointError from None
    if parts.scheme != "https" or not host or parts.username is not None:
        raise BadPushEndpointError
    if host in allowed_hosts:
        return
    if port not in {None, _HTTPS_PORT} or "." not in host or _is_literal(host):
        raise BadPushEndpointError


def _is_literal(host: str) -> bool:
    # Also 127.1, 0x7f.1 and 2130706433, which resolvers take for addresses.
    last = host.rstrip(".").rpartition(".")[2]
    if last.isdigit() or last.startswith("0x"):
        return True
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
