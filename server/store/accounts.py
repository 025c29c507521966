"""Rows of the own account: passkeys, and everything that is kept about one person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.domain.ids import CredentialId, MemberId
from server.domain.kept import Kept, Record
from server.domain.passkey import Passkey
from server.store import tables
from server.store.database import Database
from server.store.kept import LEFT_OUT, SECTIONS, Section

COUNT = "count"


class SqlAccounts(Database):
    """Implements `ports.PasskeyStore` and `ports.KeptStore` (with `Database`)."""

    # ------------------------------------------------------------ passkeys

    async def passkey(self, credential_id: CredentialId) -> Passkey | None:
        """By what the authenticator calls it."""
        passkey = tables.passkey
        query = select(passkey).where(passkey.c.credential_id == credential_id)
        async with self._read() as connection:
            row = (await connection.execute(query)).one_or_none()
        return _passkey_of(row) if row else None

    async def passkeys_of(self, member_id: MemberId) -> Sequence[Passkey]:
        """A person's passkeys, the oldest first."""
        passkey = tables.passkey
        query = select(passkey).where(passkey.c.member_id == member_id)
        async with self._read() as connection:
            rows = await connection.execute(query.order_by(passkey.c.created_at_ms))
            return [_passkey_of(row) for row in rows]

    async def add_passkey(self, passkey: Passkey) -> bool:
        """Keep a new one; False where this id is known already."""
        row = {
            "credential_id": passkey.credential_id,
            "member_id": passkey.member_id,
            "public_key": passkey.public_key,
            "sign_count": passkey.sign_count,
            "name": passkey.name,
            "created_at_ms": passkey.created_at_ms,
            "last_used_at_ms": passkey.last_used_at_ms,
        }
        async with self._write() as transaction:
            if await self.passkey(passkey.credential_id):
                return False
            await transaction.connection.execute(tables.passkey.insert(), row)
            return True

    async def use_passkey(self, before: Passkey, after: Passkey) -> bool:
        """Keep its new counter; False where another sign-in was quicker or it is gone."""
        passkey = tables.passkey
        unchanged = (passkey.c.credential_id == before.credential_id) & (
            passkey.c.sign_count == before.sign_count
        )
        new = {"sign_count": after.sign_count, "last_used_at_ms": after.last_used_at_ms}
        async with self._write() as transaction:
            used = await transaction.connection.execute(
                update(passkey).where(unchanged).values(new)
            )
            return used.rowcount == 1

    async def delete_passkey(self, credential_id: CredentialId) -> None:
        """Nobody signs in with it any more."""
        passkey = tables.passkey
        async with self._write() as transaction:
            await transaction.connection.execute(
                delete(passkey).where(passkey.c.credential_id == credential_id)
            )

    # ------------------------------------------------------------ all that is kept

    async def kept_about(self, member_id: MemberId) -> Kept:
        """Every row about a person, by section; nothing of others but what he chose himself."""
        member = tables.member
        number = select(member.c.number_hash).where(member.c.member_id == member_id)
        owners = {"number_hash": number.scalar_subquery()}
        async with self._read() as connection:
            sections = {
                section.name: await _records(
                    connection, section, owners.get(section.owner, member_id)
                )
                for section in SECTIONS
            }
        reasons = {
            f"{section.name}.{column}": why
            for section in SECTIONS
            for column, why in section.withheld.items()
        }
        return Kept(sections, {**reasons, **LEFT_OUT})


async def _records(connection: AsyncConnection, section: Section, owner: Any) -> Sequence[Record]:
    columns: list[ColumnElement[Any]] = [section.table.c[name] for name in section.told]
    mine = section.owner_column == owner
    if section.counted:
        query = select(func.count().label(COUNT), *columns).where(mine).group_by(*columns)
    elif section.named:
        other = tables.member.alias()
        chosen = section.table.c[section.named] == other.c.member_id
        his_name = other.c.name.label(f"{section.named.removesuffix('_id')}_name")
        joined = section.table.join(other, chosen)
        query = select(*columns, his_name).select_from(joined).where(mine)
    else:
        query = select(*columns).where(mine)
    ordered = query.order_by(*columns)
    return [dict(row._mapping) for row in await connection.execute(ordered)]


def _passkey_of(row: Row[Any]) -> Passkey:
    return Passkey(
        row.credential_id,
        row.member_id,
        row.public_key,
        row.sign_count,
        row.name,
        row.created_at_ms,
        row.last_used_at_ms,
    )
