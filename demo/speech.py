"""Makes voices: text → espeak-ng, a program of its own → a track that aiortc sends while it speaks.

Between lines the track sends nothing at all, so that silence costs nothing.
"""

from __future__ import annotations

import asyncio
import io
import shutil
import wave
from collections.abc import Iterator
from fractions import Fraction

import av
import numpy as np
import numpy.typing as npt
from aiortc.mediastreams import MediaStreamTrack

from demo.scenes import Voice

SAMPLE_RATE_HZ = 48_000
FRAME_SAMPLES = 960
FRAME_S = FRAME_SAMPLES / SAMPLE_RATE_HZ
PAUSE_SAMPLES = SAMPLE_RATE_HZ // 4
"""Silence around a line, so that no word is cut off at its edge."""
FRAMES_WAITING = 2_000
SPEAK_TIMEOUT_S = 20.0
_SYNTHESISERS = ("espeak-ng", "espeak")

Samples = npt.NDArray[np.int16]


class SynthesiserMissingError(Exception):
    """There is no espeak-ng on this machine; the message is for people."""


def synthesiser() -> str:
    """The path of espeak-ng.

    Raises:
        SynthesiserMissingError
    """
    found = next((path for name in _SYNTHESISERS if (path := shutil.which(name))), None)
    if found is None:
        raise SynthesiserMissingError(
            "The demo speaks with Debian's package espeak-ng: install it."
        )
    return found


async def synthesise(text: str, voice: Voice) -> Samples:
    """Speak a line: mono, 48 kHz, 16 bit.

    Raises:
        SynthesiserMissingError: there is none, or it does not answer.
    """
    settings = ("-v", voice.name, "-p", str(voice.pitch), "-s", str(voice.words_a_minute))
    process = await asyncio.create_subprocess_exec(
        synthesiser(),
        *settings,
        "--stdout",
        "--stdin",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(SPEAK_TIMEOUT_S):
            spoken, _ = await process.communicate(text.encode())
    except TimeoutError:
        process.kill()
        raise SynthesiserMissingError("espeak-ng does not answer.") from None
    if process.returncode or not spoken:
        raise SynthesiserMissingError(f"espeak-ng cannot speak with the voice {voice.name}.")
    return _resampled(spoken)


def _resampled(spoken: bytes) -> Samples:
    # espeak-ng cannot seek in a pipe: the length in its header says nothing.
    with wave.open(io.BytesIO(spoken)) as read:
        rate_hz, data = read.getframerate(), read.readframes(len(spoken))
    said = np.frombuffer(data, np.int16)
    frame = av.AudioFrame.from_ndarray(said.reshape(1, -1), format="s16", layout="mono")
    frame.sample_rate = rate_hz
    resampler = av.AudioResampler(format="s16", layout="mono", rate=SAMPLE_RATE_HZ)
    parts = [*resampler.resample(frame), *resampler.resample(None)]
    pause = np.zeros(PAUSE_SAMPLES, np.int16)
    return np.concatenate([pause, *(part.to_ndarray().reshape(-1) for part in parts), pause])


class SpeechTrack(MediaStreamTrack):
    """A microphone that sends what it is given to say, and nothing between."""

    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self._frames: asyncio.Queue[Samples] = asyncio.Queue(FRAMES_WAITING)
        self._began_s: float | None = None
        self._sent_to = 0
        """The sample after the last one that was sent, counted from the beginning."""

    async def say(self, samples: Samples) -> None:
        """Speak; returns when it has been said."""
        for frame in _frames(samples):
            await self._frames.put(frame)
        await self._frames.join()

    async def recv(self) -> av.AudioFrame:
        """The next 20 ms, when they are due; waits where nothing is to be said."""
        samples = await self._frames.get()
        now_s = asyncio.get_running_loop().time()
        if self._began_s is None:
            self._began_s = now_s
        live = int((now_s - self._began_s) * SAMPLE_RATE_HZ) // FRAME_SAMPLES * FRAME_SAMPLES
        if live > self._sent_to + SAMPLE_RATE_HZ // 2:
            self._sent_to = live  # a new line: the time between them has passed in silence
        due_s = self._began_s + self._sent_to / SAMPLE_RATE_HZ
        await asyncio.sleep(max(0.0, due_s - now_s))
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = SAMPLE_RATE_HZ
        frame.time_base = Fraction(1, SAMPLE_RATE_HZ)
        frame.pts = self._sent_to
        self._sent_to += FRAME_SAMPLES
        self._frames.task_done()
        return frame


def _frames(samples: Samples) -> Iterator[Samples]:
    for start in range(0, len(samples) - FRAME_SAMPLES + 1, FRAME_SAMPLES):
        yield samples[start : start + FRAME_SAMPLES]
