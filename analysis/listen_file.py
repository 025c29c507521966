"""A sound file on the way of a live voice, for operators who choose a model; no room uses it.

Opus, jitter buffer, speech detection, segments, transcription and filters are the product's own.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import av.error
import numpy as np
from numpy.typing import NDArray

from analysis.segment import TAIL_FRAMES
from analysis.session import Session
from analysis.transcriber import Transcriber
from analysis.vad import FRAME_MS, SileroDetector
from protocol.analysis import AudioHeader, EngineState, Gap, Grant, Line, OpenCaptions

RATE_HZ = 48_000
PACKET_SAMPLES = 960
PACKET_MS = 20
BIT_RATE = 24_000
LEAD_S = 0.4
TRAIL_S = 1.0
"""Silence before and after the file, as there is in a room."""
_GATE = 1
_TAP = 1
_ROOM = "file"


class BadSoundError(Exception):
    """The file holds no sound that can be read; the message is for people."""


@dataclass(frozen=True, slots=True)
class HeardLine:
    """A caption or a gap, as a room would be shown it."""

    from_ms: int
    to_ms: int
    """In the file."""
    text: str
    final: bool
    gap: bool
    language: str
    line_id: int
    latency_ms: int
    """From the end of the speech (of a partial: of the sound) until it would be shown, with the
    time that transcribing took here."""


def read_sound(path: Path) -> NDArray[np.float32]:
    """Read any sound that FFmpeg knows, as 48 kHz mono.

    Raises:
        BadSoundError: the file is not there, or no sound.
    """
    frames = []
    try:
        with av.open(str(path)) as file:
            if not file.streams.audio:
                raise BadSoundError(f"{path.name} holds no sound")
            resampler = av.AudioResampler("flt", "mono", RATE_HZ)
            for frame in file.decode(audio=0):
                frames += resampler.resample(frame)
            frames += resampler.resample(None)
    except FileNotFoundError:
        raise BadSoundError(f"there is no file {path}") from None
    except (av.error.FFmpegError, OSError) as error:
        raise BadSoundError(f"{path.name} cannot be read as sound") from error
    if not frames:
        raise BadSoundError(f"{path.name} holds no sound")
    samples = np.concatenate([frame.to_ndarray().reshape(-1) for frame in frames])
    return np.nan_to_num(samples.astype(np.float32))


def packets(samples: NDArray[np.float32]) -> Iterator[bytes]:
    """Encode 48 kHz mono as a browser does: Opus, 20 ms, 24 kb/s."""
    encoder = av.AudioCodecContext.create("libopus", "w")
    encoder.sample_rate, encoder.layout, encoder.format = RATE_HZ, "mono", "flt"
    encoder.bit_rate = BIT_RATE
    encoder.options = {"application": "voip", "frame_duration": "20"}
    for start in range(0, len(samples) - PACKET_SAMPLES + 1, PACKET_SAMPLES):
        piece = np.ascontiguousarray(samples[None, start : start + PACKET_SAMPLES])
        frame = av.AudioFrame.from_ndarray(piece, format="flt", layout="mono")
        frame.sample_rate, frame.pts = RATE_HZ, start
        yield from (bytes(packet) for packet in encoder.encode(frame))


def listen(
    samples: NDArray[np.float32],
    transcriber: Transcriber,
    language: str | None = None,
    loss: float = 0.0,
    seed: str = "",
    languages: tuple[str, ...] = (),
) -> Iterator[HeardLine]:
    """Yield what a room would be shown of 48 kHz mono sound, in order, as it becomes known.

    Args:
        samples: the sound.
        transcriber: the engine.
        language: the speaker's own choice; None: it is detected.
        loss: the share of packets that do not arrive, 0 to 1.
        seed: which packets these are.
        languages: among which it is detected; none: all that the engine knows.
    """
    session = Session(EngineState(state="ready", detail=""), SileroDetector, 1, languages)
    session.connect(_GATE)
    session.handle(_GATE, OpenCaptions(room_id=_ROOM), 0)
    grant = Grant(room_id=_ROOM, tap_id=_TAP, speaker_id="file", language=language)
    session.handle(_GATE, grant, 0)
    quiet = np.zeros(int(TRAIL_S * RATE_HZ), np.float32)
    sound = np.concatenate((quiet[: int(LEAD_S * RATE_HZ)], samples, quiet, quiet[:PACKET_SAMPLES]))
    chance = random.Random(seed)  # noqa: S311  to repeat a measurement
    now_ms = 0
    for index, packet in enumerate(packets(sound)):
        now_ms = (index + 1) * PACKET_MS
        if not index or chance.random() >= loss:
            header = AudioHeader(_TAP, index & 0xFFFF, index * PACKET_SAMPLES & 0xFFFFFFFF, 255)
            session.audio(header.pack() + packet, now_ms)
        session.tick(now_ms)
        yield from _work(session, transcriber, now_ms)
    for later_ms in range(now_ms, now_ms + int(TRAIL_S * 1000), 100):
        session.tick(later_ms)
        yield from _work(session, transcriber, later_ms)


def _work(session: Session, transcriber: Transcriber, now_ms: int) -> Iterator[HeardLine]:
    while job := session.next_job():
        began = time.perf_counter()
        try:
            transcript = transcriber.transcribe(job.utterance.audio, job.languages)
        except RuntimeError:
            transcript = None
        took_ms = round((time.perf_counter() - began) * 1000)
        session.finish_job(job, transcript, now_ms)
        yield from _lines(session, now_ms, took_ms)
        while words := session.next_words():
            session.finish_words(words, (), now_ms)
    yield from _lines(session, now_ms, 0)


def _lines(session: Session, now_ms: int, took_ms: int) -> Iterator[HeardLine]:
    for _, message in session.drain():
        if not isinstance(message, Line | Gap):
            continue
        line = message if isinstance(message, Line) else None
        begin_ms = now_ms - message.age_ms
        end_ms = begin_ms + message.duration_ms
        final = line is None or line.final
        spoken_until_ms = end_ms - TAIL_FRAMES * FRAME_MS if final else end_ms
        yield HeardLine(
            from_ms=max(0, begin_ms - int(LEAD_S * 1000)),
            to_ms=max(0, end_ms - int(LEAD_S * 1000)),
            text=line.text if line else "",
            final=final,
            gap=line is None,
            language=line.language if line else "",
            line_id=line.line_id if line else -1,
            latency_ms=max(0, now_ms - spoken_until_ms) + took_ms,
        )
