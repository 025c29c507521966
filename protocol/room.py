"""Browser ⇄ gate: rooms, stage and audience, and the connection that carries voices."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from protocol.captions import KeptMinutes, TopicView
from protocol.people import PersonView
from protocol.stage import MissedView
from protocol.wire import Id, Message, RoomKind, Token, View

Title = Annotated[str, Meta(max_length=400)]
Sdp = Annotated[str, Meta(max_length=64 * 1024)]
Role = Literal["moderator", "speaker", "listener"]


class RoomCard(View, frozen=True):
    """A room in the hallway."""

    room_id: str
    title: str
    opened_at_ms: int
    stage: list[PersonView]
    listeners: int
    captions_on: bool
    topics: list[TopicView]
    kind: RoomKind
    locked: bool
    """Nobody new may enter."""


class ParticipantView(View, frozen=True):
    """A person in a room."""

    member_id: str
    name: str
    role: Role
    muted: bool
    hand_raised_at_ms: int | None
    invited: bool
    """A moderator has asked this listener to come on stage."""
    consented: bool
    """This speaker's words are turned into text."""
    connected: bool
    """False during the grace time after a lost connection; the seat is kept."""
    csrc: int
    """The number that names this person's voice in RTP's CSRC field."""
    held: bool
    """A moderator muted this speaker, who has to ask before he unmutes himself."""
    unmute_asked_at_ms: int | None
    """Since when he asks."""


class IceServer(View, frozen=True):
    """A TURN server through which voices go where the media port cannot be reached directly."""

    urls: list[str]
    """As RFC 7065 writes them, for `RTCIceServer.urls`."""
    username: str
    """When it expires (Unix seconds), a colon, and a pseudonym."""
    credential: str


class RoomView(View, frozen=True):
    """All that a participant may see of a room."""

    room_id: str
    title: str
    revision: int
    opened_at_ms: int
    captions_on: bool
    participants: list[ParticipantView]
    topics: list[TopicView]
    locked: bool
    """Nobody new may enter."""
    banned: int
    """How many people are banned; who they are is told by `list_room_bans`."""
    hostless: bool
    """The host is gone and a listener is asked to take over."""
    asked: str | None
    """Who is asked to take over."""
    kind: RoomKind
    captions_kept_min: KeptMinutes
    """How much of the past a late joiner may read."""
    hidden_words: list[str]
    """Never topics here; told to moderators only, empty for others."""


class OpenRoom(Message, frozen=True):
    """Open a room with the sender as moderator. Reply: `room_opened`."""

    id: Id
    title: Title
    kind: RoomKind = "open"


class JoinRoom(Message, frozen=True):
    """Enter a room, or come back to one's seat. Reply: `joined`, which holds the SDP offer."""

    id: Id
    room_id: Token
    replaces: Token | None = None
    """The page's own media session, if it has one: it is heard until the new one is connected."""


class AnswerMedia(Message, frozen=True):
    """The browser's SDP answer to the newest offer. Reply: `ok`."""

    id: Id
    media_id: Token
    sdp: Sdp


class RenewMedia(Message, frozen=True):
    """Replace a PeerConnection by a new one. Reply: `media_offer`."""

    id: Id
    replaces: Token | None = None
    """See `join_room`."""


class SyncRoom(Message, frozen=True):
    """Ask for the whole room after a missed revision. Reply: `room_snapshot`."""

    id: Id


class LeaveRoom(Message, frozen=True):
    """Leave quietly. Reply: `ok`."""

    id: Id


class EndRoom(Message, frozen=True):
    """End the room for all; moderators only. Reply: `ok`."""

    id: Id


class RaiseHand(Message, frozen=True):
    """Ask to speak, or lower the hand. Reply: `ok`."""

    id: Id
    raised: bool


class InviteToStage(Message, frozen=True):
    """Give a seat on stage: at once where the hand is raised, else after `answer_stage`."""

    id: Id
    member_id: Token


class AnswerStage(Message, frozen=True):
    """Accept or decline the moderator's invitation to the stage. Reply: `ok`."""

    id: Id
    accepted: bool


class StepDown(Message, frozen=True):
    """Go from the stage to the audience. Reply: `ok`."""

    id: Id


class MoveToAudience(Message, frozen=True):
    """A moderator asks a speaker down. Reply: `ok`."""

    id: Id
    member_id: Token


class Mute(Message, frozen=True):
    """Switch the own microphone. Reply: `ok`."""

    id: Id
    muted: bool


class MuteParticipant(Message, frozen=True):
    """A moderator mutes a speaker, who then has to ask before he unmutes himself. Reply: `ok`.

    Another moderator is muted, too, but may unmute himself.
    """

    id: Id
    member_id: Token


class RoomOpened(Message, frozen=True):
    """Reply to `open_room`."""

    id: Id
    room_id: str


class Joined(Message, frozen=True):
    """Reply to `join_room`: the room and, unless the media process is away, the SDP offer."""

    id: Id
    room: RoomView
    media_id: str | None
    sdp: str | None
    ice_servers: list[IceServer]
    """For this connection only: the credentials expire. Empty where the house has no relay."""
    missed: list[MissedView]
    """What happened to this person here while his connection was away; the newest 20."""


class MediaOffer(Message, frozen=True):
    """Reply to `renew_media`."""

    id: Id
    media_id: str
    sdp: str
    ice_servers: list[IceServer]


class RoomSnapshot(Message, frozen=True):
    """Reply to `sync_room`."""

    id: Id
    room: RoomView


class ParticipantChanged(Message, frozen=True):
    """Somebody came in or changed; the whole participant."""

    room_id: str
    revision: int
    participant: ParticipantView


class ParticipantLeft(Message, frozen=True):
    """Somebody left the room."""

    room_id: str
    revision: int
    member_id: str


class RoomChanged(Message, frozen=True):
    """The room itself changed."""

    room_id: str
    revision: int
    title: str
    captions_on: bool
    locked: bool
    banned: int
    hostless: bool
    asked: str | None
    kind: RoomKind
    captions_kept_min: KeptMinutes


class RoomEnded(Message, frozen=True):
    """The room is over; the page goes back to the hallway."""

    room_id: str
    abandoned: bool
    """Its host was gone and nobody took it over."""


RoomCommand = (
    OpenRoom
    | JoinRoom
    | AnswerMedia
    | RenewMedia
    | SyncRoom
    | LeaveRoom
    | EndRoom
    | RaiseHand
    | InviteToStage
    | AnswerStage
    | StepDown
    | MoveToAudience
    | Mute
    | MuteParticipant
)
RoomReply = RoomOpened | Joined | MediaOffer | RoomSnapshot
RoomEvent = ParticipantChanged | ParticipantLeft | RoomChanged | RoomEnded
