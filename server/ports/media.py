"""What carries voices, and what becomes of the seats in it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Literal, Protocol

from server.domain.ids import (
    Csrc,
    MediaId,
    RoomId,
    TapId,
)


@dataclass(frozen=True, slots=True)
class Seat:
    """What the media engine must know of one person in a room."""

    media_id: MediaId
    room_id: RoomId
    csrc: Csrc
    role: Literal["speaker", "listener"]
    muted: bool
    tap_id: TapId | None
    replaces: MediaId | None = None
    """The same person's older seat: at the moment when this one is connected, and no earlier, it
    ends and its voice goes on here. It is never heard beside this one."""


@dataclass(frozen=True, slots=True)
class SeatConnected:
    """Voices flow."""

    media_id: MediaId


CONSENT_EXPIRED = "consent_expired"
"""A reason of `SeatLost`: nothing came from the browser for half a minute (RFC 7675)."""


@dataclass(frozen=True, slots=True)
class SeatLost:
    """The connection of a seat failed; the page renews it."""

    media_id: MediaId
    reason: str


@dataclass(frozen=True, slots=True)
class MediaUpChanged:
    """The media engine went (all its seats are gone) or came back (empty)."""

    up: bool


@dataclass(frozen=True, slots=True)
class SeatsMoved:
    """These seats of a room are gone or soon will be; the engine has room for new ones at once."""

    room_id: RoomId
    media_ids: frozenset[MediaId]


MediaEngineEvent = SeatConnected | SeatLost | MediaUpChanged | SeatsMoved


class MediaEngine(Protocol):
    """Carries voices between the seats of a room, by the roles it was told."""

    async def open_seat(self, seat: Seat) -> str:
        """Make the server side of a PeerConnection and return its SDP offer.

        Raises:
            MediaUnavailableError: the media process is away.
        """

    async def answer_seat(self, media_id: MediaId, sdp: str) -> None:
        """Take the browser's answer.

        Raises:
            SdpTooLargeError, SdpInvalidError, MediaUnavailableError
        """

    async def set_seat(self, seat: Seat) -> None:
        """Enforce role, mute and tap from now on. Never raises: a lost engine starts empty."""

    async def close_seat(self, media_id: MediaId) -> None:
        """Forget a seat. Never raises."""

    def events(self) -> AsyncIterator[MediaEngineEvent]:
        """Events for the one consumer; starts with the present MediaUpChanged."""
