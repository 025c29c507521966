"""Reactions: what a room shows without a word, gathered so that a crowd costs as little as one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from server.domain.bucket import Rate
from server.domain.ids import MemberId
from server.domain.room import Room

REACTIONS_RATE = Rate(tokens=4, refill_ms=4_000)
"""Four at once, then one a second, for each person."""
FACES_SHOWN = 24
"""At so many faces a reaction is shown at one time; the counts hold all."""


class Reaction(Enum):
    """The whole set; how each of them looks is the page's."""

    CLAP = "clap"
    HEART = "heart"
    LAUGH = "laugh"
    WOW = "wow"
    AGREE = "agree"


@dataclass(frozen=True, slots=True)
class Gathered:
    """What the people of a room showed within one moment."""

    counts: Mapping[Reaction, int]
    faces: tuple[tuple[MemberId, Reaction], ...]
    """Those on stage first; the last reaction of each."""


def gather(room: Room, shown: Iterable[tuple[MemberId, Reaction]]) -> Gathered | None:
    """Sum up a moment, without those who have left meanwhile; None where nothing is left."""
    here = [(who, what) for who, what in shown if who in room.participants]
    if not here:
        return None
    last = dict(here)
    ordered = sorted(last, key=lambda who: not room.participants[who].role.on_stage)
    faces = tuple((who, last[who]) for who in ordered[:FACES_SHOWN])
    return Gathered(Counter(what for _, what in here), faces)
