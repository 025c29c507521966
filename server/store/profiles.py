"""Rows of what members tell about themselves, whom they follow and whom they have blocked."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Column, Table, and_, delete, exists, func, or_, select, update

from server.domain.ids import MemberId
from server.domain.member import Member, Membership
from server.store import tables
from server.store.database import Database
from server.store.members import member_of


class SqlProfiles(Database):
    """Implements `ports.ProfileStore`, `ports.FollowStore` and `ports.BlockStore`."""

    async def save_profile(self, member: Member) -> None:
        """Update what a member tells about himself and chose; nothing else of him."""
        table = tables.member
        values = {
            "name": member.name,
            "bio": member.bio,
            "shows_admitter": member.shows_admitter,
            "shown_as_admitter": member.shown_as_admitter,
        }
        statement = update(table).where(table.c.member_id == member.member_id).values(values)
        async with self._write() as transaction:
            await transaction.connection.execute(statement)

    # ------------------------------------------------------------ follows

    async def save_follow(self, follower: MemberId, followee: MemberId, since_ms: int) -> None:
        """Insert; a known one keeps its time."""
        row = {"follower_id": follower, "followee_id": followee, "since_ms": since_ms}
        await self._upsert(tables.follow, [row], keep=["since_ms"])

    async def delete_follow(self, follower: MemberId, followee: MemberId) -> None:
        """Delete, where there is one."""
        follow = tables.follow
        async with self._write() as transaction:
            await transaction.connection.execute(
                delete(follow).where(
                    follow.c.follower_id == follower, follow.c.followee_id == followee
                )
            )

    async def follows(self, follower: MemberId, followee: MemberId) -> bool:
        """Whether one follows the other."""
        follow = tables.follow
        query = select(
            exists().where(follow.c.follower_id == follower, follow.c.followee_id == followee)
        )
        async with self._read() as connection:
            return bool((await connection.execute(query)).scalar_one())

    async def circle_of(self, member_id: MemberId) -> frozenset[MemberId]:
        """Whoever follows a person or is followed by him."""
        follow = tables.follow.c
        mine = select(follow.followee_id).where(follow.follower_id == member_id)
        theirs = select(follow.follower_id).where(follow.followee_id == member_id)
        async with self._read() as connection:
            return frozenset((await connection.execute(mine.union(theirs))).scalars())

    async def count_following(self, follower: MemberId) -> int:
        """How many a member follows."""
        return await self._count(tables.follow.c.follower_id, follower)

    async def following(
        self, member_id: MemberId, after: MemberId | None, count: int
    ) -> Sequence[Member]:
        """Members whom a member follows, newest first."""
        columns = tables.follow.c
        return await self._listed(columns.follower_id, columns.followee_id, member_id, after, count)

    async def followers(
        self, member_id: MemberId, after: MemberId | None, count: int
    ) -> Sequence[Member]:
        """Members who follow a member, newest first."""
        columns = tables.follow.c
        return await self._listed(columns.followee_id, columns.follower_id, member_id, after, count)

    # ------------------------------------------------------------ blocks

    async def save_block(self, blocker: MemberId, blocked: MemberId, since_ms: int) -> None:
        """Insert; a known one keeps its time."""
        row = {"blocker_id": blocker, "blocked_id": blocked, "since_ms": since_ms}
        await self._upsert(tables.block, [row], keep=["since_ms"])

    async def delete_block(self, blocker: MemberId, blocked: MemberId) -> None:
        """Delete, where there is one."""
        block = tables.block
        async with self._write() as transaction:
            await transaction.connection.execute(
                delete(block).where(block.c.blocker_id == blocker, block.c.blocked_id == blocked)
            )

    async def count_blocked(self, blocker: MemberId) -> int:
        """How many a member has blocked."""
        return await self._count(tables.block.c.blocker_id, blocker)

    async def blocked(
        self, member_id: MemberId, after: MemberId | None, count: int
    ) -> Sequence[Member]:
        """Members whom a member has blocked, newest first."""
        columns = tables.block.c
        return await self._listed(columns.blocker_id, columns.blocked_id, member_id, after, count)

    async def blocks(self) -> Sequence[tuple[MemberId, MemberId]]:
        """All of them: (who blocked, whom)."""
        block = tables.block
        async with self._read() as connection:
            rows = await connection.execute(select(block.c.blocker_id, block.c.blocked_id))
            return [(row.blocker_id, row.blocked_id) for row in rows]

    # ------------------------------------------------------------ both

    async def _count(self, whose: Column[str], member_id: MemberId) -> int:
        query = select(func.count()).where(whose == member_id)
        async with self._read() as connection:
            return int((await connection.execute(query)).scalar_one())

    async def _listed(
        self,
        whose: Column[str],
        other: Column[str],
        member_id: MemberId,
        after: MemberId | None,
        count: int,
    ) -> Sequence[Member]:
        """Members on the other side of a member's rows; banned and waiting people are left out."""
        table: Table = whose.table
        since, member = table.c.since_ms, tables.member
        query = (
            select(member)
            .join(table, other == member.c.member_id)
            .where(whose == member_id, member.c.membership == Membership.MEMBER.value)
        )
        if after is not None:
            last = select(since).where(whose == member_id, other == after).scalar_subquery()
            query = query.where(or_(since < last, and_(since == last, other > after)))
        ordered = query.order_by(since.desc(), other).limit(count)
        async with self._read() as connection:
            return [member_of(row) for row in await connection.execute(ordered)]
