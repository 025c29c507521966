"""What people ask of the scribe: that it leaves, who said a topic. Keeps only how fast they ask.

What holds of it is a part of the room (`domain/scribe.py`); who must know is told here.
"""

from __future__ import annotations

from protocol import captions as wire
from server.domain import scribe
from server.domain.bucket import Rate
from server.domain.events import ParticipantChanged, RoomEvent
from server.domain.ids import MemberId
from server.domain.roles import Command
from server.domain.room import Consent, Room, authorise
from server.ports import Clock
from server.service.captions import Captions
from server.service.hub import Connection, Hub
from server.service.paces import Paces
from server.service.rooms import Rooms

ASKING_RATE = Rate(tokens=3, refill_ms=180_000)
"""How often one person may want the scribe to leave: three times at once, then every minute."""
TOPICS_RATE = Rate(tokens=20, refill_ms=20_000)
"""How often one person may look into topics: twenty at once, then one a second."""


class ScribeWishes:
    """Of all rooms of this gate."""

    def __init__(self, rooms: Rooms, captions: Captions, hub: Hub, clock: Clock) -> None:
        self._rooms = rooms
        self._captions = captions
        self._hub = hub
        self._asking = Paces(ASKING_RATE, clock)
        self._looking = Paces(TOPICS_RATE, clock)

    async def ask_to_leave(self, connection: Connection, *, asked: bool) -> None:
        """A speaker wants the scribe to leave, or no more; moderators are told.

        Raises:
            CaptionsOffError, NotOnStageError, NotInRoomError, TooFastError,
            StoreUnavailableError
        """
        room, me = self._rooms.of(connection), connection.member_id
        authorise(room, Command.ASK_SCRIBE_TO_LEAVE, me)
        if asked and me not in room.scribe_unwanted_by:
            self._asking.require(room.room_id, me)
        await self._rooms.act(connection, lambda room, _: scribe.ask_to_leave(room, me, asked))

    async def mentions(self, connection: Connection, topic_id: int) -> list[wire.MentionView]:
        """Who said a topic and when, the newest first; nothing where it is none any more.

        Raises:
            NotInRoomError, TooFastError
            CaptionsUnavailableError: analysis does not answer.
        """
        room, me = self._rooms.of(connection), connection.member_id
        authorise(room, Command.ASK_TOPIC, me)
        self._looking.require(room.room_id, me)
        return await self._captions.mentions(room.room_id, topic_id)

    def follow(self, before: Room, after: Room, events: tuple[RoomEvent, ...]) -> None:
        """A room changed: its moderators, and who became one, know what they need to decide."""
        self._asking.follow(after)
        self._looking.follow(after)
        hosts = _moderators(after)
        if after.ended:
            return
        for event in events:
            if isinstance(event, ParticipantChanged):
                self._show_traits(before, after, event.member_id)
        fresh = hosts - _moderators(before)
        if before.scribe_unwanted_by != after.scribe_unwanted_by:
            self._tell(after, hosts, wished(after))
        elif after.scribe_unwanted_by:
            self._tell(after, fresh, wished(after))
        if before.hidden_words != after.hidden_words:
            self._tell(after, hosts, hidden(after))
        elif after.hidden_words:
            self._tell(after, fresh, hidden(after))

    def _show_traits(self, before: Room, after: Room, member_id: MemberId) -> None:
        then, now = (_consent(room, member_id) for room in (before, after))
        if then and now and then.tap_id == now.tap_id and then.shows_traits != now.shows_traits:
            self._captions.show_traits(after.room_id, now.tap_id, shown=now.shows_traits)

    def welcome(self, connection: Connection) -> None:
        """Somebody came into a room: as a moderator, he decides what is open."""
        room = self._rooms.live(connection.room_id) if connection.room_id else None
        if room is None:
            return
        self._captions.welcome(connection, room.room_id)
        if connection.member_id in _moderators(room) and room.scribe_unwanted_by:
            self._hub.broadcast([connection], wished(room))

    def _tell(
        self, room: Room, whom: set[MemberId], message: wire.ScribeAskedToLeave | wire.HiddenWords
    ) -> None:
        inside = [c for c in self._hub.in_room(room.room_id) if c.member_id in whom]
        self._hub.broadcast(inside, message)


def wished(room: Room) -> wire.ScribeAskedToLeave:
    """Who wants the scribe to leave."""
    return wire.ScribeAskedToLeave(room_id=room.room_id, member_ids=list(room.scribe_unwanted_by))


def hidden(room: Room) -> wire.HiddenWords:
    """What is never a topic here."""
    return wire.HiddenWords(room_id=room.room_id, words=list(room.hidden_words))


def _consent(room: Room, member_id: MemberId) -> Consent | None:
    seat = room.participants.get(member_id)
    return seat.consent if seat else None


def _moderators(room: Room) -> set[MemberId]:
    return {participant.member_id for participant in room.moderators()}
