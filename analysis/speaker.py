"""One consent's way from Opus packets to utterances that wait for transcription.

Owns the audio of one speaker and overwrites it when it is done with; never decides on consent and
never reads a clock.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum

import numpy as np

from analysis.decoder import OpusDecoder, Samples
from analysis.filters import MIN_VOICED_MS, unfit_voice
from analysis.jitter import JitterBuffer, Loss, Playout, Silence, Voice
from analysis.segment import Segmenter, Utterance
from analysis.transcriber import Transcript
from analysis.vad import FRAME_SAMPLES, VoiceDetector
from protocol.analysis import AudioHeader

FINALS_WAITING = 2
"""Utterances of one speaker that may wait; the oldest is dropped as a visible gap."""
FIRST_PARTIAL_VOICED_MS = 512
PARTIAL_EVERY_MS = 1500
BREAK_MS = 96
"""After so long without voice most pauses have only begun: what is said in them comes shortly."""
STALL_MS = 600
"""When packets stop (mute, leave), speech ends after so long."""
LONGEST_SILENCE_SAMPLES = 48_000 * 640 // 1000
"""More than enough to end any utterance; longer silences are not computed."""


class Wish(Enum):
    """Why the open utterance of a speaker should be transcribed now; the most urgent first."""

    EARLY = "early"
    """A pause: should it last, what is heard in the utterance is the final."""
    FIRST = "first"
    """Nothing of this line is shown yet."""
    LATER = "later"
    """What is shown of it grows old."""


@dataclass(frozen=True, slots=True)
class Job:
    """An utterance to transcribe."""

    room_id: str
    tap_id: int
    speaker_id: str
    line_id: int
    final: bool
    utterance: Utterance
    languages: tuple[str, ...]
    """It is in one of these; see `Transcriber`."""
    made_at_ms: int
    """When its last audio came."""
    early: bool = False
    """Made in a pause: what is heard in it is the final, should the pause last."""

    def age_ms(self, now_ms: int) -> int:
        """How long ago this speech began."""
        return now_ms - self.made_at_ms + self.utterance.age_ms


@dataclass(frozen=True, slots=True)
class Identity:
    """Who speaks under which consent."""

    room_id: str
    tap_id: int
    speaker_id: str
    language: str | None


class Speaker:
    """The audio path of one consent."""

    def __init__(
        self,
        identity: Identity,
        detector: VoiceDetector,
        new_line_id: Callable[[], int],
        spoken_here: Callable[[], tuple[str, ...]] = tuple,
    ) -> None:
        """Begin.

        Args:
            identity: whose consent it is.
            detector: of his voice.
            new_line_id: names his lines.
            spoken_here: among which languages his is detected, if he chose none.
        """
        self.identity = identity
        self.finals: deque[Job] = deque()
        self.dropped: list[Job] = []
        """Finals that were pushed out of the queue; the session reports and clears them."""
        self.unvoiced: list[Job] = []
        """Utterances that hold too little voice; the session counts and clears them."""
        self.early: tuple[Job, Transcript] | None = None
        """What was heard in the last pause; dropped as soon as the speech goes on."""
        self.given_up_line_id = -1
        """The newest line that became a gap: a partial of it comes too late."""
        self.jitter = JitterBuffer()
        self.decoder = OpusDecoder()
        self._detector = detector
        self._new_line_id = new_line_id
        self._spoken_here = spoken_here
        self._segmenter = Segmenter()
        self._pending: Samples = np.zeros(0, np.float32)
        self._line_id: int | None = None
        self._last_packet_ms = 0
        self._now_ms = 0
        self._partial_due_ms: int | None = None
        self._early_taken = False
        self._languages: deque[str] = deque(maxlen=2)

    def receive(self, header: AudioHeader, payload: bytes, now_ms: int) -> None:
        """Take one Opus packet and process what is due."""
        self._last_packet_ms = now_ms
        self.jitter.push(header.sequence, header.timestamp, payload, now_ms)
        self.advance(now_ms)

    def advance(self, now_ms: int) -> None:
        """Process what time has made due, also when no packet comes any more."""
        self._now_ms = now_ms
        for playout in self.jitter.pop(now_ms):
            self._hear(self._samples(playout), now_ms)
        if self._segmenter.speaking and now_ms - self._last_packet_ms >= STALL_MS:
            self._queue_finals(self._segmenter.flush(), self._last_packet_ms)
            self._detector.reset()

    @property
    def wish(self) -> Wish | None:
        """Why the open utterance should be transcribed now, if it should."""
        if not self._segmenter.speaking:
            return None
        if self._segmenter.pausing:
            fit = self._segmenter.voiced_ms >= MIN_VOICED_MS
            return Wish.EARLY if fit and not self._early_taken else None
        if self.is_imminent:
            return None
        if self._partial_due_ms is None:
            return Wish.FIRST
        return Wish.LATER if self._now_ms >= self._partial_due_ms else None

    @property
    def is_imminent(self) -> bool:
        """Whether a more urgent wish is likely within moments: he pauses, or has just begun."""
        segmenter = self._segmenter
        if not segmenter.speaking or segmenter.pausing:
            return False
        begun = self._partial_due_ms is None and segmenter.voiced_ms < FIRST_PARTIAL_VOICED_MS
        return begun or segmenter.quiet_ms >= BREAK_MS

    def take_partial(self) -> Job | None:
        """Copy the open utterance as it is now, to be transcribed at once."""
        utterance = self._segmenter.snapshot()
        if utterance is None:
            return None
        self.early = None
        self._early_taken = self._segmenter.pausing
        self._partial_due_ms = self._now_ms + PARTIAL_EVERY_MS
        return self._job(utterance, self._now_ms, final=False, early=self._early_taken)

    def choose_language(self, language: str | None) -> None:
        """He says what he speaks, or (None) leaves it to detection."""
        self.identity = replace(self.identity, language=language)
        self._languages.clear()

    def heard_language(self, language: str) -> None:
        """Remember what was detected: two agreeing utterances settle it."""
        self._languages.append(language)

    def heard_early(self, job: Job, transcript: Transcript) -> None:
        """Keep what was heard in a pause until it is known whether the speech ended with it."""
        if self._line_id == job.line_id or any(f.line_id == job.line_id for f in self.finals):
            self.early = (job, transcript)

    def take_heard_final(self) -> tuple[Job, Transcript] | None:
        """Take a waiting final whose very audio was transcribed in its pause already."""
        if self.early is None:
            return None
        early, transcript = self.early
        for job in self.finals:
            if (job.line_id, job.utterance.duration_ms) == (
                early.line_id,
                early.utterance.duration_ms,
            ):
                self.finals.remove(job)
                self.early = None
                return job, transcript
        if self._line_id != early.line_id:  # the speech is over, and ended otherwise
            self.early = None
        return None

    def wipe(self) -> None:
        """Overwrite and forget all audio of this speaker."""
        for job in (*self.finals, *self.dropped, *self.unvoiced):
            job.utterance.wipe()
        self.finals.clear()
        self.dropped.clear()
        self.unvoiced.clear()
        self.early = None
        self.jitter.clear()
        self._segmenter.clear()
        self._pending.fill(0)
        self._detector.reset()

    def _samples(self, playout: Playout) -> Samples:
        match playout:
            case Voice(payload):
                return self.decoder.decode(payload)
            case Loss(samples):
                return self.decoder.conceal(samples)
            case Silence(samples):
                return np.zeros(min(samples, LONGEST_SILENCE_SAMPLES) // 3, np.float32)

    def _hear(self, samples: Samples, now_ms: int) -> None:
        pending = np.concatenate((self._pending, samples)) if self._pending.size else samples
        whole = len(pending) // FRAME_SAMPLES * FRAME_SAMPLES
        for start in range(0, whole, FRAME_SAMPLES):
            frame = pending[start : start + FRAME_SAMPLES].copy()
            ended = self._segmenter.push(frame, self._detector.probability(frame))
            self._queue_finals(ended, now_ms)
            if not self._segmenter.pausing:
                self._early_taken = False
        self._pending = pending[whole:].copy() if whole else pending

    def _queue_finals(self, utterances: list[Utterance], now_ms: int) -> None:
        for utterance in utterances:
            job = self._job(utterance, now_ms, final=True)
            self._line_id = self._partial_due_ms = None
            if unfit_voice(utterance.voiced_ms, utterance.mean_voice):
                self.unvoiced.append(job)
                continue
            if len(self.finals) >= FINALS_WAITING:
                self.dropped.append(self.finals.popleft())
            self.finals.append(job)

    def _job(self, utterance: Utterance, now_ms: int, *, final: bool, early: bool = False) -> Job:
        if self._line_id is None:
            self._line_id = self._new_line_id()
        who = self.identity
        settled = who.language or self._settled_language()
        return Job(
            room_id=who.room_id,
            tap_id=who.tap_id,
            speaker_id=who.speaker_id,
            line_id=self._line_id,
            final=final,
            utterance=utterance,
            languages=(settled,) if settled else self._spoken_here(),
            made_at_ms=now_ms,
            early=early,
        )

    def _settled_language(self) -> str | None:
        if len(self._languages) == 2 and self._languages[0] == self._languages[1]:
            return self._languages[0]
        return None
