"""How fast one person may do something in one room: buckets in memory, gone with the room."""

from __future__ import annotations

from server.domain import bucket
from server.domain.bucket import Bucket, Rate
from server.domain.errors import TooFastError
from server.domain.ids import MemberId, RoomId
from server.domain.room import Room
from server.ports import Clock


class Paces:
    """One bucket for each person in each room."""

    def __init__(self, rate: Rate, clock: Clock) -> None:
        self._rate = rate
        self._clock = clock
        self._buckets: dict[RoomId, dict[MemberId, Bucket]] = {}

    def require(self, room_id: RoomId, member_id: MemberId) -> None:
        """Take one token.

        Raises:
            TooFastError: there is none.
        """
        mine = self._buckets.setdefault(room_id, {})
        left = bucket.take(mine.get(member_id), self._rate, self._clock.monotonic_ms())
        if left is None:
            raise TooFastError
        mine[member_id] = left

    def follow(self, room: Room) -> None:
        """Forget those who left, and the room where it has ended."""
        if room.ended:
            self._buckets.pop(room.room_id, None)
        elif mine := self._buckets.get(room.room_id):
            for member_id in mine.keys() - room.participants.keys():
                del mine[member_id]
