"""Media seats: which person in which room has which media session, and as what.

Keeps the media engine in step with the rooms' roles, mutes and consents. Decides none of them.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

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
    """The media sessions of all who are in rooms: one a person, and at a renewal an older one too.

    The older one is heard until the newer one is connected, when the engine ends it.
    """

    def __init__(self, media: MediaEngine) -> None:
        self._media = media
        self._ids: dict[_Key, list[MediaId]] = {}
        """The sessions of each person, the newest last."""
        self._whose: dict[MediaId, _Key] = {}

    async def open(
        self, live: LiveRoom, member_id: MemberId, replaces: str | None = None
    ) -> tuple[MediaId, str]:
        """A new session; of the person's others only the one that it replaces goes on until then.

        Raises:
            NotInRoomError: the person left, at the latest while the engine was asked.
            MediaUnavailableError
        """
        key = (live.room.room_id, member_id)
        older = await self._close_but(key, replaces)
        media_id = MediaId(secrets.token_hex(8))
        seat = _seat(live.room, member_id, media_id)
        self._ids.setdefault(key, []).append(media_id)
        self._whose[media_id] = key
        try:
            offer = await self._media.open_seat(replace(seat, replaces=older))
        except MediaUnavailableError:
            self.lost(media_id)
            raise
        if media_id not in self._whose:
            await self._media.close_seat(media_id)
            raise NotInRoomError
        if _seat(live.room, member_id, media_id) != seat:
            await self.update(live.room, member_id)
        return media_id, offer

    async def _close_but(self, key: _Key, spared: str | None) -> MediaId | None:
        """Close a person's sessions but this one, where it is his; returns it then."""
        mine = self._ids.pop(key, [])
        kept = [media_id for media_id in mine if media_id == spared]
        if kept:
            self._ids[key] = kept
        for media_id in mine:
            if media_id not in kept:
                del self._whose[media_id]
                await self._media.close_seat(media_id)
        return kept[0] if kept else None

    async def answer(self, room_id: RoomId, member_id: MemberId, media_id: str, sdp: str) -> None:
        """Pass the browser's answer on, unless it answers an offer that was replaced since.

        Raises:
            SdpTooLargeError, SdpInvalidError, MediaUnavailableError
        """
        if self._is_newest((room_id, member_id), media_id):
            await self._media.answer_seat(MediaId(media_id), sdp)

    async def update(self, room: Room, member_id: MemberId) -> None:
        """Enforce what the room says of a person now, on every session he has."""
        for media_id in self._ids.get((room.room_id, member_id), []):
            if member_id in room.participants:
                await self._media.set_seat(_seat(room, member_id, media_id))

    async def close(self, room_id: RoomId, member_id: MemberId) -> None:
        """Close a person's sessions, if there are any."""
        await self._close_but((room_id, member_id), None)

    async def close_all(self, room_id: RoomId, members: Iterable[MemberId]) -> None:
        """Close the sessions of a room that ended."""
        for member_id in members:
            await self.close(room_id, member_id)

    def holders(self, media_ids: Iterable[MediaId]) -> set[MemberId]:
        """Whose newest sessions these are; replaced ones are nobody's."""
        keys = {media_id: self._whose.get(media_id) for media_id in media_ids}
        return {key[1] for media_id, key in keys.items() if key and self._is_newest(key, media_id)}

    async def connected(self, media_id: MediaId) -> None:
        """Voices flow: what this session replaces has ended, on whichever worker it was."""
        key = self._whose.get(media_id)
        if key is not None and self._is_newest(key, media_id):
            await self._close_but(key, media_id)

    def lost(self, media_id: MediaId) -> tuple[RoomId, MemberId] | None:
        """The engine has no such session any more; who is without a session now, if anybody."""
        key = self._whose.pop(media_id, None)
        if key is None:
            return None
        self._ids[key].remove(media_id)
        if self._ids[key]:
            return None
        del self._ids[key]
        return key

    def _is_newest(self, key: _Key, media_id: str) -> bool:
        return self._ids.get(key, [""])[-1] == media_id

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
