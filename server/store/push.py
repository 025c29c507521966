"""Rows of Web Push: which browsers of whom may be pushed to. They go with their session."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from sqlalchemy import delete, select

from server.domain.ids import MemberId
from server.domain.language import Language
from server.domain.push import PushSubscription
from server.store import tables
from server.store.database import Database


class SqlPush(Database):
    """Implements `ports.PushStore`."""

    async def save_push_subscription(self, subscription: PushSubscription) -> None:
        """Keep it, in place of what its session had and of what was kept for its endpoint."""
        table = tables.push_subscription
        row = {
            "endpoint_hash": _hash(subscription.endpoint),
            "member_id": subscription.member_id,
            "session_hash": subscription.session_hash,
            "endpoint": subscription.endpoint,
            "p256dh": subscription.p256dh,
            "auth": subscription.auth,
            "language": subscription.language.value,
            "created_at_ms": subscription.created_at_ms,
        }
        async with self._write():
            await self.delete_push_subscriptions(subscription.session_hash)
            await self._upsert(table, [row])

    async def push_subscriptions(self, member_id: MemberId) -> Sequence[PushSubscription]:
        """Those of a person, oldest first."""
        table = tables.push_subscription
        query = (
            select(table)
            .where(table.c.member_id == member_id)
            .order_by(table.c.created_at_ms, table.c.endpoint_hash)
        )
        async with self._read() as connection:
            rows = await connection.execute(query)
            return [
                PushSubscription(
                    row.member_id,
                    row.session_hash,
                    row.endpoint,
                    row.p256dh,
                    row.auth,
                    Language(row.language),
                    row.created_at_ms,
                )
                for row in rows
            ]

    async def push_subscribers(self) -> Sequence[MemberId]:
        """Everybody who has one."""
        subscription = tables.push_subscription
        async with self._read() as connection:
            found = await connection.execute(select(subscription.c.member_id).distinct())
            return [MemberId(member_id) for member_id in found.scalars()]

    async def delete_push_subscriptions(self, session_hash: bytes) -> None:
        """Push to the browser of this session no more."""
        table = tables.push_subscription
        async with self._write() as transaction:
            await transaction.connection.execute(
                delete(table).where(table.c.session_hash == session_hash)
            )

    async def delete_push_endpoint(self, endpoint: str) -> None:
        """Nothing arrives at this endpoint any more."""
        table = tables.push_subscription
        async with self._write() as transaction:
            await transaction.connection.execute(
                delete(table).where(table.c.endpoint_hash == _hash(endpoint))
            )


def _hash(endpoint: str) -> bytes:
    return hashlib.sha256(endpoint.encode()).digest()
