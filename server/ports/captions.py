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


@dataclass(frozen=True, slots=True)
class TopicsChanged:
    """The topics of a room, heaviest first."""

    room_id: RoomId
    topics: tuple[RoomTopic, ...]


CaptionFeedEvent = EngineChanged | CaptionHeard | GapHeard | TopicsChanged


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

    async def type_turn(self, room_id: RoomId, tap_id: TapId, text: str, language: str) -> None:
        """A speaker under a live grant wrote instead of speaking; lost where analysis is away."""

    async def withdraw(self, room_id: RoomId, tap_id: TapId) -> None:
        """Returns when analysis has purged, or after one second."""

    async def close_room(self, room_id: RoomId) -> None:
        """Returns when analysis has purged, or after one second."""

    def events(self) -> AsyncIterator[CaptionFeedEvent]:
        """Events for the one consumer. Starts with the present EngineChanged."""
