"""Contacts: the numbers that a member gives, kept as keyed hashes until they are over.

Never keeps, returns or logs a number: numbers live for the length of one call and leave as hashes.
Who is asked about a newcomer is decided in `admission.py`.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence

from protocol import signalling as wire
from protocol.errors import ErrorCode
from server.domain.contact import (
    CONTACTS_MAX,
    CONTACTS_PER_DAY_MAX,
    DAY_MS,
    contact_hash,
    contact_id,
    number_hash,
)
from server.domain.errors import BadNumberError, ContactsFullError
from server.domain.ids import ContactHash, MemberId
from server.domain.member import Member, require_member
from server.ports import Clock, Store
from server.service import render
from server.service.admission import Admission
from server.service.hub import Hub
from server.service.limits import Limits
from server.service.numbers import e164

NUMBERS_TRIED_A_DAY_MAX = 4 * CONTACTS_MAX


class Contacts:
    """All members' contacts.

    New ones are kept behind the door of `admission`, so that a newcomer who knocks meanwhile is
    not missed by both.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        hub: Hub,
        limits: Limits,
        admission: Admission,
        pepper: bytes,
        lifetime_ms: int,
    ) -> None:
        self._store = store
        self._clock = clock
        self._hub = hub
        self._limits = limits
        self._admission = admission
        self._pepper = pepper
        self._lifetime_ms = lifetime_ms

    async def add(self, member: Member, command: wire.AddContacts) -> wire.ContactsAdded:
        """Keep numbers as hashes, and ask the member about newcomers who wait with one of them.

        Raises:
            NotAdmittedError, ContactsFullError, StoreUnavailableError
        """
        require_member(member)
        await self._limits.require(
            b"numbers\0" + member.member_id.encode(),
            DAY_MS,
            amount=len(command.numbers),
            at_most=NUMBERS_TRIED_A_DAY_MAX,
            refusal=ContactsFullError,
        )
        # Five hundred numbers take long enough to be noticed by everybody else.
        good = await asyncio.to_thread(_normalised, command.numbers, command.region)
        now_ms = self._clock.now_ms()
        expires_at_ms = now_ms + self._lifetime_ms
        hashes = {i: contact_hash(self._pepper, member.member_id, n) for i, n in good.items()}
        async with self._admission.door:
            kept = await self._keep(member.member_id, list(hashes.values()), now_ms, expires_at_ms)
        numbers = {number_hash(self._pepper, full): hashes[i] for i, full in good.items()}
        for newcomer in await self._store.newcomers(list(numbers)):
            await self._admission.ask_about(member, newcomer, numbers[newcomer.number_hash])
        await self._tell(member)
        rejected = [
            wire.RejectedNumber(index=index, code=ErrorCode.BAD_NUMBER)
            for index in range(len(command.numbers))
            if index not in good
        ]
        added = [
            wire.AddedContact(index=i, contact_id=contact_id(digest))
            for i, digest in hashes.items()
        ]
        return wire.ContactsAdded(
            id=command.id, added=added, rejected=rejected, kept=kept, expires_at_ms=expires_at_ms
        )

    async def of(self, member: Member) -> wire.ContactsView:
        """What is kept for a member, and whether he is asked.

        Raises:
            StoreUnavailableError
        """
        kept = await self._store.contacts_kept(member.member_id)
        return render.contacts(kept, member)

    async def forget(self, member: Member) -> None:
        """Delete them all.

        Raises:
            NotAdmittedError, StoreUnavailableError
        """
        require_member(member)
        await self._store.forget_contacts(member.member_id)
        await self._tell(member)

    async def set_asks_me(self, member: Member, *, asks_me: bool) -> None:
        """Whether a member wants to be asked about newcomers whose number he holds.

        Raises:
            NotAdmittedError, StoreUnavailableError
        """
        await self._tell(await self._admission.set_asks_me(member, asks_me=asks_me))

    async def _tell(self, member: Member) -> None:
        """The member's own pages, on all his devices."""
        changed = wire.ContactsChanged(contacts=await self.of(member))
        self._hub.to_member(member.member_id, changed)

    async def _keep(
        self, member_id: MemberId, hashes: list[ContactHash], now_ms: int, expires_at_ms: int
    ) -> int:
        async with self._store.transaction():
            before = await self._store.count_contacts(member_id)
            kept = await self._store.add_contacts(member_id, hashes, now_ms, expires_at_ms)
            if kept > CONTACTS_MAX:
                raise ContactsFullError
            await self._limits.require(
                b"contacts\0" + member_id.encode(),
                DAY_MS,
                amount=kept - before,
                at_most=CONTACTS_PER_DAY_MAX,
                refusal=ContactsFullError,
            )
        return kept


def _normalised(numbers: Sequence[str], region: str) -> dict[int, str]:
    """Those that are phone numbers, by their place in the list."""
    good: dict[int, str] = {}
    for index, typed in enumerate(numbers):
        with contextlib.suppress(BadNumberError):
            good[index] = e164(typed, region)
    return good
