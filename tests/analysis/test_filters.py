from __future__ import annotations

from dataclasses import replace

import pytest

from analysis.filters import Unfit, unfit_transcript, unfit_voice
from analysis.transcriber import Transcript

GOOD = Transcript("Bake the bread.", "en", 0.01, -0.1, 1.0, False)


def test_a_sure_transcript_passes() -> None:
    assert unfit_transcript(GOOD, 1500, 1300) is None


@pytest.mark.parametrize(
    ("transcript", "reason"),
    [
        (replace(GOOD, text=" … "), Unfit.EMPTY),
        (replace(GOOD, no_speech_probability=0.61), Unfit.NO_SPEECH),
        (replace(GOOD, avg_logprob=-1.01), Unfit.UNSURE),
        (replace(GOOD, compression_ratio=2.5), Unfit.REPETITIVE),
        (replace(GOOD, token_cap_hit=True), Unfit.ENDLESS),
        (replace(GOOD, text="a" * 38), Unfit.TOO_FAST),
    ],
)
def test_invented_text_is_dropped(transcript: Transcript, reason: Unfit) -> None:
    assert unfit_transcript(transcript, 1500, 1300) is reason


def test_too_little_voice_is_not_transcribed() -> None:
    assert unfit_voice(224, 0.9) is Unfit.TOO_SHORT
    assert unfit_voice(1000, 0.49) is Unfit.HARDLY_VOICE
    assert unfit_voice(256, 0.5) is None


@pytest.mark.parametrize(
    ("text", "voiced_ms"),
    [
        ("Thank you. Thank you. Thank you.", 700),
        ("Thank you thank you thank you thank you thank you", 4_000),
        ("you you you you you you you you you you", 4_000),
        ("Well, see you next time, see you next time, see you next time", 1_500),
        ("감사합니다 감사합니다 감사합니다", 900),
    ],
)
def test_a_phrase_over_and_over_in_no_time_is_a_loop(text: str, voiced_ms: int) -> None:
    assert unfit_transcript(replace(GOOD, text=text), 6_000, voiced_ms) is Unfit.REPETITIVE


@pytest.mark.parametrize(
    ("text", "voiced_ms"),
    [
        ("Thank you, thank you, thank you!", 1_600),
        ("No, no, no, no.", 900),
        ("ha ha ha ha ha ha", 1_500),
        ("감사합니다 감사합니다 감사합니다", 2_300),
        ("It was a very very very good match that we saw there yesterday", 700),
        ("One two three four five six seven", 700),
    ],
)
def test_who_says_something_three_times_is_heard(text: str, voiced_ms: int) -> None:
    assert unfit_transcript(replace(GOOD, text=text), 6_000, voiced_ms) is None
