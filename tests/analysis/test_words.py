from __future__ import annotations

import pytest

from analysis.words import Analysers


@pytest.fixture(scope="module")
def analysers() -> Analysers:
    return Analysers()


def surfaces(analysers: Analysers, text: str, language: str = "en") -> list[str]:
    return [word.surface for word in analysers.words(text, language) if word]


def test_english_keeps_content_words(analysers: Analysers) -> None:
    text = "Quantum computers need better error correction before they can break cryptography."
    found = surfaces(analysers, text)
    assert {"quantum", "computers", "error", "correction", "cryptography"} <= set(found)
    assert not {"before", "they", "can"} & set(found)


def test_forms_of_a_word_share_a_stem(analysers: Analysers) -> None:
    one, two = analysers.words("computers computing", "en")
    assert one
    assert two
    assert one.stem == two.stem


def test_a_stop_word_or_a_full_stop_breaks_a_pair(analysers: Analysers) -> None:
    found = analysers.words("harbour. Tunnel of rosemary", "en")
    assert [word and word.surface for word in found] == [
        "harbour",
        None,
        "tunnel",
        None,
        "rosemary",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "0104932777",
        "forty seven",
        "call 555-1234",
        "zvork@mailbox.test",
        "https://zvork.test/x",
        "i'm don't they'll",
        "um uh yeah okay like you know",
        "B2B",
    ],
)
def test_numbers_addresses_and_fillers_are_no_words(analysers: Analysers, text: str) -> None:
    assert "".join(surfaces(analysers, text)) in ("", "call")


def test_a_language_without_analyser_yields_nothing(analysers: Analysers) -> None:
    assert analysers.words("¿Dónde está la biblioteca?", "es") == []


@pytest.mark.model
def test_korean_keeps_nouns_and_foreign_words(analysers: Analysers) -> None:
    text = "인공지능 반도체 주가가 이번 주에 크게 올랐습니다. API 서버 3개, test@example.test"
    found = surfaces(analysers, text, "ko")
    assert found == ["인공", "지능", "반도체", "주가", "api", "서버"]


@pytest.mark.model
def test_korean_compounds_are_glued(analysers: Analysers) -> None:
    first, second = analysers.words("인공지능", "ko")
    assert first
    assert second
    assert (first.glued, second.glued) == (False, True)


@pytest.mark.model
@pytest.mark.parametrize(
    ("text", "word"), [("S펜으로 그렸다", "s펜"), ("X선을 찍었다", "x선"), ("K팝을 듣는다", "k팝")]
)
def test_a_letter_and_a_noun_written_as_one_are_one_word(
    analysers: Analysers, text: str, word: str
) -> None:
    assert word in surfaces(analysers, text, "ko")


@pytest.mark.model
def test_a_foreign_word_before_a_space_stays_its_own(analysers: Analysers) -> None:
    assert surfaces(analysers, "API 서버", "ko") == ["api", "서버"]


@pytest.mark.model
def test_what_is_left_of_a_number_is_no_word(analysers: Analysers) -> None:
    assert surfaces(analysers, "5G망과 2S동", "ko") == []
