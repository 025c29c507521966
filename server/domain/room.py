"""A room, its seats and its roles: moderator, speaker, listener.

Every function takes a room and returns the next one with the events that led there; nothing is
changed in place. A command that changes nothing returns the same room and no events, so commands
may be repeated. Consent to captions is in `consent.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

from server.domain.errors import (
    BadTitleError,
    NoSuchParticipantError,
    NotInRoomError,
    NotModeratorError,
    NotOnStageError,
    RoomFullError,
    RoomNotFoundError,
    StageFullError,
    WrongStateError,
)
from server.domain.events import (
    ConsentWithdrawn,
    ParticipantChanged,
    ParticipantLeft,
    RoomEnded,
    RoomEvent,
)
from server.domain.ids import Csrc, MemberId, RoomId, TapId
from server.domain.member import Member, require_member

TITLE_MAX_CHARS = 80
ROOM_MAX_PARTICIPANTS = 5_000
STAGE_MAX_SEATS = 50
GRACE_MS = 60_000
"""How long the seat of a lost connection is kept."""


class Role(Enum):
    """What one may do in a room."""

    MODERATOR = "moderator"
    SPEAKER = "speaker"
    LISTENER = "listener"

    @property
    def on_stage(self) -> bool:
        """Moderators and speakers have a microphone."""
        return self is not Role.LISTENER


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


def open_room(room_id: RoomId, title: str, opener: Member, now_ms: int) -> Change:
    """A new room; its opener is the moderator and has a seat he still has to take.

    Raises:
        NotAdmittedError: the opener still waits at the door.
        BadTitleError
    """
    require_member(opener)
    room = Room(room_id, clean_title(title), now_ms)
    room, events = _seat(room, opener, Role.MODERATOR, now_ms)
    return replace_participant(room, opener.member_id, away_since_ms=now_ms)[0], events


def join(room: Room, member: Member, now_ms: int) -> Change:
    """Enter as a listener, or come back to the seat that was kept.

    Raises:
        NotAdmittedError: the person still waits at the door.
        RoomNotFoundError: the room has ended.
        RoomFullError
    """
    require_member(member)
    _require_live(room)
    if member.member_id in room.participants:
        return replace_participant(room, member.member_id, away_since_ms=None, name=member.name)
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
    """Let go of everybody whose grace time is over."""
    events: list[RoomEvent] = []
    for participant in list(room.participants.values()):
        away = participant.away_since_ms
        if not room.ended and away is not None and now_ms - away >= GRACE_MS:
            room, more = leave(room, participant.member_id)
            events += more
    return room, tuple(events)


def leave(room: Room, member_id: MemberId) -> Change:
    """Leave for good.

    Where the last moderator goes, the speaker who joined first inherits; with nobody left on
    stage the room ends.
    """
    _require_live(room)
    leaver = room.participant(member_id)
    events: list[RoomEvent] = []
    if leaver.consent:
        events.append(ConsentWithdrawn(member_id, leaver.consent.tap_id))
    others = {k: v for k, v in room.participants.items() if k != member_id}
    room = replace(room, participants=others, revision=room.revision + 1)
    events.append(ParticipantLeft(member_id))
    if room.moderators():
        return room, tuple(events)
    heir = next((p for p in room.stage() if p.away_since_ms is None), None)
    heir = heir or next(iter(room.stage()), None)
    if heir is None:
        room, more = _end(room)
    else:
        room, more = replace_participant(room, heir.member_id, role=Role.MODERATOR)
    return room, (*events, *more)


def end(room: Room, by: MemberId) -> Change:
    """End the room for all.

    Raises:
        NotModeratorError, NotInRoomError, RoomNotFoundError
    """
    _require_moderator(room, by)
    return _end(room)


def raise_hand(room: Room, member_id: MemberId, raised: bool, now_ms: int) -> Change:
    """A listener asks to speak, or takes it back.

    Raises:
        WrongStateError: the person is on stage already.
    """
    _require_live(room)
    participant = room.participant(member_id)
    if participant.role.on_stage:
        raise WrongStateError
    if raised == (participant.hand_raised_at_ms is not None):
        return room, ()
    return replace_participant(room, member_id, hand_raised_at_ms=now_ms if raised else None)


def invite_to_stage(room: Room, by: MemberId, member_id: MemberId) -> Change:
    """Offer a seat on stage: taken at once where the hand is raised, else when accepted.

    Raises:
        NotModeratorError, NoSuchParticipantError, StageFullError
    """
    _require_moderator(room, by)
    target = _target(room, member_id)
    if target.role.on_stage:
        return room, ()
    if target.hand_raised_at_ms is not None:
        return _to_stage(room, member_id)
    return replace_participant(room, member_id, invited=True)


def answer_stage(room: Room, member_id: MemberId, accepted: bool) -> Change:
    """Accept or decline an invitation to the stage.

    Raises:
        WrongStateError: there is no invitation.
        StageFullError
    """
    _require_live(room)
    participant = room.participant(member_id)
    if not participant.invited:
        raise WrongStateError
    if accepted:
        return _to_stage(room, member_id)
    return replace_participant(room, member_id, invited=False)


def step_down(room: Room, member_id: MemberId) -> Change:
    """Go back to the audience. The only moderator must hand over or end the room first.

    Raises:
        NotOnStageError
        WrongStateError: the person is the only moderator.
    """
    _require_live(room)
    participant = room.participant(member_id)
    if not participant.role.on_stage:
        raise NotOnStageError
    if participant.role is Role.MODERATOR and len(room.moderators()) == 1:
        raise WrongStateError
    return _to_audience(room, member_id)


def move_to_audience(room: Room, by: MemberId, member_id: MemberId) -> Change:
    """A moderator asks a speaker down; moderators are never moved by others.

    Raises:
        NotModeratorError, NoSuchParticipantError
        WrongStateError: the person is a moderator.
    """
    _require_moderator(room, by)
    target = _target(room, member_id)
    if target.role is Role.MODERATOR:
        raise WrongStateError
    if target.role is Role.LISTENER:
        return replace_participant(room, member_id, invited=False)
    return _to_audience(room, member_id)


def mute(room: Room, member_id: MemberId, muted: bool) -> Change:
    """Switch the own microphone.

    Raises:
        NotOnStageError: listeners have no microphone.
    """
    _require_live(room)
    if not room.participant(member_id).role.on_stage:
        raise NotOnStageError
    return replace_participant(room, member_id, muted=muted)


def mute_participant(room: Room, by: MemberId, member_id: MemberId) -> Change:
    """A moderator mutes somebody; only that person can unmute himself.

    Raises:
        NotModeratorError, NoSuchParticipantError
        NotOnStageError: the person has no microphone.
    """
    _require_moderator(room, by)
    if not _target(room, member_id).role.on_stage:
        raise NotOnStageError
    return replace_participant(room, member_id, muted=True)


def _require_live(room: Room) -> None:
    if room.ended:
        raise RoomNotFoundError


def _require_moderator(room: Room, by: MemberId) -> None:
    _require_live(room)
    if room.participant(by).role is not Role.MODERATOR:
        raise NotModeratorError


def _target(room: Room, member_id: MemberId) -> Participant:
    try:
        return room.participants[member_id]
    except KeyError:
        raise NoSuchParticipantError from None


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


def _to_stage(room: Room, member_id: MemberId) -> Change:
    if len(room.stage()) >= STAGE_MAX_SEATS:
        raise StageFullError
    return replace_participant(
        room, member_id, role=Role.SPEAKER, muted=True, invited=False, hand_raised_at_ms=None
    )


def _to_audience(room: Room, member_id: MemberId) -> Change:
    consent = room.participants[member_id].consent
    room, events = replace_participant(
        room, member_id, role=Role.LISTENER, muted=True, consent=None
    )
    if consent:
        events = (*events, ConsentWithdrawn(member_id, consent.tap_id))
    return room, events


def _end(room: Room) -> Change:
    withdrawn = [
        ConsentWithdrawn(p.member_id, p.consent.tap_id)
        for p in room.participants.values()
        if p.consent
    ]
    room = replace(room, ended=True, captions_on=False, participants={}, revision=room.revision + 1)
    return room, (*withdrawn, RoomEnded())


def replace_participant(room: Room, member_id: MemberId, **changes: object) -> Change:
    """Change one seat. The one way in which a seat changes, here and in `consent.py`."""
    before = room.participants[member_id]
    after = replace(before, **changes)  # type: ignore[arg-type]  # dataclasses.replace is untyped
    if after == before:
        return room, ()
    participants = {**room.participants, member_id: after}
    room = replace(room, participants=participants, revision=room.revision + 1)
    return room, (ParticipantChanged(member_id),)
