"""What stands on a room's list: ranks that do not flicker, ids and colours that stay.

A word keeps its id and its colour for as long as it is said within the window; a phrase has those
of its better word.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from analysis.counts import Term
from analysis.phrases import Pair, Phrase, find_phrases, most_said

TOP_WORDS: Final = 10
KEPT_RANKS: Final = 5
KEPT_MARGIN: Final = math.log(1.7)
"""What a word on the first five ranks must be beaten by."""
LISTED_MARGIN: Final = math.log(1.1)
"""The same for the rest of the list."""
COLOURS: Final = 7


@dataclass(frozen=True, slots=True)
class RankedTopic:
    """A topic with its weight relative to the heaviest (0 to 1)."""

    topic_id: int
    colour: int
    """0 to 6."""
    term: str
    weight: float
    speakers: int
    stems: tuple[str, ...]
    """Its words, one or two."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A word that may be shown, and the logarithm of its weight."""

    term: Term
    score: float


@dataclass(frozen=True, slots=True)
class _Identity:
    topic_id: int
    colour: int


class ShownList:
    """The list of one room as it was shown last."""

    def __init__(self) -> None:
        self._margins: dict[str, float] = {}
        self._pairs: frozenset[Pair] = frozenset()
        self._forms: dict[str | Pair, str] = {}
        self._identities: dict[str, _Identity] = {}
        self._ids = itertools.count(1)

    def rank(self, words: Sequence[Scored], count: int) -> list[RankedTopic]:
        """Put words in order; what is shown gives way to clearly heavier words only."""
        margins = self._margins
        ranked = sorted(
            (Scored(w.term, w.score + margins.get(w.term.stem, 0.0)) for w in words),
            key=lambda word: (-word.score, word.term.stem),
        )[: max(count, TOP_WORDS)]
        topics = self._joined(ranked)
        self._margins = {
            stem: KEPT_MARGIN if rank < KEPT_RANKS else LISTED_MARGIN
            for rank, topic in enumerate(topics[:TOP_WORDS])
            for stem in topic.stems
        }
        return topics[:count]

    def settle(self) -> None:
        """Forget what was shown, so that the next list is that of the counts alone."""
        self._margins.clear()
        self._pairs = frozenset()
        self._forms.clear()

    def forget(self, lives: Callable[[str], bool]) -> None:
        """Forget the ids of words that nobody says any more."""
        self._identities = {s: known for s, known in self._identities.items() if lives(s)}
        self._forms = {
            key: form
            for key, form in self._forms.items()
            if all(map(lives, (key,) if isinstance(key, str) else key))
        }

    def words_of(self, topic_id: int) -> tuple[str, ...]:
        """The stems of the topic whose id this is, while it lives; two of a phrase."""
        living = self._identities.items()
        stem = next((s for s, known in living if known.topic_id == topic_id), None)
        if stem is None:
            return ()
        return next((pair for pair in self._pairs if stem in pair), (stem,))

    def stems_of(self, term: str) -> frozenset[str]:
        """The words of a topic that is shown, or was of late, in this form."""
        keys = [key for key, form in self._forms.items() if form == term]
        return frozenset(s for key in keys for s in ((key,) if isinstance(key, str) else key))

    def _joined(self, ranked: list[Scored]) -> list[RankedTopic]:
        top = {word.term.stem: word.term for word in ranked[:TOP_WORDS]}
        phrases = find_phrases(top, self._pairs)
        self._pairs = frozenset(phrase.pair for phrase in phrases.values())
        topics: list[RankedTopic] = []
        done: set[str] = set()
        for word in ranked:
            stem = word.term.stem
            if stem in done:
                continue
            phrase = phrases.get(stem)
            done |= set(phrase.pair) if phrase else {stem}
            weight = math.exp(word.score - ranked[0].score)
            topics.append(self._topic(word.term, phrase, weight))
        return topics

    def _topic(self, term: Term, phrase: Phrase | None, weight: float) -> RankedTopic:
        if phrase:
            form = phrase.surface(self._forms.get(phrase.pair))
            self._forms[phrase.pair] = form
            speakers = len({mention.said.speaker for mention in phrase.mentions})
            stems: tuple[str, ...] = phrase.pair
        else:
            form = most_said(term.surfaces, self._forms.get(term.stem))
            self._forms[term.stem] = form
            speakers, stems = len(term.speakers), (term.stem,)
        known = self._identity(term.stem)
        return RankedTopic(known.topic_id, known.colour, form, weight, speakers, stems)

    def _identity(self, stem: str) -> _Identity:
        if stem not in self._identities:
            taken = Counter(known.colour for known in self._identities.values())
            colour = min(range(COLOURS), key=lambda colour: (taken[colour], colour))
            self._identities[stem] = _Identity(next(self._ids), colour)
        return self._identities[stem]
