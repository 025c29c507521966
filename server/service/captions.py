"""Captions: who is tapped, what analysis heard, and what the rooms are about.

Keeps the live topics of rooms in memory, never a caption. Lines of a consent that is over are
dropped here even if analysis was a moment late.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog

from protocol import signalling as wire
from server.domain.errors import CaptionsUnavailableError
from server.domain.ids import MemberId, RoomId, TapId
from server.ports import (
    CaptionFeed,
    CaptionFeedEvent,
    CaptionHeard,
    Clock,
    EngineChanged,
    GapHeard,
    RoomTopic,
    TopicsChanged,
)
from server.service import render
from server.service.hub import Hub

log = structlog.get_logger()


@dataclass(slots=True)
class _Scribe:
    """What is known of one room while captions are on."""

    taps: dict[TapId, MemberId] = field(default_factory=dict)
    topics: tuple[RoomTopic, ...] = ()
    blocked: tuple[str, ...] = ()


class Captions:
    """The gate's side of the analysis process."""

    def __init__(self, feed: CaptionFeed, clock: Clock, hub: Hub) -> None:
        self._feed = feed
        self._clock = clock
        self._hub = hub
        self._scribes: dict[RoomId, _Scribe] = {}
        self._engine = EngineChanged("unavailable", "the analysis process is starting")
        self._on_topics: asyncio.Event = asyncio.Event()

    @property
    def engine(self) -> EngineChanged:
        """Whether voice can be turned into text now."""
        return self._engine

    @property
    def topics_changed(self) -> asyncio.Event:
        """Set when the topics of any room changed; the hallway clears it."""
        return self._on_topics

    def require_engine(self) -> None:
        """Refuse consent where it could not be acted on.

        Raises:
            CaptionsUnavailableError
        """
        if self._engine.state == "unavailable":
            raise CaptionsUnavailableError

    def new_tap(self) -> TapId:
        """A fresh tap id, uint32 and never 0; the space is large enough never to meet one again."""
        return TapId(1 + secrets.randbelow(2**32 - 1))

    def topics(self, room_id: RoomId) -> Sequence[RoomTopic]:
        """What a room is about now."""
        scribe = self._scribes.get(room_id)
        return scribe.topics if scribe else ()

    async def open_room(self, room_id: RoomId, roster: Sequence[str]) -> None:
        """The scribe comes, or the roster changed: names on it never become topics."""
        scribe = self._scribes.setdefault(room_id, _Scribe())
        blocked = tuple(sorted(roster))
        if blocked != scribe.blocked:
            scribe.blocked = blocked
            await self._feed.open_room(room_id, blocked)

    async def grant(
        self, room_id: RoomId, member_id: MemberId, tap_id: TapId, language: str | None
    ) -> None:
        """A speaker consented. Analysis knows him by a random name, new each time."""
        self._scribes.setdefault(room_id, _Scribe()).taps[tap_id] = member_id
        await self._feed.grant(room_id, tap_id, secrets.token_hex(8), language)

    def forget_tap(self, room_id: RoomId, member_id: MemberId, tap_id: TapId) -> None:
        """From this moment no line of this consent reaches a screen, and the shown ones go."""
        scribe = self._scribes.get(room_id)
        if scribe:
            scribe.taps.pop(tap_id, None)
        self._hub.to_room(room_id, wire.CaptionsPurged(room_id=room_id, member_id=member_id))

    async def purge_tap(self, room_id: RoomId, tap_id: TapId) -> None:
        """Analysis purges; returns when it has, within a second."""
        await self._feed.withdraw(room_id, tap_id)

    def forget_room(self, room_id: RoomId) -> None:
        """The scribe goes: topics and captions leave every screen."""
        if self._scribes.pop(room_id, None) is None:
            return
        self._hub.to_room(room_id, wire.CaptionsPurged(room_id=room_id, member_id=None))
        self._hub.to_room(room_id, wire.Topics(room_id=room_id, topics=[]))
        self._on_topics.set()

    async def purge_room(self, room_id: RoomId) -> None:
        """Analysis forgets the room."""
        await self._feed.close_room(room_id)

    async def run(self) -> None:
        """Carry what analysis says to the rooms, for as long as the gate lives."""
        async for event in self._feed.events():
            self._hear(event)

    def _hear(self, event: CaptionFeedEvent) -> None:
        match event:
            case EngineChanged():
                self._engine = event
                self._hub.to_everybody(wire.CaptionsEngineChanged(captions=render.engine(event)))
            case CaptionHeard():
                self._caption(event)
            case GapHeard():
                self._gap(event)
            case TopicsChanged():
                self._topics(event)

    def _speaker(self, room_id: RoomId, tap_id: TapId) -> MemberId | None:
        scribe = self._scribes.get(room_id)
        return scribe.taps.get(tap_id) if scribe else None

    def _caption(self, heard: CaptionHeard) -> None:
        member_id = self._speaker(heard.room_id, heard.tap_id)
        if member_id is None:
            return
        line = wire.Caption(
            room_id=heard.room_id,
            member_id=member_id,
            caption_id=heard.line_id,
            text=heard.text,
            final=heard.final,
            at_ms=self._clock.now_ms() - heard.age_ms,
            language=heard.language,
        )
        self._hub.to_room(heard.room_id, line)

    def _gap(self, heard: GapHeard) -> None:
        member_id = self._speaker(heard.room_id, heard.tap_id)
        if member_id is None:
            return
        gap = wire.CaptionGap(
            room_id=heard.room_id,
            member_id=member_id,
            at_ms=self._clock.now_ms() - heard.age_ms,
            duration_ms=heard.duration_ms,
        )
        self._hub.to_room(heard.room_id, gap)

    def _topics(self, heard: TopicsChanged) -> None:
        scribe = self._scribes.get(heard.room_id)
        if scribe is None:
            return
        scribe.topics = heard.topics
        topics = wire.Topics(room_id=heard.room_id, topics=render.topics(heard.topics))
        self._hub.to_room(heard.room_id, topics)
        self._on_topics.set()
