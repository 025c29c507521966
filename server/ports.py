"""The seams: what services need of the outside. Implementations are chosen in bootstrap.py only."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Literal, Protocol

from server.domain.ids import (
    ContactHash,
    ContactId,
    Csrc,
    KnockId,
    MediaId,
    MemberId,
    NumberHash,
    RoomId,
    TapId,
)
from server.domain.knock import Knock
from server.domain.member import Member
from server.domain.room import Room
from server.domain.sign_in import SignInCode


class Clock(Protocol):
    """The only source of time."""

    def now_ms(self) -> int:
        """Wall-clock Unix time in milliseconds; for what is saved or shown."""

    def monotonic_ms(self) -> int:
        """A clock that never jumps; for timeouts."""


# ---------------------------------------------------------------- the database


class MemberStore(Protocol):
    """People and their sessions."""

    async def member(self, member_id: MemberId) -> Member | None:
        """By id."""

    async def member_by_number(self, number_hash: NumberHash) -> Member | None:
        """By the hash of the own number."""

    async def newcomers(self, number_hashes: Sequence[NumberHash]) -> Sequence[Member]:
        """Those who still wait and have one of these numbers. Any number of hashes may be asked."""

    async def save_member(self, member: Member) -> None:
        """Insert or update."""

    async def erase_member(self, member_id: MemberId) -> None:
        """Delete the person and all that hangs on him: sessions, contacts, knock, seats."""

    async def member_ids(self) -> Sequence[MemberId]:
        """Everybody with membership `member`; whom a newcomer's number is matched against."""


class SessionStore(Protocol):
    """Sign-in sessions and codes; tokens and codes are kept as hashes only."""

    async def save_session(self, token_hash: bytes, member_id: MemberId, now_ms: int) -> None:
        """A new session."""

    async def session_member(self, token_hash: bytes) -> Member | None:
        """Whose session it is."""

    async def delete_session(self, token_hash: bytes) -> None:
        """Sign out."""

    async def sign_in_code(self, number_hash: NumberHash) -> SignInCode | None:
        """The newest code sent to a number."""

    async def save_sign_in_code(self, code: SignInCode) -> None:
        """Insert or replace; one per number."""


class CounterStore(Protocol):
    """Small counters that a restart must not reset, and single-use links."""

    async def add_to_counter(self, key: bytes, window_start_ms: int, amount: int) -> int:
        """Add to a counter of a window and return its new value; older windows are dropped."""

    async def save_founder_link(self, token_hash: bytes) -> None:
        """The one valid founder's link; replaces any older one."""

    async def use_founder_link(self, token_hash: bytes) -> bool:
        """True exactly once for the valid link."""


class ContactStore(Protocol):
    """Uploaded contacts as keyed hashes, and knocks."""

    async def add_contacts(
        self, member_id: MemberId, hashes: Sequence[ContactHash], now_ms: int, expires_at_ms: int
    ) -> int:
        """Keep them; known ones get the new expiry. Returns how many the member has now."""

    async def count_contacts(self, member_id: MemberId) -> int:
        """How many are kept for the member."""

    async def forget_contacts(self, member_id: MemberId) -> None:
        """Delete all contacts of the member."""

    async def holders(self, hashes: Sequence[ContactHash]) -> Sequence[tuple[MemberId, ContactId]]:
        """Which members hold any of these hashes. Any number of hashes may be asked."""

    async def delete_expired_contacts(self, now_ms: int) -> int:
        """Delete contacts past their expiry; returns how many."""


class KnockStore(Protocol):
    """Newcomers at the door."""

    async def knock(self, knock_id: KnockId) -> Knock | None:
        """By id."""

    async def knock_of(self, newcomer_id: MemberId) -> Knock | None:
        """The waiting knock of a newcomer."""

    async def save_knock(self, knock: Knock) -> None:
        """Insert or update, the asked members included."""

    async def waiting_knocks(self, member_id: MemberId) -> Sequence[tuple[Knock, Member]]:
        """Knocks that should alert this member now, oldest first, each with its newcomer."""

    async def stale_knocks(self, before_ms: int) -> Sequence[Knock]:
        """Waiting knocks older than that."""


class RoomStore(Protocol):
    """Rooms, seats and roles; never a word of what is said."""

    async def save_room(self, room: Room) -> None:
        """Insert or update one room with its participants."""

    async def live_rooms(self) -> Sequence[Room]:
        """All rooms that have not ended, for a gate that starts."""


class Store(MemberStore, SessionStore, CounterStore, ContactStore, KnockStore, RoomStore, Protocol):
    """The whole database, one implementation for all its parts.

    Every method raises StoreUnavailableError where the database is locked, full or away.
    """

    def transaction(self) -> AbstractAsyncContextManager[None]:
        """Make the calls inside one atomic change; without it each call is its own."""

    async def open(self) -> None:
        """Connect and bring the schema up to date."""

    async def close(self) -> None:
        """Disconnect."""


# ---------------------------------------------------------------- media


@dataclass(frozen=True, slots=True)
class Seat:
    """What the media engine must know of one person in a room."""

    media_id: MediaId
    room_id: RoomId
    csrc: Csrc
    role: Literal["speaker", "listener"]
    muted: bool
    tap_id: TapId | None


@dataclass(frozen=True, slots=True)
class SeatConnected:
    """Voices flow."""

    media_id: MediaId


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


# ---------------------------------------------------------------- captions


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

    async def withdraw(self, room_id: RoomId, tap_id: TapId) -> None:
        """Returns when analysis has purged, or after one second."""

    async def close_room(self, room_id: RoomId) -> None:
        """Returns when analysis has purged, or after one second."""

    def events(self) -> AsyncIterator[CaptionFeedEvent]:
        """Events for the one consumer. Starts with the present EngineChanged."""


# ---------------------------------------------------------------- messages to people


class CodeSender(Protocol):
    """Sends sign-in codes to phones."""

    async def send_code(self, e164: str, code: str) -> None:
        """Send it.

        Raises:
            CodeNotSentError: it could not be sent.
        """
