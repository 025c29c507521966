"""Rows of signed-in browsers: hashes of tokens, coarse labels of devices. Never a token."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select, update

from server.domain.ids import MemberId
from server.domain.member import Member
from server.domain.session import Session, session_id_of
from server.store import tables
from server.store.database import Database
from server.store.members import CHUNK, member_of


class SqlSessions(Database):
    """Implements the sessions of `ports.SessionStore`."""

    async def save_session(
        self, token_hash: bytes, member_id: MemberId, now_ms: int, device: str = ""
    ) -> None:
        """Keep a new session."""
        row = {
            "token_hash": token_hash,
            "member_id": member_id,
            "created_at_ms": now_ms,
            "session_id": session_id_of(token_hash),
            "device": device,
            "last_seen_at_ms": now_ms,
        }
        await self._upsert(tables.session, [row])

    async def session_member(self, token_hash: bytes, used_since_ms: int = 0) -> Member | None:
        """Whose session it is, unless it was last used before that time."""
        session = tables.session
        query = (
            select(tables.member)
            .join(session, session.c.member_id == tables.member.c.member_id)
            .where(session.c.token_hash == token_hash, session.c.last_seen_at_ms >= used_since_ms)
        )
        async with self._read() as connection:
            row = (await connection.execute(query)).one_or_none()
        return member_of(row) if row else None

    async def sessions_of(self, member_id: MemberId) -> Sequence[Session]:
        """A person's sessions, the newest first."""
        session = tables.session
        query = select(session).where(session.c.member_id == member_id)
        newest_first = query.order_by(session.c.created_at_ms.desc(), session.c.session_id)
        async with self._read() as connection:
            rows = await connection.execute(newest_first)
            return [
                Session(
                    row.session_id,
                    row.token_hash,
                    row.member_id,
                    row.device,
                    row.created_at_ms,
                    row.last_seen_at_ms,
                )
                for row in rows
            ]

    async def see_sessions(
        self, token_hashes: Sequence[bytes], now_ms: int, if_before_ms: int
    ) -> bool:
        """Note that they are used; those seen since `if_before_ms` are left as they are.

        Returns whether there was anything to note.
        """
        session, noted = tables.session, False
        for start in range(0, len(token_hashes), CHUNK):
            chunk = token_hashes[start : start + CHUNK]
            stale = session.c.token_hash.in_(chunk) & (session.c.last_seen_at_ms < if_before_ms)
            # Most of the time there is nothing to write, and readers wait for nobody.
            async with self._read() as connection:
                found = await connection.execute(select(session.c.token_hash).where(stale))
                unseen = found.scalars().all()
            if unseen:
                async with self._write() as transaction:
                    seen = update(session).where(stale).values(last_seen_at_ms=now_ms)
                    await transaction.connection.execute(seen)
                noted = True
        return noted

    async def delete_session(self, token_hash: bytes) -> None:
        """Sign out; what hangs on the session, such as pushes there, goes with it."""
        session = tables.session
        async with self._write() as transaction:
            await transaction.connection.execute(
                delete(session).where(session.c.token_hash == token_hash)
            )

    async def delete_sessions_unused_since(self, before_ms: int) -> int:
        """Delete those that are over; returns how many."""
        session = tables.session
        async with self._write() as transaction:
            deleted = await transaction.connection.execute(
                delete(session).where(session.c.last_seen_at_ms < before_ms)
            )
            return deleted.rowcount
