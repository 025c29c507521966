"""Rows of people: members, sign-in codes, counters, the founder's link."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from server.domain.ids import MemberId, NumberHash
from server.domain.member import Member, Membership
from server.domain.sign_in import SignInCode
from server.store import tables
from server.store.database import Database

CHUNK = 5_000
"""How many values one statement asks for; SQLite takes 32,766 at most."""
COUNTER_LIFETIME_MS = 7 * 24 * 3600 * 1000
"""Counters of windows that began longer ago are dropped, whosever they were."""


class SqlMembers(Database):
    """Implements `ports.MemberStore`, `ports.CounterStore`, and the codes of `SessionStore`."""

    async def member(self, member_id: MemberId) -> Member | None:
        """By id."""
        return await self._one_member(tables.member.c.member_id == member_id)

    async def member_by_number(self, number_hash: NumberHash) -> Member | None:
        """By the hash of the own number."""
        return await self._one_member(tables.member.c.number_hash == number_hash)

    async def newcomers(self, number_hashes: Sequence[NumberHash]) -> Sequence[Member]:
        """Those who still wait and have one of these numbers. Any number of hashes may be asked."""
        member = tables.member
        waits = member.c.membership == Membership.WAITING.value
        found: list[Member] = []
        async with self._read() as connection:
            for start in range(0, len(number_hashes), CHUNK):
                asked = member.c.number_hash.in_(number_hashes[start : start + CHUNK])
                rows = await connection.execute(select(member).where(asked & waits))
                found += [member_of(row) for row in rows]
        return found

    async def _one_member(self, condition: ColumnElement[bool]) -> Member | None:
        async with self._read() as connection:
            found = await connection.execute(select(tables.member).where(condition))
            row = found.one_or_none()
        return member_of(row) if row else None

    async def save_member(self, member: Member) -> None:
        """Insert or update."""
        row = {
            "member_id": member.member_id,
            "number_hash": member.number_hash,
            "name": member.name,
            "membership": member.membership.value,
            "is_admin": member.is_admin,
            "created_at_ms": member.created_at_ms,
            "bio": member.bio,
            "asks_me": member.asks_me,
            "shows_admitter": member.shows_admitter,
            "shown_as_admitter": member.shown_as_admitter,
        }
        await self._upsert(tables.member, [row])

    async def erase_member(self, member_id: MemberId) -> None:
        """Delete the person and all that hangs on him: sessions, contacts, knock, seats."""
        member, code = tables.member, tables.sign_in_code
        number = select(member.c.number_hash).where(member.c.member_id == member_id)
        async with self._write() as transaction:
            execute = transaction.connection.execute
            await execute(delete(code).where(code.c.number_hash.in_(number)))
            await execute(delete(member).where(member.c.member_id == member_id))

    async def member_ids(self) -> Sequence[MemberId]:
        """Everybody with membership `member`."""
        member = tables.member
        admitted = member.c.membership == Membership.MEMBER.value
        async with self._read() as connection:
            found = await connection.execute(select(member.c.member_id).where(admitted))
            return [MemberId(member_id) for member_id in found.scalars()]

    # ------------------------------------------------------------ sign-in codes

    async def sign_in_code(self, number_hash: NumberHash) -> SignInCode | None:
        """The newest code sent to a number."""
        code = tables.sign_in_code
        async with self._read() as connection:
            found = await connection.execute(select(code).where(code.c.number_hash == number_hash))
            row = found.one_or_none()
        return SignInCode(**row._mapping) if row else None

    async def save_sign_in_code(self, code: SignInCode) -> None:
        """Insert or replace; one per number."""
        row = {
            "number_hash": code.number_hash,
            "code_hash": code.code_hash,
            "created_at_ms": code.created_at_ms,
            "tries_left": code.tries_left,
            "used": code.used,
        }
        await self._upsert(tables.sign_in_code, [row])

    # ------------------------------------------------------------ counters and the founder's link

    async def add_to_counter(self, key: bytes, window_start_ms: int, amount: int) -> int:
        """Add to a counter of a window and return its new value; older windows are dropped."""
        counter = tables.counter
        begun = counter.c.window_start_ms
        stale = or_(
            (counter.c.key == key) & (begun < window_start_ms),
            begun < window_start_ms - COUNTER_LIFETIME_MS,
        )
        insert = (sqlite if self._is_sqlite else postgresql).insert(counter)
        add = insert.on_conflict_do_update(
            index_elements=["key", "window_start_ms"],
            set_={"value": counter.c.value + insert.excluded.value},
        ).returning(counter.c.value)
        row = {"key": key, "window_start_ms": window_start_ms, "value": amount}
        async with self._write() as transaction:
            await transaction.connection.execute(delete(counter).where(stale))
            return int((await transaction.connection.execute(add, row)).scalar_one())

    async def save_founder_link(self, token_hash: bytes) -> None:
        """The one valid founder's link; replaces any older one."""
        link = tables.founder_link
        async with self._write() as transaction:
            await transaction.connection.execute(delete(link))
            await transaction.connection.execute(link.insert(), {"token_hash": token_hash})

    async def use_founder_link(self, token_hash: bytes) -> bool:
        """True exactly once for the valid link."""
        link = tables.founder_link
        async with self._write() as transaction:
            used = await transaction.connection.execute(
                delete(link).where(link.c.token_hash == token_hash)
            )
            return used.rowcount == 1


def member_of(row: Row[Any]) -> Member:
    """A member from a row that holds all columns of the table."""
    return Member(
        row.member_id,
        row.number_hash,
        row.name,
        Membership(row.membership),
        row.is_admin,
        row.created_at_ms,
        row.bio,
        row.asks_me,
        row.shows_admitter,
        row.shown_as_admitter,
    )
