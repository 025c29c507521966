"""What was said in a room within the window, counted as it comes and as it goes.

Owns mentions and what is summed over them; every sum is kept up to date by the mention that comes
or leaves, so that nothing is ever counted anew. Keeps words with times, never an utterance.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from typing import Any

from analysis.words import Word, Words

WINDOW_S = 600.0
STRETCH_S = 30.0
"""Mentions in one stretch of time are one occasion."""
MAX_MENTIONS = 5_000
"""Per room, three times what a window of the fastest talk holds; the oldest are forgotten first."""


@dataclass(frozen=True, slots=True)
class Said:
    """Who said words, when and in which line."""

    speaker: Hashable
    language: str
    """ISO 639-1."""
    at_s: float
    line_id: int = 0


@dataclass(frozen=True, slots=True)
class Mention:
    """A word that was said."""

    said: Said
    word: Word
    before: Word | None
    """The content word said directly before."""


@dataclass(slots=True)
class Term:
    """All mentions of one stem in the window, and what is summed over them."""

    stem: str
    half_life_s: float
    mentions: deque[Mention] = field(default_factory=deque)
    speakers: dict[Hashable, int] = field(default_factory=dict)
    surfaces: dict[str, int] = field(default_factory=dict)
    stretches: dict[int, int] = field(default_factory=dict)
    """How often it was said in which stretch of time."""
    frequency: float = 0.0
    """Of its most common form, in its language."""
    faded: float = 0.0
    """Σ 2^(−age / half-life) at `faded_at_s`."""
    faded_at_s: float = 0.0
    stale: bool = True
    """Whether what was derived from these sums must be derived anew."""

    def count(self, mention: Mention) -> None:
        """Take a mention, which is the newest."""
        said, word = mention.said, mention.word
        self.mentions.append(mention)
        _increase(self.speakers, said.speaker)
        _increase(self.surfaces, word.surface)
        _increase(self.stretches, int(said.at_s // STRETCH_S))
        self.frequency = max(self.frequency, word.frequency)
        self.faded = 1.0 + self.faded * self._fading(said.at_s - self.faded_at_s)
        self.faded_at_s = said.at_s
        self.stale = True

    def discount(self) -> Mention:
        """Forget the oldest mention."""
        mention = self.mentions.popleft()
        said, word = mention.said, mention.word
        _decrease(self.speakers, said.speaker)
        _decrease(self.stretches, int(said.at_s // STRETCH_S))
        if _decrease(self.surfaces, word.surface):
            left = (kept.word.frequency for kept in self.mentions)
            self.frequency = max(left, default=0.0)
        self.faded -= self._fading(self.faded_at_s - said.at_s)
        self.stale = True
        return mention

    def _fading(self, seconds: float) -> float:
        return math.exp2(-seconds / self.half_life_s)


_Change = Callable[[dict[Any, int], Hashable], bool]


class Counts:
    """The window of one room."""

    def __init__(self, half_life_s: Callable[[str], float]) -> None:
        """Take how fast the words of a language fade."""
        self._half_life_s = half_life_s
        self._mentions: deque[Mention] = deque()
        self._terms: dict[str, Term] = {}
        self._partners: dict[str, dict[str, int]] = {}

    def __len__(self) -> int:
        """How many mentions are kept."""
        return len(self._mentions)

    def __contains__(self, stem: object) -> bool:
        return stem in self._terms

    def terms(self) -> Iterator[Term]:
        """All that was said in the window."""
        return iter(self._terms.values())

    def term(self, stem: str) -> Term | None:
        """The mentions of one stem."""
        return self._terms.get(stem)

    def beside(self, stem: str) -> int:
        """How often it was said directly beside the word that it was said beside most."""
        partners = self._partners.get(stem)
        return max(partners.values()) if partners else 0

    def add(self, said: Said, words: Words) -> None:
        """Count the words of a final caption or typed turn; the newest come last."""
        before: Word | None = None
        for word in words:
            if word is not None:
                self._append(Mention(said, word, before))
            before = word
        self.expire(said.at_s)

    def expire(self, now_s: float) -> None:
        """Forget what has left the window."""
        while self._mentions and self._mentions[0].said.at_s < now_s - WINDOW_S:
            self._pop_oldest()

    def forget(self, speaker: Hashable) -> None:
        """Count anew what all others said, as if this one had never spoken."""
        kept = [mention for mention in self._mentions if mention.said.speaker != speaker]
        self._mentions.clear()
        self._terms.clear()
        self._partners.clear()
        for mention in kept:
            self._append(mention)

    def _append(self, mention: Mention) -> None:
        if len(self._mentions) >= MAX_MENTIONS:
            self._pop_oldest()
        self._mentions.append(mention)
        term = self._terms.get(mention.word.stem)
        if term is None:
            half_life_s = self._half_life_s(mention.said.language)
            term = self._terms[mention.word.stem] = Term(mention.word.stem, half_life_s)
        term.count(mention)
        if mention.before:
            self._pair(mention.before.stem, term.stem, _increase)

    def _pop_oldest(self) -> None:
        oldest = self._mentions.popleft()
        term = self._terms[oldest.word.stem]
        mention = term.discount()
        if not term.mentions:
            del self._terms[term.stem]
        if mention.before:
            self._pair(mention.before.stem, mention.word.stem, _decrease)

    def _pair(self, first: str, second: str, change: _Change) -> None:
        for stem, other in ((first, second), (second, first)):
            partners = self._partners.setdefault(stem, {})
            change(partners, other)
            if not partners:
                del self._partners[stem]
            if term := self._terms.get(stem):
                term.stale = True


def _increase(counts: dict[Any, int], key: Hashable) -> bool:
    """Count one more; returns whether it is the first."""
    counts[key] = counts.get(key, 0) + 1
    return counts[key] == 1


def _decrease(counts: dict[Any, int], key: Hashable) -> bool:
    """Count one less; returns whether none is left."""
    left = counts.get(key, 0) - 1
    if left > 0:
        counts[key] = left
        return False
    counts.pop(key, None)
    return True
