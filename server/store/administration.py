"""Rows of the house's order: who lives here, who was banned, what was reported, which jobs ran."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, and_, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.domain.ban import Ban
from server.domain.ids import MemberId, NumberHash, ReportId
from server.domain.member import Member, Membership
from server.domain.report import Reason, Report
from server.domain.room_log import Happening, LogEntry
from server.store import tables
from server.store.database import Database
from server.store.members import member_of

REPORTS_SHOWN = 200
_ESCAPE = "\\"


class SqlAdministration(Database):
    """Implements `ports.AdministrationStore`."""

    async def members_named(
        self, part: str, after: MemberId | None, count: int
    ) -> Sequence[Member]:
        """Members and banned people by a part of their name, oldest accounts first."""
        member = tables.member
        query = select(member).where(member.c.membership != Membership.WAITING.value)
        if part:
            wanted = "".join(f"{_ESCAPE}{c}" if c in f"%_{_ESCAPE}" else c for c in part.lower())
            query = query.where(func.lower(member.c.name).like(f"%{wanted}%", escape=_ESCAPE))
        if after is not None:
            last = select(member.c.created_at_ms).where(member.c.member_id == after)
            at_ms = last.scalar_subquery()
            query = query.where(
                or_(
                    member.c.created_at_ms > at_ms,
                    and_(member.c.created_at_ms == at_ms, member.c.member_id > after),
                )
            )
        ordered = query.order_by(member.c.created_at_ms, member.c.member_id).limit(count)
        async with self._read() as connection:
            return [member_of(row) for row in await connection.execute(ordered)]

    async def admins(self) -> Sequence[MemberId]:
        """Everybody with the admin's role."""
        member = tables.member
        inside = member.c.membership == Membership.MEMBER.value
        async with self._read() as connection:
            found = await connection.execute(
                select(member.c.member_id).where(member.c.is_admin, inside)
            )
            return [MemberId(member_id) for member_id in found.scalars()]

    # ------------------------------------------------------------ bans

    async def save_ban(self, ban: Ban) -> None:
        """Insert or update."""
        row = {
            "number_hash": ban.number_hash,
            "banned_at_ms": ban.banned_at_ms,
            "reason": ban.reason,
        }
        await self._upsert(tables.ban, [row])

    async def ban_of(self, number_hash: NumberHash) -> Ban | None:
        """Whether this number may not come in."""
        ban = tables.ban
        async with self._read() as connection:
            found = await connection.execute(select(ban).where(ban.c.number_hash == number_hash))
            row = found.one_or_none()
        return Ban(**row._mapping) if row else None

    async def delete_ban(self, number_hash: NumberHash) -> None:
        """This number may come in again."""
        ban = tables.ban
        async with self._write() as transaction:
            await transaction.connection.execute(
                delete(ban).where(ban.c.number_hash == number_hash)
            )

    async def put_out(self, member_id: MemberId) -> None:
        """Delete what lets a banned person in or reaches him; his name and his entry stay."""
        async with self._write() as transaction:
            for table, column in (
                (tables.session, tables.session.c.member_id),
                (tables.passkey, tables.passkey.c.member_id),
                (tables.push_subscription, tables.push_subscription.c.member_id),
                (tables.contact, tables.contact.c.member_id),
                (tables.scheduled_room, tables.scheduled_room.c.owner_id),
                (tables.reminder, tables.reminder.c.member_id),
                (tables.calendar_feed, tables.calendar_feed.c.member_id),
            ):
                await transaction.connection.execute(delete(table).where(column == member_id))
            unused = tables.invite.c.used_at_ms.is_(None)
            await transaction.connection.execute(
                delete(tables.invite).where(tables.invite.c.inviter_id == member_id, unused)
            )

    # ------------------------------------------------------------ reports

    async def save_report(self, report: Report) -> None:
        """Insert or update."""
        row = {
            "report_id": report.report_id,
            "reporter_id": report.reporter_id,
            "reported_id": report.reported_id,
            "reason": report.reason.value,
            "statement": report.statement,
            "room_id": report.room_id,
            "created_at_ms": report.created_at_ms,
            "closed_at_ms": report.closed_at_ms,
            "whole_room": report.whole_room,
        }
        events = [
            {
                "report_id": report.report_id,
                "place": place,
                "at_ms": event.at_ms,
                "what": event.what.value,
                "member_id": event.member_id,
            }
            for place, event in enumerate(report.events)
        ]
        async with self._write():
            await self._upsert(tables.report, [row])
            await self._upsert(tables.report_event, events)

    async def report(self, report_id: ReportId) -> Report | None:
        """By id."""
        report = tables.report
        async with self._read() as connection:
            found = await connection.execute(select(report).where(report.c.report_id == report_id))
            row = found.one_or_none()
            events = await _events_of(connection, [report_id])
        return _report_of(row, events[report_id]) if row else None

    async def reports(self, *, closed: bool) -> Sequence[Report]:
        """Open or closed ones, newest first, 200 at most."""
        report = tables.report
        wanted = report.c.closed_at_ms.is_not(None) if closed else report.c.closed_at_ms.is_(None)
        query = select(report).where(wanted).order_by(report.c.created_at_ms.desc())
        async with self._read() as connection:
            rows = (await connection.execute(query.limit(REPORTS_SHOWN))).all()
            events = await _events_of(connection, [row.report_id for row in rows])
        return [_report_of(row, events[row.report_id]) for row in rows]

    async def count_open_reports(self) -> int:
        """How many wait for an admin."""
        report = tables.report
        query = select(func.count()).where(report.c.closed_at_ms.is_(None))
        async with self._read() as connection:
            return int((await connection.execute(query)).scalar_one())

    # ------------------------------------------------------------ jobs

    async def save_job_run(self, job: str, ran_at_ms: int, affected: int) -> None:
        """Keep when a job ran last, and on how much."""
        row = {"job": job, "ran_at_ms": ran_at_ms, "affected": affected}
        await self._upsert(tables.job_run, [row])

    async def job_runs(self) -> Sequence[tuple[str, int, int]]:
        """(job, when it ran last, how much it affected), by name."""
        job = tables.job_run
        async with self._read() as connection:
            rows = await connection.execute(select(job).order_by(job.c.job))
            return [(row.job, row.ran_at_ms, row.affected) for row in rows]


async def _events_of(
    connection: AsyncConnection, report_ids: Sequence[str]
) -> defaultdict[str, list[LogEntry]]:
    """What the reports tell of their rooms, in order."""
    event = tables.report_event
    query = select(event).where(event.c.report_id.in_(report_ids)).order_by(event.c.place)
    found: defaultdict[str, list[LogEntry]] = defaultdict(list)
    for row in await connection.execute(query):
        entry = LogEntry(row.at_ms, Happening(row.what), row.member_id)
        found[row.report_id].append(entry)
    return found


def _report_of(row: Row[Any], events: Sequence[LogEntry]) -> Report:
    return Report(
        row.report_id,
        row.reporter_id,
        row.reported_id,
        Reason(row.reason),
        row.statement,
        row.room_id,
        row.created_at_ms,
        row.closed_at_ms,
        row.whole_room,
        tuple(events),
    )
