"""Shows what analysis found in rooms' words, to those who may see it, and what trends in the house.

Keeps nothing but what is trending: a room's own is in its `Insights`.
"""

from __future__ import annotations

import asyncio
from typing import assert_never

from protocol import signalling as wire
from server.domain.ids import MemberId, RoomId, TapId
from server.ports import (
    Clock,
    RelationsChanged,
    RoomTopic,
    TimelineChanged,
    TopicsChanged,
    TraitsChanged,
    TrendingTopic,
)
from server.service import render
from server.service.hub import Connection, Hub
from server.service.scribe import Scribe, Tapped

Found = TopicsChanged | TimelineChanged | RelationsChanged | TraitsChanged


class Findings:
    """Of all rooms with captions."""

    def __init__(self, clock: Clock, hub: Hub) -> None:
        self._clock = clock
        self._hub = hub
        self._trending: tuple[TrendingTopic, ...] = ()
        self.topics_changed = asyncio.Event()
        """Set when the topics of any room changed; the hallway clears it."""

    def show_topics(self, room_id: RoomId, scribe: Scribe, topics: tuple[RoomTopic, ...]) -> None:
        """What a room is about now; where captions are off, only that it is about nothing."""
        if topics and not scribe.is_open:
            return
        scribe.insights.set_topics(topics)
        self._hub.to_room(room_id, scribe.insights.topics_view())
        self.topics_changed.set()

    def show(self, scribe: Scribe, found: Found) -> None:
        """Something was found in a room's words."""
        room_id = found.room_id
        if isinstance(found, TopicsChanged):
            self.show_topics(room_id, scribe, found.topics)
            return
        if not scribe.is_open:
            return
        match found:
            case TimelineChanged(segments=segments):
                scribe.insights.set_timeline(segments, self._clock.now_ms())
                self._hub.to_room(room_id, scribe.insights.timeline_view())
            case RelationsChanged(pairs=pairs):
                scribe.insights.set_relations(pairs)
                self._hub.to_room(room_id, scribe.insights.relations_view())
            case TraitsChanged(tap_id=tap_id, traits=traits):
                if tapped := scribe.tapped(tap_id):
                    scribe.insights.set_traits(tap_id, traits)
                    self._show_traits(room_id, scribe, tap_id, tapped)
            case _:
                assert_never(found)

    def show_all(self, room_id: RoomId, scribe: Scribe) -> None:
        """All that is shown of what was found, anew: other words are hidden, or all is gone."""
        self._hub.to_room(room_id, scribe.insights.topics_view())
        self._hub.to_room(room_id, scribe.insights.timeline_view())
        self._hub.to_room(room_id, scribe.insights.relations_view())
        for tap_id, tapped in scribe.taps().items():
            self._show_traits(room_id, scribe, tap_id, tapped)
        self.topics_changed.set()

    def welcome(self, connection: Connection, scribe: Scribe) -> None:
        """Somebody came into a room: all that he may see of what was found."""
        insights = scribe.insights
        if insights.is_empty:
            return
        self._hub.broadcast([connection], insights.topics_view())
        self._hub.broadcast([connection], insights.timeline_view())
        self._hub.broadcast([connection], insights.relations_view())
        for tap_id, tapped in scribe.taps().items():
            if tapped.shows_traits or tapped.member_id == connection.member_id:
                traits = insights.traits_view(tap_id, tapped.member_id, shown=tapped.shows_traits)
                self._hub.broadcast([connection], traits)

    def change_traits(self, room_id: RoomId, scribe: Scribe, tap_id: TapId, *, shown: bool) -> None:
        """A speaker shows his traits to the room, or no more: then they leave other screens."""
        scribe.show_traits(tap_id, shown=shown)
        tapped = scribe.tapped(tap_id)
        if tapped is None:
            return
        self._show_traits(room_id, scribe, tap_id, tapped)
        if not shown:
            nothing = wire.Traits(
                room_id=room_id, member_id=tapped.member_id, traits=[], shown=False
            )
            self._hub.broadcast(self._others(room_id, tapped.member_id), nothing)

    def show_trending(self, topics: tuple[TrendingTopic, ...]) -> None:
        """What trends across rooms, to all members."""
        if topics == self._trending:
            return
        self._trending = topics
        members = [c for c in self._hub.everybody() if c.admitted]
        self._hub.broadcast(members, render.trending(topics))

    def tell_trending(self, connection: Connection) -> None:
        """Somebody came into the hallway, as a member."""
        if self._trending:
            self._hub.broadcast([connection], render.trending(self._trending))

    def _show_traits(self, room_id: RoomId, scribe: Scribe, tap_id: TapId, tapped: Tapped) -> None:
        """To himself; to the others only where he shows them."""
        shown, inside = tapped.shows_traits, self._hub.in_room(room_id)
        seen = inside if shown else [c for c in inside if c.member_id == tapped.member_id]
        self._hub.broadcast(
            seen, scribe.insights.traits_view(tap_id, tapped.member_id, shown=shown)
        )

    def _others(self, room_id: RoomId, member_id: MemberId) -> list[Connection]:
        return [c for c in self._hub.in_room(room_id) if c.member_id != member_id]
