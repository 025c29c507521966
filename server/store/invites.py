"""Rows of invitations, and of how members came in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, select, update

from server.domain.entry import Entry, Way
from server.domain.ids import InviteId, MemberId
from server.domain.invite import Invite
from server.store import tables
from server.store.database import Database


class SqlInvites(Database):
    """Implements `ports.InviteStore` and `ports.EntryStore`."""

    async def save_invite(self, invite: Invite) -> None:
        """Insert or update; use `claim_invite` to use one."""
        row = {
            "invite_id": invite.invite_id,
            "token_hash": invite.token_hash,
            "inviter_id": invite.inviter_id,
            "by_mail": invite.by_mail,
            "created_at_ms": invite.created_at_ms,
            "expires_at_ms": invite.expires_at_ms,
            "used_by": invite.used_by,
            "used_at_ms": invite.used_at_ms,
            "revoked_at_ms": invite.revoked_at_ms,
        }
        await self._upsert(tables.invite, [row])

    async def claim_invite(self, used: Invite) -> bool:
        """Save an invitation as used; True exactly once, however many try at the same moment."""
        invite = tables.invite
        unused = invite.c.used_at_ms.is_(None) & invite.c.revoked_at_ms.is_(None)
        async with self._write() as transaction:
            claimed = await transaction.connection.execute(
                update(invite)
                .where(invite.c.invite_id == used.invite_id, unused)
                .values(used_by=used.used_by, used_at_ms=used.used_at_ms)
            )
            return claimed.rowcount == 1

    async def invite(self, invite_id: InviteId) -> Invite | None:
        """By id."""
        return await self._one_invite(tables.invite.c.invite_id == invite_id)

    async def invite_by_token(self, token_hash: bytes) -> Invite | None:
        """By the hash of its token."""
        return await self._one_invite(tables.invite.c.token_hash == token_hash)

    async def invites_of(self, inviter_id: MemberId) -> Sequence[Invite]:
        """All that a member ever gave, newest first."""
        invite = tables.invite
        query = (
            select(invite)
            .where(invite.c.inviter_id == inviter_id)
            .order_by(invite.c.created_at_ms.desc(), invite.c.invite_id)
        )
        async with self._read() as connection:
            return [_invite_of(row) for row in await connection.execute(query)]

    async def _one_invite(self, condition: ColumnElement[bool]) -> Invite | None:
        async with self._read() as connection:
            row = (await connection.execute(select(tables.invite).where(condition))).one_or_none()
        return _invite_of(row) if row else None

    # ------------------------------------------------------------ entries

    async def save_entry(self, entry: Entry) -> None:
        """Insert or update how a member came in."""
        row = {
            "member_id": entry.member_id,
            "admitted_by": entry.admitted_by,
            "way": entry.way.value,
            "admitted_at_ms": entry.admitted_at_ms,
        }
        await self._upsert(tables.entry, [row])

    async def entry_of(self, member_id: MemberId) -> Entry | None:
        """How a member came in."""
        entry = tables.entry
        async with self._read() as connection:
            found = await connection.execute(select(entry).where(entry.c.member_id == member_id))
            row = found.one_or_none()
        if row is None:
            return None
        return Entry(row.member_id, row.admitted_by, Way(row.way), row.admitted_at_ms)


def _invite_of(row: Row[Any]) -> Invite:
    return Invite(**row._mapping)
