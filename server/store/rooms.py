"""Rows of rooms that have not ended: seats, roles, bans, guests, so that they outlive a restart.

An ended room leaves no row behind. Consents are never written.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select

from server.domain.ids import MemberId, RoomId
from server.domain.kind import Kind
from server.domain.room import Participant, Role, Room
from server.store import tables
from server.store.database import BUSY_TIMEOUT_MS, Database, Row


class SqlRooms(Database):
    """Implements `ports.RoomStore`."""

    def __init__(self, url: str, *, busy_timeout_ms: int = BUSY_TIMEOUT_MS) -> None:
        super().__init__(url, busy_timeout_ms=busy_timeout_ms)
        self._saved: dict[RoomId, Room] = {}
        """Live rooms as they were last committed: only seats that differ are written again."""

    async def save_room(self, room: Room) -> None:
        """Insert or update one room with its participants; an ended room is deleted."""
        async with self._write() as transaction:
            # Taken out until the commit: after a rollback the next save writes all seats.
            before = self._saved.pop(room.room_id, None)
            if room.ended:
                table = tables.room
                await transaction.connection.execute(
                    delete(table).where(table.c.room_id == room.room_id)
                )
                return
            await self._upsert(tables.room, [_room_row(room)])
            await self._delete_seats(room, before)
            await self._upsert(tables.room_participant, _changed_seats(room, before))
            await self._save_bans(room, before)
            await self._save_guests(room, before)
            transaction.after_commit.append(lambda: self._saved.update({room.room_id: room}))

    async def live_rooms(self) -> Sequence[Room]:
        """All rooms that have not ended, for a gate that starts; oldest first."""
        room, seat, ban = tables.room, tables.room_participant, tables.room_ban
        seats: dict[str, dict[MemberId, Participant]] = {}
        banned: dict[str, dict[MemberId, str]] = {}
        guests: dict[str, set[MemberId]] = {}
        async with self._read() as connection:
            for row in await connection.execute(select(seat).order_by(seat.c.csrc)):
                participant = Participant(
                    row.member_id,
                    row.name,
                    Role(row.role),
                    row.csrc,
                    row.joined_at_ms,
                    row.muted,
                    row.hand_raised_at_ms,
                    row.invited,
                    row.away_since_ms,
                    held=row.held,
                    unmute_asked_at_ms=row.unmute_asked_at_ms,
                )
                seats.setdefault(row.room_id, {})[row.member_id] = participant
            for row in await connection.execute(select(ban)):
                banned.setdefault(row.room_id, {})[row.member_id] = row.name
            for row in await connection.execute(select(tables.room_guest)):
                guests.setdefault(row.room_id, set()).add(row.member_id)
            rows = await connection.execute(
                select(room).order_by(room.c.opened_at_ms, room.c.room_id)
            )
            return [
                Room(
                    row.room_id,
                    row.title,
                    row.opened_at_ms,
                    row.revision,
                    captions_on=row.captions_on,
                    next_csrc=row.next_csrc,
                    participants=seats.get(row.room_id, {}),
                    locked=row.locked,
                    banned=banned.get(row.room_id, {}),
                    kind=Kind(row.kind),
                    guests=frozenset(guests.get(row.room_id, ())),
                    chat_on=row.chat_on,
                    captions_kept_min=row.captions_kept_min,
                )
                for row in rows
            ]

    async def _delete_seats(self, room: Room, before: Room | None) -> None:
        seat = tables.room_participant
        statement = delete(seat).where(seat.c.room_id == room.room_id)
        async with self._write() as transaction:
            if before is None:
                await transaction.connection.execute(statement)
                return
            for member_id in before.participants.keys() - room.participants.keys():
                await transaction.connection.execute(statement.where(seat.c.member_id == member_id))

    async def _save_bans(self, room: Room, before: Room | None) -> None:
        known = before.banned if before else {}
        if room.banned is known:
            return
        ban = tables.room_ban
        statement = delete(ban).where(ban.c.room_id == room.room_id)
        async with self._write() as transaction:
            if before is None:
                await transaction.connection.execute(statement)
            for member_id in known.keys() - room.banned.keys():
                await transaction.connection.execute(statement.where(ban.c.member_id == member_id))
            await self._upsert(
                ban,
                [
                    {"room_id": room.room_id, "member_id": member_id, "name": name}
                    for member_id, name in room.banned.items()
                    if member_id not in known
                ],
            )

    async def _save_guests(self, room: Room, before: Room | None) -> None:
        known = before.guests if before else frozenset()
        if room.guests is known:
            return
        guest = tables.room_guest
        statement = delete(guest).where(guest.c.room_id == room.room_id)
        async with self._write() as transaction:
            if before is None:
                await transaction.connection.execute(statement)
            for member_id in known - room.guests:
                await transaction.connection.execute(
                    statement.where(guest.c.member_id == member_id)
                )
            rows = [{"room_id": room.room_id, "member_id": each} for each in room.guests - known]
            await self._upsert(guest, rows)


def _room_row(room: Room) -> Row:
    return {
        "room_id": room.room_id,
        "title": room.title,
        "opened_at_ms": room.opened_at_ms,
        "revision": room.revision,
        "captions_on": room.captions_on,
        "next_csrc": room.next_csrc,
        "locked": room.locked,
        "kind": room.kind.value,
        "chat_on": room.chat_on,
        "captions_kept_min": room.captions_kept_min,
    }


def _changed_seats(room: Room, before: Room | None) -> list[Row]:
    known = before.participants if before else {}
    return [
        _seat_row(room.room_id, participant)
        for member_id, participant in room.participants.items()
        if known.get(member_id) is not participant
    ]


def _seat_row(room_id: RoomId, participant: Participant) -> Row:
    return {
        "room_id": room_id,
        "member_id": participant.member_id,
        "name": participant.name,
        "role": participant.role.value,
        "csrc": participant.csrc,
        "joined_at_ms": participant.joined_at_ms,
        "muted": participant.muted,
        "hand_raised_at_ms": participant.hand_raised_at_ms,
        "invited": participant.invited,
        "away_since_ms": participant.away_since_ms,
        "held": participant.held,
        "unmute_asked_at_ms": participant.unmute_asked_at_ms,
    }
