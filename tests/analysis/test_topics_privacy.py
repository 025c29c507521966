"""Secrets are planted in talk; none may surface anywhere. What is no secret must, or the test
could not fail."""

from __future__ import annotations

import itertools

import pytest

from analysis.counts import Said
from analysis.insights import relate, traits, trending
from analysis.topics import RoomTopics
from analysis.words import Analysers

SECRETS = {
    "zelkowska": "ask for miss zelkowska at the desk",
    "0104932777": "call me on 0104932777 tonight",
    "four": "my code is four seven nine two",
    "zorvak": "my mail is zorvak at mailbox dot test",
    "mailbox": "write to hana at mailbox dot test",
    "brimble": "it is on brimble dot test",
    "elena": "elena said that elena would come",
    "krevor": "mail krevor@mailbox.test about it",
    "vexil": "look at https://vexil.test/vexil first",
}
OPEN = "the bridge over the river needs a bridge tax for the river"


@pytest.fixture(scope="module")
def analysers() -> Analysers:
    return Analysers()


def talk(room: RoomTopics, analysers: Analysers, lines: list[tuple[int, str]]) -> None:
    for number, (speaker, text) in enumerate(lines):
        room.add(Said(speaker, "en", 5.0 * number, number), analysers.words(text, "en"))


def surfaces(room: RoomTopics) -> str:
    shown = [topic.term for topic in room.top(60.0, 50)]
    told = traits(room.counts, room.blocked).values()
    return " ".join([*shown, *(word.term for words in told for word in words)])


@pytest.mark.parametrize(("secret", "line"), SECRETS.items())
def test_a_planted_secret_never_surfaces(analysers: Analysers, secret: str, line: str) -> None:
    room = RoomTopics()
    room.block(["Elena Rossi"])
    talk(room, analysers, [(1, line), (2, OPEN), (1, line), (1, line), (2, OPEN)])
    seen = surfaces(room)
    assert "bridge" in seen  # what is no secret does
    assert secret not in seen


def test_a_rare_word_of_two_speakers_surfaces_so_the_search_can_find(analysers: Analysers) -> None:
    room = RoomTopics()
    talk(room, analysers, [(1, SECRETS["zelkowska"]), (2, SECRETS["zelkowska"])])
    assert "zelkowska" in surfaces(room)


def test_a_trait_is_what_one_says_and_the_others_do_not(analysers: Analysers) -> None:
    room = RoomTopics()
    talk(room, analysers, [(1, "the bridge"), (2, "a tunnel")] * 3 + [(1, "tax"), (2, "tax")] * 3)
    told = traits(room.counts, room.blocked)
    assert {speaker: [w.term for w in words] for speaker, words in told.items()} == {
        1: ["bridge"],
        2: ["tunnel"],
    }


def test_nobody_has_traits_where_one_speaks_alone(analysers: Analysers) -> None:
    room = RoomTopics()
    talk(room, analysers, [(1, "the bridge")] * 5)
    assert traits(room.counts, room.blocked) == {}


def test_topics_said_in_the_same_half_minutes_are_related(analysers: Analysers) -> None:
    room = RoomTopics()
    for at_s, text in itertools.chain(
        ((30.0 * n, "the bridge was a river") for n in range(3)),
        ((30.0 * n, "a tax for the school") for n in range(3, 6)),
    ):
        room.add(Said(1, "en", at_s), analysers.words(text, "en"))
    topics = room.top(150.0)
    named = {topic.topic_id: topic.term for topic in topics}
    pairs = [{named[r.first], named[r.second]} for r in relate(topics, room.counts)]
    assert sorted(map(sorted, pairs)) == [["bridge", "river"], ["school", "tax"]]


@pytest.mark.parametrize(("rooms", "found"), [(2, []), (3, ["bridge"])])
def test_a_trend_needs_three_rooms_and_three_speakers(
    analysers: Analysers, rooms: int, found: list[str]
) -> None:
    house = [RoomTopics() for _ in range(rooms)]
    for room in house:
        talk(room, analysers, [(1, "the bridge"), (1, "the bridge")])
    trends = trending([(room.top(10.0), room.counts) for room in house])
    assert [trend.term for trend in trends] == found


def test_a_hidden_word_is_gone_in_all_its_forms_until_it_is_shown_again(
    analysers: Analysers,
) -> None:
    room = RoomTopics()
    talk(room, analysers, [(1, "the bridge"), (2, "two bridges"), (1, "a bridge"), (2, "bridges")])
    (topic,) = room.top(20.0)
    assert [said.line_id for said in room.mentions(topic.topic_id)] == [3, 2, 1, 0]
    room.hide(topic.term, hidden=True)
    talk(room, analysers, [(1, "bridges again")])
    assert (room.top(20.0), room.mentions(topic.topic_id)) == ([], [])
    assert traits(room.counts, room.blocked) == {1: [], 2: []}
    room.hide(topic.term, hidden=False)
    (again,) = room.top(20.0)
    assert (again.topic_id, again.colour) == (topic.topic_id, topic.colour)
