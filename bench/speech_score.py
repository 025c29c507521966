"""Speech that is repeated, what was heard of it, and how good that was (PESQ wide band, STOI)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from pesq import pesq
from pystoi import stoi
from scipy.signal import correlate, resample_poly

from tests.browser.audio import RATE_HZ, Heard, Samples, silence

SCORE_RATE_HZ = 16_000
PAUSE_S = 1.0
MAX_CLIP_S = 6.0
MARGIN_S = 0.3
_SEARCH_S = 0.6


@dataclass(frozen=True)
class Script:
    """What a microphone says over and over: clips, each after a pause."""

    samples: Samples
    clips: list[tuple[int, int]]
    """First and last sample of each clip in `samples`."""

    @property
    def seconds(self) -> float:
        """How long it takes once."""
        return len(self.samples) / RATE_HZ


@dataclass(frozen=True)
class Score:
    """One clip as it was heard."""

    clip: int
    """Which of the script's clips."""
    pesq: float
    stoi: float
    lag_ms: float
    """From the microphone's track to the loudspeaker's."""


def script(clips: list[Path]) -> Script:
    """These clips at 48 kHz and about one loudness."""
    parts: list[Samples] = []
    bounds = []
    at = 0
    for clip in clips:
        samples, rate = soundfile.read(clip, dtype="float32")
        loud = np.asarray(resample_poly(samples, RATE_HZ, rate), np.float32)
        loud = loud[: int(MAX_CLIP_S * RATE_HZ)] * (0.6 / np.abs(loud).max())
        parts += [silence(PAUSE_S), loud]
        at += int(PAUSE_S * RATE_HZ)
        bounds.append((at, at + len(loud)))
        at += len(loud)
    return Script(np.concatenate(parts), bounds)


def scores(spoken: Script, said: Heard, heard: Heard) -> list[Score]:
    """Every clip that was said as a whole, against what was heard of it."""
    original, copy = _for_scoring(said.samples), _for_scoring(heard.samples)
    start = _find(original, _for_scoring(spoken.samples))
    period = len(_for_scoring(spoken.samples))
    delay = round((said.start_ms - heard.start_ms) * SCORE_RATE_HZ / 1000)
    made = []
    for number, (first, last) in enumerate(spoken.clips):
        for turn in (-1, 0, 1):
            begin, end = (
                start + turn * period + edge * SCORE_RATE_HZ // RATE_HZ for edge in (first, last)
            )
            begin -= int(MARGIN_S * SCORE_RATE_HZ)
            end += int(MARGIN_S * SCORE_RATE_HZ)
            if begin >= 0 and end <= len(original):
                made += _score(number, original[begin:end], copy, begin + delay)
    return made


def _score(number: int, clip: Samples, copy: Samples, expected: int) -> list[Score]:
    """The clip's score, where the recording of what was heard covers it."""
    reach = int(_SEARCH_S * SCORE_RATE_HZ)
    low = max(0, expected - reach)
    window = copy[low : expected + len(clip) + reach]
    if expected < 0 or len(window) < len(clip):
        return []
    at = int(np.argmax(correlate(window, clip, mode="valid", method="fft")))
    heard = window[at : at + len(clip)]
    return [
        Score(
            number,
            float(pesq(SCORE_RATE_HZ, clip, heard, "wb")),
            float(stoi(clip, heard, SCORE_RATE_HZ)),
            (low + at - expected) * 1000 / SCORE_RATE_HZ,
        )
    ]


def _find(recorded: Samples, repeated: Samples) -> int:
    """Where a repetition begins in a recording; may lie before its start."""
    match = correlate(recorded, repeated, mode="full", method="fft")
    return int(np.argmax(match)) - (len(repeated) - 1)


def _for_scoring(samples: Samples) -> Samples:
    return np.asarray(resample_poly(samples, SCORE_RATE_HZ, RATE_HZ), np.float32)
