"""Rows of consent receipts."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select, update

from server.domain.ids import MemberId
from server.domain.receipt import Receipt
from server.store import tables
from server.store.database import Database


class SqlReceipts(Database):
    """Implements `ports.ReceiptStore`."""

    async def save_receipts(self, receipts: Sequence[Receipt]) -> None:
        """Insert or update; of members that are gone, nothing."""
        known = set()
        async with self._read() as connection:
            member = tables.member.c.member_id
            wanted = {receipt.member_id for receipt in receipts}
            known = set(
                (await connection.execute(select(member).where(member.in_(wanted)))).scalars()
            )
        rows = [
            {
                "receipt_id": receipt.receipt_id,
                "member_id": receipt.member_id,
                "room_id": receipt.room_id,
                "version": receipt.version,
                "language": receipt.language,
                "granted_at_ms": receipt.granted_at_ms,
                "seen_at_ms": receipt.seen_at_ms,
                "withdrawn_at_ms": receipt.withdrawn_at_ms,
            }
            for receipt in receipts
            if receipt.member_id in known
        ]
        if rows:
            await self._upsert(tables.consent_receipt, rows)

    async def receipts_of(self, member_id: MemberId, limit: int) -> Sequence[Receipt]:
        """The newest first."""
        table = tables.consent_receipt
        query = (
            select(table)
            .where(table.c.member_id == member_id)
            .order_by(table.c.granted_at_ms.desc(), table.c.receipt_id)
            .limit(limit)
        )
        async with self._read() as connection:
            return [
                Receipt(
                    row.receipt_id,
                    row.member_id,
                    row.room_id,
                    row.version,
                    row.language,
                    row.granted_at_ms,
                    row.seen_at_ms,
                    row.withdrawn_at_ms,
                )
                for row in await connection.execute(query)
            ]

    async def close_receipts(self) -> None:
        """Close all that are open with the time at which they were last seen."""
        table = tables.consent_receipt
        async with self._write() as transaction:
            await transaction.connection.execute(
                update(table)
                .where(table.c.withdrawn_at_ms.is_(None))
                .values(withdrawn_at_ms=table.c.seen_at_ms)
            )

    async def delete_receipts(self, *, granted_before_ms: int) -> None:
        """Forget those that are too old."""
        table = tables.consent_receipt
        async with self._write() as transaction:
            await transaction.connection.execute(
                delete(table).where(table.c.granted_at_ms < granted_before_ms)
            )
