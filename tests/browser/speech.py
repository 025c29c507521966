"""Microphones that say clips of ../shared."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile
from scipy.signal import resample_poly

from tests.browser.audio import RATE_HZ, Samples, silence, write_wav
from tests.shared_material import shared

PAUSE_S = 2.0


def fixture_speech(clip: str) -> Samples:
    """A fixture clip at 48 kHz with a pause around it, for a microphone that repeats it."""
    return speech(shared("data", "speech", "fixture", clip))


def speech(clip: Path) -> Samples:
    """A clip at 48 kHz with a pause around it, for a microphone that repeats it."""
    samples, rate = soundfile.read(clip, dtype="float32")
    at_48k = np.asarray(resample_poly(samples, RATE_HZ, rate), np.float32)
    return np.concatenate([silence(0.5), at_48k, silence(PAUSE_S)])


def fixture_microphone(directory: Path, clip: str) -> Path:
    """The clip as a WAV file."""
    return write_wav(directory / f"{Path(clip).stem}.wav", fixture_speech(clip))


def open_microphone(directory: Path, clip: str) -> Path:
    """A real clip, which no model here was made for, as a WAV file."""
    said = speech(shared("data", "speech", "open", clip))
    return write_wav(directory / f"{Path(clip).stem}.wav", said)
