"""What follows from the counts of a room besides its list: relations, traits, what is trending.

Pure: computed from what the window holds and what the lists show, under the same rules of privacy;
keeps nothing.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from analysis.counts import Counts, Term
from analysis.privacy import HOUSE_ROOMS, HOUSE_SPEAKERS, Blocked, may_show
from analysis.shown import RankedTopic

MAX_PAIRS: Final = 12
MIN_TOGETHER: Final = 2
"""Stretches of time (30 s) in which both words of a pair were said."""
MAX_TRAITS: Final = 8
MIN_TRAIT_MENTIONS: Final = 3
TRAIT_EXPONENT: Final = 0.7
OTHERS_SMOOTHING: Final = 0.5
"""A word that others never said counts as said half a time by them."""
MAX_TRENDING: Final = 10


@dataclass(frozen=True, slots=True)
class Relation:
    """Two topics (ids) said together more than chance would have it."""

    first: int
    second: int
    weight: float
    """0 to 1, relative to the closest pair."""


@dataclass(frozen=True, slots=True)
class TraitWord:
    """A word that one speaker says more than the others."""

    term: str
    weight: float
    """0 to 1, relative to his most telling one."""


@dataclass(frozen=True, slots=True)
class HouseTopic:
    """A word that several rooms show at the same time."""

    term: str
    rooms: int
    speakers: int


def relate(topics: Sequence[RankedTopic], counts: Counts) -> list[Relation]:
    """The closest pairs of shown topics: pointwise mutual information over stretches of time."""
    heard = len(counts.by_stretch)
    when = [_stretches(topic, counts) for topic in topics]
    found: list[tuple[float, int, int]] = []
    for second in range(len(topics)):
        for first in range(second):
            together = len(when[first] & when[second])
            if together < MIN_TOGETHER:
                continue
            closeness = math.log(together * heard / (len(when[first]) * len(when[second])))
            if closeness > 0:
                found.append((closeness, topics[first].topic_id, topics[second].topic_id))
    found.sort(key=lambda pair: (-pair[0], pair[1:]))
    return [Relation(a, b, closeness / found[0][0]) for closeness, a, b in found[:MAX_PAIRS]]


def traits(counts: Counts, blocked: Blocked) -> dict[Hashable, list[TraitWord]]:
    """What each speaker talks about and the others do not; nothing where one speaks alone.

    Weight: tf^0.7 · ln(share of his words / share of the others' words).
    """
    totals = counts.by_speaker
    if len(totals) < 2:
        return {}
    weighed: dict[Hashable, list[tuple[float, str]]] = {speaker: [] for speaker in totals}
    for term in counts.terms():
        own = _own_weights(term, counts)
        # What may be shown is asked last, as it costs most.
        if not own or not may_show(term.frequency, term.speakers):
            continue
        if not blocked.holds(term.stem, term.surfaces):
            for speaker, weight in own.items():
                weighed[speaker].append((weight, _own_form(term, speaker)))
    return {speaker: _heaviest(words) for speaker, words in weighed.items()}


def _own_weights(term: Term, counts: Counts) -> dict[Hashable, float]:
    """Whose word this is, by speaker: of those who say it more than the others do."""
    mentions = len(term.mentions)
    if mentions < MIN_TRAIT_MENTIONS:
        return {}
    weights: dict[Hashable, float] = {}
    for speaker, said in term.speakers.items():
        if said < MIN_TRAIT_MENTIONS:
            continue
        total = counts.by_speaker[speaker]
        share = said / total
        others = (mentions - said + OTHERS_SMOOTHING) / (len(counts) - total + OTHERS_SMOOTHING)
        if share > others:
            weights[speaker] = said**TRAIT_EXPONENT * math.log(share / others)
    return weights


def trending(lists: Iterable[tuple[Sequence[RankedTopic], Counts]]) -> list[HouseTopic]:
    """Words on the lists of three rooms or more, said by three speakers or more."""
    rooms: Counter[str] = Counter()
    speakers: Counter[str] = Counter()
    forms: dict[str, Counter[str]] = {}
    for topics, counts in lists:
        for stem in {stem for topic in topics for stem in topic.stems}:
            term = counts.term(stem)
            if term is None:
                continue
            rooms[stem] += 1
            speakers[stem] += len(term.speakers)
            forms.setdefault(stem, Counter()).update(term.surfaces)
    house = [
        HouseTopic(min(forms[stem], key=lambda form: (-forms[stem][form], form)), count, said)
        for stem, count in rooms.items()
        if count >= HOUSE_ROOMS and (said := speakers[stem]) >= HOUSE_SPEAKERS
    ]
    return sorted(house, key=lambda t: (-t.rooms, -t.speakers, t.term))[:MAX_TRENDING]


def _stretches(topic: RankedTopic, counts: Counts) -> set[int]:
    terms = [term for stem in topic.stems if (term := counts.term(stem))]
    return {stretch for term in terms for stretch in term.stretches}


def _own_form(term: Term, speaker: Hashable) -> str:
    forms = Counter(m.word.surface for m in term.mentions if m.said.speaker == speaker)
    return min(forms, key=lambda form: (-forms[form], form))


def _heaviest(words: list[tuple[float, str]]) -> list[TraitWord]:
    words.sort(key=lambda word: (-word[0], word[1]))
    return [TraitWord(term, weight / words[0][0]) for weight, term in words[:MAX_TRAITS]]
