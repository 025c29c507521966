"""Says what happened in a room to those who must know: media engine, scribe, pages.

Is called after the change was saved and decides nothing. Voices come first: nobody may be heard
or tapped for longer than it takes to say so.
"""

from __future__ import annotations

from typing import assert_never

from protocol import signalling as wire
from protocol.errors import ErrorCode
from server.domain.events import (
    CaptionsSwitched,
    ConsentGranted,
    ConsentLanguageChosen,
    ConsentWithdrawn,
    ParticipantChanged,
    ParticipantLeft,
    RoomChanged,
    RoomEnded,
    RoomEvent,
    Why,
)
from server.domain.ids import MemberId, RoomId
from server.domain.room import Room
from server.service import render
from server.service.captions import Captions
from server.service.hub import Connection, Hub
from server.service.seats import MediaSeats

REPLACED_TEXT = "You entered from another device."

_OfConsent = ConsentGranted | ConsentLanguageChosen | ConsentWithdrawn


class Announcer:
    """Turns the events of one change of a room into seats, taps and messages."""

    def __init__(self, hub: Hub, captions: Captions, seats: MediaSeats) -> None:
        self._hub = hub
        self._captions = captions
        self._seats = seats

    async def announce(self, before: Room, after: Room, events: tuple[RoomEvent, ...]) -> None:
        """Tell all that led from one room to the next; the room's lock is held."""
        for event in events:
            await self._set_seats(before, after, event)
        revision = before.revision
        for event in events:
            # Each of these raised the revision by one; consents ride on a participant's change.
            if not isinstance(event, _OfConsent):
                revision += 1
            self._tell(after, revision, event)
        if after.captions_on:
            roster = [participant.name for participant in after.participants.values()]
            self._captions.open_room(
                after.room_id, roster, after.hidden_words, after.captions_kept_min
            )

    @staticmethod
    def tell_replaced(connection: Connection) -> None:
        """The same person entered from elsewhere."""
        connection.send(wire.Error(id=None, code=ErrorCode.REPLACED, message=REPLACED_TEXT))

    async def _set_seats(self, before: Room, after: Room, event: RoomEvent) -> None:
        match event:
            case ParticipantChanged(member_id):
                await self._seats.update(after, member_id)
            case ParticipantLeft(member_id):
                await self._seats.close(after.room_id, member_id)
            case RoomEnded():
                await self._seats.close_all(after.room_id, before.participants)
            case RoomChanged():
                return
            case (
                CaptionsSwitched() | ConsentGranted() | ConsentLanguageChosen() | ConsentWithdrawn()
            ):
                return  # each seat that this touches has a ParticipantChanged of its own
            case _:
                assert_never(event)

    def _tell(self, room: Room, revision: int, event: RoomEvent) -> None:
        room_id = room.room_id
        match event:
            case ParticipantChanged(member_id) if member_id in room.participants:
                changed = wire.ParticipantChanged(
                    room_id=room_id,
                    revision=revision,
                    participant=render.participant(room.participants[member_id]),
                )
                self._hub.to_room(room_id, changed)
            case ParticipantLeft(member_id, Why.REMOVED | Why.BANNED as why):
                self._tell_put_out(room_id, member_id, banned=why is Why.BANNED)
                self._tell_left(room, revision, member_id)
            case ParticipantChanged(member_id) | ParticipantLeft(member_id):
                self._tell_left(room, revision, member_id)
            case RoomChanged():
                self._hub.to_room(room_id, render.room_changed(room, revision))
            case ConsentGranted() | ConsentLanguageChosen() | ConsentWithdrawn():
                self._tell_scribe(room_id, event)
            case CaptionsSwitched(on):
                self._tell_captions(room, revision, on)
            case RoomEnded(abandoned):
                self._tell_ended(room, abandoned=abandoned)
            case _:
                assert_never(event)

    def _tell_scribe(self, room_id: RoomId, event: _OfConsent) -> None:
        match event:
            case ConsentGranted(member_id, tap_id, language):
                self._captions.grant(room_id, member_id, tap_id, language)
            case ConsentLanguageChosen(_, tap_id, language):
                self._captions.choose_language(room_id, tap_id, language)
            case ConsentWithdrawn(member_id, tap_id):
                self._captions.withdraw(room_id, member_id, tap_id)
            case _:
                assert_never(event)

    def _tell_left(self, room: Room, revision: int, member_id: MemberId) -> None:
        left = wire.ParticipantLeft(room_id=room.room_id, revision=revision, member_id=member_id)
        self._hub.to_room(room.room_id, left)

    def _tell_put_out(self, room_id: RoomId, member_id: MemberId, *, banned: bool) -> None:
        """First of all the person himself, whose connections hear no more of the room."""
        inside = [c for c in self._hub.in_room(room_id) if c.member_id == member_id]
        self._hub.broadcast(inside, wire.PutOut(room_id=room_id, banned=banned))
        for connection in inside:
            self._hub.exit_room(connection)

    def _tell_captions(self, room: Room, revision: int, on: bool) -> None:
        self._hub.to_room(room.room_id, render.room_changed(room, revision))
        if not on:
            self._captions.close_room(room.room_id)

    def _tell_ended(self, room: Room, *, abandoned: bool) -> None:
        self._captions.close_room(room.room_id)
        inside = self._hub.in_room(room.room_id)
        ended = wire.RoomEnded(room_id=room.room_id, abandoned=abandoned)
        self._hub.broadcast(inside, ended)
        for connection in inside:
            self._hub.exit_room(connection)
