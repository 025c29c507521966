"""Browser ⇄ gate: what moderators do in a room, and how a room finds a new host.

Coming, going, hands and the own microphone are in `room.py`.
"""

from __future__ import annotations

from typing import Literal

from protocol.people import PersonView
from protocol.wire import Id, Message, Token, View

MissedKind = Literal[
    "muted",
    "unmute_allowed",
    "to_audience",
    "to_stage",
    "invited",
    "made_moderator",
    "unmade_moderator",
    "removed",
]


class MissedView(View, frozen=True):
    """Something that happened to a person while his connection was away."""

    what: MissedKind
    at_ms: int


class MakeModerator(Message, frozen=True):
    """One more moderator, from among the speakers. Reply: `ok`."""

    id: Id
    member_id: Token


class UnmakeModerator(Message, frozen=True):
    """Another moderator is a speaker again. Reply: `ok`."""

    id: Id
    member_id: Token


class MuteAll(Message, frozen=True):
    """Mute every speaker as `mute_participant` does; moderators go on talking. Reply: `ok`."""

    id: Id


class AskToUnmute(Message, frozen=True):
    """One whom a moderator muted asks to be allowed to unmute, or takes it back. Reply: `ok`."""

    id: Id
    asked: bool


class AllowUnmute(Message, frozen=True):
    """A moderator allows a speaker to unmute himself; it stays his to do. Reply: `ok`."""

    id: Id
    member_id: Token


class RemoveFromRoom(Message, frozen=True):
    """Put somebody out, who may come back unless the room is locked. Reply: `ok`."""

    id: Id
    member_id: Token


class BanFromRoom(Message, frozen=True):
    """Put somebody out for as long as the room lasts. Reply: `ok`."""

    id: Id
    member_id: Token


class UnbanFromRoom(Message, frozen=True):
    """Let somebody come in again. Reply: `ok`."""

    id: Id
    member_id: Token


class ListRoomBans(Message, frozen=True):
    """Ask who is banned from the room; moderators only. Reply: `room_bans`."""

    id: Id


class LockRoom(Message, frozen=True):
    """Nobody new may enter, or everybody may again; kept seats stay open. Reply: `ok`."""

    id: Id
    locked: bool


class TakeOver(Message, frozen=True):
    """A listener who is asked takes the room over that has no host, or declines. Reply: `ok`."""

    id: Id
    accepted: bool


class RoomBans(Message, frozen=True):
    """Reply to `list_room_bans`."""

    id: Id
    people: list[PersonView]


class PutOut(Message, frozen=True):
    """For the person alone: a moderator put him out; the page goes back to the hallway."""

    room_id: str
    banned: bool
    """He may not come back while the room lasts."""


StageCommand = (
    MakeModerator
    | UnmakeModerator
    | MuteAll
    | AskToUnmute
    | AllowUnmute
    | RemoveFromRoom
    | BanFromRoom
    | UnbanFromRoom
    | ListRoomBans
    | LockRoom
    | TakeOver
)
StageReply = RoomBans
StageEvent = PutOut
