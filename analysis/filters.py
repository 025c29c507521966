"""Which transcripts are not speech: what a model invents on noise never reaches a page. Pure."""

from __future__ import annotations

from enum import Enum

from analysis.transcriber import Transcript

MIN_VOICED_MS = 250
MIN_MEAN_VOICE = 0.5
MAX_NO_SPEECH = 0.6
MIN_AVG_LOGPROB = -1.0
MAX_COMPRESSION = 2.4
MAX_CHARACTERS_PER_S = 25


class Unfit(Enum):
    """Why an utterance or its transcript was dropped."""

    TOO_SHORT = "too_short"
    """Less voice than a syllable."""
    HARDLY_VOICE = "hardly_voice"
    NO_SPEECH = "no_speech"
    """The model itself thinks that nobody spoke."""
    UNSURE = "unsure"
    REPETITIVE = "repetitive"
    """The text compresses like a loop."""
    ENDLESS = "endless"
    """The model did not stop by itself."""
    TOO_FAST = "too_fast"
    """More text than anyone could say in that time."""
    EMPTY = "empty"


def unfit_voice(voiced_ms: int, mean_voice: float) -> Unfit | None:
    """Judge an utterance before it costs a transcription."""
    if voiced_ms < MIN_VOICED_MS:
        return Unfit.TOO_SHORT
    if mean_voice < MIN_MEAN_VOICE:
        return Unfit.HARDLY_VOICE
    return None


def unfit_transcript(transcript: Transcript, duration_ms: int) -> Unfit | None:
    """Judge what the model wrote for so much audio."""
    checks = (
        (not any(c.isalnum() for c in transcript.text), Unfit.EMPTY),
        (transcript.no_speech_probability > MAX_NO_SPEECH, Unfit.NO_SPEECH),
        (transcript.avg_logprob < MIN_AVG_LOGPROB, Unfit.UNSURE),
        (transcript.compression_ratio > MAX_COMPRESSION, Unfit.REPETITIVE),
        (transcript.token_cap_hit, Unfit.ENDLESS),
        (len(transcript.text) > MAX_CHARACTERS_PER_S * duration_ms / 1000, Unfit.TOO_FAST),
    )
    return next((reason for failed, reason in checks if failed), None)
