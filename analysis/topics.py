"""What rooms talk about: words weighed by plain counting, in memory, per room.

Owns counts, windows and ranking; keeps stems and surfaces with times, never an utterance. The
formula ("LIVE") and every constant are measured: research on topics, judged by
`bench/topics_ranker.py`. Time comes in as an argument.
"""

from __future__ import annotations

import math
import re
from collections import Counter, deque
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass

from analysis.words import Word, Words

WINDOW_S = 600.0
TOP_WORDS = 10
KEPT_RANKS = 5
HYSTERESIS = 1.3
"""The words shown on the first five ranks weigh more, so that the list does not flicker."""
MIN_MENTIONS = 2
RARE = 2e-7
"""Rarer words (names, secrets) need two speakers."""
PRIOR_ROOMS = 8.0
PRIOR_STEEPNESS = 1500.0
PAIR_SHARE = 0.35
MAX_MENTIONS = 20_000
"""Per room; the oldest are forgotten first."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast words fade."""

    half_life_s: float
    recency_s: float


_PACE = {"en": Pace(600.0, 300.0), "ko": Pace(120.0, 90.0)}


@dataclass(frozen=True, slots=True)
class RankedTopic:
    """A topic with its weight relative to the heaviest (0 to 1)."""

    term: str
    weight: float
    speakers: int


@dataclass(frozen=True, slots=True)
class _Mention:
    at_s: float
    speaker: Hashable
    word: Word
    language: str
    pair: Word | None
    """The content word said directly before."""


@dataclass(slots=True)
class _Term:
    stem: str
    score: float
    mentions: list[_Mention]

    def surface(self) -> str:
        return Counter(mention.word.surface for mention in self.mentions).most_common(1)[0][0]

    def speakers(self) -> set[Hashable]:
        return {mention.speaker for mention in self.mentions}


_Predicate = Callable[[_Mention], bool]


class Topics:
    """The topics of all rooms of this process."""

    def __init__(self) -> None:
        self._rooms: dict[str, _Room] = {}
        self._holders: Counter[str] = Counter()

    def open(self, room_id: str) -> None:
        """Start counting for a room."""
        if room_id not in self._rooms:
            self._rooms[room_id] = _Room(self._holders)

    def close(self, room_id: str) -> None:
        """Forget a room."""
        if room := self._rooms.pop(room_id, None):
            room.forget(lambda _: True)

    def block(self, room_id: str, names: Iterable[str]) -> None:
        """Never show these names nor parts of them, whoever of them is still in the room."""
        self._rooms[room_id].blocked |= blocked_forms(names)

    def add(
        self, room_id: str, speaker: Hashable, words: Words, language: str, at_s: float
    ) -> None:
        """Count the words of one final caption."""
        self._rooms[room_id].add(speaker, words, language, at_s)

    def withdraw(self, room_id: str, speaker: Hashable) -> None:
        """Subtract all that a speaker said."""
        self._rooms[room_id].forget(lambda mention: mention.speaker == speaker)

    def top(self, room_id: str, now_s: float, count: int = TOP_WORDS) -> list[RankedTopic]:
        """Rank a room's topics, heaviest first."""
        return self._rooms[room_id].top(now_s, count, len(self._rooms))


class _Room:
    def __init__(self, holders: Counter[str]) -> None:
        self.blocked: frozenset[str] = frozenset()
        self._holders = holders
        self._mentions: deque[_Mention] = deque()
        self._by_stem: dict[str, deque[_Mention]] = {}
        self._shown: frozenset[str] = frozenset()

    def add(self, speaker: Hashable, words: Words, language: str, at_s: float) -> None:
        before: Word | None = None
        for word in words:
            if word is not None:
                self._append(_Mention(at_s, speaker, word, language, before))
            before = word
        self._expire(at_s)

    def forget(self, unwanted: _Predicate) -> None:
        kept = [mention for mention in self._mentions if not unwanted(mention)]
        for stem in self._by_stem:
            self._drop_holder(stem)
        self._mentions.clear()
        self._by_stem.clear()
        for mention in kept:
            self._append(mention)
        self._shown &= frozenset(self._by_stem)

    def top(self, now_s: float, count: int, rooms: int) -> list[RankedTopic]:
        self._expire(now_s)
        terms = [
            _Term(stem, self._score(stem, mentions, now_s, rooms), list(mentions))
            for stem, mentions in self._by_stem.items()
            if self._may_show(stem, mentions)
        ]
        terms.sort(key=lambda term: (-term.score, term.stem))
        self._shown = frozenset(term.stem for term in terms[:KEPT_RANKS])
        return _ranked(terms[: max(count, TOP_WORDS)])[:count]

    def _may_show(self, stem: str, mentions: deque[_Mention]) -> bool:
        if len(mentions) < MIN_MENTIONS or self._is_blocked(stem, mentions):
            return False
        common = max(mention.word.frequency for mention in mentions) >= RARE
        return common or len({mention.speaker for mention in mentions}) >= 2

    def _is_blocked(self, stem: str, mentions: deque[_Mention]) -> bool:
        return stem in self.blocked or any(m.word.surface in self.blocked for m in mentions)

    def _score(self, stem: str, mentions: deque[_Mention], now_s: float, rooms: int) -> float:
        last = mentions[-1]
        pace = _PACE[last.language]
        tf: float = sum(2.0 ** (-(now_s - mention.at_s) / pace.half_life_s) for mention in mentions)
        frequency = max(mention.word.frequency for mention in mentions)
        prior = 1 - math.exp(-PRIOR_STEEPNESS * frequency)
        others = self._holders[stem] - 1
        p = (PRIOR_ROOMS * prior + others) / (PRIOR_ROOMS + rooms - 1)
        surprise = -math.log(max(p, 1e-6)) if p < 1 else 0.0
        recency: float = 2.0 ** (-(now_s - last.at_s) / pace.recency_s)
        speakers = len({mention.speaker for mention in mentions})
        score: float = tf**0.7 * surprise**0.3 * recency * (1 + 0.4 * math.log2(speakers))
        return score * (HYSTERESIS if stem in self._shown else 1.0)

    def _append(self, mention: _Mention) -> None:
        if len(self._mentions) >= MAX_MENTIONS:
            self._pop_oldest()
        self._mentions.append(mention)
        stem = mention.word.stem
        if stem not in self._by_stem:
            self._by_stem[stem] = deque()
            self._holders[stem] += 1
        self._by_stem[stem].append(mention)

    def _expire(self, now_s: float) -> None:
        while self._mentions and self._mentions[0].at_s < now_s - WINDOW_S:
            self._pop_oldest()

    def _pop_oldest(self) -> None:
        stem = self._mentions.popleft().word.stem
        self._by_stem[stem].popleft()
        if not self._by_stem[stem]:
            del self._by_stem[stem]
            self._drop_holder(stem)

    def _drop_holder(self, stem: str) -> None:
        self._holders[stem] -= 1
        if not self._holders[stem]:
            del self._holders[stem]


def _ranked(terms: list[_Term]) -> list[RankedTopic]:
    """Join words that are said as a pair; the pair takes the place of its better word."""
    heaviest = terms[0].score if terms else 0.0
    top = {term.stem: term for term in terms[:TOP_WORDS]}
    joined: dict[str, list[_Mention]] = {}
    for pair in _pairs(top):
        first, second = pair[0].pair, pair[0].word
        if first and not {first.stem, second.stem} & joined.keys():
            joined[first.stem] = joined[second.stem] = pair
    topics: list[RankedTopic] = []
    done: set[str] = set()
    for term in terms:
        if term.stem in done:
            continue
        weight = term.score / heaviest if heaviest else 0.0
        if said := joined.get(term.stem):
            surface, speakers = _pair_surface(said), len({m.speaker for m in said})
            done |= {m.word.stem for m in said} | {m.pair.stem for m in said if m.pair}
        else:
            surface, speakers = term.surface(), len(term.speakers())
        topics.append(RankedTopic(surface, weight, speakers))
    return topics


def _pairs(top: dict[str, _Term]) -> list[list[_Mention]]:
    """Adjacent words of the top said together twice or more, and for 35 % of the rarer one."""
    pairs: dict[tuple[str, str], list[_Mention]] = {}
    for term in top.values():
        for mention in term.mentions:
            if mention.pair and mention.pair.stem in top and mention.pair.stem != term.stem:
                pairs.setdefault((mention.pair.stem, term.stem), []).append(mention)
    often = [
        mentions
        for (first, second), mentions in pairs.items()
        if len(mentions) >= MIN_MENTIONS
        and len(mentions) >= PAIR_SHARE * min(len(top[first].mentions), len(top[second].mentions))
    ]
    return sorted(often, key=len, reverse=True)


def _pair_surface(mentions: list[_Mention]) -> str:
    forms = Counter(
        mention.pair.surface + ("" if mention.word.glued else " ") + mention.word.surface
        for mention in mentions
        if mention.pair
    )
    return forms.most_common(1)[0][0]


def blocked_forms(names: Iterable[str]) -> frozenset[str]:
    """All forms in which a name might surface: whole, its parts, a Korean given name alone."""
    forms: set[str] = set()
    for name in names:
        parts = re.findall(r"[^\W\d_]+", name.lower())
        forms |= {"".join(parts), *parts}
        forms |= {part[1:] for part in parts if re.fullmatch(r"[가-힣]{3}", part)}
    return frozenset(form for form in forms if len(form) > 1)
