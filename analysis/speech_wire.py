"""What the analysis process and its speech worker say to each other, over socket pairs.

A message is its length and the length of the audio after it (two uint32, big-endian), JSON, then
the audio as it lies in memory (float32, 16 kHz, mono). Nothing of it is ever pickled.
"""

from __future__ import annotations

import struct

import msgspec

from analysis.decoder import SAMPLE_RATE_HZ
from analysis.transcriber import MAX_AUDIO_S

HEAD = struct.Struct("!II")
MAX_MESSAGE_BYTES = 64 * 1024
SAMPLE_BYTES = 4
MAX_AUDIO_BYTES = MAX_AUDIO_S * SAMPLE_RATE_HZ * SAMPLE_BYTES


class Load(msgspec.Struct, frozen=True, tag=True):
    """The first message to a worker: what to load. Answered by `Loaded` or `Unavailable`."""

    transcriber: str
    """`whisper` or `pocketsphinx`."""
    model_dir: str
    device: str
    threads: int
    """For one transcription."""
    lanes: int
    """Transcriptions at a time, each over a socket of its own."""
    window_s: int
    memory_mb: int
    """What the worker may take; 0: no limit of its own."""


class Transcribe(msgspec.Struct, frozen=True, tag=True):
    """The audio that follows is to be transcribed. Answered by `Heard` or `NotHeard`."""

    languages: tuple[str, ...]
    """See `Transcriber`."""


class Loaded(msgspec.Struct, frozen=True, tag=True):
    """The engine is ready."""

    name: str
    device: str
    languages: list[str]


class Unavailable(msgspec.Struct, frozen=True, tag=True):
    """The engine cannot be loaded; the worker ends."""

    reason: str


class Heard(msgspec.Struct, frozen=True, tag=True):
    """What was heard: see `Transcript`."""

    text: str
    language: str
    no_speech_probability: float
    avg_logprob: float
    compression_ratio: float
    token_cap_hit: bool


class NotHeard(msgspec.Struct, frozen=True, tag=True):
    """The engine failed on this audio."""

    error: str
    """The name of the exception, nothing of the audio."""


ToWorker = Load | Transcribe
FromWorker = Loaded | Unavailable | Heard | NotHeard

encode = msgspec.json.Encoder().encode
decode_to_worker: msgspec.json.Decoder[ToWorker] = msgspec.json.Decoder(ToWorker)
decode_from_worker: msgspec.json.Decoder[FromWorker] = msgspec.json.Decoder(FromWorker)


def lengths(head: bytes | bytearray) -> tuple[int, int]:
    """Read the lengths of a message and of its audio, in bytes.

    Raises:
        ValueError: impossible ones.
    """
    message, audio = HEAD.unpack(head)
    if message > MAX_MESSAGE_BYTES or audio > MAX_AUDIO_BYTES or audio % SAMPLE_BYTES:
        raise ValueError("a message of impossible size")
    return message, audio
