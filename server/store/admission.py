"""Rows of the door: uploaded contacts as keyed hashes, and the knocks of newcomers."""

from __future__ import annotations

from collections.abc import Sequence, Set

from sqlalchemy import ColumnElement, and_, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.domain.contact import ContactsKept, contact_id
from server.domain.ids import ContactHash, ContactId, KnockId, MemberId
from server.domain.knock import Asked, Knock, KnockState
from server.domain.member import Member, Membership
from server.store import tables
from server.store.database import Database
from server.store.members import CHUNK, member_of


class SqlAdmission(Database):
    """Implements `ports.ContactStore` and `ports.KnockStore`."""

    async def add_contacts(
        self, member_id: MemberId, hashes: Sequence[ContactHash], now_ms: int, expires_at_ms: int
    ) -> int:
        """Keep them; known ones get the new expiry. Returns how many the member has now."""
        rows = [
            {
                "contact_hash": digest,
                "member_id": member_id,
                "added_at_ms": now_ms,
                "expires_at_ms": expires_at_ms,
            }
            for digest in dict.fromkeys(hashes)
        ]
        async with self._write():
            await self._upsert(tables.contact, rows, keep=["added_at_ms"])
            return await self.count_contacts(member_id)

    async def count_contacts(self, member_id: MemberId) -> int:
        """How many are kept for the member."""
        contact = tables.contact
        query = select(func.count()).where(contact.c.member_id == member_id)
        async with self._read() as connection:
            return int((await connection.execute(query)).scalar_one())

    async def contacts_kept(self, member_id: MemberId) -> ContactsKept:
        """How many are kept for the member, and until when."""
        expiry = tables.contact.c.expires_at_ms
        query = select(func.count(), func.min(expiry), func.max(expiry)).where(
            tables.contact.c.member_id == member_id
        )
        async with self._read() as connection:
            count, first_ms, last_ms = (await connection.execute(query)).one()
        return ContactsKept(count, first_ms, last_ms)

    async def forget_contacts(self, member_id: MemberId) -> None:
        """Delete all contacts of the member."""
        contact = tables.contact
        async with self._write() as transaction:
            await transaction.connection.execute(
                delete(contact).where(contact.c.member_id == member_id)
            )

    async def holders(self, hashes: Sequence[ContactHash]) -> Sequence[tuple[MemberId, ContactId]]:
        """Which members hold any of these hashes. Any number of hashes may be asked."""
        found: list[tuple[MemberId, ContactId]] = []
        async with self._read() as connection:
            for start in range(0, len(hashes), CHUNK):
                asked = hashes[start : start + CHUNK]
                query, values = self._whose(asked)
                rows = await connection.exec_driver_sql(query, values)
                found += [(row.member_id, contact_id(row.contact_hash)) for row in rows]
        return found

    def _whose(self, hashes: Sequence[ContactHash]) -> tuple[str, tuple[object, ...]]:
        """The question in the driver's own words.

        For thousands of values, as many as there are members, building it with SQLAlchemy takes
        longer than the look-up itself.
        """
        query = "SELECT member_id, contact_hash FROM contact WHERE contact_hash "
        if self._is_sqlite:
            return f"{query}IN ({','.join('?' * len(hashes))})", tuple(hashes)
        return f"{query}= ANY($1)", (list(hashes),)

    async def may_be_asked(
        self, newcomer_id: MemberId, members: Sequence[MemberId]
    ) -> Set[MemberId]:
        """Those of some people who may be asked about a newcomer.

        They are members, want to be asked, and neither they nor he has blocked the other.
        """
        member = tables.member
        willing = and_(
            member.c.membership == Membership.MEMBER.value,
            member.c.asks_me,
            ~_apart(member.c.member_id, newcomer_id),
        )
        found: set[MemberId] = set()
        async with self._read() as connection:
            for start in range(0, len(members), CHUNK):
                among = member.c.member_id.in_(members[start : start + CHUNK])
                rows = await connection.execute(select(member.c.member_id).where(among, willing))
                found.update(rows.scalars())
        return found

    async def delete_expired_contacts(self, now_ms: int) -> int:
        """Delete contacts past their expiry; returns how many."""
        contact = tables.contact
        async with self._write() as transaction:
            deleted = await transaction.connection.execute(
                delete(contact).where(contact.c.expires_at_ms <= now_ms)
            )
            return deleted.rowcount

    # ------------------------------------------------------------ knocks

    async def knock(self, knock_id: KnockId) -> Knock | None:
        """By id."""
        return next(iter(await self._found(tables.knock.c.knock_id == knock_id)), None)

    async def knock_of(self, newcomer_id: MemberId) -> Knock | None:
        """The waiting knock of a newcomer."""
        is_his = tables.knock.c.newcomer_id == newcomer_id
        return next(iter(await self._found(is_his & _waiting())), None)

    async def save_knock(self, knock: Knock) -> None:
        """Insert or update, the asked members included."""
        row = {
            "knock_id": knock.knock_id,
            "newcomer_id": knock.newcomer_id,
            "state": knock.state.value,
            "knocked_at_ms": knock.knocked_at_ms,
            "admitted_by": knock.admitted_by,
        }
        asked = [
            {
                "knock_id": knock.knock_id,
                "member_id": one.member_id,
                "contact_id": one.contact_id,
                "ignored": one.ignored,
                "position": position,
            }
            for position, one in enumerate(knock.asked)
        ]
        table = tables.knock_asked
        async with self._write() as transaction:
            await self._upsert(tables.knock, [row])
            await transaction.connection.execute(
                delete(table).where(table.c.knock_id == knock.knock_id)
            )
            await self._upsert(table, asked)

    async def waiting_knocks(self, member_id: MemberId) -> Sequence[tuple[Knock, Member]]:
        """Knocks that should alert this member now, oldest first, each with its newcomer.

        None while he does not want to be asked, nor those of newcomers apart from him.
        """
        asked, member = tables.knock_asked, tables.member
        his = (
            select(asked.c.knock_id)
            .join(member, member.c.member_id == asked.c.member_id)
            .where(asked.c.member_id == member_id, ~asked.c.ignored, member.c.asks_me)
        )
        alerting = and_(
            tables.knock.c.knock_id.in_(his),
            ~_apart(tables.knock.c.newcomer_id, member_id),
            _waiting(),
        )
        newcomers = select(tables.member).where(
            tables.member.c.member_id.in_(select(tables.knock.c.newcomer_id).where(alerting))
        )
        async with self._read() as connection:
            knocks = await _knocks(connection, alerting)
            rows = await connection.execute(newcomers)
            members = {row.member_id: member_of(row) for row in rows}
        return [(knock, members[knock.newcomer_id]) for knock in knocks]

    async def stale_knocks(self, before_ms: int) -> Sequence[Knock]:
        """Waiting knocks older than that."""
        return await self._found((tables.knock.c.knocked_at_ms < before_ms) & _waiting())

    async def _found(self, condition: ColumnElement[bool]) -> list[Knock]:
        async with self._read() as connection:
            return await _knocks(connection, condition)


def _waiting() -> ColumnElement[bool]:
    return tables.knock.c.state == KnockState.WAITING.value


def _apart(one: ColumnElement[str], other: MemberId) -> ColumnElement[bool]:
    """Whether either of the two has blocked the other."""
    block = tables.block
    return (
        select(block.c.blocker_id)
        .where(
            or_(
                and_(block.c.blocker_id == one, block.c.blocked_id == other),
                and_(block.c.blocker_id == other, block.c.blocked_id == one),
            )
        )
        .exists()
    )


async def _knocks(connection: AsyncConnection, condition: ColumnElement[bool]) -> list[Knock]:
    """Knocks that meet a condition, oldest first, with those who were asked."""
    knock, asked = tables.knock, tables.knock_asked
    wanted = select(knock.c.knock_id).where(condition)
    who = select(asked).where(asked.c.knock_id.in_(wanted)).order_by(asked.c.position)
    ordered = select(knock).where(condition).order_by(knock.c.knocked_at_ms, knock.c.knock_id)
    by_knock: dict[str, list[Asked]] = {}
    for row in await connection.execute(who):
        one = Asked(row.member_id, row.contact_id, row.ignored)
        by_knock.setdefault(row.knock_id, []).append(one)
    return [
        Knock(
            row.knock_id,
            row.newcomer_id,
            KnockState(row.state),
            row.knocked_at_ms,
            tuple(by_knock.get(row.knock_id, ())),
            row.admitted_by,
        )
        for row in await connection.execute(ordered)
    ]
