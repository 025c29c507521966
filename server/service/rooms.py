"""Rooms: one writer per room decides, saves, then publishes. Never touches a voice or a word.

The database is written before anybody is told, so what was acknowledged is never lost; where it
cannot be written, the room stays as it was.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace

import structlog

from protocol import signalling as wire
from protocol.errors import ErrorCode
from server.domain import consent
from server.domain import room as rules
from server.domain.errors import (
    MasilError,
    MediaUnavailableError,
    NotInRoomError,
    RoomFullError,
    RoomNotFoundError,
)
from server.domain.events import (
    CaptionsSwitched,
    ConsentGranted,
    ConsentWithdrawn,
    ParticipantChanged,
    ParticipantLeft,
    RoomEnded,
    RoomEvent,
)
from server.domain.ids import MediaId, MemberId, RoomId
from server.domain.member import Member
from server.domain.room import Change, Room
from server.ports import Clock, MediaEngine, MediaUpChanged, RoomStore, Seat
from server.service import render
from server.service.captions import Captions
from server.service.hub import Connection, Hub

log = structlog.get_logger()

ROOMS_MAX = 2_000
HALLWAY_EVERY_S = 1.0
EXPIRE_EVERY_S = 1.0
REPLACED_TEXT = "You entered from another device."


@dataclass(slots=True)
class _House:
    """A live room with its lock and the media seats of those who are connected."""

    room: Room
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    seats: dict[MemberId, MediaId] = field(default_factory=dict)


class Rooms:
    """All live rooms of this gate."""

    def __init__(
        self, store: RoomStore, clock: Clock, media: MediaEngine, captions: Captions, hub: Hub
    ) -> None:
        self._store = store
        self._clock = clock
        self._media = media
        self._captions = captions
        self._hub = hub
        self._rooms: dict[RoomId, _House] = {}
        self._where: dict[MemberId, RoomId] = {}
        self._hallway_changed = captions.topics_changed
        self._purges: set[asyncio.Task[None]] = set()
        self.media_up = False

    # ------------------------------------------------------------ looking

    def cards(self) -> list[wire.RoomCard]:
        """The hallway, liveliest first."""
        live = sorted(self._rooms.values(), key=lambda h: -len(h.room.participants))
        return [render.card(h.room, self._captions.topics(h.room.room_id)) for h in live]

    def view(self, connection: Connection) -> wire.RoomView:
        """The room that a connection is in.

        Raises:
            NotInRoomError
        """
        room = self._inside(connection).room
        return render.room(room, self._captions.topics(room.room_id))

    def _inside(self, connection: Connection) -> _House:
        house = self._rooms.get(connection.room_id) if connection.room_id else None
        if house is None:
            raise NotInRoomError
        return house

    # ------------------------------------------------------------ coming and going

    async def load(self) -> None:
        """After a start: live rooms come back with everybody away and no consent at all."""
        now_ms = self._clock.now_ms()
        for room in await self._store.live_rooms():
            seats = {
                k: replace(p, away_since_ms=now_ms, consent=None)
                for k, p in room.participants.items()
            }
            room = replace(room, participants=seats, captions_on=False, revision=room.revision + 1)
            self._rooms[room.room_id] = _House(room)
            self._where.update(dict.fromkeys(seats, room.room_id))

    async def open(self, opener: Member, title: str) -> RoomId:
        """A new room; the opener has a minute to take his seat.

        Raises:
            NotAdmittedError, BadTitleError, RoomFullError
        """
        if len(self._rooms) >= ROOMS_MAX:
            raise RoomFullError
        room_id = RoomId(secrets.token_urlsafe(9))
        room, _ = rules.open_room(room_id, title, opener, self._clock.now_ms())
        await self._leave_other(opener.member_id, room_id)
        await self._store.save_room(room)
        self._rooms[room_id] = _House(room)
        self._where[opener.member_id] = room_id
        self._hallway_changed.set()
        return room_id

    async def join(
        self, connection: Connection, member: Member, room_id: RoomId
    ) -> tuple[wire.RoomView, MediaId | None, str | None]:
        """Enter, or come back to one's seat; the offer is missing while media is away.

        Raises:
            NotAdmittedError, RoomNotFoundError, RoomFullError
        """
        house = self._rooms.get(room_id)
        if house is None:
            raise RoomNotFoundError
        await self._leave_other(member.member_id, room_id)
        await self._change(house, lambda room: rules.join(room, member, self._clock.now_ms()))
        self._replace_connections(connection)
        self._where[member.member_id] = room_id
        self._hub.enter_room(connection, room_id)
        media_id, sdp = await self._offer_if_up(house, member.member_id)
        return self.view(connection), media_id, sdp

    async def renew_media(self, connection: Connection) -> tuple[MediaId, str]:
        """A new media session in place of the old one, which is closed first: no double voice.

        Raises:
            NotInRoomError, MediaUnavailableError
        """
        return await self._offer(self._inside(connection), connection.member_id)

    async def answer_media(self, connection: Connection, media_id: MediaId, sdp: str) -> None:
        """Take the browser's answer to the newest offer; an older one's is ignored.

        Raises:
            NotInRoomError, SdpTooLargeError, SdpInvalidError, MediaUnavailableError
        """
        house = self._inside(connection)
        if house.seats.get(connection.member_id) == media_id:
            await self._media.answer_seat(media_id, sdp)

    async def leave(self, connection: Connection) -> None:
        """Leave for good.

        Raises:
            NotInRoomError
        """
        house = self._inside(connection)
        await self._change(house, lambda room: rules.leave(room, connection.member_id))
        self._hub.exit_room(connection)
        connection.send(wire.Hallway(rooms=self.cards()))

    async def disconnected(self, connection: Connection) -> None:
        """A socket closed: the seat is kept for a while, and the voice as long as it flows."""
        house = self._rooms.get(connection.room_id) if connection.room_id else None
        self._hub.detach(connection)
        if house is None:
            return
        now_ms = self._clock.now_ms()
        await self._change(house, lambda room: rules.disconnect(room, connection.member_id, now_ms))

    async def _leave_other(self, member_id: MemberId, room_id: RoomId) -> None:
        """One person, one room."""
        elsewhere = self._where.get(member_id)
        house = self._rooms.get(elsewhere) if elsewhere and elsewhere != room_id else None
        if house is None:
            return
        await self._change(house, lambda room: rules.leave(room, member_id))
        for connection in self._hub.of_member(member_id):
            if connection.room_id == elsewhere:
                self._hub.exit_room(connection)
                connection.send(_replaced())

    def _replace_connections(self, newest: Connection) -> None:
        for other in self._hub.of_member(newest.member_id):
            if other is not newest and other.room_id is not None:
                self._hub.exit_room(other)
                other.send(_replaced())

    # ------------------------------------------------------------ commands

    async def act(self, connection: Connection, decide: Callable[[Room, int], Change]) -> None:
        """Carry out a room command of this connection; `decide` gets the room and the time.

        Raises:
            NotInRoomError, and whatever the rule refuses with.
        """
        now_ms = self._clock.now_ms()
        await self._change(self._inside(connection), lambda room: decide(room, now_ms))

    async def set_consent(self, connection: Connection, command: wire.Consent) -> None:
        """A speaker's yes or no for his own words.

        Raises:
            CaptionsUnavailableError, CaptionsOffError, NotOnStageError, NotInRoomError
        """
        member_id = connection.member_id
        if not command.granted:
            await self.act(connection, lambda room, _: consent.withdraw(room, member_id))
            return
        self._captions.require_engine()
        tap_id = self._captions.new_tap()
        await self.act(
            connection,
            lambda room, _: consent.grant(room, member_id, tap_id, command.language),
        )

    async def _change(self, house: _House, decide: Callable[[Room], Change]) -> None:
        async with house.lock:
            before = house.room
            after, events = decide(before)
            if after is before:
                return
            await self._store.save_room(after)
            house.room = after
            await self._publish(house, before.revision, events)
        self._hallway_changed.set()

    async def _publish(self, house: _House, revision: int, events: tuple[RoomEvent, ...]) -> None:
        # Audio first: nobody may be heard or tapped for longer than it takes to say so.
        await self._set_seats(house, events)
        for event in events:
            # Each of these raised the revision by one; consents ride on a participant's change.
            if not isinstance(event, ConsentGranted | ConsentWithdrawn):
                revision += 1
            await self._tell(house, revision, event)
        if house.room.captions_on:
            roster = [p.name for p in house.room.participants.values()]
            await self._captions.open_room(house.room.room_id, roster)

    async def _set_seats(self, house: _House, events: tuple[RoomEvent, ...]) -> None:
        for event in events:
            match event:
                case ParticipantChanged(member_id) if member_id in house.seats:
                    if member_id in house.room.participants:
                        await self._media.set_seat(_seat(house, member_id))
                case ParticipantLeft(member_id):
                    await self._close_seat(house, member_id)
                case RoomEnded():
                    for member_id in list(house.seats):
                        await self._close_seat(house, member_id)
                case _:
                    continue

    async def _tell(self, house: _House, revision: int, event: RoomEvent) -> None:
        room_id = house.room.room_id
        match event:
            case ParticipantChanged(member_id):
                self._tell_participant(house, revision, member_id)
            case ParticipantLeft(member_id):
                self._where.pop(member_id, None)
                left = wire.ParticipantLeft(room_id=room_id, revision=revision, member_id=member_id)
                self._hub.to_room(room_id, left)
            case ConsentGranted(member_id, tap_id, language):
                await self._captions.grant(room_id, member_id, tap_id, language)
            case ConsentWithdrawn(member_id, tap_id):
                self._captions.forget_tap(room_id, member_id, tap_id)
                self._purge(self._captions.purge_tap(room_id, tap_id))
            case CaptionsSwitched(on):
                self._tell_captions(house.room, revision, on)
            case RoomEnded():
                self._end(house)

    def _tell_participant(self, house: _House, revision: int, member_id: MemberId) -> None:
        participant = house.room.participants.get(member_id)
        if participant is None:
            return
        changed = wire.ParticipantChanged(
            room_id=house.room.room_id,
            revision=revision,
            participant=render.participant(participant),
        )
        self._hub.to_room(house.room.room_id, changed)

    def _tell_captions(self, room: Room, revision: int, on: bool) -> None:
        changed = wire.RoomChanged(
            room_id=room.room_id, revision=revision, title=room.title, captions_on=on
        )
        self._hub.to_room(room.room_id, changed)
        if not on:
            self._captions.forget_room(room.room_id)
            self._purge(self._captions.purge_room(room.room_id))

    def _end(self, house: _House) -> None:
        room_id = house.room.room_id
        self._rooms.pop(room_id, None)
        for member_id in [m for m, where in self._where.items() if where == room_id]:
            self._where.pop(member_id)
        self._captions.forget_room(room_id)
        self._purge(self._captions.purge_room(room_id))
        ended = self._hub.in_room(room_id)
        self._hub.to_room(room_id, wire.RoomEnded(room_id=room_id))
        for connection in ended:
            self._hub.exit_room(connection)

    def _purge(self, work: Coroutine[None, None, None]) -> None:
        """Analysis may take a second to answer; the room need not wait for it."""
        task = asyncio.create_task(work)
        self._purges.add(task)
        task.add_done_callback(self._purges.discard)

    # ------------------------------------------------------------ media seats

    async def _offer_if_up(
        self, house: _House, member_id: MemberId
    ) -> tuple[MediaId | None, str | None]:
        try:
            return await self._offer(house, member_id)
        except MediaUnavailableError:
            return None, None

    async def _offer(self, house: _House, member_id: MemberId) -> tuple[MediaId, str]:
        async with house.lock:
            if member_id not in house.room.participants:
                raise NotInRoomError
            await self._close_seat(house, member_id)
            media_id = MediaId(secrets.token_hex(8))
            house.seats[member_id] = media_id
            try:
                return media_id, await self._media.open_seat(_seat(house, member_id))
            except MediaUnavailableError:
                house.seats.pop(member_id, None)
                raise

    async def _close_seat(self, house: _House, member_id: MemberId) -> None:
        media_id = house.seats.pop(member_id, None)
        if media_id is not None:
            await self._media.close_seat(media_id)

    # ------------------------------------------------------------ loops, owned by the gate

    async def follow_media(self) -> None:
        """Tell pages when the media process goes and comes back."""
        async for event in self._media.events():
            if isinstance(event, MediaUpChanged):
                self.media_up = event.up
                if not event.up:
                    for house in self._rooms.values():
                        house.seats.clear()
                self._hub.to_everybody(wire.MediaUp(up=event.up))

    async def expire_seats(self) -> None:
        """Let go of people whose grace time is over, once a second."""
        while True:
            await asyncio.sleep(EXPIRE_EVERY_S)
            now_ms = self._clock.now_ms()

            def expire(room: Room, now_ms: int = now_ms) -> Change:
                return rules.expire_away(room, now_ms)

            for house in list(self._rooms.values()):
                try:
                    await self._change(house, expire)
                except MasilError as error:
                    # The database is away for a moment: the next second tries again.
                    log.warning("seats not expired", reason=type(error).__name__)

    async def refresh_hallway(self) -> None:
        """Show the hallway's changes to those who stand in it, at most once a second."""
        while True:
            await self._hallway_changed.wait()
            self._hallway_changed.clear()
            message = wire.Hallway(rooms=self.cards())
            for connection in self._hub.everybody():
                if connection.room_id is None:
                    connection.send(message)
            await asyncio.sleep(HALLWAY_EVERY_S)


def _seat(house: _House, member_id: MemberId) -> Seat:
    participant = house.room.participants[member_id]
    return Seat(
        media_id=house.seats[member_id],
        room_id=house.room.room_id,
        csrc=participant.csrc,
        role="speaker" if participant.role.on_stage else "listener",
        muted=participant.muted,
        tap_id=consent.tap_of(house.room, member_id),
    )


def _replaced() -> wire.Error:
    return wire.Error(id=None, code=ErrorCode.REPLACED, message=REPLACED_TEXT)
