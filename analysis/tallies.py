"""Counters of the analysis process, by name and of frames by tap. Numbers only, nothing said."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Collection

from analysis.speaker import Speaker
from protocol.analysis import Stats

TAPS_COUNTED = 10_000


class Tallies:
    """What was counted since the process began."""

    def __init__(self) -> None:
        self.counters: Counter[str] = Counter()
        self._frames_by_tap: OrderedDict[int, int] = OrderedDict()

    def frame(self, tap_id: int) -> None:
        """A frame came under this tap."""
        self._frames_by_tap[tap_id] = self._frames_by_tap.get(tap_id, 0) + 1
        if len(self._frames_by_tap) > TAPS_COUNTED:
            self._frames_by_tap.popitem(last=False)

    def gone(self, speaker: Speaker) -> None:
        """A consent is over: keep what was lost of it."""
        self.counters.update(_losses(speaker))

    def stats(self, request: int, speakers: Collection[Speaker], rooms: int) -> Stats:
        """Answer a question for all counters, with what was lost of live speakers so far."""
        counters = Counter(self.counters)
        for speaker in speakers:
            counters.update(_losses(speaker))
        counters.update(rooms=rooms, speakers=len(speakers))
        return Stats(
            request=request, counters=dict(counters), frames_by_tap=dict(self._frames_by_tap)
        )


def _losses(speaker: Speaker) -> dict[str, int]:
    return {
        "frames_late": speaker.jitter.late,
        "frames_lost": speaker.jitter.lost,
        "frames_undecodable": speaker.decoder.errors,
    }
