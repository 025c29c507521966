"""Browser ⇄ gate: the scribe, consent, and what is said and talked about in a room."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, field

from protocol.wire import Id, Message, View

CaptionsEngineState = Literal["missing", "fetching", "loading", "ready", "unavailable"]
CaptionsDevice = Literal["cpu", "cuda"]
CONSENT_VERSION = 1
"""Of the sentence that says what happens to the words; another wording has another number."""
KeptMinutes = Literal[0, 5, 30]
"""How much of the past a late joiner may read."""


class TopicView(View, frozen=True):
    """A word or a pair of words that the room talks about."""

    term: str
    weight: float
    """0 to 1, relative to the room's heaviest topic."""
    speakers: int
    """How many consenting speakers said it."""
    topic_id: int
    """Of this topic while it lives in the room."""
    colour: int
    """0 to 6; a topic keeps its own."""


class CaptionsEngine(View, frozen=True):
    """Whether this server can turn voice into text now."""

    state: CaptionsEngineState
    detail: str = ""
    """For people: the model's name, or why it is unavailable."""
    progress: float | None = None
    """0 to 1 while the model is fetched."""
    device: CaptionsDevice | None = None
    """What the model runs on; `null` where none is loaded."""
    languages: list[str] = field(default_factory=list)
    """The only ones it knows, ISO 639-1; empty: many."""


class SwitchCaptions(Message, frozen=True):
    """A moderator invites the scribe or sends it away. Reply: `ok`."""

    id: Id
    on: bool


class Consent(Message, frozen=True):
    """A speaker lets his own words be turned into text, or withdraws. Reply: `ok`.

    Sent again with another language it changes that; his words stay.
    """

    id: Id
    granted: bool
    language: Annotated[str, Meta(pattern="^[a-z]{2}$")] | None = None
    """The language he speaks, ISO 639-1; `null` lets the engine detect it."""
    version: Annotated[int, Meta(ge=1, le=CONSENT_VERSION)] = CONSENT_VERSION
    """Of the sentence that the page showed him, for his receipt."""


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
    typed: bool = False
    """Written instead of spoken; `captionId` is negative then, and there are no partials."""


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


class TimelineSegmentView(View, frozen=True):
    """A stretch of a room's talk about one thing."""

    segment_id: int
    from_ms: int
    """Unix time, as everywhere."""
    to_ms: int | None
    """`null` while it goes on."""
    terms: list[str]
    """What it was about, the most telling first: at most three; none: no word may be shown."""
    colour: int
    """0 to 6."""


class Timeline(Message, frozen=True):
    """What was talked about when, in order."""

    room_id: str
    segments: list[TimelineSegmentView]


class RelationView(View, frozen=True):
    """Two topics that are said together more than chance would have it."""

    first: int
    second: int
    """Topic ids."""
    weight: float
    """0 to 1, relative to the closest pair."""


class Relations(Message, frozen=True):
    """The closest pairs of the room's topics."""

    room_id: str
    pairs: list[RelationView]


class TraitView(View, frozen=True):
    """A word that one speaker says more than the others of the room."""

    term: str
    weight: float
    """0 to 1, relative to his most telling one."""


class Traits(Message, frozen=True):
    """What somebody talks about and others do not: to himself, to others only if he shows it."""

    room_id: str
    member_id: str
    traits: list[TraitView]
    shown: bool
    """Whether he shows them to the room."""


class TrendingView(View, frozen=True):
    """A word that several rooms talk about at the same time."""

    term: str
    rooms: int
    speakers: int


class Trending(Message, frozen=True):
    """What is talked about in three rooms or more, by three speakers or more."""

    topics: list[TrendingView]


class CaptionsRecent(Message, frozen=True):
    """To whoever enters or comes back: the lines of the last minutes that the room allows."""

    room_id: str
    captions: list[Caption]


class ScribeAskedToLeave(Message, frozen=True):
    """To moderators: who wants the scribe to leave; empty when that is over."""

    room_id: str
    member_ids: list[str]


class AskScribeToLeave(Message, frozen=True):
    """A speaker wants the scribe to leave, or no more; a moderator decides. Reply: `ok`."""

    id: Id
    asked: bool


class KeepScribe(Message, frozen=True):
    """A moderator lets the scribe stay: nobody asks any more. Reply: `ok`."""

    id: Id


class HideWord(Message, frozen=True):
    """A moderator hides a topic in this room, or shows it again. Reply: `ok`."""

    id: Id
    term: Annotated[str, Meta(max_length=100)]
    hidden: bool


class HiddenWords(Message, frozen=True):
    """To moderators: all words that are hidden in this room, in order of hiding."""

    room_id: str
    words: list[str]


class AskTopic(Message, frozen=True):
    """Who said a topic, and when. Reply: `topic_mentions`."""

    id: Id
    topic_id: int


class MentionView(View, frozen=True):
    """A line in which a topic was said; the page may still hold its text."""

    caption_id: int
    member_id: str
    at_ms: int


class TopicMentions(Message, frozen=True):
    """Reply to `ask_topic`: the newest first."""

    id: Id
    mentions: list[MentionView]


class ShowTraits(Message, frozen=True):
    """Show one's own traits to the room, or no more. Reply: `ok`."""

    id: Id
    shown: bool


class KeepCaptions(Message, frozen=True):
    """A moderator sets how much of the past a late joiner may read. Reply: `ok`."""

    id: Id
    minutes: KeptMinutes


class ReceiptView(View, frozen=True):
    """A consent that one gave: when, for what, by which text. It holds no speech."""

    receipt_id: str
    room_id: str
    purpose: Literal["captions_and_topics"]
    version: int
    """Of the sentence that was agreed to."""
    language: str | None
    granted_at_ms: int
    withdrawn_at_ms: int | None


class ListReceipts(Message, frozen=True):
    """Ask for one's own consents, the newest first. Reply: `receipts`."""

    id: Id


class Receipts(Message, frozen=True):
    """Reply to `list_receipts`."""

    id: Id
    receipts: list[ReceiptView]


class Topics(Message, frozen=True):
    """The room's live topics, heaviest first."""

    room_id: str
    topics: list[TopicView]


class CaptionsEngineChanged(Message, frozen=True):
    """The engine that turns voice into text came, went, or makes progress."""

    captions: CaptionsEngine


CaptionsCommand = (
    SwitchCaptions
    | Consent
    | AskScribeToLeave
    | KeepScribe
    | HideWord
    | AskTopic
    | ShowTraits
    | KeepCaptions
)
"""About a room."""
ReceiptsCommand = ListReceipts
CaptionsReply = TopicMentions | Receipts
CaptionsEvent = (
    Caption
    | CaptionGap
    | CaptionsPurged
    | CaptionsRecent
    | Topics
    | Timeline
    | Relations
    | Traits
    | Trending
    | HiddenWords
    | ScribeAskedToLeave
    | CaptionsEngineChanged
)
