"""What turns the voices of consenting speakers into text and topics."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from server.domain.ids import (
    RoomId,
    TapId,
)


@dataclass(frozen=True, slots=True)
class EngineChanged:
    """Whether voice can be turned into text now."""

    state: Literal["missing", "fetching", "loading", "ready", "unavailable"]
    detail: str
    progress: float | None = None
    device: Literal["cpu", "cuda"] | None = None
    languages: tuple[str, ...] = ()
    """The only ones it knows; empty: many."""


@dataclass(frozen=True, slots=True)
class CaptionHeard:
    """A caption line; one with the same line_id replaces an older partial one.

    A final one without text takes a partial back that proved to be no speech.
    """

    room_id: RoomId
    tap_id: TapId
    line_id: int
    text: str
    final: bool
    age_ms: int
    language: str


@dataclass(frozen=True, slots=True)
class GapHeard:
    """Speech that could not be turned into text."""

    room_id: RoomId
    tap_id: TapId
    age_ms: int
    duration_ms: int


@dataclass(frozen=True, slots=True)
class RoomTopic:
    """One topic with its weight (0 to 1) and how many speakers said it."""

    term: str
    weight: float
    speakers: int
    topic_id: int = 0
    """Of this topic while it lives in the room; 0: it has no name that lasts."""
    colour: int = 0


@dataclass(frozen=True, slots=True)
class TopicsChanged:
    """The topics of a room, heaviest first."""

    room_id: RoomId
    topics: tuple[RoomTopic, ...]


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a room's talk; the last one goes on (`to_ms_ago` 0)."""

    segment_id: int
    from_ms_ago: int
    to_ms_ago: int
    terms: tuple[str, ...]
    colour: int


@dataclass(frozen=True, slots=True)
class TimelineChanged:
    """What a room talked about when, in order."""

    room_id: RoomId
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Relation:
    """Two topics that are said together."""

    first: int
    second: int
    weight: float


@dataclass(frozen=True, slots=True)
class RelationsChanged:
    """The closest pairs of a room's topics."""

    room_id: RoomId
    pairs: tuple[Relation, ...]


@dataclass(frozen=True, slots=True)
class Trait:
    """A word that one speaker says more than the others, with its weight (0 to 1)."""

    term: str
    weight: float


@dataclass(frozen=True, slots=True)
class TraitsChanged:
    """What one consenting speaker talks about and others do not."""

    room_id: RoomId
    tap_id: TapId
    traits: tuple[Trait, ...]


@dataclass(frozen=True, slots=True)
class TrendingTopic:
    """A word that several rooms talk about."""

    term: str
    rooms: int
    speakers: int


@dataclass(frozen=True, slots=True)
class TrendingChanged:
    """What the house talks about."""

    topics: tuple[TrendingTopic, ...]


@dataclass(frozen=True, slots=True)
class Mention:
    """A line in which a topic was said; a typed turn's line id is negative."""

    line_id: int
    tap_id: TapId
    age_ms: int


CaptionFeedEvent = (
    EngineChanged
    | CaptionHeard
    | GapHeard
    | TopicsChanged
    | TimelineChanged
    | RelationsChanged
    | TraitsChanged
    | TrendingChanged
)


class CaptionFeed(Protocol):
    """Tells the analysis process who consents, and hears captions and topics from it.

    The feed remembers open rooms and grants, and repeats them after a reconnect by itself.
    No method raises: where analysis is away, `EngineChanged("unavailable")` says so.
    """

    async def open_room(self, room_id: RoomId, blocked_words: Sequence[str]) -> None:
        """Captions are on; `blocked_words` (the roster's names) never surface as topics.

        Called again when the roster changes.
        """

    async def grant(
        self, room_id: RoomId, tap_id: TapId, speaker_id: str, language: str | None
    ) -> None:
        """A speaker consents. The first grant starts fetching a missing model."""

    async def type_turn(
        self, room_id: RoomId, tap_id: TapId, text: str, language: str, line_id: int
    ) -> None:
        """A speaker under a live grant wrote instead of speaking; lost where analysis is away."""

    async def hide_word(self, room_id: RoomId, term: str, *, hidden: bool) -> None:
        """A word is no topic of this room any more, or may be one again."""

    async def mentions(self, room_id: RoomId, topic_id: int) -> Sequence[Mention] | None:
        """Where a topic was said, newest first; None where analysis does not answer in a second."""

    async def withdraw(self, room_id: RoomId, tap_id: TapId) -> None:
        """Returns when analysis has purged, or after one second."""

    async def close_room(self, room_id: RoomId) -> None:
        """Returns when analysis has purged, or after one second."""

    def events(self) -> AsyncIterator[CaptionFeedEvent]:
        """Events for the one consumer. Starts with the present EngineChanged."""
