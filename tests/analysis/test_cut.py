"""Where talk is cut: between subjects, between speakers, and not where there is but one."""

from __future__ import annotations

import itertools
import random

import numpy as np

from analysis.counts import Said
from analysis.cut import Matrix, Numbers, best_cuts, likeness
from analysis.privacy import Blocked
from analysis.timeline import CHUNK_S, Timeline
from analysis.words import Word

VOCABULARY = 12
"""Stems of a subject."""
COMMON = 6
"""Stems that every subject shares."""
NOBODY = Blocked()


def half_minutes(subjects: list[int], seed: int = 1) -> list[Numbers]:
    """The stems said in each half minute: ten of its subject, four of all."""
    chance = random.Random(seed)
    said = []
    for subject in subjects:
        own = [COMMON + subject * VOCABULARY + chance.randrange(VOCABULARY) for _ in range(10)]
        shared = [chance.randrange(COMMON) for _ in range(4)]
        said.append(np.array(own + shared, dtype=np.intp))
    return said


def everybody(count: int) -> Matrix:
    return np.full((count, 2), 7.0)


def test_three_subjects_are_cut_where_they_change() -> None:
    subjects = [0] * 20 + [1] * 24 + [2] * 20
    for seed in range(5):
        cuts = best_cuts(likeness(half_minutes(subjects, seed), everybody(len(subjects))))
        assert len(cuts) == 2
        assert np.abs(np.array(cuts) - (20, 44)).max() <= 1


def test_a_subject_that_comes_back_is_a_stretch_of_its_own() -> None:
    subjects = [0] * 20 + [1] * 20 + [0] * 20
    cuts = best_cuts(likeness(half_minutes(subjects), everybody(len(subjects))))
    assert np.abs(np.array(cuts) - (20, 40)).max() <= 1


def test_another_speaker_tells_where_the_words_do_not() -> None:
    words = half_minutes([0] * 40)
    speakers = np.zeros((40, 2))
    speakers[:17, 0] = speakers[17:, 1] = 14
    cuts = best_cuts(likeness(words, speakers))
    assert min(abs(cut - 17) for cut in cuts) <= 1


def test_a_short_talk_about_one_thing_is_one_stretch() -> None:
    for count in (4, 6, 9, 11):  # longer ones are cut: docs/decisions/0014
        for seed in range(5):
            words = half_minutes([0] * count, seed)
            assert best_cuts(likeness(words, everybody(count))) == []
    assert best_cuts(likeness(half_minutes([0]), everybody(1))) == []


def test_half_minutes_without_a_word_that_was_said_twice_are_no_trouble() -> None:
    once = [np.array([number], dtype=np.intp) for number in range(10)]
    assert all(0 < cut < 10 for cut in best_cuts(likeness(once, everybody(10))))


def test_an_id_never_stands_for_another_stretch_however_boundaries_move() -> None:
    timeline, chance = Timeline(), random.Random(3)
    bounds: dict[int, tuple[float, float | None]] = {}
    moved = 0
    for number, subject in enumerate([0] * 30 + [1] * 8 + [0] * 25 + [2] * 40 + [1] * 30):
        for turn in range(5):
            said = Said(f"s{turn % 2}", "en", number * CHUNK_S + turn * 6)
            stems = [f"w{subject}-{chance.randrange(VOCABULARY)}" for _ in range(3)]
            timeline.add(said, [Word(stem, stem, 1e-5) for stem in stems])
        segments = timeline.segments((number + 1) * CHUNK_S, NOBODY)
        for each in segments:
            from_s, to_s = bounds.setdefault(each.segment_id, (each.from_s, each.to_s))
            assert each.from_s == from_s
            assert to_s in (None, each.to_s)
            bounds[each.segment_id] = (each.from_s, each.to_s)
        ends = [each.to_s for each in segments]
        assert ends[-1] is None
        assert ends[:-1] == [each.from_s for each in segments[1:]]
        assert all(a.colour != b.colour for a, b in itertools.pairwise(segments))
        moved = len(bounds) - len(segments)
    assert moved > 0, "this talk is one whose boundaries move"
