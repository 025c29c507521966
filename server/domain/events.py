"""What happened in a room: facts that services save first and publish then."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from server.domain.ids import MemberId, TapId


@dataclass(frozen=True, slots=True)
class ParticipantChanged:
    """Somebody came in, or anything about him changed."""

    member_id: MemberId


class Why(Enum):
    """Why a seat is gone."""

    LEFT = "left"
    """By himself, or his grace time ran out."""
    REMOVED = "removed"
    BANNED = "banned"


@dataclass(frozen=True, slots=True)
class ParticipantLeft:
    """Somebody left, or was put out."""

    member_id: MemberId
    why: Why = Why.LEFT


@dataclass(frozen=True, slots=True)
class RoomChanged:
    """The lock, the bans, or who is asked to take the room over."""


@dataclass(frozen=True, slots=True)
class CaptionsSwitched:
    """The scribe came (True) or went (False)."""

    on: bool


@dataclass(frozen=True, slots=True)
class ConsentLanguageChosen:
    """A speaker who consented says which language he speaks; his words stay."""

    member_id: MemberId
    tap_id: TapId
    language: str


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

    abandoned: bool = False
    """Its host was gone and nobody took it over."""


RoomEvent = (
    ParticipantChanged
    | ParticipantLeft
    | RoomChanged
    | CaptionsSwitched
    | ConsentGranted
    | ConsentLanguageChosen
    | ConsentWithdrawn
    | RoomEnded
)
