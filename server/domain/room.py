"""A room and its seats, and the few ways in which they change.

Every function takes a room and returns the next one with the events that led there; nothing is
changed in place. A command that changes nothing returns the same room and no events, so commands
may be repeated. Who may do what is in `roles.py`; coming, going and inheriting in `coming.py`, the
door in `entrance.py`, hands and microphones in `stage.py`, what moderators do to others in
`moderation.py`, who takes a room over that has no host in `succession.py`, consent to captions in
`consent.py`, what else people want of the scribe in `scribe.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from server.domain import roles
from server.domain.errors import (
    BadTitleError,
    NoSuchParticipantError,
    NotInRoomError,
    StageFullError,
)
from server.domain.events import (
    ConsentWithdrawn,
    ParticipantChanged,
    RoomChanged,
    RoomEnded,
    RoomEvent,
)
from server.domain.ids import Csrc, MemberId, RoomId, TapId
from server.domain.kind import Kind
from server.domain.roles import Command, RoomState
from server.domain.roles import Role as Role

TITLE_MAX_CHARS = 80
STAGE_MAX_SEATS = 50
GRACE_MS = 60_000
"""How long the seat of a lost connection is kept."""
KeptMinutes = Literal[0, 5, 30]
"""How much of the past a late joiner may read."""


@dataclass(frozen=True, slots=True)
class Consent:
    """A speaker's own yes to captions, in this room, until he or the room ends it."""

    tap_id: TapId
    language: str | None
    shows_traits: bool = False
    """Whether the others see what he talks about and they do not."""


@dataclass(frozen=True, slots=True)
class Participant:
    """A person in a room."""

    member_id: MemberId
    name: str
    role: Role
    csrc: Csrc
    joined_at_ms: int
    muted: bool = True
    hand_raised_at_ms: int | None = None
    invited: bool = False
    away_since_ms: int | None = None
    """Set while the connection is lost and the seat is kept."""
    consent: Consent | None = None
    held: bool = False
    """A moderator muted this speaker: only a moderator allows him to unmute himself again."""
    unmute_asked_at_ms: int | None = None
    """Since when one who is held asks to be allowed."""


@dataclass(frozen=True, slots=True)
class Succession:
    """The room has no host any more, and a listener is asked to take it over."""

    since_ms: int
    offered: MemberId | None = None
    offered_at_ms: int = 0
    passed: frozenset[MemberId] = frozenset()
    """Who declined, or did not answer in time."""


@dataclass(frozen=True, slots=True)
class Room:
    """A live or ended room. `participants` is in order of joining and never changed in place."""

    room_id: RoomId
    title: str
    opened_at_ms: int
    revision: int = 0
    ended: bool = False
    captions_on: bool = False
    next_csrc: int = 1
    participants: Mapping[MemberId, Participant] = field(default_factory=dict)
    locked: bool = False
    banned: Mapping[MemberId, str] = field(default_factory=dict)
    """Who may not come in any more, with the name he had; in order, never changed in place."""
    succession: Succession | None = None
    kind: Kind = Kind.OPEN
    guests: frozenset[MemberId] = frozenset()
    """Whom moderators asked in, so that they may enter whatever the kind."""
    chat_on: bool = True
    """Whether people may write beside the voices; what is written is no part of the room."""
    captions_kept_min: KeptMinutes = 5
    hidden_words: tuple[str, ...] = ()
    """Never topics here, in order of hiding; never saved."""
    scribe_unwanted_by: tuple[MemberId, ...] = ()
    """Who on stage wants the scribe to leave, in order of asking; never saved."""

    @property
    def state(self) -> RoomState:
        """What the room is like as a whole."""
        if self.ended:
            return RoomState.ENDED
        if self.succession is not None:
            return RoomState.HOSTLESS
        return RoomState.LOCKED if self.locked else RoomState.OPEN

    def role_of(self, member_id: MemberId) -> Role | None:
        """The role of a person; None where he has no seat."""
        seat = self.participants.get(member_id)
        return seat.role if seat else None

    def participant(self, member_id: MemberId) -> Participant:
        """The seat of a person who must be in the room.

        Raises:
            NotInRoomError: he is not.
        """
        try:
            return self.participants[member_id]
        except KeyError:
            raise NotInRoomError from None

    def stage(self) -> list[Participant]:
        """Moderators and speakers, in order of joining."""
        return [p for p in self.participants.values() if p.role.on_stage]

    def has_on_stage(self, member_id: MemberId) -> bool:
        """Whether this person is a moderator or a speaker here."""
        participant = self.participants.get(member_id)
        return participant is not None and participant.role.on_stage

    def moderators(self) -> list[Participant]:
        """All moderators, in order of joining."""
        return [p for p in self.participants.values() if p.role is Role.MODERATOR]


Change = tuple[Room, tuple[RoomEvent, ...]]


def clean_title(raw: str) -> str:
    """Collapse white space and drop control and format characters.

    Raises:
        BadTitleError: nothing is left, or more than 80 characters.
    """
    title = " ".join("".join(c if c.isprintable() else " " for c in raw).split())
    if not 0 < len(title) <= TITLE_MAX_CHARS:
        raise BadTitleError
    return title


def authorise(
    room: Room, command: Command, by: MemberId, about: MemberId | None = None
) -> Participant | None:
    """Refuse what the table of `roles.py` refuses; returns the seat of whom it is about.

    Raises:
        RoomNotFoundError: the room has ended.
        NotInRoomError, NoSuchParticipantError
        MasilError: what the table says.
    """
    roles.authorise(room.state, command, room.role_of(by))
    if about is None:
        return None
    try:
        target = room.participants[about]
    except KeyError:
        raise NoSuchParticipantError from None
    roles.authorise(room.state, command, room.role_of(by), target.role)
    return target


def to_stage(room: Room, member_id: MemberId) -> Change:
    """Give a seat on stage, muted; in a room without a host its first speaker is the host.

    Raises:
        StageFullError
    """
    if len(room.stage()) >= STAGE_MAX_SEATS:
        raise StageFullError
    room, events = replace_participant(
        room, member_id, role=Role.SPEAKER, muted=True, invited=False, hand_raised_at_ms=None
    )
    if room.succession is None:
        return room, events
    room, more = make_host(room, member_id)
    return room, (*events, *more)


def make_host(room: Room, member_id: MemberId) -> Change:
    """The room's moderator from now on, whom nobody holds mute; nobody is asked any more."""
    room, events = replace_participant(
        room,
        member_id,
        role=Role.MODERATOR,
        invited=False,
        hand_raised_at_ms=None,
        held=False,
        unmute_asked_at_ms=None,
    )
    room, more = change_room(room, succession=None)
    return room, (*events, *more)


def to_audience(room: Room, member_id: MemberId) -> Change:
    """Take the seat on stage away, and with it the consent to captions."""
    consent = room.participants[member_id].consent
    room, events = replace_participant(
        without_wish(room, member_id),
        member_id,
        role=Role.LISTENER,
        muted=True,
        held=False,
        unmute_asked_at_ms=None,
        consent=None,
    )
    if consent:
        events = (*events, ConsentWithdrawn(member_id, consent.tap_id))
    return room, events


def end_room(room: Room, *, abandoned: bool = False) -> Change:
    """Nobody has a seat any more; `abandoned` where nobody took it over."""
    withdrawn = [
        ConsentWithdrawn(p.member_id, p.consent.tap_id)
        for p in room.participants.values()
        if p.consent
    ]
    room = replace(
        room,
        ended=True,
        captions_on=False,
        succession=None,
        participants={},
        hidden_words=(),
        scribe_unwanted_by=(),
        revision=room.revision + 1,
    )
    return room, (*withdrawn, RoomEnded(abandoned))


def change_room(room: Room, **changes: object) -> Change:
    """Change what everybody in the room is told of the room itself."""
    after = replace(room, **changes)  # type: ignore[arg-type]  # dataclasses.replace is untyped
    if after == room:
        return room, ()
    return replace(after, revision=room.revision + 1), (RoomChanged(),)


def without_wish(room: Room, member_id: MemberId) -> Room:
    """This person does not want the scribe to leave, or is not on stage any more."""
    if member_id not in room.scribe_unwanted_by:
        return room
    others = tuple(each for each in room.scribe_unwanted_by if each != member_id)
    return replace(room, scribe_unwanted_by=others)


def replace_participant(room: Room, member_id: MemberId, **changes: object) -> Change:
    """Change one seat. The one way in which a seat changes, whatever the rule."""
    before = room.participants[member_id]
    after = replace(before, **changes)  # type: ignore[arg-type]  # dataclasses.replace is untyped
    if after == before:
        return room, ()
    participants = {**room.participants, member_id: after}
    room = replace(room, participants=participants, revision=room.revision + 1)
    return room, (ParticipantChanged(member_id),)
