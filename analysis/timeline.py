"""What a room talked about when: its talk cut into stretches that hang together.

Owns counts of words by half minute and speaker, of the last hour, and the stretches found in them.
Everything is a function of the half minutes that are over, so a withdrawal takes a speaker's counts
away and derives the rest anew: exactly what a room without him would have.

With every half minute, later less often, the last hour and a half is cut anew (`cut`): talk that is
new can show that what looked like two subjects was one. An id stands for its bounds; a stretch that
stays mostly what it was keeps its colour. Keeps words and how often they were said, never their
order.
"""

from __future__ import annotations

import math
from bisect import bisect
from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from analysis.counts import Said
from analysis.cut import Matrix, Numbers, best_cuts, likeness
from analysis.privacy import MIN_MENTIONS, Blocked, may_show
from analysis.words import Word, Words

CHUNK_S: Final = 30.0
MAX_CHUNKS: Final = 180
"""An hour and a half of talk; the oldest go first, but not what they were found to be about."""
MAX_CLOSED: Final = 48
MAX_SEGMENTS: Final = MAX_CLOSED + 1
MAX_CHUNK_WORDS: Final = 100
"""Twice what the fastest talk holds; more of one half minute is not counted."""
PATIENCE: Final = 16
"""Half minutes of talk for each half minute more between one cut and the next."""
KEPT_OVERLAP: Final = 0.5
"""Of the time that two stretches cover together, both do, where they are the same."""
MAX_TERMS: Final = 3
TERM_EXPONENT: Final = 0.7
COLOURS: Final = 7


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of talk about one thing."""

    segment_id: int
    from_s: float
    to_s: float | None
    """None while it goes on."""
    terms: tuple[str, ...]
    """At most three, the most telling first; none where nothing may be shown."""
    colour: int
    """0 to 6; its neighbours have others."""


@dataclass(slots=True)
class _Chunk:
    number: int
    """Of half minutes."""
    said: dict[Hashable, tuple[Word, ...]]
    """By speaker."""


_Said = tuple[Hashable, Word]
"""Who said what."""


class Timeline:
    """The timeline of one room."""

    def __init__(self) -> None:
        self._chunks: list[_Chunk] = []
        self._past: list[Segment] = []
        """Of what is forgotten."""
        self._found: list[Segment] = []
        """Of the half minutes that are kept, the last one open."""
        self._next_id = 1
        self._done: int | None = None
        """The newest chunk that was looked at."""

    def add(self, said: Said, words: Words) -> None:
        """Count the words of a final caption or typed turn; the newest come last."""
        found = [word for word in words if word is not None]
        if not found:
            return
        number = int(said.at_s // CHUNK_S)
        if not self._chunks or self._chunks[-1].number < number:
            self._chunks.append(_Chunk(number, {}))
        chunk = self._chunks[-1]
        room = MAX_CHUNK_WORDS - sum(map(len, chunk.said.values()))
        chunk.said[said.speaker] = (*chunk.said.get(said.speaker, ()), *found[: max(room, 0)])

    def withdraw(self, speaker: Hashable, blocked: Blocked) -> None:
        """Leave exactly what a room holds in which this speaker never spoke."""
        kept = [
            _Chunk(c.number, {s: w for s, w in c.said.items() if s != speaker})
            for c in self._chunks
        ]
        self._chunks = [chunk for chunk in kept if chunk.said]
        self._past.clear()
        self._found, done, self._done = [], self._done, None
        # Numbers go on: a segment of another room than before must not be taken for an old one.
        self._next_id += 1
        if done is not None:
            self.segments((done + 1) * CHUNK_S, blocked)

    def rename(self, blocked: Blocked) -> None:
        """Name anew, after other words than before must not be shown."""
        # What they were about is forgotten: a name can only be taken away.
        self._past = [
            replace(each, terms=tuple(t for t in each.terms if not blocked.holds(t, (t,))))
            for each in self._past
        ]
        self._name(blocked)

    def segments(self, now_s: float, blocked: Blocked) -> list[Segment]:
        """All segments in order, the last one open; derived anew once in a half minute."""
        due = self._due(int(now_s // CHUNK_S) - 1)
        newest = max((c.number for c in self._chunks if c.number <= due), default=None)
        if newest is not None and (self._done is None or newest > self._done):
            self._done = newest
            self._cut()
            self._expire()
            self._name(blocked)
        return [*self._past, *self._found][-MAX_SEGMENTS:]

    # ------------------------------------------------------------------ segments

    def _due(self, over: int) -> int:
        """The half minute up to which must be looked at, when this one is over."""
        first = self._chunks[0].number if self._chunks else over
        every = 1 + max(over - first, 0) // PATIENCE
        return over - (over - first) % every

    def _seen(self) -> list[_Chunk]:
        """The half minutes that are over."""
        return [c for c in self._chunks if self._done is not None and c.number <= self._done]

    def _cut(self) -> None:
        """Find the segments anew."""
        chunks = self._seen()
        places = best_cuts(self._likeness(chunks))
        begins = [chunks[place].number * CHUNK_S for place in (0, *places)]
        if self._past:
            begins[0] = self._past[-1].to_s or begins[0]
        until_s = (chunks[-1].number + 1) * CHUNK_S
        before, self._found = self._found, []
        for from_s, to_s in zip(begins, [*begins[1:], None], strict=True):
            fresh = Segment(0, from_s, to_s, (), -1)
            same = next((old for old in before if _goes_on(old, fresh)), None)
            near = max(before, key=lambda old: _overlap(old, fresh, until_s), default=None)
            if same:
                fresh = replace(same, to_s=to_s)
            elif near and _overlap(near, fresh, until_s) > KEPT_OVERLAP:
                fresh = replace(fresh, colour=near.colour)
            self._found.append(fresh)
        self._identify()

    def _identify(self) -> None:
        """Number the segments that are new; neighbours have different colours."""
        for place, segment in enumerate(self._found):
            if segment.segment_id:
                continue
            before = self._found[place - 1 : place] if place else self._past[-1:]
            beside = {each.colour for each in (*before, *self._found[place + 1 : place + 2])}
            last = before[0].colour if before else -1
            turns = (segment.colour, *((last + step) % COLOURS for step in range(1, COLOURS)))
            colour = next(turn for turn in turns if turn >= 0 and turn not in beside)
            self._found[place] = replace(segment, segment_id=self._next_id, colour=colour)
            self._next_id += 1

    def _likeness(self, chunks: list[_Chunk]) -> Matrix:
        numbers: dict[str, int] = {}
        people: dict[Hashable, int] = {}
        for chunk in chunks:
            for speaker in chunk.said:
                people.setdefault(speaker, len(people))
        spoken = np.zeros((len(chunks), len(people)))
        said: list[Numbers] = []
        for row, chunk in enumerate(chunks):
            for speaker, words in chunk.said.items():
                spoken[row, people[speaker]] = len(words)
            stems = [word.stem for words in chunk.said.values() for word in words]
            found = [numbers.setdefault(stem, len(numbers)) for stem in stems]
            said.append(np.array(found, dtype=np.intp))
        return likeness(said, spoken)

    # ------------------------------------------------------------------ names

    def _name(self, blocked: Blocked) -> None:
        begins = [segment.from_s for segment in self._found[1:]]
        said = [dict[str, list[_Said]]() for _ in self._found]
        for chunk in self._seen():
            here = said[bisect(begins, chunk.number * CHUNK_S)]
            for speaker, words in chunk.said.items():
                for word in words:
                    here.setdefault(word.stem, []).append((speaker, word))
        everywhere = Counter[str]()
        for here in said:
            everywhere.update({stem: len(mentions) for stem, mentions in here.items()})
        for place, here in enumerate(said):
            terms = self._terms(here, everywhere, blocked)
            self._found[place] = replace(self._found[place], terms=terms)

    def _terms(
        self, here: Mapping[str, list[_Said]], everywhere: Counter[str], blocked: Blocked
    ) -> tuple[str, ...]:
        """The words said more here than elsewhere: tf^0.7 · ln(share here / share elsewhere).

        `here`: mentions by stem; `everywhere`: how many, by stem.
        """
        total = sum(map(len, here.values()))
        all_said = everywhere.total()
        weighed: list[tuple[float, str]] = []
        for stem, mentions in here.items():
            if everywhere[stem] < MIN_MENTIONS:
                continue
            count = len(mentions)
            said_by = Counter(speaker for speaker, _ in mentions)
            forms = Counter(word.surface for _, word in mentions)
            frequency = max(word.frequency for _, word in mentions)
            if not may_show(frequency, said_by):
                continue
            if blocked.holds(stem, forms):
                continue
            share = (count + 1) / (total + 1)
            others = (everywhere[stem] - count + 1) / (all_said + 1)
            common = max(1e-9, 1 - math.exp(-1500.0 * frequency))
            surprise = max(-math.log(common), 1e-3)
            weight = count**TERM_EXPONENT * math.log1p(share / others) * surprise**0.3
            weighed.append((-weight, min(forms, key=lambda form: (-forms[form], form))))
        return tuple(term for _, term in sorted(weighed)[:MAX_TERMS])

    # ------------------------------------------------------------------ memory

    def _expire(self) -> None:
        """Forget the half minutes of the first segment, or, where there is no other, a tenth."""
        if len(self._chunks) <= MAX_CHUNKS:
            return
        first = self._found[0]
        kept = [c for c in self._chunks if first.to_s and c.number * CHUNK_S >= first.to_s]
        kept = kept or self._chunks[MAX_CHUNKS // 10 :]
        at_s = kept[0].number * CHUNK_S
        self._past = [*self._past, replace(first, to_s=at_s)][-MAX_CLOSED:]
        if first.to_s:
            del self._found[0]
        else:
            self._found[0] = replace(first, segment_id=0, from_s=at_s)
            self._identify()
        self._chunks = kept


def _goes_on(old: Segment, fresh: Segment) -> bool:
    """Whether a segment is one that was found before, and that may have ended since."""
    return old.from_s == fresh.from_s and old.to_s in (None, fresh.to_s)


def _overlap(one: Segment, other: Segment, until_s: float) -> float:
    """Which share of the time that either covers both do."""
    ends = [until_s if each.to_s is None else each.to_s for each in (one, other)]
    both_s = min(ends) - max(one.from_s, other.from_s)
    return both_s / max(max(ends) - min(one.from_s, other.from_s), CHUNK_S)
