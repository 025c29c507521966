"""Whose speech is transcribed next. Pure: speakers come in, jobs go out.

Finals go first, then pauses (most likely finals), then a first partial of a line, then later ones;
within each of these the speakers take turns.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterator

from analysis.segment import END_FRAMES
from analysis.speaker import Job, Speaker, Wish
from analysis.vad import FRAME_MS

UNMARKED_MS = 5_000
"""So long after the end of speech there is a final or a gap."""
_TICK_MS = 100
"""How often waiting finals are looked at."""
_SLOWER = 1.25
"""The next transcription may take so much longer than the slowest of late."""
LEAST_PATIENCE_MS = 2_000
"""With a model that is too slow for any promise, captions come late rather than never."""


def patience_ms(transcribing_ms: int) -> int:
    """How long a final may wait before it becomes a gap, where a transcription takes so long."""
    begun = END_FRAMES * FRAME_MS + _TICK_MS + round(_SLOWER * transcribing_ms)
    return max(LEAST_PATIENCE_MS, UNMARKED_MS - begun)


class Speakers(OrderedDict[int, Speaker]):
    """The live consents by tap id; whoever waited longest for his turn comes first.

    Of each there is one job at a time, so that his lines come in their order.
    """

    def __init__(self) -> None:
        super().__init__()
        self._at_work: set[int] = set()

    def next_job(self, allowed: Collection[Wish]) -> Job | None:
        """Take what is to be transcribed now; besides finals only what is allowed."""
        job = self._next_final() or self._next_partial(allowed)
        if job:
            self.move_to_end(job.tap_id)
            self._at_work.add(job.tap_id)
        return job

    def finished(self, job: Job) -> None:
        """His next one may come."""
        self._at_work.discard(job.tap_id)

    def _free(self) -> Iterator[Speaker]:
        return (speaker for tap, speaker in self.items() if tap not in self._at_work)

    def _next_final(self) -> Job | None:
        waiting = next((speaker for speaker in self._free() if speaker.finals), None)
        return waiting.finals.popleft() if waiting else None

    def _next_partial(self, allowed: Collection[Wish]) -> Job | None:
        wishes = [(speaker.wish, speaker) for speaker in self._free()]
        for wanted in Wish:
            if wanted is Wish.LATER and any(speaker.is_imminent for speaker in self.values()):
                # It would keep the worker from what comes in a moment, and is more urgent.
                return None
            if wanted in allowed:
                for wish, speaker in wishes:
                    if wish is wanted:
                        return speaker.take_partial()
        return None


def drop_stale(speaker: Speaker, now_ms: int, patience_ms: int) -> None:
    """Give up finals that have waited longer; they become gaps."""
    while speaker.finals and now_ms - speaker.finals[0].made_at_ms > patience_ms:
        speaker.dropped.append(speaker.finals.popleft())
