"""PocketSphinx behind the port: English, its model inside the package, nothing to download.

It hears about two words in three of clear speech, so it is for trying captions out and for places
without any download; it takes the place of Whisper only where the operator says so.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from analysis.decoder import SAMPLE_RATE_HZ, Samples
from analysis.transcriber import MAX_AUDIO_S, Engine, ModelUnavailableError, Transcript
from analysis.whisper import compression_ratio

NAME = "PocketSphinx"
_FULL_SCALE = 32767
_LEAST = 1e-10


def available() -> bool:
    """Whether the optional package is installed."""
    import importlib.util

    return importlib.util.find_spec("pocketsphinx") is not None


class PocketSphinxTranscriber:
    """The decoder of CMU PocketSphinx with the US English model of its package."""

    def __init__(self) -> None:
        """Load the model; takes half a second.

        Raises:
            ModelUnavailableError: the package is not installed, or broken.
        """
        try:
            from pocketsphinx import Decoder
        except ImportError as error:
            raise ModelUnavailableError(
                "PocketSphinx is not installed (the extra `pocketsphinx`)"
            ) from error
        try:
            self._decoder: Any = Decoder(samprate=SAMPLE_RATE_HZ, loglevel="FATAL", cmn="batch")
        except (RuntimeError, ValueError) as error:
            raise ModelUnavailableError("PocketSphinx could not be loaded") from error
        self.engine = Engine(NAME, "cpu", ("en",))

    def transcribe(self, audio: Samples, languages: Sequence[str] = ()) -> Transcript:
        """Transcribe one utterance; another language than English is heard as English."""
        if not 0 < len(audio) <= MAX_AUDIO_S * SAMPLE_RATE_HZ:
            raise ValueError("audio of impossible length")
        del languages
        pcm = (np.clip(audio, -1, 1) * _FULL_SCALE).astype(np.int16)
        decoder = self._decoder
        # Else its noise estimate would carry over from one speaker to the next.
        decoder.reinit_feat()
        decoder.start_utt()
        try:
            decoder.process_raw(pcm.tobytes(), no_search=False, full_utt=True)
        finally:
            decoder.end_utt()
            pcm.fill(0)
        segments = [] if decoder.hyp() is None else list(decoder.seg())
        words = [segment for segment in segments if segment.word[0] not in "<["]
        text = " ".join(segment.word.split("(")[0] for segment in words)
        # A word's posterior is the product of a choice among near neighbours, where a token of
        # Whisper's is one step: the square root makes the same threshold fit both.
        doubts = [math.log(max(_LEAST, min(1.0, segment.prob))) / 2 for segment in words]
        return Transcript(
            text=text,
            language="en",
            no_speech_probability=1 - _frames(words) / max(1, _frames(segments)),
            avg_logprob=sum(doubts) / len(doubts) if doubts else 0.0,
            compression_ratio=compression_ratio(text),
            token_cap_hit=False,
        )


def _frames(segments: list[Any]) -> int:
    """How many frames of 10 ms these words, pauses and noises last."""
    return sum(segment.end_frame - segment.start_frame + 1 for segment in segments)
