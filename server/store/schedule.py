"""Rows of what is planned: scheduled rooms, reminders, calendar addresses."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select

from server.domain.ids import MemberId, ScheduledId
from server.domain.kind import Kind
from server.domain.member import Member
from server.domain.schedule import Scheduled, Told
from server.store import tables
from server.store.database import Database
from server.store.members import member_of


class SqlSchedule(Database):
    """Implements `ports.ScheduleStore`."""

    async def scheduled(self) -> Sequence[Scheduled]:
        """All that are planned, the soonest first."""
        table = tables.scheduled_room
        query = select(table).order_by(table.c.starts_at_ms, table.c.scheduled_id)
        async with self._read() as connection:
            return [
                Scheduled(
                    row.scheduled_id,
                    row.owner_id,
                    row.title,
                    Kind(row.kind),
                    row.starts_at_ms,
                    row.created_at_ms,
                    row.changed_at_ms,
                    row.sequence,
                    Told(row.told),
                )
                for row in await connection.execute(query)
            ]

    async def save_scheduled(self, planned: Scheduled) -> None:
        """Insert or update."""
        row = {
            "scheduled_id": planned.scheduled_id,
            "owner_id": planned.owner_id,
            "title": planned.title,
            "kind": planned.kind.value,
            "starts_at_ms": planned.starts_at_ms,
            "created_at_ms": planned.created_at_ms,
            "changed_at_ms": planned.changed_at_ms,
            "sequence": planned.sequence,
            "told": planned.told.value,
        }
        await self._upsert(tables.scheduled_room, [row])

    async def delete_scheduled(self, scheduled_id: ScheduledId) -> None:
        """Delete, with its reminders."""
        table = tables.scheduled_room
        async with self._write() as transaction:
            await transaction.connection.execute(
                delete(table).where(table.c.scheduled_id == scheduled_id)
            )

    # ------------------------------------------------------------ reminders

    async def save_reminder(self, scheduled_id: ScheduledId, member_id: MemberId) -> None:
        """Remind him; once is enough."""
        await self._upsert(
            tables.reminder, [{"scheduled_id": scheduled_id, "member_id": member_id}]
        )

    async def delete_reminder(self, scheduled_id: ScheduledId, member_id: MemberId) -> None:
        """Remind him no more."""
        table = tables.reminder
        async with self._write() as transaction:
            await transaction.connection.execute(
                delete(table).where(
                    table.c.scheduled_id == scheduled_id, table.c.member_id == member_id
                )
            )

    async def reminders(self) -> Sequence[tuple[ScheduledId, MemberId]]:
        """All of them."""
        async with self._read() as connection:
            rows = await connection.execute(select(tables.reminder))
            return [(row.scheduled_id, row.member_id) for row in rows]

    # ------------------------------------------------------------ calendar addresses

    async def save_feed(self, member_id: MemberId, token_hash: bytes, now_ms: int) -> None:
        """The one calendar address of a member; it replaces any older one."""
        row = {"member_id": member_id, "token_hash": token_hash, "created_at_ms": now_ms}
        await self._upsert(tables.calendar_feed, [row])

    async def delete_feed(self, member_id: MemberId) -> None:
        """He has none any more."""
        feed = tables.calendar_feed
        async with self._write() as transaction:
            await transaction.connection.execute(delete(feed).where(feed.c.member_id == member_id))

    async def feed_since(self, member_id: MemberId) -> int | None:
        """When his calendar address was made; None where he has none."""
        feed = tables.calendar_feed
        query = select(feed.c.created_at_ms).where(feed.c.member_id == member_id)
        async with self._read() as connection:
            found: int | None = (await connection.execute(query)).scalar_one_or_none()
            return found

    async def feed_owner(self, token_hash: bytes) -> Member | None:
        """Whose calendar address it is."""
        feed, member = tables.calendar_feed, tables.member
        query = (
            select(member)
            .join(feed, feed.c.member_id == member.c.member_id)
            .where(feed.c.token_hash == token_hash)
        )
        async with self._read() as connection:
            row = (await connection.execute(query)).one_or_none()
        return member_of(row) if row else None
