"""The chats of all rooms: written lines and typed turns. In memory only, never saved or logged.

Only whether a room has a chat at all is a setting of the room, and outlives the gate with it.
"""

from __future__ import annotations

import asyncio

from protocol import talk as wire
from server.domain import chat as rules
from server.domain import consent, moderation
from server.domain.chat import Chat, Line
from server.domain.events import RoomEvent
from server.domain.ids import MemberId, RoomId
from server.domain.roles import Command
from server.domain.room import Participant, Room, authorise
from server.ports import Clock
from server.service.blocks import Blocks
from server.service.captions import Captions
from server.service.hub import Connection, Hub
from server.service.paces import Paces
from server.service.rooms import Rooms

FADE_EVERY_S = 30.0
_NOTHING = Chat()


class Chats:
    """One chat a room, from its first line to its end. Blocked people do not see each other's."""

    def __init__(
        self, rooms: Rooms, captions: Captions, blocks: Blocks, hub: Hub, clock: Clock
    ) -> None:
        self._rooms = rooms
        self._captions = captions
        self._blocks = blocks
        self._hub = hub
        self._clock = clock
        self._paces = Paces(rules.LINES_RATE, clock)
        self._chats: dict[RoomId, Chat] = {}

    def view(self, connection: Connection, id_: int) -> wire.Chat:
        """All that this person may see of it, also what was written before he came.

        Raises:
            NotInRoomError
        """
        room, _ = self._here(connection, Command.GET_CHAT)
        chat = self._fresh(room.room_id)
        apart = self._blocks.apart_from(connection.member_id)
        lines = [_view(line) for line in chat.lines if line.member_id not in apart]
        return wire.Chat(id=id_, on=room.chat_on, lines=lines)

    def write(self, connection: Connection, raw: str, *, turn: bool) -> None:
        """Write a line; a turn of somebody who consented is a caption instead.

        Raises:
            NotInRoomError, BadLineError, TooFastError, ChatOffError
            NotOnStageError: a turn of a listener.
        """
        room, writer = self._here(connection, Command.WRITE_LINE)
        text = rules.clean_line(raw)
        if turn:
            rules.require_turn(writer)
        self._paces.require(room.room_id, writer.member_id)
        if not (turn and self._caption(room, writer, text)):
            self._line(room, writer, text, turn=turn)

    def take_back(self, connection: Connection, line_id: int) -> None:
        """Take one's own line back or, as a moderator, anybody's.

        Raises:
            NotInRoomError, NotModeratorError
        """
        room, by = self._here(connection, Command.TAKE_LINE_BACK)
        before = self._fresh(room.room_id)
        after = rules.take_back(before, by, line_id)
        if after is not before:
            self._chats[room.room_id] = after
            gone = wire.LineTakenBack(room_id=room.room_id, line_id=line_id)
            self._hub.to_room(room.room_id, gone)

    async def switch(self, connection: Connection, *, on: bool) -> None:
        """A moderator switches the chat of the room on or off; so it stays until he or the end.

        Raises:
            NotInRoomError, NotModeratorError, StoreUnavailableError
        """
        me = connection.member_id
        await self._rooms.act(connection, lambda room, _: moderation.switch_chat(room, me, on))

    def follow(self, before: Room, after: Room, _: tuple[RoomEvent, ...]) -> None:
        """A room changed: its chat dies with it, and its lines where it was switched."""
        self._paces.follow(after)
        room_id = after.room_id
        if after.ended:
            self._chats.pop(room_id, None)
        elif before.chat_on != after.chat_on:
            self._chats[room_id] = rules.clear(self._fresh(room_id))
            self._hub.to_room(room_id, wire.ChatSwitched(room_id=room_id, on=after.chat_on))

    def rooms_remembered(self) -> set[RoomId]:
        """Of which rooms any line is in memory."""
        return {room_id for room_id in self._chats if self._fresh(room_id).lines}

    async def fade(self) -> None:
        """Forget lines that are too old, for as long as the gate lives."""
        while True:
            await asyncio.sleep(FADE_EVERY_S)
            for room_id in list(self._chats):
                self._chats[room_id] = self._fresh(room_id)

    def _here(self, connection: Connection, command: Command) -> tuple[Room, Participant]:
        room = self._rooms.of(connection)
        authorise(room, command, connection.member_id)
        return room, room.participant(connection.member_id)

    def _fresh(self, room_id: RoomId) -> Chat:
        return rules.fade(self._chats.get(room_id, _NOTHING), self._clock.now_ms())

    def _caption(self, room: Room, writer: Participant, text: str) -> bool:
        tap_id = consent.tap_of(room, writer.member_id)
        if tap_id is None or writer.consent is None:
            return False
        language = rules.turn_language(text, writer.consent.language)
        self._captions.type_turn(room.room_id, tap_id, text, language)
        return True

    def _line(self, room: Room, writer: Participant, text: str, *, turn: bool) -> None:
        rules.require_on(room)
        chat, line = rules.write(
            self._fresh(room.room_id), writer, text, turn=turn, now_ms=self._clock.now_ms()
        )
        self._chats[room.room_id] = chat
        said = wire.LineWritten(room_id=room.room_id, line=_view(line))
        self._hub.broadcast(self._readers(room.room_id, writer.member_id), said)

    def _readers(self, room_id: RoomId, writer: MemberId) -> list[Connection]:
        apart = self._blocks.apart_from(writer)
        return [c for c in self._hub.in_room(room_id) if c.member_id not in apart]


def _view(line: Line) -> wire.LineView:
    return wire.LineView(
        line_id=line.line_id,
        member_id=line.member_id,
        name=line.name,
        text=line.text,
        at_ms=line.at_ms,
        turn=line.turn,
    )
