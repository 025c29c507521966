"""Browser ⇄ gate, over one WebSocket at `/ws` (JSON text frames, 64 KiB at most).

Every command carries an `id` chosen by the page; exactly one reply carries it back (`ok`, `error`
or the reply named in the command's docstring). Everything else the gate sends is an event.
Changes of a room carry its `revision`: the page applies revision n + 1 on n, ignores older ones
and asks with `sync_room` when one is missing.
The messages themselves are defined by noun in the modules that are imported whole below; this one
owns what frames them, and says which there are.
"""

from __future__ import annotations

import msgspec

from protocol import (
    admin,
    captions,
    door,
    hallway,
    people,
    push,
    reporting,
    room,
    schedule,
    stage,
    talk,
)
from protocol.admin import *  # noqa: F403
from protocol.captions import *  # noqa: F403
from protocol.captions import CaptionsEngine
from protocol.door import *  # noqa: F403
from protocol.door import ContactsView, KnockView
from protocol.errors import ErrorCode
from protocol.hallway import *  # noqa: F403
from protocol.people import *  # noqa: F403
from protocol.people import Me
from protocol.push import *  # noqa: F403
from protocol.reporting import *  # noqa: F403
from protocol.room import *  # noqa: F403
from protocol.room import RoomCard
from protocol.schedule import *  # noqa: F403
from protocol.schedule import ScheduledView
from protocol.stage import *  # noqa: F403
from protocol.talk import *  # noqa: F403
from protocol.wire import Id, Message


class Ping(Message, frozen=True):
    """Ask whether the gate is still reached: it answers at once. Reply: `ok`."""

    id: Id


ClientMessage = (
    Ping
    | room.RoomCommand
    | captions.CaptionsCommand
    | captions.ReceiptsCommand
    | door.DoorCommand
    | admin.AdminCommand
    | push.PushCommand
    | people.PeopleCommand
    | stage.StageCommand
    | hallway.HallwayCommand
    | talk.TalkCommand
    | reporting.ReportingCommand
    | schedule.ScheduleCommand
)


class Ok(Message, frozen=True):
    """The command was carried out."""

    id: Id


class Error(Message, frozen=True):
    """The command was refused, or (`id` null) the connection is about to be closed."""

    id: Id | None
    code: ErrorCode
    message: str


class Welcome(Message, frozen=True):
    """The first message on every connection: all that the page needs outside a room."""

    me: Me
    rooms: list[RoomCard]
    knocks: list[KnockView]
    contacts: ContactsView
    media_up: bool
    captions: CaptionsEngine
    default_region: str
    reports_waiting: int
    """For admins: how many reports are open; 0 for others."""
    push_key: str
    """The house's key for `PushManager.subscribe` (RFC 8292), base64url."""
    scheduled: list[ScheduledView]
    reminders: list[str]
    """Of which scheduled rooms one is reminded."""


class Hallway(Message, frozen=True):
    """The rooms one may enter, whenever they change (at most once a second)."""

    rooms: list[RoomCard]


class MediaUp(Message, frozen=True):
    """Voices went away (false), are back, or moved (true); pages renew their connection then."""

    up: bool


ServerMessage = (
    Ok
    | Error
    | Welcome
    | Hallway
    | MediaUp
    | room.RoomReply
    | room.RoomEvent
    | captions.CaptionsReply
    | captions.CaptionsEvent
    | door.DoorReply
    | door.DoorEvent
    | people.PeopleReply
    | people.PeopleEvent
    | admin.AdminReply
    | admin.AdminEvent
    | stage.StageReply
    | stage.StageEvent
    | hallway.HallwayReply
    | hallway.HallwayEvent
    | talk.TalkReply
    | reporting.ReportingReply
    | talk.TalkEvent
    | schedule.ScheduleReply
    | schedule.ScheduleEvent
)

decode_client: msgspec.json.Decoder[ClientMessage] = msgspec.json.Decoder(ClientMessage)
decode_server: msgspec.json.Decoder[ServerMessage] = msgspec.json.Decoder(ServerMessage)
encoder = msgspec.json.Encoder()
