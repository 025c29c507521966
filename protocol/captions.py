"""Browser ⇄ gate: the scribe, consent, and what is said and talked about in a room."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from protocol.wire import Id, Message, View

CaptionsEngineState = Literal["missing", "fetching", "loading", "ready", "unavailable"]


class TopicView(View, frozen=True):
    """A word or a pair of words that the room talks about."""

    term: str
    weight: float
    """0 to 1, relative to the room's heaviest topic."""
    speakers: int
    """How many consenting speakers said it."""


class CaptionsEngine(View, frozen=True):
    """Whether this server can turn voice into text now."""

    state: CaptionsEngineState
    detail: str = ""
    """For people: the model's name, or why it is unavailable."""
    progress: float | None = None
    """0 to 1 while the model is fetched."""


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


class Topics(Message, frozen=True):
    """The room's live topics, heaviest first."""

    room_id: str
    topics: list[TopicView]


class CaptionsEngineChanged(Message, frozen=True):
    """The engine that turns voice into text came, went, or makes progress."""

    captions: CaptionsEngine


CaptionsCommand = SwitchCaptions | Consent
CaptionsEvent = Caption | CaptionGap | CaptionsPurged | Topics | CaptionsEngineChanged
