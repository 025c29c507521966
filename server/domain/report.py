"""What one member tells the house about another: a reason and a statement, never a recording."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from server.domain.errors import BadStatementError, WrongStateError
from server.domain.ids import MemberId, ReportId, RoomId
from server.domain.member import clean_paragraph
from server.domain.room import Room
from server.domain.room_log import LogEntry

STATEMENT_MAX_CHARS = 1_000
REPORTS_A_DAY = 10


class Reason(Enum):
    """What it is about."""

    HARASSMENT = "harassment"
    HATE = "hate"
    SPAM = "spam"
    IMPERSONATION = "impersonation"
    DANGER = "danger"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Report:
    """One report; open until an admin has dealt with it."""

    report_id: ReportId
    reporter_id: MemberId | None
    """None where the reporter has erased his account."""
    reported_id: MemberId
    reason: Reason
    statement: str
    room_id: RoomId | None
    created_at_ms: int
    closed_at_ms: int | None = None
    whole_room: bool = False
    """About a whole room; `reported_id` is a host of it then, who answers for it."""
    events: tuple[LogEntry, ...] = ()
    """What happened in the room, as the reporter was shown it; without names."""


def answers_for(room: Room, reporter_id: MemberId) -> MemberId:
    """Whom a report about a room is about: the moderator who has been there longest.

    Raises:
        WrongStateError: there is none but the reporter, who can put things right himself.
    """
    hosts = (host.member_id for host in room.moderators() if host.member_id != reporter_id)
    host = next(hosts, None)
    if host is None:
        raise WrongStateError
    return host


def clean_statement(raw: str) -> str:
    """Collapse white space; a statement may be empty.

    Raises:
        BadStatementError: more than 1,000 characters.
    """
    statement = clean_paragraph(raw)
    if len(statement) > STATEMENT_MAX_CHARS:
        raise BadStatementError
    return statement


def close(report: Report, now_ms: int) -> Report:
    """An admin has dealt with it; closing again changes nothing."""
    return report if report.closed_at_ms is not None else replace(report, closed_at_ms=now_ms)


def report(
    report_id: ReportId,
    reporter_id: MemberId,
    reported_id: MemberId,
    reason: Reason,
    statement: str,
    room_id: RoomId | None,
    now_ms: int,
) -> Report:
    """A member reports another.

    Raises:
        WrongStateError: nobody reports himself.
        BadStatementError
    """
    if reporter_id == reported_id:
        raise WrongStateError
    return Report(
        report_id, reporter_id, reported_id, reason, clean_statement(statement), room_id, now_ms
    )
