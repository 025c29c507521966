from __future__ import annotations

import gc
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.counts import MAX_MENTIONS, Said
from analysis.privacy import name_forms
from analysis.score import PACES
from analysis.topics import RoomTopics, Topics
from analysis.words import Lexicon, Word

COMMON = 1e-5


def words(text: str, frequency: float = COMMON) -> list[Word | None]:
    return [None if w == "." else Word(w.rstrip("s"), w, frequency) for w in text.split()]


@pytest.fixture
def topics() -> Topics:
    topics = Topics()
    topics.open("room")
    return topics


def terms(topics: Topics, now_s: float = 100.0, room: str = "room") -> list[str]:
    return [topic.term for topic in topics.room(room).top(now_s)]


def test_the_score_is_the_learned_sum(topics: Topics) -> None:
    room, now, pace = topics.room("room"), 120.0, PACES["en"]
    room.add(Said(1, "en", 0.0), words("zylo"))
    room.add(Said(2, "en", 60.0), words("zylo"))
    room.add(Said(1, "en", 60.0), words("qued . qued . qued", 1e-6))

    def score(times: list[float], frequency: float, stretches: int, speakers: int) -> float:
        faded: float = sum(2.0 ** (-(now - t) / pace.half_life_s) for t in times)
        surprise = -math.log(1 - math.exp(-1500 * frequency))
        return (
            pace.faded * math.log(faded)
            - pace.recency_per_s * (now - times[-1])
            + pace.stretches * math.log(stretches)
            + pace.speakers * math.log2(speakers)
            + pace.surprise * math.log(surprise)
        )

    zylo, qued = score([0, 60], COMMON, 2, 2), score([60, 60, 60], 1e-6, 1, 1)
    ranked = {topic.term: topic for topic in room.top(now)}
    assert ranked["zylo"].weight == pytest.approx(math.exp(zylo - max(zylo, qued)))
    assert ranked["qued"].weight == pytest.approx(math.exp(qued - max(zylo, qued)))
    assert ranked["zylo"].speakers == 2


def test_a_topic_keeps_its_id_and_colour_while_it_is_said(topics: Topics) -> None:
    room = topics.room("room")
    room.add(Said(1, "en", 0.0), words("tunnel . tunnel"))
    (first,) = room.top(1.0)
    room.add(Said(2, "en", 300.0), words("bread . bread . bread . tunnel . tunnel"))
    second = {topic.term: topic for topic in room.top(301.0)}
    assert (second["tunnel"].topic_id, second["tunnel"].colour) == (first.topic_id, first.colour)
    assert second["bread"].topic_id != first.topic_id
    assert second["bread"].colour != first.colour


@given(
    st.lists(
        st.tuples(
            st.integers(1, 3),
            st.lists(st.sampled_from(["tunnel", "bread", "vote", "."]), max_size=6),
            st.integers(0, 90),
        ),
        max_size=40,
    )
)
def test_a_withdrawal_leaves_what_a_room_without_that_speaker_would_have(
    turns: list[tuple[int, list[str], int]],
) -> None:
    with_him, without_him, now = RoomTopics(), RoomTopics(), 0.0
    for speaker, said, pause in turns:
        now += pause
        with_him.add(Said(speaker, "en", now), words(" ".join(said)))
        if speaker != 1:
            without_him.add(Said(speaker, "en", now), words(" ".join(said)))
        with_him.top(now)
    with_him.withdraw(1)
    ours, theirs = with_him.top(now), without_him.top(now)
    assert {t.term: t.speakers for t in ours} == {t.term: t.speakers for t in theirs}
    weights = {topic.term: topic.weight for topic in theirs}
    assert {t.term: t.weight for t in ours} == pytest.approx(weights)


def test_a_room_keeps_a_bounded_number_of_mentions(topics: Topics) -> None:
    room = topics.room("room")
    for number in range(MAX_MENTIONS // 2):
        room.add(Said(1, "en", 1.0), words(f"w{number} bread tunnel"))
    assert len(room.counts) == MAX_MENTIONS


def test_rooms_share_their_words_and_the_last_one_to_forget_a_word_takes_it_away() -> None:
    lexicon = Lexicon()
    first, second = RoomTopics(lexicon), RoomTopics(lexicon)
    first.add(Said(1, "en", 0.0), words("tunnels bread"))
    first.add(Said(2, "en", 0.0), words("tunnels"))
    second.add(Said(3, "en", 0.0), words("tunnels tunnel"))
    assert len(lexicon) == 3
    terms = [room.counts.term("tunnel") for room in (first, second)]
    assert len({id(m.word) for term in terms if term for m in term.mentions}) == 2
    del terms
    first.withdraw(1)
    gc.collect()
    assert len(lexicon) == 2
    del first, second
    gc.collect()
    assert len(lexicon) == 0


def test_the_same_letters_in_two_languages_are_two_words() -> None:
    lexicon = Lexicon()
    ours, theirs = Word("gift", "gift", 1e-5), Word("gift", "gift", 1e-7)
    assert lexicon.same([ours, None, theirs]) == [ours, None, theirs]


def test_a_word_said_once_is_no_topic(topics: Topics) -> None:
    topics.room("room").add(Said(1, "en", 0.0), words("tunnel . bread . bread"))
    assert terms(topics) == ["bread"]


def test_a_rare_word_needs_two_speakers(topics: Topics) -> None:
    topics.room("room").add(Said(1, "en", 0.0), words("zvorkzel . zvorkzel . zvorkzel", 0.0))
    assert terms(topics) == []
    topics.room("room").add(Said(2, "en", 1.0), words("zvorkzel", 0.0))
    assert terms(topics) == ["zvorkzel"]


def test_the_form_said_most_is_shown(topics: Topics) -> None:
    topics.room("room").add(Said(1, "en", 0.0), words("computer . computers . computers"))
    assert terms(topics) == ["computers"]


def test_words_said_together_are_shown_as_a_pair(topics: Topics) -> None:
    topics.room("room").add(
        Said(1, "en", 0.0), words("error correction . error correction . bread . bread")
    )
    assert sorted(terms(topics)) == ["bread", "error correction"]


def test_a_pair_is_said_where_both_of_its_words_are(topics: Topics) -> None:
    room = topics.room("room")
    said = ["error correction", "error", "error correction", "correction", "error correction"]
    for line, text in enumerate(said):
        room.add(Said(1, "en", float(line), line), words(text))
    (topic,) = room.top(5.0)
    assert topic.term == "error correction"
    assert [found.line_id for found in room.mentions(topic.topic_id)] == [4, 2, 0]


def test_a_pair_does_not_cross_what_was_between(topics: Topics) -> None:
    topics.room("room").add(Said(1, "en", 0.0), words("vote . tunnel . vote . tunnel"))
    assert sorted(terms(topics)) == ["tunnel", "vote"]


def test_words_leave_the_window_after_ten_minutes(topics: Topics) -> None:
    topics.room("room").add(Said(1, "en", 0.0), words("tunnel . tunnel"))
    assert terms(topics, 600.0) == ["tunnel"]
    assert terms(topics, 601.0) == []


def test_korean_fades_faster(topics: Topics) -> None:
    topics.room("room").add(Said(1, "ko", 0.0), words("반도체 . 반도체"))
    topics.room("room").add(Said(1, "en", 0.0), words("tunnel . tunnel"))
    weights = {topic.term: topic.weight for topic in topics.room("room").top(240.0)}
    assert weights["반도체"] < weights["tunnel"]


def test_what_other_rooms_say_changes_nothing_here(topics: Topics) -> None:
    topics.room("room").add(Said(1, "en", 0.0), words("tunnel . tunnel . bread . bread"))
    alone = topics.room("room").top(1.0)
    for number in range(5):
        topics.open(f"other{number}")
        topics.room(f"other{number}").add(Said(1, "en", 0.0), words("bread"))
    assert topics.room("room").top(1.0) == alone


def test_the_shown_order_resists_flicker(topics: Topics) -> None:
    topics.room("room").add(Said(1, "en", 0.0), words("tunnel . tunnel"))
    assert terms(topics, 1.0) == ["tunnel"]
    topics.room("room").add(Said(1, "en", 5.0), words("bread . bread"))
    topics.room("room").add(Said(1, "en", 5.0), words("other . other"))
    assert terms(topics, 6.0)[0] == "tunnel"


def test_a_withdrawal_subtracts_all_that_the_speaker_said(topics: Topics) -> None:
    topics.room("room").add(Said(1, "en", 0.0), words("tunnel . tunnel . bread"))
    topics.room("room").add(Said(2, "en", 0.0), words("bread . bread"))
    topics.room("room").withdraw(1)
    ranked = topics.room("room").top(1.0)
    assert [(topic.term, topic.speakers) for topic in ranked] == [("bread", 1)]
    topics.room("room").withdraw(2)
    assert topics.room("room").top(1.0) == []


def test_a_closed_room_leaves_no_trace_in_the_others(topics: Topics) -> None:
    topics.open("other")
    topics.room("other").add(Said(1, "en", 0.0), words("tunnel"))
    topics.room("room").add(Said(1, "en", 0.0), words("tunnel . tunnel . bread . bread"))
    topics.close("other")
    assert {topic.weight for topic in topics.room("room").top(0.0)} == {1.0}


def test_names_on_the_roster_never_surface_even_if_said_before(topics: Topics) -> None:
    topics.room("room").add(
        Said(1, "en", 0.0), words("elena . elena . rossi . tunnel . tunnel . rossi")
    )
    topics.room("room").block(["Elena Rossi"])
    assert terms(topics) == ["tunnel"]


def test_the_parts_of_a_name_are_blocked_and_a_korean_given_name_too() -> None:
    assert name_forms(["김민수", "Anna-Lena O'Hara"]) >= {
        "김민수",
        "민수",
        "anna",
        "lena",
        "hara",
    }
