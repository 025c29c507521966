"""Gate and media → analysis, over one WebSocket server on a local socket.

A connection introduces itself with `Hello`. The gate's connection speaks the JSON messages below
in text frames. The media process's connection sends binary frames only, one Opus packet each: a
14-byte header (`AudioHeader`), then the payload, undecoded.

The gate alone grants: analysis drops and counts each audio frame whose `tap_id` it has no live
grant for, so a packet that was on its way when consent was withdrawn is never decoded.
"""

from __future__ import annotations

import struct
from typing import Annotated, Literal, NamedTuple

import msgspec
from msgspec import Meta

from protocol.signalling import CaptionsDevice, CaptionsEngineState
from protocol.wire import Message, View

MAX_AUDIO_PAYLOAD_BYTES = 1275
"""The largest Opus frame (RFC 6716 §3.2)."""

_AUDIO = struct.Struct("!BBIHIH")


class AudioHeader(NamedTuple):
    """The head of a binary frame: what RTP said about this Opus packet."""

    tap_id: int
    """The consent it is sent under: uint32."""
    sequence: int
    """RTP sequence number: uint16."""
    timestamp: int
    """RTP timestamp, 48 kHz: uint32."""
    level: int
    """RFC 6464: 0 (loudest) to 127 (silence) in −dBov; 255 where the sender does not tell."""

    def pack(self) -> bytes:
        """Serialise; the first byte is the version (1), the second is zero."""
        return _AUDIO.pack(1, 0, self.tap_id, self.sequence, self.timestamp, self.level)

    @staticmethod
    def unpack(frame: bytes) -> tuple[AudioHeader, bytes]:
        """Split a binary frame into header and Opus payload.

        Raises:
            ValueError: the frame is too short, too long or of another version.
        """
        if not _AUDIO.size < len(frame) <= _AUDIO.size + MAX_AUDIO_PAYLOAD_BYTES:
            raise ValueError("audio frame of impossible size")
        version, _, tap_id, sequence, timestamp, level = _AUDIO.unpack_from(frame)
        if version != 1:
            raise ValueError("audio frame of another version")
        return AudioHeader(tap_id, sequence, timestamp, level), frame[_AUDIO.size :]


class Hello(Message, frozen=True):
    """The first frame of every connection. `token` is compared where one is configured."""

    peer: Literal["gate", "media"]
    token: str


# ---------------------------------------------------------------- gate → analysis


class OpenCaptions(Message, frozen=True):
    """Captions were switched on in a room."""

    room_id: str


class Grant(Message, frozen=True):
    """A speaker consented: audio frames with this `tap_id` may be decoded."""

    room_id: str
    tap_id: int
    speaker_id: str
    """Opaque and valid in this room only; not the member's id."""
    language: str | None


class Withdraw(Message, frozen=True):
    """A consent is over: purge queue, window and counts of it now. Reply: `purged`."""

    room_id: str
    tap_id: int


class CloseCaptions(Message, frozen=True):
    """Captions were switched off or the room ended: forget it whole. Reply: `purged`."""

    room_id: str


class BlockWords(Message, frozen=True):
    """Words that must never be shown as topics in this room: the names on its roster.

    Adds to what was blocked before; names of people who left stay blocked.
    """

    room_id: str
    words: list[str]


class TypedTurn(Message, frozen=True):
    """A speaker under a live grant said this in writing: its words count for topics like speech.

    Needs no speech model. Purged like what was heard; without a live grant it is dropped, counted.
    """

    room_id: str
    tap_id: int
    text: Annotated[str, Meta(max_length=2_000)]
    language: str
    """ISO 639-1."""
    line_id: int
    """The gate's own, negative, so that `topic_mentions` can name it."""


class HideWord(Message, frozen=True):
    """A moderator does not want this topic shown in this room, or does again."""

    room_id: str
    term: str
    hidden: bool


class AskTopic(Message, frozen=True):
    """Who said a topic, and when. Reply: `topic_mentions`."""

    request: int
    room_id: str
    topic_id: int


class LoadModel(Message, frozen=True):
    """Load the speech model (again), for example after it was fetched."""


class GetStats(Message, frozen=True):
    """Ask for the counters. Reply: `stats`."""

    request: int


GateToAnalysis = (
    Hello
    | OpenCaptions
    | Grant
    | Withdraw
    | CloseCaptions
    | BlockWords
    | TypedTurn
    | HideWord
    | AskTopic
    | LoadModel
    | GetStats
)


# ---------------------------------------------------------------- analysis → gate


class EngineState(Message, frozen=True):
    """Sent first after `Hello`, and whenever it changes."""

    state: CaptionsEngineState
    detail: str
    """The model's name, or why it is unavailable."""
    fetch: str | None = None
    """With `missing`: the model that `python -m analysis.fetch` would download."""
    device: CaptionsDevice | None = None
    """What the model runs on; `null` where none is loaded."""
    languages: list[str] = msgspec.field(default_factory=list)
    """The only ones it knows, ISO 639-1; empty: many."""


class Line(Message, frozen=True):
    """A caption. A newer one with the same `line_id` replaces it; a final one is never replaced.

    A final one without text takes a partial back that proved to be no speech.
    """

    room_id: str
    speaker_id: str
    tap_id: int
    line_id: int
    """Unique in the room."""
    text: str
    final: bool
    age_ms: int
    """How long ago this speech began, so that no clocks are compared."""
    duration_ms: int
    language: str


class Gap(Message, frozen=True):
    """Speech that was dropped unheard, because the queue was full or the engine failed."""

    room_id: str
    speaker_id: str
    tap_id: int
    age_ms: int
    duration_ms: int


class Topic(View, frozen=True):
    """One live topic."""

    term: str
    weight: float
    speakers: int
    topic_id: int = 0
    """Of this topic while it lives in the room, 1 or more; 0: it has no name that lasts."""
    colour: int = 0
    """0 to 6; stays with the id."""


class TimelineSegment(View, frozen=True):
    """A stretch of a room's talk about one thing."""

    segment_id: int
    """Unique in the room, for its bounds: cut otherwise as talk goes on, it has another."""
    from_ms_ago: int
    to_ms_ago: int
    """0 while it goes on."""
    terms: list[str]
    """What it was about, the most telling first: at most three; none: no word may be shown."""
    colour: int
    """0 to 6."""


class RoomTimeline(Message, frozen=True):
    """What was talked about when, in order, without holes where anybody spoke."""

    room_id: str
    segments: list[TimelineSegment]


class RelatedTopics(View, frozen=True):
    """Two topics that are said together more than chance would have it."""

    first: int
    second: int
    """Topic ids."""
    weight: float
    """0 to 1, relative to the closest pair."""


class RoomRelations(Message, frozen=True):
    """The closest pairs of a room's topics, 12 at most."""

    room_id: str
    pairs: list[RelatedTopics]


class Trait(View, frozen=True):
    """A word that one speaker says more than the others of the room."""

    term: str
    weight: float
    """0 to 1, relative to his most telling one."""


class SpeakerTraits(Message, frozen=True):
    """What one speaker talks about and others do not, 8 words at most."""

    room_id: str
    tap_id: int
    traits: list[Trait]


class TrendingTopic(View, frozen=True):
    """A word that several rooms talk about at the same time."""

    term: str
    rooms: int
    """3 at least."""
    speakers: int
    """3 at least."""


class Trending(Message, frozen=True):
    """What the house talks about, 10 at most, whenever it changes; to every gate."""

    topics: list[TrendingTopic]


class Mention(View, frozen=True):
    """A line in which a topic was said."""

    line_id: int
    tap_id: int
    age_ms: int


class TopicMentions(Message, frozen=True):
    """Reply to `ask_topic`: the newest first, 20 at most."""

    request: int
    mentions: list[Mention]


class RoomTopics(Message, frozen=True):
    """The topics of a room, heaviest first, whenever they change."""

    room_id: str
    topics: list[Topic]


class Purged(Message, frozen=True):
    """Nothing of this consent (or, with `tap_id` null, of this room) is in memory any more."""

    room_id: str
    tap_id: int | None


class Stats(Message, frozen=True):
    """Counters by name; `frames_by_tap` counts audio frames that arrived at this socket."""

    request: int
    counters: dict[str, int]
    frames_by_tap: dict[int, int]


AnalysisToGate = (
    EngineState
    | Line
    | Gap
    | RoomTopics
    | RoomTimeline
    | RoomRelations
    | SpeakerTraits
    | Trending
    | TopicMentions
    | Purged
    | Stats
)

encoder = msgspec.json.Encoder()
decode_from_gate: msgspec.json.Decoder[GateToAnalysis] = msgspec.json.Decoder(GateToAnalysis)
decode_from_analysis: msgspec.json.Decoder[AnalysisToGate] = msgspec.json.Decoder(AnalysisToGate)
