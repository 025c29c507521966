"""What was said in a room within the window, counted as it comes and as it goes.

Owns mentions and what is summed over them; every sum is kept up to date by the mention that comes
or leaves, so that nothing is ever counted anew. Keeps words with times, never an utterance.
"""

from __future__ import annotations

import math
from collections import Counter, deque
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
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

    @property
    def stretch(self) -> int:
        """The stretch of time that this belongs to."""
        return int(self.at_s // STRETCH_S)


@dataclass(slots=True)
class Mention:
    """A word that was said."""

    said: Said
    word: Word
    before: Word | None
    """The content word said directly before."""
    after: Word | None = None
    """The one said directly after."""


class Term:
    """All mentions of one stem in the window, and how they fade.

    Most words are said once or twice: what is counted over so few is counted when it is asked for,
    which needs a third of the memory that kept sums would.
    """

    __slots__ = ("faded", "faded_at_s", "half_life_s", "mentions", "stale", "stem")

    def __init__(self, stem: str, half_life_s: float) -> None:
        self.stem = stem
        self.half_life_s = half_life_s
        self.mentions: list[Mention] = []
        """The newest comes last."""
        self.faded = 0.0
        """Σ 2^(−age / half-life) at `faded_at_s`."""
        self.faded_at_s = 0.0
        self.stale = True
        """Whether what was derived from the mentions must be derived anew."""

    @property
    def speakers(self) -> Counter[Hashable]:
        """How often each speaker said it."""
        return Counter([mention.said.speaker for mention in self.mentions])

    @property
    def surfaces(self) -> Counter[str]:
        """How often it was said in which form."""
        return Counter([mention.word.surface for mention in self.mentions])

    @property
    def stretches(self) -> set[int]:
        """The stretches of time in which it was said."""
        return {mention.said.stretch for mention in self.mentions}

    @property
    def frequency(self) -> float:
        """Of its most common form, in its language."""
        return max([mention.word.frequency for mention in self.mentions])

    @property
    def beside(self) -> int:
        """How often it was said directly beside the word that it was said beside most."""
        partners = Counter(
            partner.stem
            for mention in self.mentions
            for partner in (mention.before, mention.after)
            if partner and partner.stem != self.stem
        )
        return max(partners.values(), default=0)

    def count(self, mention: Mention) -> None:
        """Take a mention, which is the newest."""
        at_s = mention.said.at_s
        self.mentions.append(mention)
        self.faded = 1.0 + self.faded * self._fading(at_s - self.faded_at_s)
        self.faded_at_s = at_s
        self.stale = True

    def discount(self) -> None:
        """Forget the oldest mention."""
        oldest = self.mentions.pop(0)
        self.faded -= self._fading(self.faded_at_s - oldest.said.at_s)
        self.stale = True

    def _fading(self, seconds: float) -> float:
        return math.exp2(-seconds / self.half_life_s)


_Change = Callable[[dict[Any, int], Hashable], None]


class Counts:
    """The window of one room."""

    def __init__(self, half_life_s: Callable[[str], float]) -> None:
        """Take how fast the words of a language fade."""
        self._half_life_s = half_life_s
        self._mentions: deque[Mention] = deque()
        self._terms: dict[str, Term] = {}
        self.by_speaker: dict[Hashable, int] = {}
        """How many mentions each speaker has."""
        self.by_stretch: dict[int, int] = {}
        """How many mentions each stretch of time has."""

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

    def add(self, said: Said, words: Words) -> None:
        """Count the words of a final caption or typed turn; the newest come last."""
        before: Mention | None = None
        for found in words:
            if found is None:
                before = None
                continue
            mention = Mention(said, found, before.word if before else None)
            if before:
                before.after = mention.word
            self._append(mention)
            before = mention
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
        self.by_speaker.clear()
        self.by_stretch.clear()
        for mention in kept:
            self._append(mention)

    def _append(self, mention: Mention) -> None:
        if len(self._mentions) >= MAX_MENTIONS:
            self._pop_oldest()
        self._mentions.append(mention)
        stem = mention.word.stem
        if stem not in self._terms:
            self._terms[stem] = Term(stem, self._half_life_s(mention.said.language))
        self._terms[stem].count(mention)
        self._tally(mention, _increase)

    def _pop_oldest(self) -> None:
        oldest = self._mentions.popleft()
        term = self._terms[oldest.word.stem]
        term.discount()
        if not term.mentions:
            del self._terms[term.stem]
        self._tally(oldest, _decrease)

    def _tally(self, mention: Mention, change: _Change) -> None:
        change(self.by_speaker, mention.said.speaker)
        change(self.by_stretch, mention.said.stretch)


def _increase(counts: dict[Any, int], key: Hashable) -> None:
    counts[key] = counts.get(key, 0) + 1


def _decrease(counts: dict[Any, int], key: Hashable) -> None:
    if counts[key] > 1:
        counts[key] -= 1
    else:
        del counts[key]
