"""Speech to text of one utterance: the port. `whisper` and `sphinx` implement it.

Never reaches for the network: what an engine needs is on this machine or it is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from analysis.decoder import Samples

MAX_AUDIO_S = 30


class ModelUnavailableError(Exception):
    """The model cannot be loaded; the message is for people."""


@dataclass(frozen=True, slots=True)
class Transcript:
    """What an engine made of an utterance, and how sure it was.

    An engine that cannot tell one of these gives the value of a good transcript.
    """

    text: str
    language: str
    """ISO 639-1."""
    no_speech_probability: float
    """How surely nobody spoke, 0 to 1."""
    avg_logprob: float
    """The mean natural logarithm of its tokens' (words') probabilities, at most 0."""
    compression_ratio: float
    """Bytes of the text by bytes of it compressed: high for a loop."""
    token_cap_hit: bool
    """It did not stop by itself."""


@dataclass(frozen=True, slots=True)
class Engine:
    """What an engine is, for people."""

    name: str
    device: str
    """`cpu` or `cuda`."""
    languages: tuple[str, ...]
    """The only ones that it knows, ISO 639-1; empty: many."""


class Transcriber(Protocol):
    """Turns utterances into text; called from one thread only, and keeps nothing of a call."""

    @property
    def engine(self) -> Engine:
        """What this is."""

    def transcribe(self, audio: Samples, languages: Sequence[str] = ()) -> Transcript:
        """Transcribe at most `MAX_AUDIO_S` of speech in one of these languages (ISO 639-1).

        One language: it is taken for granted. Several: the likeliest of them is detected. None, or
        none that the engine knows: the likeliest of all that it knows.

        Digital silence, or less than a syllable, is no error: its text may be empty.

        Raises:
            RuntimeError: the engine failed on this audio.
            ValueError: the audio is longer than `MAX_AUDIO_S`, or empty.
        """
