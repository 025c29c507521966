"""Microphones from WAV files, and what was heard compared with what was said."""

from __future__ import annotations

import base64
import wave
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.signal import correlate, correlation_lags

RATE_HZ = 48_000
Samples = npt.NDArray[np.float32]


def write_wav(path: Path, samples: Samples) -> Path:
    """Write mono 16-bit PCM at 48 kHz; `samples` are float32 in −1 to 1."""
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE_HZ)
        out.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return path


def warble(seed: int, seconds: float = 5.0) -> Samples:
    """A voice-like sound that never repeats within its length, so that its lag is unambiguous.

    Band-limited noise (300 to 3,400 Hz) in syllables of random length and level; float32.
    """
    random = np.random.default_rng(seed)
    count = int(RATE_HZ * seconds)
    spectrum = np.fft.rfft(random.standard_normal(count))
    frequency = np.fft.rfftfreq(count, 1 / RATE_HZ)
    spectrum[(frequency < 300) | (frequency > 3400)] = 0
    noise = np.fft.irfft(spectrum, count)
    envelope = np.repeat(random.uniform(0.15, 1.0, int(seconds * 8)), count // int(seconds * 8))
    envelope = np.pad(envelope, (0, count - len(envelope)), mode="edge")
    sound = noise / np.abs(noise).max() * envelope * 0.6
    return np.asarray(sound, np.float32)


def silence(seconds: float) -> Samples:
    """Nothing, float32."""
    return np.zeros(int(RATE_HZ * seconds), np.float32)


@dataclass(frozen=True)
class Heard:
    """What a tap in a page heard: samples at 48 kHz and the wall-clock time of the first."""

    start_ms: float
    samples: Samples

    @staticmethod
    def from_page(recorded: dict[str, str | float]) -> Heard:
        """Decode the answer of `stopTap()` in tap.js."""
        raw = base64.b64decode(str(recorded["samples"]))
        return Heard(float(recorded["startMs"]), np.frombuffer(raw, np.float32))

    def rms(self) -> float:
        """Root mean square, 0 to 1."""
        return float(np.sqrt(np.mean(np.square(self.samples)))) if len(self.samples) else 0.0


def lag_and_likeness(said: Heard, heard: Heard) -> tuple[float, float]:
    """How many milliseconds later it was heard, and how alike it is (0 to 1)."""
    product = correlate(heard.samples, said.samples, method="fft")
    lags = correlation_lags(len(heard.samples), len(said.samples))
    lag = int(lags[int(np.argmax(np.abs(product)))])
    a = said.samples[max(0, -lag) :]
    b = heard.samples[max(0, lag) :]
    n = min(len(a), len(b))
    norm = float(np.linalg.norm(a[:n]) * np.linalg.norm(b[:n])) or 1.0
    likeness = abs(float(np.dot(a[:n], b[:n]))) / norm
    return heard.start_ms - said.start_ms + lag * 1000 / RATE_HZ, likeness
