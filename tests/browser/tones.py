"""A microphone of tones that all differ, so that a silence and a voice heard twice both show."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tests.browser.audio import RATE_HZ, Heard, Samples

STEP_MS = 200
HOP_MS = 10
_WINDOW_MS = 40
_PITCHES_HZ = np.arange(500, 3500, 50)
_LEVEL = 0.3
_AUDIBLE = 0.03
"""Root mean square of a hop that is not silent; the tones have 0.21."""


def staircase() -> Samples:
    """Twelve seconds without a pause, each pitch once, neighbours far apart."""
    order = np.random.default_rng(1).permutation(len(_PITCHES_HZ))
    pitches = np.repeat(_PITCHES_HZ[order], RATE_HZ * STEP_MS // 1000)
    return (_LEVEL * np.sin(2 * np.pi * np.cumsum(pitches) / RATE_HZ)).astype(np.float32)


def silences(heard: Heard, least_ms: int = 40) -> list[tuple[float, float]]:
    """(wall-clock start, length) of each silence between the first and the last sound, in ms."""
    hop = RATE_HZ * HOP_MS // 1000
    blocks = heard.samples[: len(heard.samples) // hop * hop].reshape(-1, hop)
    audible = np.flatnonzero(np.sqrt(np.mean(np.square(blocks), axis=1)) > _AUDIBLE)
    steps = np.diff(audible)
    return [
        (heard.start_ms + HOP_MS * float(at + 1), HOP_MS * float(step - 1))
        for at, step in zip(audible, steps, strict=False)
        if HOP_MS * (step - 1) >= least_ms
    ]


def longest_silence_ms(heard: Heard) -> float:
    """The longest of them, or 0."""
    return max((length for _, length in silences(heard)), default=0.0)


def heard_again_after_ms(heard: Heard, event_ms: float, least_ms: int = 40) -> float:
    """How long after an event the last silence that it may have caused was over; 0: none came.

    Silences shorter than `least_ms` are not looked at.
    """
    gaps = silences(heard, least_ms)
    ends = [start + length for start, length in gaps if start + length > event_ms]
    return max(ends, default=event_ms) - event_ms


def pitch_times_ms(heard: Heard) -> npt.NDArray[np.float64]:
    """For how long each pitch was heard in all; a recording holds no more than one round."""
    return HOP_MS * np.asarray(np.sum(_powers(heard) > 0.25, axis=0), np.float64)


def doubled_ms(heard: Heard) -> float:
    """For how long any pitch had more than half as much power again as one voice has, in all.

    Two voices upon each other reach up to four times that power. A single moment proves nothing:
    a player that had no packet in time lays what it made up over what came.
    """
    return HOP_MS * float(np.sum(np.max(_powers(heard), axis=1) > 1.5))


def _powers(heard: Heard) -> npt.NDArray[np.float64]:
    """Hops × pitches, relative to the microphone's."""
    window, hop = RATE_HZ * _WINDOW_MS // 1000, RATE_HZ * HOP_MS // 1000
    frames = np.lib.stride_tricks.sliding_window_view(heard.samples, window)[::hop]
    shape = np.hanning(window)
    bins = np.round(_PITCHES_HZ * _WINDOW_MS / 1000).astype(int)
    spectrum = np.fft.rfft(frames * shape, axis=1)[:, bins]
    return np.asarray(np.square(np.abs(spectrum) / (_LEVEL * shape.sum() / 2)), np.float64)
