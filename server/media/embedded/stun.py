"""Connectivity checks as an ICE-lite agent (RFC 8445 §2.5) with aioice's STUN codec.

Sans I/O. Only answers checks; never sends one of its own. Whatever arrives, the only exception
that leaves is `StunInvalidError`.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

from aioice import stun

MAX_CHECK_BYTES = 548
"""Nothing a browser sends comes near it (RFC 8489 §6.1 for IPv4)."""
_COOKIE = stun.COOKIE.to_bytes(4, "big")
_BINDING_REQUEST = b"\x00\x01"


class StunInvalidError(ValueError):
    """Not a binding request that we can read."""


class Check(NamedTuple):
    """A binding request that is well formed but not yet proven."""

    local_ufrag: str
    nominated: bool
    message: stun.Message


def parse_check(data: bytes) -> Check:
    """Read a binding request.

    Raises:
        StunInvalidError: malformed, or another kind of STUN message.
    """
    if len(data) > MAX_CHECK_BYTES or data[:2] != _BINDING_REQUEST or data[4:8] != _COOKIE:
        raise StunInvalidError
    try:
        message = stun.parse_message(data)
    # aioice lets struct.error and UnicodeDecodeError (a ValueError) out of malformed attributes.
    except (ValueError, struct.error) as error:
        raise StunInvalidError from error
    local_ufrag = message.attributes.get("USERNAME", "").partition(":")[0]
    return Check(local_ufrag, "USE-CANDIDATE" in message.attributes, message)


def is_authentic(check: Check, password: str) -> bool:
    """Whether the sender knows our password (RFC 8489 §9.1.3)."""
    return check.message.check_message_integrity(password.encode())


def answer_check(check: Check, password: str, host: str, port: int) -> bytes:
    """The success response, which tells the sender the address he was seen at."""
    response = stun.Message(
        stun.Method.BINDING,
        stun.Class.RESPONSE,
        transaction_id=check.message.transaction_id,
        attributes={"XOR-MAPPED-ADDRESS": (host, port)},
    )
    response.add_message_integrity(password.encode())
    return bytes(response)
