"""A room and its seats: coming and going, and who inherits it.

Every function takes a room and returns the next one with the events that led there; nothing is
changed in place. A command that changes nothing returns the same room and no events, so commands
may be repeated. Who may do what is in `roles.py`; hands and microphones are in `stage.py`, what
moderators do to others in `moderation.py`, who takes a room over that has no host in
`succession.py`, consent to captions in `consent.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field, replace

from server.domain import roles
from server.domain.errors import (
    BadTitleError,
    BannedFromRoomError,
    NoSuchParticipantError,
    NotInRoomError,
    RoomFullError,
    RoomLockedError,
    RoomPrivateError,
    StageFullError,
)
from server.domain.events import (
    ConsentWithdrawn,
    ParticipantChanged,
    ParticipantLeft,
    RoomChanged,
    RoomEnded,
    RoomEvent,
    Why,
)
from server.domain.ids import Csrc, MemberId, RoomId, TapId
from server.domain.kind import Kind
from server.domain.member import Member, require_member
from server.domain.roles import Command, RoomState
from server.domain.roles import Role as Role

TITLE_MAX_CHARS = 80
ROOM_MAX_PARTICIPANTS = 5_000
STAGE_MAX_SEATS = 50
GRACE_MS = 60_000
"""How long the seat of a lost connection is kept."""


@dataclass(frozen=True, slots=True)
class Consent:
    """A speaker's own yes to captions, in this room, until he or the room ends it."""

    tap_id: TapId
    language: str | None


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


def open_room(
    room_id: RoomId, title: str, opener: Member, now_ms: int, kind: Kind = Kind.OPEN
) -> Change:
    """A new room; its opener is the moderator and has a seat he still has to take.

    Raises:
        NotAdmittedError: the opener still waits at the door.
        BadTitleError
    """
    require_member(opener)
    room = Room(room_id, clean_title(title), now_ms, kind=kind)
    room, events = _seat(room, opener, Role.MODERATOR, now_ms)
    return replace_participant(room, opener.member_id, away_since_ms=now_ms)[0], events


def may_enter(room: Room, member_id: MemberId, circle: Set[MemberId]) -> bool:
    """Whether the room's kind lets this person in.

    `circle`: whoever follows one of the room's moderators, or is followed by one.
    """
    if room.kind is Kind.OPEN or member_id in room.participants or member_id in room.guests:
        return True
    return room.kind is Kind.SOCIAL and member_id in circle


def join(room: Room, member: Member, now_ms: int, circle: Set[MemberId] = frozenset()) -> Change:
    """Enter as a listener, or come back to the seat that was kept, also in a locked room.

    Raises:
        NotAdmittedError: the person still waits at the door.
        RoomNotFoundError: the room has ended.
        RoomPrivateError: the room is not open to this person; nothing of it is told.
        BannedFromRoomError, RoomLockedError, RoomFullError
    """
    require_member(member)
    authorise(room, Command.JOIN_ROOM, member.member_id)
    if member.member_id in room.participants:
        return replace_participant(room, member.member_id, away_since_ms=None, name=member.name)
    if not may_enter(room, member.member_id, circle):
        raise RoomPrivateError
    if member.member_id in room.banned:
        raise BannedFromRoomError
    if room.locked:
        raise RoomLockedError
    if len(room.participants) >= ROOM_MAX_PARTICIPANTS:
        raise RoomFullError
    return _seat(room, member, Role.LISTENER, now_ms)


def rename(room: Room, member_id: MemberId, name: str) -> Change:
    """A person has a new name, which is clean already; his seat shows it, where he has one."""
    if member_id not in room.participants:
        return room, ()
    return replace_participant(room, member_id, name=name)


def disconnect(room: Room, member_id: MemberId, now_ms: int) -> Change:
    """The connection is lost: keep the seat for the grace time."""
    participant = room.participants.get(member_id)
    if room.ended or participant is None or participant.away_since_ms is not None:
        return room, ()
    return replace_participant(room, member_id, away_since_ms=now_ms)


def expire_away(room: Room, now_ms: int) -> Change:
    """Let go of everybody whose grace time is over.

    A host whose connection is lost keeps seat and role for that long. After it the room is not
    left hanging: the speaker who joined first inherits it, those who are present before those who
    are away, and whom no moderator muted before whom one did. Where nobody else is on stage but
    listeners are present, the room goes on without a host while they are asked (`succession.py`).
    """
    events: list[RoomEvent] = []
    for participant in list(room.participants.values()):
        away = participant.away_since_ms
        if not room.ended and away is not None and now_ms - away >= GRACE_MS:
            room, more = depart(room, participant.member_id, hostless_since_ms=now_ms)
            events += more
    return room, tuple(events)


def leave(room: Room, member_id: MemberId) -> Change:
    """Leave for good.

    Where the last moderator goes, the speaker who joined first inherits. A host who leaves on
    purpose with nobody else on stage ends the room: there is nothing left to listen to.
    """
    authorise(room, Command.LEAVE_ROOM, member_id)
    return depart(room, member_id)


def depart(
    room: Room,
    member_id: MemberId,
    why: Why = Why.LEFT,
    *,
    hostless_since_ms: int | None = None,
    banned: Mapping[MemberId, str] | None = None,
) -> Change:
    """Take a seat away, and see to it that the room has a moderator, asks for one, or ends.

    Only with `hostless_since_ms` may it go on without one for a while.
    """
    leaver = room.participant(member_id)
    events: list[RoomEvent] = []
    if leaver.consent:
        events.append(ConsentWithdrawn(member_id, leaver.consent.tap_id))
    others = {k: v for k, v in room.participants.items() if k != member_id}
    room = replace(
        room,
        participants=others,
        banned=room.banned if banned is None else banned,
        revision=room.revision + 1,
    )
    events.append(ParticipantLeft(member_id, why))
    room, more = _provide_host(room, hostless_since_ms)
    return room, (*events, *more)


def _provide_host(room: Room, hostless_since_ms: int | None) -> Change:
    if room.moderators():
        return room, ()
    stage = room.stage()
    if stage:
        heir = min(stage, key=lambda p: (p.away_since_ms is not None, p.held))
        return make_host(room, heir.member_id)
    if room.succession is not None and room.participants:
        return room, ()
    present = any(p.away_since_ms is None for p in room.participants.values())
    if hostless_since_ms is None or not present:
        return end_room(room)
    return change_room(room, succession=Succession(hostless_since_ms))


def end(room: Room, by: MemberId) -> Change:
    """End the room for all.

    Raises:
        NotModeratorError, NotInRoomError, RoomNotFoundError
    """
    authorise(room, Command.END_ROOM, by)
    return end_room(room)


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


def _seat(room: Room, member: Member, role: Role, now_ms: int) -> Change:
    participant = Participant(
        member.member_id, member.name, role, Csrc(room.next_csrc), joined_at_ms=now_ms
    )
    room = replace(
        room,
        participants={**room.participants, member.member_id: participant},
        next_csrc=room.next_csrc + 1,
        revision=room.revision + 1,
    )
    return room, (ParticipantChanged(member.member_id),)


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
        room,
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
        revision=room.revision + 1,
    )
    return room, (*withdrawn, RoomEnded(abandoned))


def change_room(room: Room, **changes: object) -> Change:
    """Change what everybody in the room is told of the room itself."""
    after = replace(room, **changes)  # type: ignore[arg-type]  # dataclasses.replace is untyped
    if after == room:
        return room, ()
    return replace(after, revision=room.revision + 1), (RoomChanged(),)


def replace_participant(room: Room, member_id: MemberId, **changes: object) -> Change:
    """Change one seat. The one way in which a seat changes, whatever the rule."""
    before = room.participants[member_id]
    after = replace(before, **changes)  # type: ignore[arg-type]  # dataclasses.replace is untyped
    if after == before:
        return room, ()
    participants = {**room.participants, member_id: after}
    room = replace(room, participants=participants, revision=room.revision + 1)
    return room, (ParticipantChanged(member_id),)
