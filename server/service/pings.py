"""Pings: somebody in a room asks somebody who follows him to come in.

Only followers can be asked: they chose to hear from him. Whoever does not follow looks like nobody,
as does whoever is behind a block, which ends follows. Nothing is kept but that a guest may enter;
in memory, for as long as a page shows the question, whom to tell that it is over.
"""

from __future__ import annotations

from protocol import signalling as wire
from server.domain.bucket import BucketEmptyError, Draw, Rate
from server.domain.errors import NoSuchMemberError, PingsTooOftenError
from server.domain.events import RoomEvent
from server.domain.ids import MemberId, RoomId
from server.domain.member import Member, Membership
from server.domain.room import Room
from server.ports import Clock, Store
from server.service import render
from server.service.hub import Connection, Hub
from server.service.limits import Limits
from server.service.rooms import Rooms

PINGS = Rate(30, 3600 * 1000)
SAME_PERSON = Rate(1, 5 * 60 * 1000)
"""Asking the same person into the same room again so soon reaches nobody."""
OPEN_MS = 5 * 60_000
"""So long a page shows a question that nobody answers."""


class Pings:
    """Asks people into rooms."""

    def __init__(self, store: Store, clock: Clock, hub: Hub, limits: Limits, rooms: Rooms) -> None:
        self._store = store
        self._clock = clock
        self._hub = hub
        self._limits = limits
        self._rooms = rooms
        self._open: dict[RoomId, dict[MemberId, int]] = {}
        """Who was asked into which room, and when; bounded by the pace of those who ask."""

    async def ping(self, connection: Connection, member: Member, other_id: MemberId) -> None:
        """Ask a follower into the room that one is in, on his pages or by push.

        Raises:
            NoSuchMemberError: nobody, or nobody who follows the asker.
            NotInRoomError, RoomLockedError, WrongStateError
            NotModeratorError: only moderators ask somebody in to whom the room is not open.
            PingsTooOftenError, StoreUnavailableError
        """
        here = self._rooms.of(connection).room_id
        other = await self._store.member(other_id)
        if other is None or other.membership is not Membership.MEMBER:
            raise NoSuchMemberError
        if not await self._store.follows(other_id, member.member_id):
            raise NoSuchMemberError
        # Counted before anything changes: nobody fills a room's list of guests beyond his pace.
        tells = await self._may_tell(member, other_id, here)
        room = await self._rooms.ask_in(connection, other_id)
        self._rooms.hallway.show(other_id)
        if other_id in room.participants or not tells:
            return
        self._remember(room.room_id, other_id)
        self._hub.to_member(
            other_id,
            wire.Pinged(
                room_id=room.room_id,
                title=room.title,
                by=render.person(member),
                pinged_at_ms=self._clock.now_ms(),
            ),
        )

    def follow(self, _: Room, after: Room, __: tuple[RoomEvent, ...]) -> None:
        """A room changed: the question is over for who came in, and for all when it ended."""
        asked = self._open.get(after.room_id)
        if asked is None:
            return
        over = [who for who in asked if after.ended or who in after.participants]
        for who in over:
            del asked[who]
            self._hub.to_member(who, wire.PingClosed(room_id=after.room_id))
        if not asked:
            del self._open[after.room_id]

    def remembered(self) -> int:
        """How many questions are in memory."""
        return sum(len(asked) for asked in self._open.values())

    def _remember(self, room_id: RoomId, member_id: MemberId) -> None:
        now_ms = self._clock.now_ms()
        known = self._open.get(room_id, {})
        young = {who: at_ms for who, at_ms in known.items() if now_ms - at_ms < OPEN_MS}
        self._open[room_id] = {**young, member_id: now_ms}

    async def _may_tell(self, member: Member, other_id: MemberId, room_id: RoomId) -> bool:
        mine = self._limits.hashed(b"ping\0" + member.member_id.encode())
        who_where = "\0".join((member.member_id, other_id, room_id)).encode()
        same = self._limits.hashed(b"ping-same\0" + who_where)
        draws = [Draw("ping", (mine,), PINGS), Draw("ping-same", (same,), SAME_PERSON)]
        try:
            await self._store.draw(draws, self._clock.now_ms())
        except BucketEmptyError as refusal:
            if refusal.name == "ping-same":
                return False
            raise PingsTooOftenError from None
        return True
