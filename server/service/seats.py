"""Media seats: which person in which room has which media session, and as what.

Keeps the media engine in step with the rooms' roles, mutes and consents. Decides none of them.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field

from server.domain import consent
from server.domain.errors import MediaUnavailableError, NotInRoomError
from server.domain.ids import MediaId, MemberId, RoomId
from server.domain.room import Room
from server.ports import MediaEngine, Seat

_Key = tuple[RoomId, MemberId]


@dataclass(slots=True)
class LiveRoom:
    """A room as it is now; only the holder of the lock replaces it."""

    room: Room
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class MediaSeats:
    """The media sessions of all who are in rooms, one a person at most."""

    def __init__(self, media: MediaEngine) -> None:
        self._media = media
        self._ids: dict[_Key, MediaId] = {}
        self._whose: dict[MediaId, _Key] = {}

    async def open(self, live: LiveRoom, member_id: MemberId) -> tuple[MediaId, str]:
        """A new session in place of an old one, which is closed first: no double voice.

        Raises:
            NotInRoomError: the person left, at the latest while the engine was asked.
            MediaUnavailableError
        """
        key = (live.room.room_id, member_id)
        await self.close(*key)
        media_id = MediaId(secrets.token_hex(8))
        seat = _seat(live.room, member_id, media_id)
        self._ids[key] = media_id
        self._whose[media_id] = key
        try:
            offer = await self._media.open_seat(seat)
        except MediaUnavailableError:
            self.lost(media_id)
            raise
        if self._ids.get(key) != media_id:
            await self._media.close_seat(media_id)
            raise NotInRoomError
        if _seat(live.room, member_id, media_id) != seat:
            await self.update(live.room, member_id)
        return media_id, offer

    async def answer(self, room_id: RoomId, member_id: MemberId, media_id: str, sdp: str) -> None:
        """Pass the browser's answer on, unless it answers an offer that was replaced since.

        Raises:
            SdpTooLargeError, SdpInvalidError, MediaUnavailableError
        """
        newest = self._ids.get((room_id, member_id))
        if newest is not None and newest == media_id:
            await self._media.answer_seat(newest, sdp)

    async def update(self, room: Room, member_id: MemberId) -> None:
        """Enforce what the room says of a person now, where he has a session."""
        media_id = self._ids.get((room.room_id, member_id))
        if media_id is not None and member_id in room.participants:
            await self._media.set_seat(_seat(room, member_id, media_id))

    async def close(self, room_id: RoomId, member_id: MemberId) -> None:
        """Close a person's session, if there is one."""
        media_id = self._ids.get((room_id, member_id))
        if media_id is not None:
            self.lost(media_id)
            await self._media.close_seat(media_id)

    async def close_all(self, room_id: RoomId, members: Iterable[MemberId]) -> None:
        """Close the sessions of a room that ended."""
        for member_id in members:
            await self.close(room_id, member_id)

    def holders(self, media_ids: Iterable[MediaId]) -> set[MemberId]:
        """Whose newest sessions these are; replaced ones are nobody's."""
        return {self._whose[media_id][1] for media_id in media_ids if media_id in self._whose}

    def lost(self, media_id: MediaId) -> None:
        """The engine has no such session any more; the page asks for a new one."""
        key = self._whose.pop(media_id, None)
        if key is not None and self._ids.get(key) == media_id:
            del self._ids[key]

    def all_lost(self) -> None:
        """The engine went away with all sessions."""
        self._ids.clear()
        self._whose.clear()


def _seat(room: Room, member_id: MemberId, media_id: MediaId) -> Seat:
    participant = room.participant(member_id)
    return Seat(
        media_id=media_id,
        room_id=room.room_id,
        csrc=participant.csrc,
        role="speaker" if participant.role.on_stage else "listener",
        muted=participant.muted,
        tap_id=consent.tap_of(room, member_id),
    )
