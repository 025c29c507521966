"""Scheduled rooms: when they may be planned, changed, opened, and when whom they are told of.

Pure rules on frozen dataclasses; `now_ms` and ids come in as arguments. Times are Unix
milliseconds: time zones are the reader's own.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, replace
from enum import Enum

from server.domain.errors import (
    BadTimeError,
    NoSuchScheduledError,
    ScheduleFullError,
    TooEarlyError,
)
from server.domain.ids import MemberId, ScheduledId
from server.domain.kind import Kind
from server.domain.member import Member, require_member
from server.domain.room import clean_title

MINUTE_MS = 60_000
SCHEDULED_PER_MEMBER = 10
"""How many rooms one member may have planned at a time."""
SCHEDULED_MAX = 2_000
"""How many the house has planned at a time."""
REMINDERS_PER_MEMBER = 200
HORIZON_MS = 90 * 24 * 60 * MINUTE_MS
"""How far ahead a room may be planned."""
OPENS_BEFORE_MS = 15 * MINUTE_MS
SOON_MS = 10 * MINUTE_MS
"""How long before the time the first reminder comes."""
KEPT_AFTER_MS = 60 * MINUTE_MS
"""How long after its time a room that nobody opened is still there."""
TOLD_LATE_MS = 15 * MINUTE_MS
"""A reminder of the start is not sent later than this, after a standstill for example."""


class Told(Enum):
    """How much of a scheduled room people were reminded of; it only ever grows."""

    NOTHING = "nothing"
    SOON = "soon"
    START = "start"


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A room that is planned."""

    scheduled_id: ScheduledId
    owner_id: MemberId
    title: str
    kind: Kind
    starts_at_ms: int
    created_at_ms: int
    changed_at_ms: int
    sequence: int = 0
    """How often it was changed: calendars go by it (RFC 5545 §3.8.7.4)."""
    told: Told = Told.NOTHING

    def is_for(self, viewer: MemberId, circle: Set[MemberId]) -> bool:
        """Whether this viewer may know of it: by the rule of live rooms, its owner being the host.

        `circle` is whoever follows the owner or is followed by him.
        """
        if self.kind is Kind.OPEN or viewer == self.owner_id:
            return True
        return self.kind is Kind.SOCIAL and viewer in circle


def plan(
    scheduled_id: ScheduledId,
    owner: Member,
    title: str,
    kind: Kind,
    starts_at_ms: int,
    now_ms: int,
) -> Scheduled:
    """A new one.

    Raises:
        NotAdmittedError, BadTitleError, BadTimeError
    """
    require_member(owner)
    _require_time(starts_at_ms, now_ms)
    return Scheduled(
        scheduled_id, owner.member_id, clean_title(title), kind, starts_at_ms, now_ms, now_ms
    )


def change(
    planned: Scheduled, by: MemberId, title: str, kind: Kind, starts_at_ms: int, now_ms: int
) -> Scheduled:
    """Another title, kind or time; a new time is reminded of anew.

    Raises:
        NoSuchScheduledError: it is somebody else's.
        BadTitleError, BadTimeError
    """
    require_owner(planned, by)
    moved = starts_at_ms != planned.starts_at_ms
    if moved:
        _require_time(starts_at_ms, now_ms)
    changed = replace(planned, title=clean_title(title), kind=kind, starts_at_ms=starts_at_ms)
    if changed == planned:
        return planned
    return replace(
        changed,
        changed_at_ms=now_ms,
        sequence=planned.sequence + 1,
        told=Told.NOTHING if moved else planned.told,
    )


def require_place(mine: int, all_planned: int) -> None:
    """Let a new one pass only while there are not too many.

    Raises:
        ScheduleFullError
    """
    if mine >= SCHEDULED_PER_MEMBER or all_planned >= SCHEDULED_MAX:
        raise ScheduleFullError


def require_owner(planned: Scheduled, by: MemberId) -> None:
    """Let only its owner pass; to others it looks like none at all.

    Raises:
        NoSuchScheduledError
    """
    if planned.owner_id != by:
        raise NoSuchScheduledError


def require_opening(planned: Scheduled, by: MemberId, now_ms: int) -> None:
    """Let its owner pass, about its time.

    Raises:
        NoSuchScheduledError, TooEarlyError
    """
    require_owner(planned, by)
    if is_over(planned, now_ms):
        raise NoSuchScheduledError
    if now_ms < planned.starts_at_ms - OPENS_BEFORE_MS:
        raise TooEarlyError


def is_over(planned: Scheduled, now_ms: int) -> bool:
    """Whether nobody opened it in time."""
    return now_ms >= planned.starts_at_ms + KEPT_AFTER_MS


def due(planned: Scheduled, now_ms: int) -> Told:
    """What people are to be told of by now; nothing new where it equals `planned.told`.

    The first reminder is left out where the second is due, and the second where it would come
    after a quarter of an hour: it is then noted as told, and `is_worth_telling` says no.
    """
    if now_ms >= planned.starts_at_ms:
        return Told.START
    if now_ms >= planned.starts_at_ms - SOON_MS and planned.told is Told.NOTHING:
        return Told.SOON
    return planned.told


def is_worth_telling(planned: Scheduled, now_ms: int) -> bool:
    """Whether a reminder that is due now still helps anybody."""
    return now_ms <= planned.starts_at_ms + TOLD_LATE_MS


def _require_time(starts_at_ms: int, now_ms: int) -> None:
    if not now_ms < starts_at_ms <= now_ms + HORIZON_MS:
        raise BadTimeError
