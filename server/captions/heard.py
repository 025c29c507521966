"""What analysis says, in the words of the ports. Decides nothing, keeps nothing."""

from __future__ import annotations

from typing import assert_never

from protocol.analysis import (
    Gap,
    Line,
    RoomRelations,
    RoomTimeline,
    RoomTopics,
    SpeakerTraits,
    TopicMentions,
    Trending,
)
from server.domain.ids import RoomId, TapId
from server.ports import (
    CaptionFeedEvent,
    CaptionHeard,
    GapHeard,
    Mention,
    Relation,
    RelationsChanged,
    RoomTopic,
    Segment,
    TimelineChanged,
    TopicsChanged,
    Trait,
    TraitsChanged,
    TrendingChanged,
    TrendingTopic,
)

OfSpeaker = Line | Gap | SpeakerTraits
"""What belongs to one consent."""
OfRoom = RoomTopics | RoomTimeline | RoomRelations
"""What belongs to a room whose captions are on."""


def of_speaker(message: OfSpeaker) -> CaptionFeedEvent:
    """Words, a gap or traits."""
    room_id, tap_id = RoomId(message.room_id), TapId(message.tap_id)
    match message:
        case Gap():
            return GapHeard(room_id, tap_id, message.age_ms, message.duration_ms)
        case SpeakerTraits(traits=traits):
            own = tuple(Trait(each.term, each.weight) for each in traits)
            return TraitsChanged(room_id, tap_id, own)
        case Line():
            return CaptionHeard(
                room_id=room_id,
                tap_id=tap_id,
                line_id=message.line_id,
                text=message.text,
                final=message.final,
                age_ms=message.age_ms,
                language=message.language,
            )
        case _:
            assert_never(message)


def of_room(message: OfRoom) -> CaptionFeedEvent:
    """What the room is about, when, and what belongs together."""
    room_id = RoomId(message.room_id)
    match message:
        case RoomTopics(topics=topics):
            ranked = (RoomTopic(t.term, t.weight, t.speakers, t.topic_id, t.colour) for t in topics)
            return TopicsChanged(room_id, tuple(ranked))
        case RoomTimeline(segments=segments):
            told = (
                Segment(s.segment_id, s.from_ms_ago, s.to_ms_ago, tuple(s.terms), s.colour)
                for s in segments
            )
            return TimelineChanged(room_id, tuple(told))
        case RoomRelations(pairs=pairs):
            related = tuple(Relation(p.first, p.second, p.weight) for p in pairs)
            return RelationsChanged(room_id, related)
        case _:
            assert_never(message)


def of_house(message: Trending) -> TrendingChanged:
    """What several rooms talk about."""
    return TrendingChanged(
        tuple(TrendingTopic(t.term, t.rooms, t.speakers) for t in message.topics)
    )


def mentions(message: TopicMentions) -> tuple[Mention, ...]:
    """Where a topic was said."""
    return tuple(Mention(m.line_id, TapId(m.tap_id), m.age_ms) for m in message.mentions)
