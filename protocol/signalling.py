"""Browser ⇄ gate, over one WebSocket at `/ws` (JSON text frames, 64 KiB at most).

Every command carries an `id` chosen by the page; exactly one reply carries it back (`ok`, `error`
or the reply named in the command's docstring). Everything else the gate sends is an event.
Changes of a room carry its `revision`: the page applies revision n + 1 on n, ignores older ones
and asks with `sync_room` when one is missing.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from protocol.errors import ErrorCode
from protocol.wire import Message, View

Id = Annotated[int, Meta(ge=0, le=2**53 - 1)]
"""A number that pairs a reply with its command, unique within one connection."""
Token = Annotated[str, Meta(min_length=1, max_length=64)]
Title = Annotated[str, Meta(max_length=400)]
Number = Annotated[str, Meta(min_length=1, max_length=64)]
Sdp = Annotated[str, Meta(max_length=64 * 1024)]

Role = Literal["moderator", "speaker", "listener"]
Membership = Literal["waiting", "member"]
CaptionsEngineState = Literal["missing", "fetching", "loading", "ready", "unavailable"]

# ---------------------------------------------------------------- what a page may see


class Me(View, frozen=True):
    """The signed-in person, as he sees himself."""

    member_id: str
    name: str
    membership: Membership
    is_admin: bool


class PersonView(View, frozen=True):
    """A person as others see him in lists."""

    member_id: str
    name: str


class TopicView(View, frozen=True):
    """A word or a pair of words that the room talks about."""

    term: str
    weight: float
    """0 to 1, relative to the room's heaviest topic."""
    speakers: int
    """How many consenting speakers said it."""


class RoomCard(View, frozen=True):
    """A room in the hallway."""

    room_id: str
    title: str
    opened_at_ms: int
    stage: list[PersonView]
    listeners: int
    captions_on: bool
    topics: list[TopicView]


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


class KnockView(View, frozen=True):
    """A newcomer who waits and whose number this member holds."""

    knock_id: str
    name: str
    """The name that the newcomer gave himself."""
    contact_id: str
    """Which of this member's contacts it is; the page knows that contact's local name."""
    knocked_at_ms: int


class CaptionsEngine(View, frozen=True):
    """Whether this server can turn voice into text now."""

    state: CaptionsEngineState
    detail: str = ""
    """For people: the model's name, or why it is unavailable."""
    progress: float | None = None
    """0 to 1 while the model is fetched."""


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


# ---------------------------------------------------------------- browser → gate


class OpenRoom(Message, frozen=True):
    """Open a room with the sender as moderator. Reply: `room_opened`."""

    id: Id
    title: Title


class JoinRoom(Message, frozen=True):
    """Enter a room, or come back to one's seat. Reply: `joined`, which holds the SDP offer."""

    id: Id
    room_id: Token


class AnswerMedia(Message, frozen=True):
    """The browser's SDP answer to the newest offer. Reply: `ok`."""

    id: Id
    media_id: Token
    sdp: Sdp


class RenewMedia(Message, frozen=True):
    """Replace a failed PeerConnection by a new one. Reply: `media_offer`."""

    id: Id


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
    """A moderator mutes a speaker, who may unmute himself again. Reply: `ok`."""

    id: Id
    member_id: Token


class SwitchCaptions(Message, frozen=True):
    """A moderator invites the scribe or sends it away. Reply: `ok`."""

    id: Id
    on: bool


class Consent(Message, frozen=True):
    """A speaker lets his own words be turned into text, or withdraws. Reply: `ok`."""

    id: Id
    granted: bool
    language: Annotated[str, Meta(pattern="^[a-z]{2}$")] | None = None
    """The language he speaks, ISO 639-1; `null` lets the engine detect it."""


class AddContacts(Message, frozen=True):
    """Keep numbers as hashes; names stay in the browser. Reply: `contacts_added`."""

    id: Id
    numbers: Annotated[list[Number], Meta(max_length=500)]
    region: Annotated[str, Meta(pattern="^[A-Z]{2}$")]
    """The country that numbers without a country code belong to, ISO 3166."""


class ForgetContacts(Message, frozen=True):
    """Delete all of the member's contacts at once. Reply: `ok`."""

    id: Id


class Admit(Message, frozen=True):
    """Let a newcomer in. The first who does it wins. Reply: `ok`."""

    id: Id
    knock_id: Token


class IgnoreKnock(Message, frozen=True):
    """Close the alert for oneself only; nobody else notices. Reply: `ok`."""

    id: Id
    knock_id: Token


class WithdrawKnock(Message, frozen=True):
    """The newcomer no longer waits; his account is erased. Reply: `ok`."""

    id: Id


ClientMessage = (
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
    | SwitchCaptions
    | Consent
    | AddContacts
    | ForgetContacts
    | Admit
    | IgnoreKnock
    | WithdrawKnock
)

# ---------------------------------------------------------------- gate → browser: replies


class Ok(Message, frozen=True):
    """The command was carried out."""

    id: Id


class Error(Message, frozen=True):
    """The command was refused, or (`id` null) the connection is about to be closed."""

    id: Id | None
    code: ErrorCode
    message: str


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


class RejectedNumber(View, frozen=True):
    """A number of `add_contacts` that was not kept."""

    index: int
    code: ErrorCode


class AddedContact(View, frozen=True):
    """A number of `add_contacts` that is kept."""

    index: int
    contact_id: str


class ContactsAdded(Message, frozen=True):
    """Reply to `add_contacts`."""

    id: Id
    added: list[AddedContact]
    rejected: list[RejectedNumber]
    kept: int
    """How many contacts the member has now."""
    expires_at_ms: int
    """Until when the numbers just sent are kept if nobody with one of them comes."""


# ---------------------------------------------------------------- gate → browser: events


class Welcome(Message, frozen=True):
    """The first message on every connection: all that the page needs outside a room."""

    me: Me
    rooms: list[RoomCard]
    knocks: list[KnockView]
    contacts_kept: int
    media_up: bool
    captions: CaptionsEngine
    default_region: str


class Hallway(Message, frozen=True):
    """The rooms one may enter, whenever they change (at most once a second)."""

    rooms: list[RoomCard]


class Knocked(Message, frozen=True):
    """A newcomer whose number this member holds waits at the door."""

    knock: KnockView


class KnockClosed(Message, frozen=True):
    """The alert is over: somebody let him in, he withdrew, or it expired."""

    knock_id: str


class Admitted(Message, frozen=True):
    """To the newcomer: the door is open."""

    me: Me


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


class RoomEnded(Message, frozen=True):
    """The room is over; the page goes back to the hallway."""

    room_id: str


class Caption(Message, frozen=True):
    """A line of somebody who consented. A newer one with the same `captionId` replaces it.

    A final one without text takes a partial back that proved to be no speech.
    """

    room_id: str
    member_id: str
    caption_id: int
    """Unique in the room."""
    text: str
    final: bool
    at_ms: int
    """When the speech began, Unix time."""
    language: str


class CaptionGap(Message, frozen=True):
    """Speech that could not be turned into text in time: shown as a gap, never hidden."""

    room_id: str
    member_id: str
    at_ms: int
    duration_ms: int


class CaptionsPurged(Message, frozen=True):
    """Consent withdrawn or the scribe sent away: take the words off the screen now."""

    room_id: str
    member_id: str | None
    """`null`: everybody's."""


class Topics(Message, frozen=True):
    """The room's live topics, heaviest first."""

    room_id: str
    topics: list[TopicView]


class CaptionsEngineChanged(Message, frozen=True):
    """The engine that turns voice into text came, went, or makes progress."""

    captions: CaptionsEngine


class MediaUp(Message, frozen=True):
    """Voices went away (false), are back, or moved (true); pages renew their connection then."""

    up: bool


ServerMessage = (
    Ok
    | Error
    | RoomOpened
    | Joined
    | MediaOffer
    | RoomSnapshot
    | ContactsAdded
    | Welcome
    | Hallway
    | Knocked
    | KnockClosed
    | Admitted
    | ParticipantChanged
    | ParticipantLeft
    | RoomChanged
    | RoomEnded
    | Caption
    | CaptionGap
    | CaptionsPurged
    | Topics
    | CaptionsEngineChanged
    | MediaUp
)

decode_client: msgspec.json.Decoder[ClientMessage] = msgspec.json.Decoder(ClientMessage)
decode_server: msgspec.json.Decoder[ServerMessage] = msgspec.json.Decoder(ServerMessage)
encoder = msgspec.json.Encoder()
