"""Captions: who is tapped, what analysis heard, and what the rooms are about.

Lines of a consent that is over are dropped here even if analysis was a moment late.
"""

from __future__ import annotations

import asyncio
import itertools
import secrets
from collections.abc import Sequence
from typing import assert_never

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
    RelationsChanged,
    RoomTopic,
    TimelineChanged,
    TopicsChanged,
    TraitsChanged,
    TrendingChanged,
)
from server.service import render
from server.service.findings import Findings
from server.service.hub import Connection, Hub
from server.service.scribe import Scribe

FADE_EVERY_S = 1.0


class Captions:
    """The gate's side of the analysis process."""

    def __init__(self, feed: CaptionFeed, clock: Clock, hub: Hub) -> None:
        self._feed = feed
        self._clock = clock
        self._hub = hub
        self._scribes: dict[RoomId, Scribe] = {}
        self._telling: dict[RoomId, asyncio.Task[None]] = {}
        self._engine = EngineChanged("unavailable", "the analysis process is starting")
        self._findings = Findings(clock, hub)
        self._flushing: set[asyncio.Task[None]] = set()
        self._typed_ids = itertools.count(-1, -1)
        """Those of analysis are positive."""

    @property
    def engine(self) -> EngineChanged:
        """Whether voice can be turned into text now."""
        return self._engine

    @property
    def topics_changed(self) -> asyncio.Event:
        """Set when the topics of any room changed; the hallway clears it."""
        return self._findings.topics_changed

    def new_tap(self) -> TapId:
        """A fresh tap id, uint32, not 0 and none that is in use."""
        while True:
            tap_id = TapId(1 + secrets.randbelow(2**32 - 1))
            if not any(scribe.speaker(tap_id) for scribe in self._scribes.values()):
                return tap_id

    def topics(self, room_id: RoomId) -> Sequence[RoomTopic]:
        """What a room is about now."""
        scribe = self._scribes.get(room_id)
        return scribe.insights.topics if scribe else ()

    async def mentions(self, room_id: RoomId, topic_id: int) -> list[wire.MentionView]:
        """Who said a topic that is shown, and when, under consents that are alive.

        Raises:
            CaptionsUnavailableError: analysis does not answer.
        """
        if not any(topic.topic_id == topic_id for topic in self.topics(room_id)):
            return []
        said = await self._feed.mentions(room_id, topic_id)
        if said is None:
            raise CaptionsUnavailableError
        now_ms = self._clock.now_ms()
        return [
            wire.MentionView(
                caption_id=mention.line_id, member_id=member_id, at_ms=now_ms - mention.age_ms
            )
            for mention in said
            if (member_id := self._speaker(room_id, mention.tap_id)) is not None
        ]

    # ------------------------------------------------------------ what rooms decide

    def open_room(
        self,
        room_id: RoomId,
        roster: Sequence[str],
        hidden: tuple[str, ...] = (),
        kept_min: int = 5,
    ) -> None:
        """The scribe comes, or what is never a topic changed: names on the roster, hidden words."""
        scribe = self._scribe(room_id)
        scribe.kept_min = kept_min
        scribe.fade(self._clock.now_ms())
        if scribe.open(roster, hidden) and not scribe.insights.is_empty:
            self._findings.show_all(room_id, scribe)
        self._tell(room_id)

    def grant(
        self, room_id: RoomId, member_id: MemberId, tap_id: TapId, language: str | None
    ) -> None:
        """A speaker consented."""
        self._scribe(room_id).grant(tap_id, member_id, language)
        self._tell(room_id)

    def choose_language(self, room_id: RoomId, tap_id: TapId, language: str) -> None:
        """A speaker who consented says what he speaks."""
        self._scribe(room_id).choose_language(tap_id, language)
        self._tell(room_id)

    def withdraw(self, room_id: RoomId, member_id: MemberId, tap_id: TapId) -> None:
        """From this moment no line of this consent reaches a screen, and the shown ones go."""
        self._scribe(room_id).withdraw(tap_id)
        self._hub.to_room(room_id, wire.CaptionsPurged(room_id=room_id, member_id=member_id))
        self._flush()
        self._tell(room_id)

    def show_traits(self, room_id: RoomId, tap_id: TapId, *, shown: bool) -> None:
        """A speaker shows his traits to the room, or no more: then they leave other screens."""
        self._findings.change_traits(room_id, self._scribe(room_id), tap_id, shown=shown)

    def type_turn(self, room_id: RoomId, tap_id: TapId, text: str, language: str) -> None:
        """A speaker under a live consent wrote instead of speaking: a final caption, at once."""
        member_id = self._speaker(room_id, tap_id)
        if member_id is None:
            return
        caption_id = next(self._typed_ids)
        self._scribe(room_id).type_turn(tap_id, text, language, caption_id)
        line = wire.Caption(
            room_id=room_id,
            member_id=member_id,
            caption_id=caption_id,
            text=text,
            final=True,
            at_ms=self._clock.now_ms(),
            language=language,
            typed=True,
        )
        self._scribe(room_id).keep(tap_id, line, self._clock.now_ms())
        self._hub.to_room(room_id, line)
        self._tell(room_id)

    async def fade(self) -> None:
        """Forget lines that are too old, for as long as the gate lives."""
        while True:
            await asyncio.sleep(FADE_EVERY_S)
            for scribe in self._scribes.values():
                scribe.fade(self._clock.now_ms())

    def welcome(self, connection: Connection, room_id: RoomId) -> None:
        """Somebody came into a room, and was told so: what he may read of its past."""
        scribe = self._scribes.get(room_id)
        if scribe is None or not scribe.is_open or connection.room_id != room_id:
            return
        scribe.fade(self._clock.now_ms())
        if len(scribe.recent):
            recent = wire.CaptionsRecent(room_id=room_id, captions=scribe.recent.open())
            self._hub.broadcast([connection], recent)
            del recent
        self._findings.welcome(connection, scribe)

    def close_room(self, room_id: RoomId) -> None:
        """The scribe goes: topics and captions leave every screen."""
        if room_id not in self._scribes:
            return
        scribe = self._scribe(room_id)
        scribe.close()
        self._hub.to_room(room_id, wire.CaptionsPurged(room_id=room_id, member_id=None))
        self._findings.show_topics(room_id, scribe, ())
        self._flush()
        self._tell(room_id)

    def _flush(self) -> None:
        """Words that are over do not wait in the outbox of whoever reads slowly."""
        task = asyncio.create_task(self._hub.flush(), name="flush")
        self._flushing.add(task)
        task.add_done_callback(self._flushing.discard)

    def _scribe(self, room_id: RoomId) -> Scribe:
        scribe = self._scribes.get(room_id)
        if scribe is None:
            scribe = self._scribes[room_id] = Scribe(self._feed, room_id)
        return scribe

    def _tell(self, room_id: RoomId) -> None:
        if room_id not in self._telling:
            task = asyncio.create_task(self._catch_up(room_id), name="scribe")
            self._telling[room_id] = task

    async def _catch_up(self, room_id: RoomId) -> None:
        scribe = self._scribes[room_id]
        try:
            await scribe.catch_up()
        finally:
            del self._telling[room_id]
            if scribe.is_gone:
                self._scribes.pop(room_id, None)

    async def settle(self) -> None:
        """Wait until analysis was told everything; it takes a second at most a room."""
        while self._telling:
            await asyncio.wait(list(self._telling.values()))

    async def close(self) -> None:
        """The gate stops: analysis purges by itself when the connection ends."""
        tasks = [*self._telling.values(), *self._flushing]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # ------------------------------------------------------------ what analysis says

    async def run(self) -> None:
        """Carry what analysis says to the rooms, for as long as the gate lives."""
        async for event in self._feed.events():
            self._hear(event)
            # A caption must not stay here until something else is heard.
            del event

    def _hear(self, event: CaptionFeedEvent) -> None:
        match event:
            case EngineChanged():
                self._follow_engine(event)
            case CaptionHeard():
                self._caption(event)
            case GapHeard():
                self._gap(event)
            case TrendingChanged(topics):
                self._findings.show_trending(topics)
            case TopicsChanged() | TimelineChanged() | RelationsChanged() | TraitsChanged():
                if scribe := self._scribes.get(event.room_id):
                    self._findings.show(scribe, event)
            case _:
                assert_never(event)

    def _follow_engine(self, engine: EngineChanged) -> None:
        self._engine = engine
        if engine.state == "unavailable":
            # An analysis that is away has forgotten its topics; it cannot take them back later.
            for room_id, scribe in self._scribes.items():
                if not scribe.insights.is_empty:
                    scribe.insights.forget()
                    self._findings.show_all(room_id, scribe)
            self._findings.show_trending(())
        self._hub.to_everybody(wire.CaptionsEngineChanged(captions=render.engine(engine)))

    def _speaker(self, room_id: RoomId, tap_id: TapId) -> MemberId | None:
        scribe = self._scribes.get(room_id)
        return scribe.speaker(tap_id) if scribe else None

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
        self._scribe(heard.room_id).keep(heard.tap_id, line, self._clock.now_ms())
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

    def tell_trending(self, connection: Connection) -> None:
        """Somebody came into the hallway, as a member."""
        self._findings.tell_trending(connection)
