"""What happened in a room: facts that services save first and publish then."""

from __future__ import annotations

from dataclasses import dataclass

from server.domain.ids import MemberId, TapId


@dataclass(frozen=True, slots=True)
class ParticipantChanged:
    """Somebody came in, or anything about him changed."""

    member_id: MemberId


@dataclass(frozen=True, slots=True)
class ParticipantLeft:
    """Somebody left, or his grace time ran out."""

    member_id: MemberId


@dataclass(frozen=True, slots=True)
class CaptionsSwitched:
    """The scribe came (True) or went (False)."""

    on: bool


@dataclass(frozen=True, slots=True)
class ConsentGranted:
    """A speaker's words may be turned into text from now on, under this tap."""

    member_id: MemberId
    tap_id: TapId
    language: str | None


@dataclass(frozen=True, slots=True)
class ConsentWithdrawn:
    """The words said under this tap must be gone within a second."""

    member_id: MemberId
    tap_id: TapId


@dataclass(frozen=True, slots=True)
class RoomEnded:
    """The room is over."""


RoomEvent = (
    ParticipantChanged
    | ParticipantLeft
    | CaptionsSwitched
    | ConsentGranted
    | ConsentWithdrawn
    | RoomEnded
)
