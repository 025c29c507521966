"""What rooms talk about: words weighed by plain counting, in memory, per room.

Owns the rooms' windows and lists; the parts are `counts` (what was said), `score` (how much a word
is a topic), `privacy` (what may be shown), `phrases` and `shown`. Time comes in as an argument.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Final

from analysis.counts import Counts, Said, Term
from analysis.privacy import Blocked, may_show
from analysis.score import half_life_s, loss_per_s, score_at_zero
from analysis.shown import TOP_WORDS, RankedTopic, Scored, ShownList
from analysis.timeline import Segment, Timeline
from analysis.words import Lexicon, Words

MAX_LINES: Final = 20
"""Of one topic that are named to who asks."""


class Topics:
    """The topics of all rooms of this process."""

    def __init__(self) -> None:
        self._rooms: dict[str, RoomTopics] = {}
        self._lexicon = Lexicon()

    def open(self, room_id: str) -> None:
        """Start counting for a room."""
        if room_id not in self._rooms:
            self._rooms[room_id] = RoomTopics(self._lexicon)

    def close(self, room_id: str) -> None:
        """Forget a room."""
        self._rooms.pop(room_id, None)

    def room(self, room_id: str) -> RoomTopics:
        """The topics of an open room."""
        return self._rooms[room_id]

    def find(self, room_id: str) -> RoomTopics | None:
        """The topics of a room, where it is open."""
        return self._rooms.get(room_id)

    def ids(self) -> Iterable[str]:
        """All open rooms."""
        return self._rooms.keys()


class RoomTopics:
    """The topics of one room."""

    def __init__(self, lexicon: Lexicon | None = None) -> None:
        """Take the words of the other rooms of this process, to hold each once."""
        self.blocked = Blocked()
        self._lexicon = Lexicon() if lexicon is None else lexicon
        self.counts = Counts(half_life_s)
        self._scores: dict[str, float | None] = {}
        """By stem, as at second 0; None: must not be shown."""
        self._shown = ShownList()
        self._timeline = Timeline()

    def block(self, names: Iterable[str]) -> None:
        """Never show these names nor parts of them, whoever of them is still in the room."""
        self.blocked.block(names)
        self._scores.clear()
        self._timeline.rename(self.blocked)

    def hide(self, term: str, *, hidden: bool) -> None:
        """Never show a topic again, in none of its forms; or show it again."""
        self.blocked.hide(term, self._shown.stems_of(term), hidden=hidden)
        self._scores.clear()
        self._timeline.rename(self.blocked)

    def mentions(self, topic_id: int) -> list[Said]:
        """Who said a shown topic and in which line, the newest first, each line once.

        Of a phrase the lines that hold both words.
        """
        terms = [self.counts.term(stem) for stem in self._shown.words_of(topic_id)]
        lines: list[dict[int, Said]] = []
        for term in terms:
            if term is None or self._score(term) is None:
                return []
            lines.append({m.said.line_id: m.said for m in reversed(term.mentions)})
        found = [said for line, said in lines[0].items() if line in lines[-1]] if lines else []
        return found[:MAX_LINES]

    def add(self, said: Said, words: Words) -> None:
        """Count the words of one final caption or typed turn."""
        words = self._lexicon.same(words)
        self._timeline.add(said, words)
        self.counts.add(said, words)

    def withdraw(self, speaker: Hashable) -> None:
        """Leave exactly what a room holds in which this speaker never spoke."""
        self.counts.forget(speaker)
        self._timeline.withdraw(speaker, self.blocked)
        self._scores.clear()
        self._shown.settle()
        self._forget_unsaid()

    def segments(self, now_s: float) -> list[Segment]:
        """What was talked about when, the oldest first; looked at anew every half minute."""
        return self._timeline.segments(now_s, self.blocked)

    def top(self, now_s: float, count: int = TOP_WORDS) -> list[RankedTopic]:
        """Rank the room's topics, heaviest first."""
        self.counts.expire(now_s)
        words: list[Scored] = []
        for term in self.counts.terms():
            if len(term.mentions) < 2:
                continue
            if term.stale or term.stem not in self._scores:
                self._scores[term.stem] = self._score(term)
                term.stale = False
            if (score := self._scores[term.stem]) is not None:
                words.append(Scored(term, score - now_s * loss_per_s(_language(term))))
        if len(self._scores) > 2 * len(self.counts):
            self._forget_unsaid()
        return self._shown.rank(words, count)

    def _score(self, term: Term) -> float | None:
        if self.blocked.holds(term.stem, term.surfaces):
            return None
        if not may_show(term.frequency, term.speakers):
            return None
        return score_at_zero(term)

    def _forget_unsaid(self) -> None:
        lives: Callable[[str], bool] = self.counts.__contains__
        self._scores = {stem: score for stem, score in self._scores.items() if lives(stem)}
        self._shown.forget(lives)


def _language(term: Term) -> str:
    return term.mentions[-1].said.language
