"""Somebody goes for good: out of rooms, and out of what is planned. Deletes no row of his."""

from __future__ import annotations

from server.domain.ids import MemberId
from server.service.agenda import Agenda
from server.service.receipts import Receipts
from server.service.rooms import Rooms


class Banning:
    """Whoever is put out after his rows are deleted: by a ban."""

    def __init__(self, rooms: Rooms, agenda: Agenda) -> None:
        self._rooms = rooms
        self._agenda = agenda

    async def put_out(self, member_id: MemberId) -> None:
        """Out of the room, and his voice with him; what he planned is planned no longer.

        Raises:
            StoreUnavailableError
        """
        self._agenda.forget_member(member_id)
        await self._rooms.put_out(member_id)


class Erasure:
    """Whoever is put out first, and forgotten after his rows are deleted: with his account."""

    def __init__(self, rooms: Rooms, agenda: Agenda, receipts: Receipts) -> None:
        self._rooms = rooms
        self._agenda = agenda
        self._receipts = receipts

    async def put_out(self, member_id: MemberId) -> None:
        """Out of the room, and his voice with him.

        Raises:
            StoreUnavailableError
        """
        await self._rooms.put_out(member_id)

    async def forget(self, member_id: MemberId) -> None:
        """The account is gone: nothing here keeps anything of it.

        Raises:
            StoreUnavailableError
        """
        self._agenda.forget_member(member_id)
        self._receipts.forget(member_id)
        await self._rooms.forget(member_id)
