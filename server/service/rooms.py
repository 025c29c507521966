"""Rooms: what people do to them, from coming in to being let go. Never touches a voice or a word.

Each change goes through `live_rooms.py`, which saves it before anybody is told.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Iterable
from dataclasses import replace

import structlog

from protocol import signalling as wire
from server.domain import coming, consent, entrance, moderation, succession
from server.domain import room as rules
from server.domain.errors import (
    MediaUnavailableError,
    NotInRoomError,
    NotSignedInError,
    RoomFullError,
    RoomNotFoundError,
    StoreUnavailableError,
)
from server.domain.events import RoomEvent
from server.domain.ids import MediaId, MemberId, RoomId
from server.domain.kind import Kind
from server.domain.member import Member
from server.domain.roles import Command
from server.domain.room import Change, Room
from server.ports import (
    Clock,
    MediaEngine,
)
from server.service import render
from server.service.announcer import Announcer
from server.service.blocks import Blocks
from server.service.captions import Captions
from server.service.circles import Circles
from server.service.hallway import Hallway
from server.service.hub import Connection, Hub
from server.service.live_rooms import LiveRooms, RoomsStore, Watcher
from server.service.locks import Locks
from server.service.media_news import MediaNews
from server.service.missed import MissedNews, Told
from server.service.places import Places
from server.service.seats import LiveRoom, MediaSeats

log = structlog.get_logger(__name__)

ROOMS_MAX = 2_000
EVERY_S = 1.0
"""How often seats expire, and how often the hallway is shown at most."""


class Rooms:
    """All live rooms of this gate."""

    def __init__(
        self,
        store: RoomsStore,
        clock: Clock,
        media: MediaEngine,
        captions: Captions,
        hub: Hub,
        blocks: Blocks,
        *,
        every_s: float = EVERY_S,
    ) -> None:
        self._store = store
        self._clock = clock
        self._captions = captions
        self._hub = hub
        self._seats = MediaSeats(media)
        self._announcer = Announcer(hub, captions, self._seats)
        self._places = Places()
        self._missed = MissedNews()
        self._coming: Locks[MemberId] = Locks()
        self.circles = Circles(store)
        self._live = LiveRooms(store, self.circles, self._publish)
        self.media_news = MediaNews(media, self._seats, hub)
        self.hallway = Hallway(hub, captions, blocks, self.circles, self._live_rooms, self._room_of)
        self._hallway_changed = captions.topics_changed
        self._every_s = every_s

    # ------------------------------------------------------------ looking

    def _live_rooms(self) -> Iterable[Room]:
        return (live.room for live in self._live.all())

    def _room_of(self, member_id: MemberId) -> Room | None:
        live = self._live.get(self._places.room_of(member_id))
        return live.room if live else None

    def view(self, connection: Connection) -> wire.RoomView:
        """The room that a connection is in.

        Raises:
            NotInRoomError
        """
        room = self._inside(connection).room
        return render.room(room, self._captions.topics(room.room_id), connection.member_id)

    def bans(self, connection: Connection) -> dict[MemberId, str]:
        """Who is banned from the room, with the names they had; for moderators.

        Raises:
            NotInRoomError, NotModeratorError
        """
        room = self._inside(connection).room
        rules.authorise(room, Command.LIST_ROOM_BANS, connection.member_id)
        return dict(room.banned)

    def take_missed(self, connection: Connection) -> list[Told]:
        """What happened to a person who is back, while his connection was away; told once."""
        room_id = self._inside(connection).room.room_id
        return self._missed.take(room_id, connection.member_id)

    def of(self, connection: Connection) -> Room:
        """The room that a connection is in, as it is now.

        Raises:
            NotInRoomError
        """
        return self._inside(connection).room

    def live(self, room_id: RoomId) -> Room | None:
        """A room as it is now, unless it has ended."""
        live = self._live.get(room_id)
        return live.room if live else None

    def watch(self, watcher: Watcher) -> None:
        """Tell this one of every change, right after those in the room."""
        self._live.watch(watcher)

    def _inside(self, connection: Connection) -> LiveRoom:
        live = self._live.get(connection.room_id)
        if live is None:
            raise NotInRoomError
        return live

    # ------------------------------------------------------------ coming and going

    async def load(self) -> None:
        """After a start: live rooms come back with everybody away and no consent at all.

        Raises:
            StoreUnavailableError
        """
        now_ms = self._clock.now_ms()
        for room in await self._store.live_rooms():
            seats = {
                k: replace(p, away_since_ms=now_ms, consent=None)
                for k, p in room.participants.items()
            }
            room = replace(room, participants=seats, captions_on=False, revision=room.revision + 1)
            room = succession.resume(room, now_ms)
            await self._live.restore(room)
            self._places.restore(seats, room.room_id)

    async def open(
        self, connection: Connection, opener: Member, title: str, kind: Kind = Kind.OPEN
    ) -> RoomId:
        """A new room; the opener has a minute to take his seat.

        Raises:
            NotAdmittedError, BadTitleError, RoomFullError, StoreUnavailableError
            NotSignedInError: his session was ended meanwhile.
        """
        if len(self._live) >= ROOMS_MAX:
            raise RoomFullError
        room_id = RoomId(secrets.token_urlsafe(9))
        room, _ = coming.open_room(room_id, title, opener, self._clock.now_ms(), kind)
        async with self._coming.of(opener.member_id):
            _require_live(connection)
            await self._live.add(room)
            await self._leave_room(opener.member_id, self._take_place(connection, room_id))
        self._hallway_changed.set()
        return room_id

    async def join(
        self,
        connection: Connection,
        member: Member,
        room_id: RoomId,
        replaces: str | None = None,
    ) -> tuple[wire.RoomView, MediaId | None, str | None]:
        """Enter, or come back to one's seat; the offer is missing while media is away.

        `replaces` is the page's own session, which is heard until the new one is connected; that
        of another device is unknown to the page, and ends now.

        Raises:
            NotAdmittedError, RoomNotFoundError, RoomPrivateError, RoomFullError,
            BannedFromRoomError, RoomLockedError, StoreUnavailableError
            NotSignedInError: his session was ended meanwhile.
        """
        async with self._coming.of(member.member_id):
            _require_live(connection)
            live = self._live.get(room_id)
            if live is None:
                raise RoomNotFoundError
            now_ms = self._clock.now_ms()
            await self._change(
                live, lambda room: coming.join(room, member, now_ms, self.circles.around(room))
            )
            elsewhere = self._take_place(connection, room_id)
            # At once, or the next `let_go` would take the newcomer for absent.
            self._hub.enter_room(connection, room_id)
            await self._leave_room(member.member_id, elsewhere)
            try:
                media_id, sdp = await self._seats.open(live, member.member_id, replaces)
            except MediaUnavailableError:
                return self.view(connection), None, None
            return self.view(connection), media_id, sdp

    async def renew_media(
        self, connection: Connection, replaces: str | None = None
    ) -> tuple[MediaId, str]:
        """A new media session in place of another one, as in `join`.

        Raises:
            NotInRoomError, MediaUnavailableError
        """
        return await self._seats.open(self._inside(connection), connection.member_id, replaces)

    async def answer_media(self, connection: Connection, media_id: str, sdp: str) -> None:
        """Take the browser's answer to the newest offer; an older one's is ignored.

        Raises:
            NotInRoomError, SdpTooLargeError, SdpInvalidError, MediaUnavailableError
        """
        room_id = self._inside(connection).room.room_id
        await self._seats.answer(room_id, connection.member_id, media_id, sdp)

    async def leave(self, connection: Connection) -> None:
        """Leave for good.

        Raises:
            NotInRoomError, StoreUnavailableError
        """
        live = self._inside(connection)
        await self._change(live, lambda room: coming.leave(room, connection.member_id))
        self._hub.exit_room(connection)
        connection.send(wire.Hallway(rooms=self.hallway.cards_for(connection.member_id)))

    async def rename(self, member_id: MemberId, name: str) -> None:
        """Show a person's new name on his seat, to everybody in the room and in the hallway.

        Raises:
            StoreUnavailableError
        """
        async with self._coming.of(member_id):
            live = self._live.get(self._places.room_of(member_id))
            if live is not None:
                await self._change(live, lambda room: coming.rename(room, member_id, name))

    async def put_out(self, member_id: MemberId) -> None:
        """Out of the room, and his voice with him: banned, or his account is gone.

        Raises:
            StoreUnavailableError
        """
        async with self._coming.of(member_id):
            await self._put_out(member_id)

    async def put_out_session(self, member_id: MemberId, token_hash: bytes) -> None:
        """The same, where it was this session that took the seat.

        Raises:
            StoreUnavailableError
        """
        async with self._coming.of(member_id):
            if self._places.is_held_by(member_id, token_hash):
                await self._put_out(member_id)

    async def forget(self, member_id: MemberId) -> None:
        """No room keeps the name of somebody whose account is gone, not even on its list of bans.

        Raises:
            StoreUnavailableError
        """
        for live in self._live.all():
            await self._change(live, lambda room: moderation.forget(room, member_id))

    def pass_seat_on(self, member_id: MemberId, old_hash: bytes, new_hash: bytes) -> None:
        """The seat of one session is another's now: the same browser signed in anew."""
        self._places.pass_on(member_id, old_hash, new_hash)

    async def _put_out(self, member_id: MemberId) -> None:
        room_id = self._places.room_of(member_id)
        if room_id is not None:
            # First of all: the voice must end even where the seat cannot be saved as left.
            await self._seats.close(room_id, member_id)
        await self._leave_room(member_id, room_id)
        for connection in self._hub.of_member(member_id):
            self._hub.exit_room(connection)

    async def disconnected(self, connection: Connection) -> None:
        """A socket closed: the seat is kept for a while, and the voice as long as it flows.

        Raises:
            StoreUnavailableError: not saved; `let_go` tries again.
        """
        live = self._live.get(connection.room_id)
        self._hub.detach(connection)
        if live is not None:
            now_ms = self._clock.now_ms()
            await self._change(
                live, lambda room: coming.disconnect(room, connection.member_id, now_ms)
            )

    def _take_place(self, connection: Connection, room_id: RoomId) -> RoomId | None:
        """One person, one room, one device: let the other devices go; returns the other room."""
        elsewhere = self._places.take(connection.member_id, room_id, connection.token_hash)
        for other in self._hub.of_member(connection.member_id):
            if other.room_id is not None:
                self._hub.exit_room(other)
                if other is not connection:
                    self._announcer.tell_replaced(other)
        return elsewhere

    async def _leave_room(self, member_id: MemberId, room_id: RoomId | None) -> None:
        live = self._live.get(room_id)
        if live is not None and member_id in live.room.participants:
            await self._change(live, lambda room: coming.leave(room, member_id))

    # ------------------------------------------------------------ commands

    async def act(self, connection: Connection, decide: Callable[[Room, int], Change]) -> None:
        """Carry out a room command of this connection; `decide` gets the room and the time.

        Raises:
            NotInRoomError, StoreUnavailableError, and whatever the rule refuses with.
        """
        now_ms = self._clock.now_ms()
        await self._change(self._inside(connection), lambda room: decide(room, now_ms))

    async def ask_in(self, connection: Connection, member_id: MemberId) -> Room:
        """Open the door to somebody, where it is not open to him; returns the room.

        Raises:
            NotInRoomError, RoomLockedError, NotModeratorError, WrongStateError,
            StoreUnavailableError
        """
        live, me = self._inside(connection), connection.member_id
        await self._change(
            live, lambda room: entrance.ping(room, me, member_id, self.circles.around(room))
        )
        return live.room

    async def set_consent(self, connection: Connection, command: wire.Consent) -> None:
        """A speaker's yes or no for his own words.

        Raises:
            CaptionsOffError, NotOnStageError, NotInRoomError
        """
        member_id = connection.member_id
        if not command.granted:
            await self.act(connection, lambda room, _: consent.withdraw(room, member_id))
            return
        tap_id = self._captions.new_tap()
        await self.act(
            connection,
            lambda room, _: consent.grant(room, member_id, tap_id, command.language),
        )

    async def _change(self, live: LiveRoom, decide: Callable[[Room], Change]) -> None:
        if await self._live.change(live, decide):
            self._hallway_changed.set()

    async def _publish(self, before: Room, after: Room, events: tuple[RoomEvent, ...]) -> None:
        self._missed.note(before, after, events, self._clock.now_ms())
        for member_id in before.participants.keys() - after.participants.keys():
            self._places.free(member_id, after.room_id)
        await self._announcer.announce(before, after, events)

    # ------------------------------------------------------------ loops, owned by the gate

    async def expire_seats(self) -> None:
        """Let go of people whose grace time is over, once a second."""
        while True:
            await asyncio.sleep(self._every_s)
            try:
                await self.let_go()
            except StoreUnavailableError:
                log.warning("seats not expired, database is away")

    async def let_go(self) -> None:
        """Mark those away whose connection is gone, and let those go whose grace time is over.

        Raises:
            StoreUnavailableError: nothing is lost, the next second tries again.
        """
        now_ms = self._clock.now_ms()
        for live in self._live.all():
            await self._change(live, lambda room: self._expire(room, now_ms))
        self.circles.keep_only(self._live_rooms())

    def _expire(self, room: Room, now_ms: int) -> Change:
        # A disconnection that could not be saved then is caught up with here.
        events: tuple[RoomEvent, ...] = ()
        inside = {connection.member_id for connection in self._hub.in_room(room.room_id)}
        for member_id in room.participants.keys() - inside:
            room, more = coming.disconnect(room, member_id, now_ms)
            events += more
        room, more = coming.expire_away(room, now_ms)
        room, asked = succession.advance(room, now_ms)
        return room, (*events, *more, *asked)

    async def refresh_hallway(self) -> None:
        """Show the hallway's changes to those who stand in it, at most once a second."""
        while True:
            await self._hallway_changed.wait()
            self._hallway_changed.clear()
            self.hallway.show_to(self._hub.everybody())
            await asyncio.sleep(self._every_s)


def _require_live(connection: Connection) -> None:
    """Nobody takes a seat by a connection that was ended while he waited for it.

    Raises:
        NotSignedInError
    """
    if connection.is_let_go:
        raise NotSignedInError
