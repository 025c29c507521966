"""Turns what became of utterances into caption lines and gaps. Keeps ids of lines, never text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from analysis.filters import Unfit, unfit_transcript
from analysis.speaker import Job, Speaker
from analysis.transcriber import Transcript
from protocol.analysis import Gap, Line


class Lines:
    """The lines of all rooms: a partial is replaced, taken back or made final, exactly once."""

    def __init__(self, counters: Counter[str], send: Callable[[str, Line | Gap], None]) -> None:
        self._counters = counters
        self._send = send
        self._partials_shown: dict[int, int] = {}

    def publish(
        self, job: Job, speaker: Speaker, transcript: Transcript | None, now_ms: int
    ) -> bool:
        """Show a transcript (None: the engine failed); returns whether it is a caption."""
        if transcript is None:
            self._counters["jobs_failed"] += 1
            if job.final:
                self._gap(job, now_ms)
            return False
        if unfit := _unfit(job, transcript):
            self._counters[f"dropped_{unfit.value}"] += 1
            if job.final:
                self._take_back_partial(job, now_ms)
            return False
        if job.line_id <= speaker.given_up_line_id:
            return False
        self._line(job, transcript.text, transcript.language, now_ms)
        return True

    def report(self, speaker: Speaker, now_ms: int) -> None:
        """Say what was dropped before it was transcribed, and wipe it."""
        for job in speaker.dropped:
            speaker.given_up_line_id = job.line_id
            self._gap(job, now_ms)
            job.utterance.wipe()
        for job in speaker.unvoiced:
            self._counters["dropped_unvoiced"] += 1
            self._take_back_partial(job, now_ms)
            job.utterance.wipe()
        speaker.dropped.clear()
        speaker.unvoiced.clear()

    def forget(self, tap_id: int) -> None:
        """The consent is over."""
        self._partials_shown.pop(tap_id, None)

    def _line(self, job: Job, text: str, language: str, now_ms: int) -> None:
        self._counters["finals" if job.final else "partials"] += 1
        if job.final:
            self._partials_shown.pop(job.tap_id, None)
        else:
            self._partials_shown[job.tap_id] = job.line_id
        line = Line(
            room_id=job.room_id,
            speaker_id=job.speaker_id,
            tap_id=job.tap_id,
            line_id=job.line_id,
            text=text,
            final=job.final,
            age_ms=job.age_ms(now_ms),
            duration_ms=job.utterance.duration_ms,
            language=language,
        )
        self._send(job.room_id, line)

    def _take_back_partial(self, job: Job, now_ms: int) -> None:
        if self._partials_shown.get(job.tap_id) == job.line_id:
            self._line(job, "", job.languages[0] if len(job.languages) == 1 else "", now_ms)

    def _gap(self, job: Job, now_ms: int) -> None:
        self._counters["gaps"] += 1
        self._take_back_partial(job, now_ms)
        gap = Gap(
            room_id=job.room_id,
            speaker_id=job.speaker_id,
            tap_id=job.tap_id,
            age_ms=job.age_ms(now_ms),
            duration_ms=job.utterance.duration_ms,
        )
        self._send(job.room_id, gap)


def _unfit(job: Job, transcript: Transcript) -> Unfit | None:
    utterance = job.utterance
    return unfit_transcript(transcript, utterance.duration_ms, utterance.voiced_ms)
