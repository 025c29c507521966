"""What happened in a room, for reports: who came, went, changed role, was muted. Never a word said.

Pure: what happened is told by the room before and after a change. The log is bounded in number and
age, and whoever reports tells of it only what happened while he was there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum

from server.domain.events import ParticipantLeft, RoomEvent, Why
from server.domain.ids import MemberId
from server.domain.room import Participant, Role, Room

LOG_KEPT_MS = 30 * 60_000
LOG_MAX_ENTRIES = 300
TOLD_MAX_ENTRIES = 100
"""So much of it, the newest, goes into one report."""


class Happening(Enum):
    """What may be in a log."""

    HOST_HERE = "host_here"
    """Was a moderator when the report was written."""
    SPEAKER_HERE = "speaker_here"
    JOINED = "joined"
    LEFT = "left"
    REMOVED = "removed"
    BANNED = "banned"
    ON_STAGE = "on_stage"
    IN_AUDIENCE = "in_audience"
    MADE_MODERATOR = "made_moderator"
    MODERATOR_NO_MORE = "moderator_no_more"
    MUTED = "muted"
    MUTED_BY_HOST = "muted_by_host"
    """And may not unmute himself before a host allows it."""
    UNMUTED = "unmuted"
    CAPTIONS_ON = "captions_on"
    CAPTIONS_OFF = "captions_off"
    LOCKED = "locked"
    UNLOCKED = "unlocked"


_WENT = {
    Why.LEFT: Happening.LEFT,
    Why.REMOVED: Happening.REMOVED,
    Why.BANNED: Happening.BANNED,
}


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One thing that happened."""

    at_ms: int
    what: Happening
    member_id: MemberId | None
    """Whom it is about; None: the room, or somebody who has erased his account since."""
    name: str = field(default="", compare=False)
    """As he was called then; kept in memory, never in a report."""


@dataclass(frozen=True, slots=True)
class RoomLog:
    """The last half hour of one room, oldest first."""

    entries: tuple[LogEntry, ...] = ()


def follow(
    log: RoomLog, before: Room, after: Room, events: Iterable[RoomEvent], now_ms: int
) -> RoomLog:
    """Add what one change of a room was; forget what is too old or too much."""
    if after.ended:
        return log  # it ends with the room
    left = {event.member_id: event.why for event in events if isinstance(event, ParticipantLeft)}
    new = (
        *_gone(before, after, left, now_ms),
        *_here(before, after, now_ms),
        *(LogEntry(now_ms, what, None) for what in _room_changed(before, after)),
    )
    if not new:
        return log
    kept = tuple(entry for entry in log.entries if now_ms - entry.at_ms < LOG_KEPT_MS)
    return RoomLog((*kept, *new)[-LOG_MAX_ENTRIES:])


def told_by(log: RoomLog, room: Room, reporter: Participant, now_ms: int) -> tuple[LogEntry, ...]:
    """What a report of this person tells: what happened while he was here, and who is on stage."""
    since_ms = max(reporter.joined_at_ms, now_ms - LOG_KEPT_MS + 1)
    seen = tuple(entry for entry in log.entries if entry.at_ms >= since_ms)
    here = tuple(
        LogEntry(
            now_ms,
            Happening.HOST_HERE if person.role is Role.MODERATOR else Happening.SPEAKER_HERE,
            person.member_id,
            person.name,
        )
        for person in room.stage()
    )
    return (*seen[-TOLD_MAX_ENTRIES:], *here)


def _gone(
    before: Room, after: Room, left: Mapping[MemberId, Why], now_ms: int
) -> Iterator[LogEntry]:
    for member_id, was in before.participants.items():
        if member_id not in after.participants:
            what = _WENT[left.get(member_id, Why.LEFT)]
            yield LogEntry(now_ms, what, member_id, was.name)


def _here(before: Room, after: Room, now_ms: int) -> Iterator[LogEntry]:
    for member_id, now in after.participants.items():
        known = before.participants.get(member_id)
        happened = (Happening.JOINED,) if known is None else _changed(known, now)
        yield from (LogEntry(now_ms, what, member_id, now.name) for what in happened)


def _room_changed(before: Room, after: Room) -> Iterator[Happening]:
    if before.captions_on != after.captions_on:
        yield Happening.CAPTIONS_ON if after.captions_on else Happening.CAPTIONS_OFF
    if before.locked != after.locked:
        yield Happening.LOCKED if after.locked else Happening.UNLOCKED


def _changed(was: Participant, now: Participant) -> Iterator[Happening]:
    if was.role.on_stage and not now.role.on_stage:
        yield Happening.IN_AUDIENCE
        return  # whoever is down has no microphone to tell of
    if not was.role.on_stage and now.role.on_stage:
        yield Happening.ON_STAGE
    if now.role is Role.MODERATOR and was.role is not Role.MODERATOR:
        yield Happening.MADE_MODERATOR
    if was.role is Role.MODERATOR and now.role is not Role.MODERATOR:
        yield Happening.MODERATOR_NO_MORE
    if now.held and not was.held:
        yield Happening.MUTED_BY_HOST
    elif was.muted != now.muted:
        yield Happening.MUTED if now.muted else Happening.UNMUTED
