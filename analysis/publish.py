"""Tells gates what rooms talk about, whenever that changes. Keeps what was sent last, per room."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

from analysis.insights import relate, traits, trending
from analysis.shown import RankedTopic
from analysis.timeline import Segment
from analysis.topics import Topics
from protocol.analysis import (
    AnalysisToGate,
    AskTopic,
    Mention,
    RelatedTopics,
    RoomRelations,
    RoomTimeline,
    RoomTopics,
    SpeakerTraits,
    TimelineSegment,
    Topic,
    TopicMentions,
    Trait,
    Trending,
    TrendingTopic,
)

Send = Callable[[str, AnalysisToGate], None]
"""Says something to the gate that owns a room."""


@dataclass(slots=True)
class _Sent:
    topics: list[Topic] = field(default_factory=list)
    shown: list[RankedTopic] = field(default_factory=list)
    pairs: list[RelatedTopics] = field(default_factory=list)
    traits: dict[Hashable, list[Trait]] = field(default_factory=dict)
    segments: list[Segment] = field(default_factory=list)


class Publisher:
    """What was told of every room and of the house."""

    def __init__(
        self, topics: Topics, send: Send, send_all: Callable[[AnalysisToGate], None]
    ) -> None:
        self._topics = topics
        self._send = send
        self._send_all = send_all
        self._sent: dict[str, _Sent] = {}
        self._trending: list[TrendingTopic] = []

    def tick(self, now_ms: int) -> None:
        """Let topics fade, and say what follows from them."""
        for room_id in self._topics.ids():
            self.topics_of(room_id, now_ms)
            self._insights_of(room_id)
            self._timeline_of(room_id, now_ms)
        house = trending((sent.shown, self._topics.room(r).counts) for r, sent in self._open())
        now = [TrendingTopic(term=t.term, rooms=t.rooms, speakers=t.speakers) for t in house]
        if now != self._trending:
            self._trending = now
            self._send_all(Trending(topics=now))

    def trends(self) -> list[Trending]:
        """What a gate that has just come must be told: nothing where nothing is trending."""
        return [Trending(topics=self._trending)] if self._trending else []

    def topics_of(self, room_id: str, now_ms: int) -> None:
        """Say a room's list where it is another than before."""
        sent = self._sent.setdefault(room_id, _Sent())
        sent.shown = self._topics.room(room_id).top(now_ms / 1000)
        topics = [_topic(ranked) for ranked in sent.shown]
        if topics != sent.topics:
            sent.topics = topics
            self._send(room_id, RoomTopics(room_id=room_id, topics=topics))

    def withdrawn(self, room_id: str, tap_id: int, now_ms: int) -> None:
        """A speaker's words are gone: say at once what is left."""
        if sent := self._sent.get(room_id):
            sent.traits.pop(tap_id, None)
        self.topics_of(room_id, now_ms)
        self._insights_of(room_id)
        self._timeline_of(room_id, now_ms)

    def forget(self, room_id: str) -> None:
        """The room is over."""
        self._sent.pop(room_id, None)

    def mentions(self, question: AskTopic, now_ms: int) -> TopicMentions:
        """Who said a topic and when; nothing where the topic is not shown."""
        room = self._topics.find(question.room_id)
        said = room.mentions(question.topic_id) if room else []
        mentions = [
            Mention(
                line_id=m.line_id,
                tap_id=m.speaker if isinstance(m.speaker, int) else 0,
                age_ms=max(0, now_ms - round(m.at_s * 1000)),
            )
            for m in said
        ]
        return TopicMentions(request=question.request, mentions=mentions)

    def _open(self) -> list[tuple[str, _Sent]]:
        return [(r, sent) for r, sent in self._sent.items() if self._topics.find(r)]

    def _timeline_of(self, room_id: str, now_ms: int) -> None:
        sent = self._sent[room_id]
        segments = self._topics.room(room_id).segments(now_ms / 1000)
        if segments != sent.segments:
            sent.segments = segments
            told = [_segment(each, now_ms) for each in segments]
            self._send(room_id, RoomTimeline(room_id=room_id, segments=told))

    def _insights_of(self, room_id: str) -> None:
        room, sent = self._topics.room(room_id), self._sent[room_id]
        pairs = [
            RelatedTopics(first=r.first, second=r.second, weight=round(r.weight, 2))
            for r in relate(sent.shown, room.counts)
        ]
        if pairs != sent.pairs:
            sent.pairs = pairs
            self._send(room_id, RoomRelations(room_id=room_id, pairs=pairs))
        told = {
            speaker: [Trait(term=word.term, weight=round(word.weight, 2)) for word in words]
            for speaker, words in traits(room.counts, room.blocked).items()
        }
        for speaker in sent.traits.keys() | told.keys():
            words = told.get(speaker, [])
            if isinstance(speaker, int) and words != sent.traits.get(speaker, []):
                self._send(room_id, SpeakerTraits(room_id=room_id, tap_id=speaker, traits=words))
        sent.traits = told


def _topic(ranked: RankedTopic) -> Topic:
    return Topic(
        term=ranked.term,
        weight=round(ranked.weight, 2),
        speakers=ranked.speakers,
        topic_id=ranked.topic_id,
        colour=ranked.colour,
    )


def _segment(segment: Segment, now_ms: int) -> TimelineSegment:
    over = segment.to_s is not None
    return TimelineSegment(
        segment_id=segment.segment_id,
        from_ms_ago=max(0, now_ms - round(segment.from_s * 1000)),
        # 0 means that it goes on.
        to_ms_ago=max(1, now_ms - round((segment.to_s or 0.0) * 1000)) if over else 0,
        terms=list(segment.terms),
        colour=segment.colour,
    )
