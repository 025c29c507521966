"""Places: in which room each person has a seat, and by which session he took it.

One person, one room, one session. Knows neither roles nor voices.
"""

from __future__ import annotations

from collections.abc import Iterable

from server.domain.ids import MemberId, RoomId


class Places:
    """Of all rooms of this gate."""

    def __init__(self) -> None:
        self._rooms: dict[MemberId, RoomId] = {}
        self._sessions: dict[MemberId, bytes] = {}
        """By the hash of the token; missing after a restart, when nobody is heard anyway."""

    def restore(self, members: Iterable[MemberId], room_id: RoomId) -> None:
        """Seats that were saved before a restart."""
        self._rooms.update(dict.fromkeys(members, room_id))

    def room_of(self, member_id: MemberId) -> RoomId | None:
        """Where a person has a seat."""
        return self._rooms.get(member_id)

    def take(self, member_id: MemberId, room_id: RoomId, token_hash: bytes) -> RoomId | None:
        """A session takes a seat; returns the other room that the person had one in."""
        elsewhere = self._rooms.get(member_id)
        self._rooms[member_id] = room_id
        self._sessions[member_id] = token_hash
        return elsewhere if elsewhere != room_id else None

    def free(self, member_id: MemberId, room_id: RoomId) -> None:
        """A person left a room; nothing changes where he has a seat in another one."""
        if self._rooms.get(member_id) == room_id:
            del self._rooms[member_id]
            self._sessions.pop(member_id, None)

    def is_held_by(self, member_id: MemberId, token_hash: bytes) -> bool:
        """Whether it was this session that took the person's seat."""
        return self._sessions.get(member_id) == token_hash

    def pass_on(self, member_id: MemberId, old_hash: bytes, new_hash: bytes) -> None:
        """The seat of one session is another's now."""
        if self.is_held_by(member_id, old_hash):
            self._sessions[member_id] = new_hash
