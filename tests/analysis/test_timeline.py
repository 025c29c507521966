"""The timeline: two subjects are two stretches, boundaries stay, a withdrawal leaves no trace."""

from __future__ import annotations

import random

from analysis.counts import Said
from analysis.privacy import Blocked
from analysis.timeline import CHUNK_S, MAX_CHUNKS, MAX_CLOSED, Segment, Timeline
from analysis.words import Word

BREAD = "bread flour yeast oven crust loaf dough rye baker butter".split()  # noqa: SIM905
TUNNEL = "tunnel harbour shaft concrete traffic toll council budget bridge audit".split()  # noqa: SIM905
NOBODY = Blocked()


def words(chosen: list[str]) -> list[Word | None]:
    return [Word(each, each, 1e-5) for each in chosen]


def talk(
    timeline: Timeline, subject: list[str], from_s: float, to_s: float, speakers: tuple[str, ...]
) -> None:
    chance = random.Random(int(from_s))
    at_s, turn = from_s, 0
    while at_s < to_s:
        said = Said(speakers[turn % len(speakers)], "en", at_s)
        timeline.add(said, words(chance.sample(subject, 4)))
        at_s, turn = at_s + 6, turn + 1


def bread_then_tunnel() -> Timeline:
    timeline = Timeline()
    talk(timeline, BREAD, 0, 600, ("ann", "bea"))
    talk(timeline, TUNNEL, 600, 1_500, ("ann", "bea"))
    return timeline


def shape(segments: list[Segment]) -> list[tuple[float, float | None, tuple[str, ...]]]:
    return [(each.from_s, each.to_s, each.terms) for each in segments]


def test_two_subjects_are_two_stretches_with_their_own_names_and_colours() -> None:
    first, second = bread_then_tunnel().segments(1_530, NOBODY)
    assert first.to_s is not None
    assert abs(first.to_s - 600) <= 2 * CHUNK_S
    assert second.from_s == first.to_s
    assert second.to_s is None
    assert set(first.terms) <= set(BREAD)
    assert set(second.terms) <= set(TUNNEL)
    assert (len(first.terms), len(second.terms)) == (3, 3)
    assert first.colour != second.colour


def test_what_is_over_keeps_its_id_bounds_and_colour_while_talk_goes_on() -> None:
    timeline, seen = Timeline(), dict[int, tuple[float, float, int]]()
    for minute in range(30):
        subject = BREAD if minute < 10 else TUNNEL
        talk(timeline, subject, minute * 60, minute * 60 + 60, ("ann", "bea"))
        for each in timeline.segments(minute * 60 + 60, NOBODY):
            if each.to_s is not None:
                now = (each.from_s, each.to_s, each.colour)
                assert seen.setdefault(each.segment_id, now) == now
    assert seen


def test_a_withdrawal_leaves_what_a_room_without_him_would_have() -> None:
    with_him, without = Timeline(), Timeline()
    for timeline in (with_him, without):
        talk(timeline, BREAD, 0, 600, ("ann",))
        talk(timeline, TUNNEL, 600, 1_500, ("ann",))
    # In the half minutes in which others speak, too.
    for at_s in range(0, 900, 45):
        said = Said("cho", "en", at_s + 600.0)
        with_him.add(said, words(["dentist", "appointment"]))
    with_him.segments(1_530, NOBODY)
    with_him.withdraw("cho", NOBODY)
    assert shape(with_him.segments(1_530, NOBODY)) == shape(without.segments(1_530, NOBODY))


def test_hidden_words_and_what_one_person_said_of_a_rare_thing_name_nothing() -> None:
    timeline = bread_then_tunnel()
    for at_s in range(600, 1_500, 30):
        timeline.add(Said("ann", "en", float(at_s)), [Word("zqx", "zqx", 0.0)] * 3)
    blocked = Blocked()
    (first, second) = timeline.segments(1_530, blocked)
    assert "zqx" not in (*first.terms, *second.terms)
    gone = second.terms[0]
    blocked.hide(gone, [gone], hidden=True)
    timeline.rename(blocked)
    assert gone not in timeline.segments(1_530, blocked)[-1].terms


def test_it_is_bounded() -> None:
    timeline = Timeline()
    for minute in range(4 * MAX_CHUNKS):
        subject = BREAD if minute // 10 % 2 else TUNNEL
        talk(timeline, subject, minute * 60, minute * 60 + 60, ("ann", "bea"))
        segments = timeline.segments(minute * 60 + 60, NOBODY)
    assert len(segments) <= MAX_CLOSED + 1
    assert len(timeline._chunks) <= MAX_CHUNKS + 2
