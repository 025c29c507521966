"""What every transcriber promises, asked of each engine that runs here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

from analysis.decoder import SAMPLE_RATE_HZ, Samples
from analysis.sphinx import PocketSphinxTranscriber, available
from analysis.transcriber import MAX_AUDIO_S, Transcriber
from analysis.whisper import WhisperTranscriber
from tests.analysis.speech import read_48k
from tests.shared_material import fixture_model, shared

pytestmark = pytest.mark.model


@dataclass(frozen=True)
class Engine:
    make: Callable[[], Transcriber]
    clip: str
    says: str
    """Words that it must hear in the clip."""


def whisper() -> Transcriber:
    return WhisperTranscriber(fixture_model(), "cpu", 1)


def sphinx() -> Transcriber:
    if not available():
        pytest.skip("the extra `pocketsphinx` is not installed")
    return PocketSphinxTranscriber()


ENGINES = {
    "whisper": Engine(whisper, "fixture/fx_en_02.flac", "Bake the sourdough bread"),
    "pocketsphinx": Engine(sphinx, "open/en_sb_spk1_snt5.flac", "sunday is the best part of the"),
}


@pytest.fixture(scope="module", params=ENGINES)
def named(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def transcriber(named: str) -> Transcriber:
    return ENGINES[named].make()


@pytest.fixture
def audio(named: str) -> Samples:
    samples: Samples = read_48k(shared("data", "speech", ENGINES[named].clip))[::3].copy()
    return samples


def test_it_hears_words(transcriber: Transcriber, named: str, audio: Samples) -> None:
    heard = transcriber.transcribe(audio, ("en",))
    assert ENGINES[named].says in heard.text
    assert heard.language == "en"
    assert 0 <= heard.no_speech_probability <= 1
    assert heard.avg_logprob <= 0
    assert heard.compression_ratio > 0
    assert not heard.token_cap_hit


def test_it_keeps_nothing_of_a_call(transcriber: Transcriber, audio: Samples) -> None:
    first = transcriber.transcribe(audio, ("en",))
    transcriber.transcribe(np.flip(audio).copy(), ("en",))
    assert transcriber.transcribe(audio, ("en",)) == first


def test_it_leaves_the_audio_as_it_is(transcriber: Transcriber, audio: Samples) -> None:
    before = audio.copy()
    transcriber.transcribe(audio)
    assert np.array_equal(audio, before)


def test_silence_and_a_single_sample_are_no_error(transcriber: Transcriber) -> None:
    for length in (1, 160, SAMPLE_RATE_HZ):
        transcriber.transcribe(np.zeros(length, np.float32), ("en",))


@pytest.mark.parametrize("seconds", [0, MAX_AUDIO_S + 1])
def test_audio_of_impossible_length_is_refused(transcriber: Transcriber, seconds: int) -> None:
    with pytest.raises(ValueError, match="impossible length"):
        transcriber.transcribe(np.zeros(seconds * SAMPLE_RATE_HZ, np.float32), ("en",))


def test_a_language_is_detected_among_those_that_are_given(
    transcriber: Transcriber, audio: Samples
) -> None:
    known = transcriber.engine.languages
    for languages in (("ko", "de"), ("fr", "ja", "xx")):
        assert transcriber.transcribe(audio, languages).language in (known or languages)


def test_an_unknown_language_is_no_error(transcriber: Transcriber, audio: Samples) -> None:
    assert transcriber.transcribe(audio, ("xx",)).language


def test_it_says_what_it_is(transcriber: Transcriber, named: str) -> None:
    assert transcriber.engine.name
    assert transcriber.engine.device == "cpu"
    assert transcriber.engine.languages == (("en",) if named == "pocketsphinx" else ())
