"""Browser ⇄ gate: a report about a room, and what happened there: never a word that was said."""

from __future__ import annotations

from typing import Literal

from protocol.people import PersonView, ReportReason, Statement
from protocol.wire import Id, Message, View

HappeningName = Literal[
    "host_here",
    "speaker_here",
    "joined",
    "left",
    "removed",
    "banned",
    "on_stage",
    "in_audience",
    "made_moderator",
    "moderator_no_more",
    "muted",
    "muted_by_host",
    "unmuted",
    "captions_on",
    "captions_off",
    "locked",
    "unlocked",
]


class RoomLogEntry(View, frozen=True):
    """One thing that happened in a room."""

    at_ms: int
    what: HappeningName
    person: PersonView | None
    """`null`: it is about the room, or about somebody who has erased his account since."""


class GetRoomLog(Message, frozen=True):
    """What a report about the room one is in would tell of it. Reply: `room_log`."""

    id: Id


class ReportRoom(Message, frozen=True):
    """Tell the admins about the room one is in; its hosts answer for it. Reply: `ok`."""

    id: Id
    reason: ReportReason
    statement: Statement
    """What happened, at most 1,000 characters; may be empty."""
    with_log: bool
    """Send the log along, exactly as `room_log` showed it last."""


class RoomLog(Message, frozen=True):
    """Reply to `get_room_log`: the last half hour, as far as one was there; oldest first."""

    id: Id
    entries: list[RoomLogEntry]


ReportingCommand = GetRoomLog | ReportRoom
ReportingReply = RoomLog
