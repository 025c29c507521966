"""Admission: who is asked about a newcomer, and who lets him in.

Never keeps, returns or logs a number: numbers live for the length of one call and leave as hashes.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import replace

from protocol import signalling as wire
from server.domain import knock as knocks
from server.domain.contact import contact_hash, contact_id
from server.domain.entry import Entry, Way
from server.domain.errors import KnockClosedError, NotSignedInError
from server.domain.ids import ContactHash, ContactId, KnockId, MemberId
from server.domain.knock import Asked, Knock, KnockState
from server.domain.member import Member, Membership, require_member
from server.ports import Clock, Store
from server.service import render
from server.service.hub import Hub
from server.service.traces import forget_traces

MATCH_IN_THREAD_FROM = 1_000
FORGET_CONTACTS = "forget expired contacts"
EXPIRE_KNOCKS = "expire knocks"
"""Jobs, as `masil doctor` names them."""


class Admission:
    """Knocks."""

    def __init__(self, store: Store, clock: Clock, hub: Hub, pepper: bytes) -> None:
        self._store = store
        self._clock = clock
        self._hub = hub
        self._pepper = pepper
        self.door = asyncio.Lock()
        """Held while it is decided who is in: whoever knocks, is let in, banned or erased. That is
        rare, and must neither be missed nor done twice."""

    async def knock(self, newcomer: Member, full: str) -> Knock | None:
        """A newcomer knocks, and all members who hold his number and want to be asked are.

        One who signs in again goes on waiting with the same knock: None. The door is held.
        """
        if await self._store.knock_of(newcomer.member_id):
            return None
        holders = await self.holders_of(full)
        willing = await self._store.may_be_asked(
            newcomer.member_id, [member_id for member_id, _ in holders]
        )
        asked = tuple(
            Asked(member_id, contact) for member_id, contact in holders if member_id in willing
        )
        at_door = knocks.knock(
            KnockId(secrets.token_hex(8)), newcomer.member_id, asked, self._clock.now_ms()
        )
        await self._store.save_knock(at_door)
        return at_door

    async def holders_of(self, full: str) -> Sequence[tuple[MemberId, ContactId]]:
        """Which members hold a number: one keyed hash for each of them, then an indexed look-up.

        Raises:
            StoreUnavailableError
        """
        return await self._store.holders(await self._hashes_of_everybody(full))

    async def _hashes_of_everybody(self, full: str) -> Sequence[ContactHash]:
        members = await self._store.member_ids()
        if len(members) < MATCH_IN_THREAD_FROM:
            return _hashes(self._pepper, members, full)
        return await asyncio.to_thread(_hashes, self._pepper, members, full)

    def alert(self, at_door: Knock, newcomer: Member) -> None:
        """Tell everybody who was asked that somebody is at the door."""
        for asked in at_door.asked:
            view = render.knock(at_door, newcomer, asked)
            self._hub.to_member(asked.member_id, wire.Knocked(knock=view))

    async def knocks_for(self, member: Member) -> list[wire.KnockView]:
        """The newcomers this member is asked about now, oldest first."""
        waiting = await self._store.waiting_knocks(member.member_id)
        return [
            render.knock(at_door, newcomer, asked)
            for at_door, newcomer in waiting
            if (asked := at_door.alerts(member.member_id))
        ]

    async def admit(self, by: Member, knock_id: KnockId) -> MemberId:
        """Let a newcomer in and return his id; the first who does it wins.

        Raises:
            NotAdmittedError, NotAskedError, KnockClosedError, StoreUnavailableError
        """
        require_member(by)
        async with self.door, self._store.transaction():
            at_door = knocks.admit(await self._open_knock(knock_id), by.member_id)
            newcomer = await self._store.member(at_door.newcomer_id)
            if newcomer is None:
                raise KnockClosedError
            newcomer = replace(newcomer, membership=Membership.MEMBER)
            await self._store.save_member(newcomer)
            await self._store.save_knock(at_door)
            now_ms = self._clock.now_ms()
            await self._store.save_entry(Entry(newcomer.member_id, by.member_id, Way.KNOCK, now_ms))
        self.close_alerts(at_door)
        self.open_door(newcomer)
        return newcomer.member_id

    async def ignore(self, by: Member, knock_id: KnockId) -> None:
        """Close the alert for one member only.

        Raises:
            NotAdmittedError, NotAskedError, KnockClosedError
        """
        require_member(by)
        async with self.door:
            at_door = knocks.ignore(await self._open_knock(knock_id), by.member_id)
            await self._store.save_knock(at_door)
        self._hub.to_member(by.member_id, wire.KnockClosed(knock_id=knock_id))

    async def withdraw(self, newcomer: Member) -> None:
        """The newcomer goes home, and his account with him.

        Raises:
            KnockClosedError: he was let in already.
        """
        async with self.door:
            now = await self._store.member(newcomer.member_id)
            if now is None or now.membership is Membership.MEMBER:
                raise KnockClosedError
            at_door = await self._store.knock_of(newcomer.member_id)
            await self._store.erase_member(newcomer.member_id)
        await forget_traces(self._store)
        if at_door:
            self.close_alerts(at_door)
        self._hub.close_member(newcomer.member_id)

    async def set_asks_me(self, member: Member, *, asks_me: bool) -> Member:
        """Whether a member wants to be asked; returns him as he is now.

        Alerts that are open go, and come back, with it.

        Raises:
            NotAdmittedError, NotSignedInError, StoreUnavailableError
        """
        require_member(member)
        async with self.door, self._store.transaction():
            shown = await self.knocks_for(member)
            now = replace(await self._resident(member), asks_me=asks_me)
            await self._store.save_member(now)
            wanted = await self.knocks_for(now)
        for knock in shown:
            self._hub.to_member(member.member_id, wire.KnockClosed(knock_id=knock.knock_id))
        for knock in wanted:
            self._hub.to_member(member.member_id, wire.Knocked(knock=knock))
        return now

    async def _resident(self, member: Member) -> Member:
        now = await self._store.member(member.member_id)
        if now is None:
            raise NotSignedInError
        return now

    async def tidy(self) -> None:
        """Forget contacts and knocks whose time is over, and keep a note of having done so.

        Raises:
            StoreUnavailableError
        """
        now_ms = self._clock.now_ms()
        forgotten = await self._store.delete_expired_contacts(now_ms)
        await self._store.save_job_run(FORGET_CONTACTS, now_ms, forgotten)
        expired = 0
        for stale in await self._store.stale_knocks(now_ms - knocks.KNOCK_LIFETIME_MS):
            async with self.door:
                at_door = await self._store.knock(stale.knock_id)
                if at_door is None or at_door.state is not KnockState.WAITING:
                    continue
                await self._store.save_knock(knocks.expire(at_door, now_ms))
            self.close_alerts(at_door)
            expired += 1
        await self._store.save_job_run(EXPIRE_KNOCKS, now_ms, expired)

    async def _open_knock(self, knock_id: KnockId) -> Knock:
        at_door = await self._store.knock(knock_id)
        if at_door is None:
            raise KnockClosedError
        return at_door

    def close_alerts(self, at_door: Knock) -> None:
        """Take the alert away from everybody who still sees it."""
        closed = wire.KnockClosed(knock_id=at_door.knock_id)
        for asked in at_door.asked:
            if not asked.ignored:
                self._hub.to_member(asked.member_id, closed)

    def open_door(self, newcomer: Member) -> None:
        """Tell a newcomer that he is a member now."""
        for connection in self._hub.of_member(newcomer.member_id):
            connection.admitted = True
        self._hub.to_member(newcomer.member_id, wire.Admitted(me=render.me(newcomer)))

    async def ask_about(self, member: Member, newcomer: Member, digest: ContactHash) -> None:
        """Ask a member, who holds the number since now, about a newcomer who waits already.

        Raises:
            StoreUnavailableError
        """
        async with self.door:
            if not await self._store.may_be_asked(newcomer.member_id, [member.member_id]):
                return
            at_door = await self._store.knock_of(newcomer.member_id)
            if at_door is None or any(a.member_id == member.member_id for a in at_door.asked):
                return
            at_door = knocks.ask(at_door, member.member_id, contact_id(digest))
            await self._store.save_knock(at_door)
        asked = at_door.alerts(member.member_id)
        if asked:
            view = render.knock(at_door, newcomer, asked)
            self._hub.to_member(member.member_id, wire.Knocked(knock=view))


def _hashes(pepper: bytes, members: Sequence[MemberId], full: str) -> Sequence[ContactHash]:
    return [contact_hash(pepper, member_id, full) for member_id in members]
