"""Secret calendar addresses: one a member, kept as a hash, taken back or replaced at any time."""

from __future__ import annotations

import hashlib
import secrets

from server.domain.errors import NoSuchScheduledError
from server.domain.ids import MemberId, ScheduledId
from server.domain.member import Member
from server.domain.schedule import Scheduled
from server.ports import Clock, ScheduleStore
from server.service.agenda import Agenda

TOKEN_BYTES = 24


class Calendars:
    """Who may read which calendar. The actor is a member, or whoever has an address."""

    def __init__(self, store: ScheduleStore, clock: Clock, agenda: Agenda) -> None:
        self._store = store
        self._clock = clock
        self._agenda = agenda

    async def since(self, member: Member) -> int | None:
        """When his address was made; None where he has none.

        Raises:
            StoreUnavailableError
        """
        return await self._store.feed_since(member.member_id)

    async def make(self, member: Member) -> str:
        """The token of a new address; an older one is void.

        Raises:
            StoreUnavailableError
        """
        token = secrets.token_urlsafe(TOKEN_BYTES)
        await self._store.save_feed(member.member_id, _hashed(token), self._clock.now_ms())
        return token

    async def revoke(self, member: Member) -> None:
        """No calendar program reads it any more.

        Raises:
            StoreUnavailableError
        """
        await self._store.delete_feed(member.member_id)

    async def behind(self, token: str) -> list[Scheduled]:
        """What whoever has this address may see: what its member sees.

        Raises:
            NoSuchScheduledError: it is none, or was taken back.
            StoreUnavailableError
        """
        owner = await self._store.feed_owner(_hashed(token))
        if owner is None:
            raise NoSuchScheduledError
        return self._agenda.visible_to(owner.member_id)

    def one(self, viewer: MemberId, scheduled_id: ScheduledId) -> Scheduled:
        """One scheduled room, for the calendar of a member.

        Raises:
            NoSuchScheduledError
        """
        return self._agenda.visible(viewer, scheduled_id)


def _hashed(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
