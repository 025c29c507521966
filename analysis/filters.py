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
REPEATS = 3
"""From so many on, one after the other, a phrase is looked at."""
MAX_REPEATS = 5
"""So often nobody says a phrase of several words without a breath; a single word (laughter, no no
no) twice as often."""
PHRASE_WORDS = 8
LETTERS_PER_S = 18
"""How fast a phrase is repeated at most, by voiced time: fluent English has about 14."""
LETTERS_A_SYLLABLE = 2.5
"""Letters of English that take as long to say as a syllable that is written as one letter."""
_FIRST_SYLLABLE = "\u1100"
"""Hangul, kana and Chinese characters are above it in Unicode."""


class Unfit(Enum):
    """Why an utterance or its transcript was dropped."""

    TOO_SHORT = "too_short"
    """Less voice than a syllable."""
    HARDLY_VOICE = "hardly_voice"
    NO_SPEECH = "no_speech"
    """The model itself thinks that nobody spoke."""
    UNSURE = "unsure"
    REPETITIVE = "repetitive"
    """A loop: it compresses like one, or says a phrase over and over, faster than people do."""
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


def unfit_transcript(transcript: Transcript, duration_ms: int, voiced_ms: int) -> Unfit | None:
    """Judge what the model wrote for so much audio, of which so much was voice."""
    checks = (
        (not any(c.isalnum() for c in transcript.text), Unfit.EMPTY),
        (transcript.no_speech_probability > MAX_NO_SPEECH, Unfit.NO_SPEECH),
        (transcript.avg_logprob < MIN_AVG_LOGPROB, Unfit.UNSURE),
        (transcript.compression_ratio > MAX_COMPRESSION, Unfit.REPETITIVE),
        (_is_loop(transcript.text, voiced_ms), Unfit.REPETITIVE),
        (transcript.token_cap_hit, Unfit.ENDLESS),
        (len(transcript.text) > MAX_CHARACTERS_PER_S * duration_ms / 1000, Unfit.TOO_FAST),
    )
    return next((reason for failed, reason in checks if failed), None)


def _is_loop(text: str, voiced_ms: int) -> bool:
    """Whether a phrase is said over and over that nobody can have said so often in that time.

    Who says it thrice takes his time for each; a decoder that loops on little sound does not.
    """
    words = ["".join(filter(str.isalnum, word)) for word in text.lower().split()]
    words = [word for word in words if word]
    phrase, repeats = _most_repeated(words)
    if repeats < REPEATS or repeats * len(phrase) * 2 < len(words):
        return False
    most = MAX_REPEATS if len(phrase) > 1 else 2 * MAX_REPEATS
    letters = sum(LETTERS_A_SYLLABLE if c >= _FIRST_SYLLABLE else 1 for c in "".join(phrase))
    return repeats >= most or repeats * letters > LETTERS_PER_S * voiced_ms / 1000


def _most_repeated(words: list[str]) -> tuple[list[str], int]:
    """Return the phrase that is said most often in a row, and how often."""
    best: tuple[list[str], int] = ([], 0)
    for length in range(1, min(PHRASE_WORDS, len(words) // REPEATS) + 1):
        run = 0
        for at in range(length, len(words)):
            run = run + 1 if words[at] == words[at - length] else 0
            repeats = 1 + run // length
            if repeats > best[1]:
                best = (words[at - length + 1 : at + 1], repeats)
    return best
