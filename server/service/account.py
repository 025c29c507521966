"""One's own data: take all of it home, or have all of it erased. Knows nothing of HTTP.

Used by the person himself through the page, and by the operator on his behalf. What belongs to a
person is listed in one place, `server/store/kept.py`, which a test holds against the tables.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from protocol import account as wire
from server.domain.errors import NoSuchMemberError
from server.domain.ids import MemberId
from server.domain.kept import Record
from server.ports import Clock, Store
from server.service.admission import Admission
from server.service.hub import Hub
from server.service.traces import forget_traces


class Leaving(Protocol):
    """Whoever holds people in memory: rooms and plans of a running gate."""

    async def put_out(self, member_id: MemberId) -> None:
        """Out of the room, and his voice with him."""

    async def forget(self, member_id: MemberId) -> None:
        """The account is gone: nothing keeps anything of it."""


class Account:
    """What a person may ask of the house about himself."""

    def __init__(
        self, store: Store, clock: Clock, hub: Hub, admission: Admission, seats: Leaving
    ) -> None:
        self._store = store
        self._clock = clock
        self._hub = hub
        self._admission = admission
        self._seats = seats

    async def export(self, member_id: MemberId) -> wire.AccountExport:
        """Everything that the house keeps about a person.

        Raises:
            NoSuchMemberError, StoreUnavailableError
        """
        if await self._store.member(member_id) is None:
            raise NoSuchMemberError
        kept = await self._store.kept_about(member_id)
        return wire.AccountExport(
            format="masil-account-1",
            exported_at_ms=self._clock.now_ms(),
            kept={_camel(name): _records(rows) for name, rows in kept.sections.items()},
            left_out={_camel(name): why for name, why in kept.left_out.items()},
        )

    async def erase(self, member_id: MemberId) -> None:
        """Erase a person at once: rows, sockets, voice. A ban of his number stays.

        Raises:
            NoSuchMemberError, StoreUnavailableError
        """
        if await self._store.member(member_id) is None:
            raise NoSuchMemberError
        # Out of the room first: a seat must not be saved again for somebody who is gone.
        await self._seats.put_out(member_id)
        async with self._admission.door:
            at_door = await self._store.knock_of(member_id)
            await self._store.erase_member(member_id)
        if at_door is not None:
            self._admission.close_alerts(at_door)
        self._hub.close_member(member_id)
        # Once more, as he may have come back in between.
        await self._seats.put_out(member_id)
        await self._seats.forget(member_id)
        await forget_traces(self._store)

    async def tidy(self) -> None:
        """Overwrite what is left of erased rows where that could not be done at once."""
        await forget_traces(self._store)


def _records(rows: Sequence[Record]) -> list[dict[str, wire.Field]]:
    return [{_camel(name): value for name, value in row.items()} for row in rows]


def _camel(name: str) -> str:
    """Names in the file are written as on the wire: `created_at_ms` becomes `createdAtMs`."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
