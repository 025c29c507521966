"""A caption feed without analysis: remembers what it was told and says what tests push."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

from server.domain.ids import RoomId, TapId
from server.ports import CaptionFeedEvent, EngineChanged, Mention

READY = EngineChanged("ready", "fake")


class FakeCaptionFeed:
    """Implements `ports.CaptionFeed`; `told` is every call in order."""

    def __init__(self) -> None:
        self.told: list[tuple[str, RoomId, object]] = []
        self.grants: dict[TapId, tuple[RoomId, str, str | None]] = {}
        self.blocked: dict[RoomId, list[str]] = {}
        self.said: dict[tuple[RoomId, int], Sequence[Mention]] = {}
        self.may_answer = asyncio.Event()
        """While not set, analysis hangs: no call returns."""
        self.may_answer.set()
        self._events: asyncio.Queue[CaptionFeedEvent] = asyncio.Queue(1024)

    async def open_room(self, room_id: RoomId, blocked_words: Sequence[str]) -> None:
        """Remember the room and its roster."""
        self.told.append(("open", room_id, tuple(blocked_words)))
        self.blocked[room_id] = list(blocked_words)
        await self.may_answer.wait()

    async def grant(
        self, room_id: RoomId, tap_id: TapId, speaker_id: str, language: str | None
    ) -> None:
        """Remember the grant."""
        self.told.append(("grant", room_id, tap_id))
        self.grants[tap_id] = (room_id, speaker_id, language)
        await self.may_answer.wait()

    async def type_turn(
        self, room_id: RoomId, tap_id: TapId, text: str, language: str, line_id: int
    ) -> None:
        """Remember the turn."""
        self.told.append(("turn", room_id, (tap_id, text, language, line_id)))
        await self.may_answer.wait()

    async def hide_word(self, room_id: RoomId, term: str, *, hidden: bool) -> None:
        """Remember the word."""
        self.told.append(("hide" if hidden else "show", room_id, term))
        await self.may_answer.wait()

    async def mentions(self, room_id: RoomId, topic_id: int) -> Sequence[Mention] | None:
        """What the test put into `said`; None where analysis is away."""
        return self.said.get((room_id, topic_id), ()) if self.may_answer.is_set() else None

    async def withdraw(self, room_id: RoomId, tap_id: TapId) -> None:
        """Forget the grant."""
        self.told.append(("withdraw", room_id, tap_id))
        self.grants.pop(tap_id, None)
        await self.may_answer.wait()

    async def close_room(self, room_id: RoomId) -> None:
        """Forget the room and its grants."""
        self.told.append(("close", room_id, None))
        self.blocked.pop(room_id, None)
        self.grants = {tap: grant for tap, grant in self.grants.items() if grant[0] != room_id}
        await self.may_answer.wait()

    async def events(self) -> AsyncIterator[CaptionFeedEvent]:
        """Ready, then whatever the test pushes."""
        yield READY
        while True:
            yield await self._events.get()

    def say(self, event: CaptionFeedEvent) -> None:
        """What analysis says next."""
        self._events.put_nowait(event)
