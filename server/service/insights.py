"""What analysis found in one room's words: topics, timeline, relations, traits, as told last.

In memory only. Leaves out what moderators hide, even where analysis was a moment late.
"""

from __future__ import annotations

from collections.abc import Iterable

from protocol import captions as wire
from server.domain.ids import MemberId, RoomId, TapId
from server.domain.scribe import is_hidden
from server.ports import Relation, RoomTopic, Segment, Trait
from server.service import render


class Insights:
    """Of one room while captions are on."""

    def __init__(self, room_id: RoomId) -> None:
        self._room_id = room_id
        self._hidden: tuple[str, ...] = ()
        self._topics: tuple[RoomTopic, ...] = ()
        self._segments: tuple[wire.TimelineSegmentView, ...] = ()
        self._relations: tuple[Relation, ...] = ()
        self._traits: dict[TapId, tuple[Trait, ...]] = {}

    # ------------------------------------------------------------ what is told

    def hide(self, words: tuple[str, ...]) -> bool:
        """Which words moderators hide; whether that is news."""
        changed = words != self._hidden
        self._hidden = words
        return changed

    def set_topics(self, topics: tuple[RoomTopic, ...]) -> None:
        """The heaviest first."""
        self._topics = topics

    def set_timeline(self, segments: Iterable[Segment], now_ms: int) -> None:
        """What was talked about when, in order."""
        self._segments = tuple(
            wire.TimelineSegmentView(
                segment_id=each.segment_id,
                from_ms=now_ms - each.from_ms_ago,
                to_ms=now_ms - each.to_ms_ago if each.to_ms_ago else None,
                terms=list(each.terms),
                colour=each.colour,
            )
            for each in segments
        )

    def set_relations(self, pairs: tuple[Relation, ...]) -> None:
        """The closest first."""
        self._relations = pairs

    def set_traits(self, tap_id: TapId, traits: tuple[Trait, ...]) -> None:
        """Of one consent; none: there is nothing that he alone talks about."""
        if traits:
            self._traits[tap_id] = traits
        else:
            self._traits.pop(tap_id, None)

    def forget(self) -> None:
        """The scribe goes, or analysis has forgotten; hidden words stay hidden."""
        self._topics = ()
        self._segments = ()
        self._relations = ()
        self._traits.clear()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show."""
        return not (self._topics or self._segments or self._relations or self._traits)

    # ------------------------------------------------------------ what is shown

    @property
    def topics(self) -> tuple[RoomTopic, ...]:
        """Without hidden ones."""
        return tuple(topic for topic in self._topics if not is_hidden(self._hidden, topic.term))

    def topics_view(self) -> wire.Topics:
        """For everybody in the room."""
        return wire.Topics(room_id=self._room_id, topics=render.topics(self.topics))

    def timeline_view(self) -> wire.Timeline:
        """For everybody in the room; a stretch whose words are all hidden has no name."""
        segments = [
            wire.TimelineSegmentView(
                segment_id=each.segment_id,
                from_ms=each.from_ms,
                to_ms=each.to_ms,
                terms=[term for term in each.terms if not is_hidden(self._hidden, term)],
                colour=each.colour,
            )
            for each in self._segments
        ]
        return wire.Timeline(room_id=self._room_id, segments=segments)

    def relations_view(self) -> wire.Relations:
        """For everybody in the room: pairs of topics that are shown."""
        shown = {topic.topic_id for topic in self.topics}
        pairs = [
            wire.RelationView(first=pair.first, second=pair.second, weight=pair.weight)
            for pair in self._relations
            if pair.first in shown and pair.second in shown
        ]
        return wire.Relations(room_id=self._room_id, pairs=pairs)

    def traits_view(self, tap_id: TapId, member_id: MemberId, *, shown: bool) -> wire.Traits:
        """Of one speaker."""
        traits = [
            wire.TraitView(term=trait.term, weight=trait.weight)
            for trait in self._traits.get(tap_id, ())
            if not is_hidden(self._hidden, trait.term)
        ]
        return wire.Traits(room_id=self._room_id, member_id=member_id, traits=traits, shown=shown)
