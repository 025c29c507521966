"""The product's own topics behind the judge's contract: the code that serves rooms, no copy.

`python JUDGE DATA.json --ranker bench/topics_ranker.py:Ranker`
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from analysis.counts import Said
from analysis.topics import Topics
from analysis.words import Analysers


class Ranker:
    """One analysis process with many rooms."""

    analysers = Analysers()

    def __init__(self, lang: str = "en") -> None:
        self._language = lang
        self._topics = Topics()

    def add(self, room: str, speaker: str, t0: float, t1: float, text: str) -> None:
        """Take a final caption."""
        self._topics.open(room)
        words = self.analysers.words(text, self._language)
        self._topics.room(room).add(Said(speaker, self._language, t1), words)

    def topics(self, room: str, now: float, k: int) -> list[tuple[str, float]]:
        """Rank what was added so far."""
        self._topics.open(room)
        return [(topic.term, topic.weight) for topic in self._topics.room(room).top(now, k)]

    def close(self, room: str) -> None:
        """Forget the room."""
        self._topics.close(room)
