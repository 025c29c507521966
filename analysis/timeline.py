"""What a room talked about when: its talk cut into stretches that hang together.

Owns counts of words by half minute and speaker, of the last hour, and the stretches found in them.
Everything is a function of the half minutes that are over, so a withdrawal takes a speaker's counts
away and derives the rest anew: exactly what a room without him would have.

A boundary is shown once it is three minutes old and never moves after that. Until then the best
cut (dynamic programming over smoothed TF-IDF vectors, least squares) is looked for again with every
half minute. Keeps words and how often they were said, never their order.
"""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from analysis.counts import Said
from analysis.privacy import Blocked, may_show
from analysis.words import Word, Words

CHUNK_S: Final = 30.0
MAX_CHUNKS: Final = 120
"""An hour of talk; the oldest are forgotten first, but not what they were found to be about."""
MAX_CLOSED: Final = 48
MAX_CHUNK_WORDS: Final = 100
"""Twice what the fastest talk holds; more of one half minute is not counted."""
FROZEN_AFTER: Final = 6
"""Chunks behind a boundary from which on it stays."""
MAX_OPEN: Final = 60
"""Chunks after which the best boundary is taken even where nothing calls for one."""
SMOOTHING: Final = 2.0
"""Standard deviation in chunks of the window over which neighbours are mixed."""
EVENNESS: Final = 0.5
"""Added to each idf, so that words of a talk with one subject count, not its noise alone."""
SEGMENT_COST: Final = 2.0
"""What a segment must explain, in squared length of a chunk's vector."""
TYPICAL_CHUNKS: Final = 16.0
"""Length of segment that costs nothing beyond that: eight minutes."""
LENGTH_COST: Final = 1.0
"""Weight of ln(length / typical length)²."""
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
    said: dict[Hashable, array[int]]
    """By speaker: which forms of words."""


class Timeline:
    """The timeline of one room."""

    def __init__(self) -> None:
        self._chunks: list[_Chunk] = []
        self._forms: dict[Word, int] = {}
        self._words: list[Word] = []
        self._closed: list[Segment] = []
        self._open: Segment | None = None
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
        forms = [self._form(word) for word in found[: max(room, 0)]]
        chunk.said.setdefault(said.speaker, array("H")).extend(forms)

    def withdraw(self, speaker: Hashable, blocked: Blocked) -> None:
        """Leave exactly what a room holds in which this speaker never spoke."""
        kept = [
            _Chunk(c.number, {s: w for s, w in c.said.items() if s != speaker})
            for c in self._chunks
        ]
        self._restore([chunk for chunk in kept if chunk.said])
        self._closed.clear()
        self._open, done, self._done = None, self._done, None
        # Numbers go on: a segment of another room than before must not be taken for an old one.
        self._next_id += 1
        if done is not None:
            self.segments((done + 1) * CHUNK_S, blocked)

    def rename(self, blocked: Blocked) -> None:
        """Name anew, after other words than before must not be shown."""
        chunks = self._chunks
        for place, segment in enumerate(self._closed):
            to = segment.to_s
            inside = [c for c in chunks if segment.from_s <= c.number * CHUNK_S < (to or math.inf)]
            if not inside:  # older than what is kept: its name can only be taken away
                terms = tuple(t for t in segment.terms if not blocked.holds(t, (t,)))
                self._closed[place] = replace(segment, terms=terms)
                continue
            terms = self._terms(inside, [c for c in chunks if c not in inside], blocked)
            self._closed[place] = Segment(
                segment.segment_id, segment.from_s, to, terms, segment.colour
            )
        if self._open and self._done is not None:
            self._name_open(self._done, blocked)

    def segments(self, now_s: float, blocked: Blocked) -> list[Segment]:
        """All segments in order, the last one open; derived anew once in a half minute."""
        over = int(now_s // CHUNK_S) - 1
        fresh = [c for c in self._chunks if c.number <= over]
        if self._done is not None:
            fresh = [c for c in fresh if c.number > (self._done or 0)]
        for chunk in fresh:
            self._look(chunk.number, blocked)
            self._done = chunk.number
        if fresh:
            self._name_open(fresh[-1].number, blocked)
            self._expire()
        return [*self._closed, self._open] if self._open else []

    # ------------------------------------------------------------------ segments

    def _look(self, number: int, blocked: Blocked) -> None:
        """Freeze the first boundary where it is old enough, with one more chunk known."""
        if self._open is None:
            first = self._chunks[0].number * CHUNK_S
            self._open = Segment(self._next_id, first, None, (), 0)
            self._next_id += 1
        start = self._open.from_s
        seen = [c for c in self._chunks if c.number <= number]
        live = [c for c in seen if c.number * CHUNK_S >= start]
        if len(live) <= FROZEN_AFTER:
            return
        cut = first_cut(self._vectors(seen)[-len(live) :], must=len(live) >= MAX_OPEN)
        if cut is None or len(live) - cut < FROZEN_AFTER:
            return
        inside, at_s = live[:cut], live[cut].number * CHUNK_S
        outside = seen[: len(seen) - len(live)] + live[cut:]
        terms = self._terms(inside, outside, blocked)
        before = self._open
        self._closed.append(Segment(before.segment_id, start, at_s, terms, before.colour))
        self._open = Segment(self._next_id, at_s, None, (), (before.colour + 1) % COLOURS)
        self._next_id += 1

    def _vectors(self, chunks: list[_Chunk]) -> np.ndarray[Any, np.dtype[np.float64]]:
        """One unit vector per chunk: TF-IDF over stems, mixed with its neighbours'."""
        stems: dict[str, int] = {}
        column = [stems.setdefault(word.stem, len(stems)) for word in self._words]
        counts = np.zeros((len(chunks), max(len(stems), 1)))
        columns = np.array(column, dtype=np.intp)
        for row, chunk in enumerate(chunks):
            for forms in chunk.said.values():
                np.add.at(counts[row], columns[np.frombuffer(forms, dtype=np.uint16)], 1.0)
        holding = (counts > 0).sum(axis=0)
        idf = (np.log((1 + len(chunks)) / (1 + holding)) + EVENNESS) * (holding > 1)
        weighed = np.log1p(counts) * idf
        apart = np.subtract.outer(np.arange(len(chunks)), np.arange(len(chunks)))
        mixing = np.exp(-0.5 * (apart / SMOOTHING) ** 2)
        mixed = mixing @ weighed
        lengths = np.linalg.norm(mixed, axis=1, keepdims=True)
        unit: np.ndarray[Any, np.dtype[np.float64]] = mixed / np.maximum(lengths, 1e-9)
        return unit

    # ------------------------------------------------------------------ names

    def _name_open(self, number: int, blocked: Blocked) -> None:
        if self._open is None:
            return
        start = self._open.from_s
        seen = [c for c in self._chunks if c.number <= number]
        inside = [c for c in seen if c.number * CHUNK_S >= start]
        outside = seen[: len(seen) - len(inside)]
        terms = self._terms(inside, outside, blocked)
        self._open = Segment(self._open.segment_id, start, None, terms, self._open.colour)

    def _terms(
        self, inside: list[_Chunk], outside: list[_Chunk], blocked: Blocked
    ) -> tuple[str, ...]:
        """The words said more here than elsewhere: tf^0.7 · ln(share here / share elsewhere)."""
        elsewhere: Counter[str] = Counter()
        for word, said in self._said(outside).items():
            elsewhere[word.stem] += said.total()
        here: dict[str, dict[Word, Counter[Hashable]]] = {}
        for word, said in self._said(inside).items():
            here.setdefault(word.stem, {})[word] = said
        total = sum(said.total() for forms in here.values() for said in forms.values())
        weighed: list[tuple[float, str]] = []
        for stem, forms in here.items():
            said_by = sum(forms.values(), Counter[Hashable]())
            frequency = max(word.frequency for word in forms)
            if not may_show(frequency, said_by):
                continue
            if blocked.holds(stem, (word.surface for word in forms)):
                continue
            count = said_by.total()
            share = (count + 1) / (total + 1)
            others = (elsewhere[stem] + 1) / (elsewhere.total() + total + 1)
            common = max(1e-9, 1 - math.exp(-1500.0 * frequency))
            surprise = max(-math.log(common), 1e-3)
            weight = count**TERM_EXPONENT * math.log1p(share / others) * surprise**0.3
            best = min(forms, key=lambda word: (-forms[word].total(), word.surface))
            weighed.append((-weight, best.surface))
        return tuple(term for _, term in sorted(weighed)[:MAX_TERMS])

    def _said(self, chunks: Iterable[_Chunk]) -> dict[Word, Counter[Hashable]]:
        said: dict[Word, Counter[Hashable]] = {}
        for chunk in chunks:
            for speaker, forms in chunk.said.items():
                for form in forms:
                    said.setdefault(self._words[form], Counter())[speaker] += 1
        return said

    # ------------------------------------------------------------------ memory

    def _form(self, word: Word) -> int:
        number = self._forms.get(word)
        if number is None:
            number = self._forms[word] = len(self._words)
            self._words.append(word)
        return number

    def _expire(self) -> None:
        if len(self._chunks) <= MAX_CHUNKS:
            return
        # A tenth at once: numbering the words anew costs as much for one chunk as for many.
        self._restore(self._chunks[-(MAX_CHUNKS - MAX_CHUNKS // 10) :])
        self._closed = self._closed[-MAX_CLOSED:]

    def _restore(self, chunks: list[_Chunk]) -> None:
        """Keep these chunks, and only the words that are said in them."""
        words = self._words
        self._forms, self._words = {}, []
        self._chunks = [
            _Chunk(
                chunk.number,
                {
                    speaker: array("H", [self._form(words[form]) for form in forms])
                    for speaker, forms in chunk.said.items()
                },
            )
            for chunk in chunks
        ]


def first_cut(vectors: np.ndarray[Any, np.dtype[np.float64]], *, must: bool) -> int | None:
    """Where the first segment of the best segmentation ends; None: it is all one.

    `must`: find one anyway.
    """
    count = len(vectors)
    sums = np.zeros((count + 1, count + 1))
    sums[1:, 1:] = (vectors @ vectors.T).cumsum(axis=0).cumsum(axis=1)
    # Of a segment i..j: the squared distances from its mean, from the sums of inner products.
    ends = np.arange(count + 1)
    diagonal = np.diagonal(sums)
    block = diagonal[None, :] - sums - sums.T + diagonal[:, None]
    lengths = np.maximum(ends[None, :] - ends[:, None], 1)
    spread = lengths - block / lengths
    typical = LENGTH_COST * np.log(lengths / TYPICAL_CHUNKS) ** 2
    # The last segment goes on: that it is short so far tells nothing.
    typical[:, count] = np.where(lengths[:, count] < TYPICAL_CHUNKS, 0.0, typical[:, count])
    cost = spread + SEGMENT_COST + typical
    # From the end: rest[i] is the least cost of what begins at i, cut[i] where its first part ends.
    rest, cut = np.zeros(count + 1), np.zeros(count + 1, dtype=int)
    for begin in range(count - 1, -1, -1):
        upto = count if must and begin == 0 else count + 1
        totals = cost[begin, begin + 1 : upto] + rest[begin + 1 : upto]
        cut[begin] = begin + 1 + int(np.argmin(totals)) if len(totals) else count
        rest[begin] = totals.min() if len(totals) else cost[begin, count]
    return int(cut[0]) if cut[0] < count else None
