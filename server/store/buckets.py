"""Rows of token buckets, so that a restart resets no limit. The arithmetic is the domain's."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from server.domain import bucket as rules
from server.domain.bucket import Bucket, Draw
from server.store import tables
from server.store.database import Database


class SqlBuckets(Database):
    """Implements `ports.BucketStore`."""

    async def draw(self, draws: Sequence[Draw], now_ms: int) -> frozenset[bytes]:
        """Take a token for every draw, or none at all; returns the buckets that gave one.

        Raises:
            BucketEmptyError: a limit is reached; nothing was changed.
        """
        bucket = tables.bucket
        rates = {key: each.rate for each in draws for key in each.keys}
        # In one order, so that two draws at once wait for each other instead of for ever.
        rows = [
            {"key": key, "tokens": float(rates[key].tokens), "filled_at_ms": now_ms}
            for key in sorted(rates)
        ]
        insert = (sqlite if self._is_sqlite else postgresql).insert(bucket)
        wanted = select(bucket).where(bucket.c.key.in_(rates)).order_by(bucket.c.key)
        async with self._write() as transaction:
            execute = transaction.connection.execute
            # A row that is not there cannot be locked: make full ones first.
            await execute(insert.on_conflict_do_nothing(index_elements=["key"]), rows)
            kept = {
                row.key: Bucket(row.tokens, row.filled_at_ms)
                for row in await execute(wanted.with_for_update())
            }
            changed = rules.draw(draws, kept, now_ms)
            await self._upsert(
                bucket,
                [
                    {"key": key, "tokens": left.tokens, "filled_at_ms": left.filled_at_ms}
                    for key, left in changed.items()
                ],
            )
        return frozenset(changed)

    async def fill_buckets(self, keys: Sequence[bytes]) -> None:
        """Make these full again."""
        bucket = tables.bucket
        async with self._write() as transaction:
            await transaction.connection.execute(delete(bucket).where(bucket.c.key.in_(keys)))

    async def forget_buckets(self, before_ms: int) -> int:
        """Drop those that nobody has drawn from since then; returns how many."""
        bucket = tables.bucket
        async with self._write() as transaction:
            dropped = await transaction.connection.execute(
                delete(bucket).where(bucket.c.filled_at_ms < before_ms)
            )
            return dropped.rowcount
