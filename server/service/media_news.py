"""What the media engine tells by itself, for the pages: voices that went, came back or moved.

Decides nothing about rooms or roles.
"""

from __future__ import annotations

from protocol import signalling as wire
from server.domain.ids import MemberId, RoomId
from server.ports import (
    CONSENT_EXPIRED,
    MediaEngine,
    MediaUpChanged,
    SeatConnected,
    SeatLost,
    SeatsMoved,
)
from server.service.hub import Hub
from server.service.seats import MediaSeats


class MediaNews:
    """Follows one media engine."""

    def __init__(self, media: MediaEngine, seats: MediaSeats, hub: Hub) -> None:
        self._media = media
        self._seats = seats
        self._hub = hub
        self.up = False
        """Whether voices can be carried now."""

    async def follow(self) -> None:
        """Tell pages when voices go and come back, and those of a room when it moves."""
        async for event in self._media.events():
            match event:
                case MediaUpChanged(up):
                    self.up = up
                    if not up:
                        self._seats.all_lost()
                    self._hub.to_everybody(wire.MediaUp(up=up))
                case SeatLost(media_id, reason):
                    self._tell_lost(self._seats.lost(media_id), reason)
                case SeatsMoved(room_id, media_ids):
                    moved = self._seats.holders(media_ids)
                    inside = [c for c in self._hub.in_room(room_id) if c.member_id in moved]
                    self._hub.broadcast(inside, wire.MediaUp(up=True))
                case SeatConnected(media_id):
                    await self._seats.connected(media_id)

    def _tell_lost(self, owner: tuple[RoomId, MemberId] | None, reason: str) -> None:
        """A page that slept learns of its lost consent here; of other ends it knows by itself."""
        if owner is not None and reason == CONSENT_EXPIRED:
            room_id, member_id = owner
            his = [c for c in self._hub.in_room(room_id) if c.member_id == member_id]
            self._hub.broadcast(his, wire.MediaUp(up=True))
