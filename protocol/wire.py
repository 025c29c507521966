"""How a message is tagged: `type` is the class's name in snake case, fields are in camel case."""

from __future__ import annotations

import re
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

MAX_MESSAGE_BYTES = 64 * 1024
"""The largest message a browser may send, and the largest body of a request."""


Id = Annotated[int, Meta(ge=0, le=2**53 - 1)]
"""A number that pairs a reply with its command, unique within one connection."""
Token = Annotated[str, Meta(min_length=1, max_length=64)]
"""An opaque id that the gate made."""
Language = Literal["en", "ko"]
RoomKind = Literal["open", "social", "closed"]
"""To whom a room is open: every member, whoever follows or is followed by a moderator, guests."""
"""Of a page, and of what reaches its reader elsewhere; ISO 639-1."""


def snake(name: str) -> str:
    """Turn `JoinRoom` into `join_room`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


class Message(
    msgspec.Struct,
    frozen=True,
    tag=snake,
    tag_field="type",
    rename="camel",
    forbid_unknown_fields=True,
    kw_only=True,
):
    """A message with a `type`; unknown fields are refused."""


class View(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A part of a message: data without a `type` of its own."""
