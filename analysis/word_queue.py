"""Final captions and typed turns whose words wait to be counted. Bounded; the oldest goes first."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass

WORDS_WAITING = 64
"""So many may wait; then the oldest is dropped and counted."""


@dataclass(slots=True)
class WordsJob:
    """A final caption or typed turn whose words are to be counted; the text is dropped then."""

    room_id: str
    tap_id: int
    text: str
    language: str
    line_id: int


class WordQueue:
    """What waits, in the order in which it was said."""

    def __init__(self, counters: Counter[str]) -> None:
        self._counters = counters
        self._waiting: deque[WordsJob] = deque()

    def put(self, job: WordsJob) -> None:
        """Let it wait."""
        if len(self._waiting) >= WORDS_WAITING:
            self._waiting.popleft()
            self._counters["words_dropped"] += 1
        self._waiting.append(job)

    def take(self) -> WordsJob | None:
        """Take the next one, if any waits."""
        return self._waiting.popleft() if self._waiting else None

    def forget(self, tap_id: int) -> None:
        """A consent is over."""
        self._waiting = deque(job for job in self._waiting if job.tap_id != tap_id)
