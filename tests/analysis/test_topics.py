from __future__ import annotations

import math

import pytest

from analysis.topics import Topics, blocked_forms
from analysis.words import Word

COMMON = 1e-5


def words(text: str, frequency: float = COMMON) -> list[Word | None]:
    return [None if w == "." else Word(w.rstrip("s"), w, frequency) for w in text.split()]


@pytest.fixture
def topics() -> Topics:
    topics = Topics()
    topics.open("room")
    return topics


def terms(topics: Topics, now_s: float = 100.0, room: str = "room") -> list[str]:
    return [topic.term for topic in topics.top(room, now_s)]


def test_the_score_is_the_measured_formula(topics: Topics) -> None:
    topics.add("room", 1, words("tunnel"), "en", 0.0)
    topics.add("room", 2, words("tunnel"), "en", 60.0)
    topics.add("room", 1, words("bread . bread . bread", 1e-6), "en", 60.0)
    now = 120.0

    def score(times: list[float], frequency: float, speakers: int) -> float:
        tf: float = sum(2.0 ** (-(now - t) / 600) for t in times)
        p = 8 * (1 - math.exp(-1500 * frequency)) / 8
        recency: float = 2.0 ** (-(now - times[-1]) / 300)
        score: float = tf**0.7 * (-math.log(p)) ** 0.3 * recency * (1 + 0.4 * math.log2(speakers))
        return score

    tunnel, bread = score([0, 60], COMMON, 2), score([60, 60, 60], 1e-6, 1)
    ranked = {topic.term: topic for topic in topics.top("room", now)}
    heaviest = max(tunnel, bread)
    assert ranked["tunnel"].weight == pytest.approx(tunnel / heaviest)
    assert ranked["bread"].weight == pytest.approx(bread / heaviest)
    assert ranked["tunnel"].speakers == 2


def test_a_word_said_once_is_no_topic(topics: Topics) -> None:
    topics.add("room", 1, words("tunnel . bread . bread"), "en", 0.0)
    assert terms(topics) == ["bread"]


def test_a_rare_word_needs_two_speakers(topics: Topics) -> None:
    topics.add("room", 1, words("zvorkzel . zvorkzel . zvorkzel", 0.0), "en", 0.0)
    assert terms(topics) == []
    topics.add("room", 2, words("zvorkzel", 0.0), "en", 1.0)
    assert terms(topics) == ["zvorkzel"]


def test_the_form_said_most_is_shown(topics: Topics) -> None:
    topics.add("room", 1, words("computer . computers . computers"), "en", 0.0)
    assert terms(topics) == ["computers"]


def test_words_said_together_are_shown_as_a_pair(topics: Topics) -> None:
    topics.add("room", 1, words("error correction . error correction . bread . bread"), "en", 0.0)
    assert sorted(terms(topics)) == ["bread", "error correction"]


def test_a_pair_does_not_cross_what_was_between(topics: Topics) -> None:
    topics.add("room", 1, words("vote . tunnel . vote . tunnel"), "en", 0.0)
    assert sorted(terms(topics)) == ["tunnel", "vote"]


def test_words_leave_the_window_after_ten_minutes(topics: Topics) -> None:
    topics.add("room", 1, words("tunnel . tunnel"), "en", 0.0)
    assert terms(topics, 600.0) == ["tunnel"]
    assert terms(topics, 601.0) == []


def test_korean_fades_faster(topics: Topics) -> None:
    topics.add("room", 1, words("반도체 . 반도체"), "ko", 0.0)
    topics.add("room", 1, words("tunnel . tunnel"), "en", 0.0)
    weights = {topic.term: topic.weight for topic in topics.top("room", 240.0)}
    assert weights["반도체"] < weights["tunnel"]


def test_a_word_that_many_rooms_say_weighs_less(topics: Topics) -> None:
    topics.add("room", 1, words("tunnel . tunnel . bread . bread"), "en", 0.0)
    for number in range(5):
        topics.open(f"other{number}")
        topics.add(f"other{number}", 1, words("bread"), "en", 0.0)
    ranked = topics.top("room", 1.0)
    assert [topic.term for topic in ranked] == ["tunnel", "bread"]
    assert ranked[1].weight < 1


def test_the_shown_order_resists_flicker(topics: Topics) -> None:
    topics.add("room", 1, words("tunnel . tunnel"), "en", 0.0)
    assert terms(topics, 1.0) == ["tunnel"]
    topics.add("room", 1, words("bread . bread"), "en", 5.0)
    topics.add("room", 1, words("other . other"), "en", 5.0)
    assert terms(topics, 6.0)[0] == "tunnel"


def test_a_withdrawal_subtracts_all_that_the_speaker_said(topics: Topics) -> None:
    topics.add("room", 1, words("tunnel . tunnel . bread"), "en", 0.0)
    topics.add("room", 2, words("bread . bread"), "en", 0.0)
    topics.withdraw("room", 1)
    ranked = topics.top("room", 1.0)
    assert [(topic.term, topic.speakers) for topic in ranked] == [("bread", 1)]
    topics.withdraw("room", 2)
    assert topics.top("room", 1.0) == []


def test_a_closed_room_leaves_no_trace_in_the_others(topics: Topics) -> None:
    topics.open("other")
    topics.add("other", 1, words("tunnel"), "en", 0.0)
    topics.add("room", 1, words("tunnel . tunnel . bread . bread"), "en", 0.0)
    topics.close("other")
    assert {topic.weight for topic in topics.top("room", 0.0)} == {1.0}


def test_names_on_the_roster_never_surface_even_if_said_before(topics: Topics) -> None:
    topics.add("room", 1, words("elena . elena . rossi . tunnel . tunnel . rossi"), "en", 0.0)
    topics.block("room", ["Elena Rossi"])
    assert terms(topics) == ["tunnel"]


def test_the_parts_of_a_name_are_blocked_and_a_korean_given_name_too() -> None:
    assert blocked_forms(["김민수", "Anna-Lena O'Hara"]) >= {
        "김민수",
        "민수",
        "anna",
        "lena",
        "hara",
    }
