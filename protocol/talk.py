"""Browser ⇄ gate: reactions, and the written lines beside a room. Neither is ever saved."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from protocol.wire import Id, Message, View

ReactionName = Literal["clap", "heart", "laugh", "wow", "agree"]
LineText = Annotated[str, Meta(max_length=2_000)]
LineId = Annotated[int, Meta(ge=1, le=2**53 - 1)]


class LineView(View, frozen=True):
    """One written line."""

    line_id: int
    """Unique in the room, rising."""
    member_id: str
    name: str
    """As the writer was called then."""
    text: str
    """Plain text of at most 400 characters; addresses in it are only text."""
    at_ms: int
    turn: bool
    """Said on stage, in writing."""


class ReactionCount(View, frozen=True):
    """How often one reaction was shown."""

    reaction: ReactionName
    count: int


class FaceReaction(View, frozen=True):
    """What somebody showed last."""

    member_id: str
    reaction: ReactionName


class React(Message, frozen=True):
    """Show something without a word; four at once, then one a second. Reply: `ok`."""

    id: Id
    reaction: ReactionName


class GetChat(Message, frozen=True):
    """The lines of the room one is in that are still in memory. Reply: `chat`."""

    id: Id


class WriteLine(Message, frozen=True):
    """Write to the room; five lines at once, then one every two seconds. Reply: `ok`."""

    id: Id
    text: LineText
    turn: bool = False
    """Said on stage in writing: a caption where the writer's captions are on, a line otherwise."""


class TakeLineBack(Message, frozen=True):
    """Take one's own line back or, as a moderator, anybody's. Reply: `ok`."""

    id: Id
    line_id: LineId


class SwitchChat(Message, frozen=True):
    """A moderator switches the room's chat on or off; off forgets all lines. Reply: `ok`."""

    id: Id
    on: bool


class Chat(Message, frozen=True):
    """Reply to `get_chat`, oldest line first; without lines of people apart by a block."""

    id: Id
    on: bool
    lines: list[LineView]


class LineWritten(Message, frozen=True):
    """A new line."""

    room_id: str
    line: LineView


class LineTakenBack(Message, frozen=True):
    """A line is gone: take it off the screen now."""

    room_id: str
    line_id: int


class ChatSwitched(Message, frozen=True):
    """The room's chat was switched; off takes all lines off the screen."""

    room_id: str
    on: bool


class Reactions(Message, frozen=True):
    """What the room showed in the last moment, at most five times a second."""

    room_id: str
    counts: list[ReactionCount]
    """All of it."""
    faces: list[FaceReaction]
    """24 people at most, those on stage first."""


TalkCommand = React | GetChat | WriteLine | TakeLineBack | SwitchChat
TalkReply = Chat
TalkEvent = LineWritten | LineTakenBack | ChatSwitched | Reactions
