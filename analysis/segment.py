"""Cuts one speaker's stream into utterances by pauses. Pure: frames and probabilities come in.

An utterance starts after 200 ms of voice, ends after 550 ms without, is split at its best pause
when it grows past 10 s and anyhow at 14 s (research: captions).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from analysis.decoder import Samples
from analysis.vad import FRAME_MS

VOICED = 0.5
UNVOICED = 0.35
"""Silero's own hysteresis: voice begins above the one and ends below the other."""
START_FRAMES = 6
END_FRAMES = 17
PRE_ROLL_FRAMES = 10
TAIL_FRAMES = 6
"""Unvoiced frames kept at the end of an utterance; after so many a pause is transcribed early. With
9 finals came 100 ms later, and no word of the fixture or of PocketSphinx was another."""
SOFT_SPLIT_FRAMES = 10_000 // FRAME_MS
HARD_SPLIT_FRAMES = 14_000 // FRAME_MS
SPLIT_FROM_FRAMES = 4_000 // FRAME_MS
"""No piece is made shorter than this by a split."""
PAUSE_FRAMES = 3


@dataclass(frozen=True, slots=True)
class Utterance:
    """A piece of speech to transcribe; its audio can be wiped."""

    audio: Samples
    age_ms: int
    """How long ago it began when it was cut."""
    duration_ms: int
    voiced_ms: int
    mean_voice: float
    """The mean probability of voice over its voiced frames, 0 to 1."""

    def wipe(self) -> None:
        """Overwrite the audio in place: freed memory would keep it."""
        self.audio.fill(0)


@dataclass(slots=True)
class _Frames:
    audio: list[Samples] = field(default_factory=list)
    probability: list[float] = field(default_factory=list)
    voiced: int = 0
    """How many of them hold a voice; counted here as it is asked for with every packet."""

    def append(self, frame: Samples, probability: float) -> None:
        self.audio.append(frame)
        self.probability.append(probability)
        self.voiced += probability >= VOICED

    def wipe(self) -> None:
        for frame in self.audio:
            frame.fill(0)
        self.audio.clear()
        self.probability.clear()
        self.voiced = 0


class Segmenter:
    """The cutting of one stream. Holds at most 14 s of audio."""

    def __init__(self) -> None:
        self._ring: deque[tuple[Samples, float]] = deque(maxlen=PRE_ROLL_FRAMES + START_FRAMES)
        self._onset = 0
        self._speech = _Frames()
        self._quiet = 0

    @property
    def speaking(self) -> bool:
        """Whether an utterance is open."""
        return bool(self._speech.audio)

    @property
    def voiced_ms(self) -> int:
        """How much voice the open utterance holds."""
        return self._speech.voiced * FRAME_MS

    @property
    def pausing(self) -> bool:
        """Whether the open utterance, if it ended with this pause, would be what it is now."""
        return self.speaking and self._quiet >= TAIL_FRAMES

    @property
    def quiet_ms(self) -> int:
        """How long the pause in the open utterance lasts; 0 while a voice is heard, or none is."""
        return self._quiet * FRAME_MS if self.speaking else 0

    def push(self, frame: Samples, probability: float) -> list[Utterance]:
        """Take the next 32 ms; returns utterances that ended with it (one at most, or a split)."""
        if not self.speaking:
            self._wait_for_onset(frame, probability)
            return []
        self._speech.append(frame, probability)
        self._quiet = self._quiet + 1 if probability < UNVOICED else 0
        if self._quiet >= END_FRAMES:
            return self.flush()
        return self._split()

    def flush(self) -> list[Utterance]:
        """End the open utterance now."""
        if not self.speaking:
            return []
        utterance = self._cut(self._kept, ended=True)
        self.clear()
        return [utterance]

    def snapshot(self) -> Utterance | None:
        """Copy the open utterance as it would be if it ended now, for a partial."""
        return self._cut(self._kept, ended=True) if self.speaking else None

    @property
    def _kept(self) -> int:
        """Frames of the open utterance without what is too much of its pause."""
        return len(self._speech.audio) - max(0, self._quiet - TAIL_FRAMES)

    def clear(self) -> None:
        """Forget and overwrite everything."""
        for frame, _ in self._ring:
            frame.fill(0)
        self._ring.clear()
        self._speech.wipe()
        self._onset = self._quiet = 0

    def _wait_for_onset(self, frame: Samples, probability: float) -> None:
        self._ring.append((frame, probability))
        if probability >= VOICED:
            self._onset += 1
        elif probability < UNVOICED:
            self._onset = 0
        if self._onset >= START_FRAMES:
            for held in self._ring:
                self._speech.append(*held)
            self._ring.clear()
            self._onset = self._quiet = 0

    def _split(self) -> list[Utterance]:
        length = len(self._speech.audio)
        if length < SOFT_SPLIT_FRAMES:
            return []
        at = _best_pause(self._speech.probability)
        if at is None and length >= HARD_SPLIT_FRAMES:
            late = self._speech.probability[SOFT_SPLIT_FRAMES:]
            at = SOFT_SPLIT_FRAMES + int(np.argmin(late)) + 1
        return [] if at is None else [self._cut(at, ended=False)]

    def _cut(self, at: int, *, ended: bool) -> Utterance:
        total = len(self._speech.audio)
        utterance = _utterance(self._speech.audio[:at], self._speech.probability[:at], total)
        if not ended:
            rest = _Frames()
            for frame, probability in zip(
                self._speech.audio[at:], self._speech.probability[at:], strict=True
            ):
                rest.append(frame, probability)
            del self._speech.audio[at:]
            self._speech.wipe()
            self._speech = rest
        return utterance


def _utterance(audio: Sequence[Samples], probabilities: Sequence[float], age: int) -> Utterance:
    voiced = [p for p in probabilities if p >= VOICED]
    return Utterance(
        audio=np.concatenate(audio),
        age_ms=age * FRAME_MS,
        duration_ms=len(audio) * FRAME_MS,
        voiced_ms=len(voiced) * FRAME_MS,
        mean_voice=sum(voiced) / len(voiced) if voiced else 0.0,
    )


def _best_pause(probabilities: Sequence[float]) -> int | None:
    """Return the middle of the longest pause a split may use, or None."""
    best, at, run = PAUSE_FRAMES - 1, None, 0
    for index in range(SPLIT_FROM_FRAMES, len(probabilities)):
        run = run + 1 if probabilities[index] < UNVOICED else 0
        if run > best:
            best, at = run, index - run // 2 + 1
    return at
