"""How much a word is a topic: one weighted sum of logarithms, learned from notes of meetings.

The weights come from `bench/topics_prior.py` (logistic regression over the words of 111 meetings:
which of them did a person write into a title or into the notes?), cross-validated, then checked on
the open split. In the logarithm the passing of time takes the same from all words of a language, so
a word's score is derived anew only when it is said or leaves the window.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

from analysis.counts import Term

PRIOR_FILE: Final = "topics_prior_en.json"
COMMON_STEEPNESS: Final = 1500.0
"""How a word's frequency becomes the chance that any talk holds it: 1 − exp(−1500 f)."""
_LEAST_SURPRISE: Final = 1e-3


@dataclass(frozen=True, slots=True)
class Pace:
    """How words of a language fade, and what counts how much in it."""

    half_life_s: float
    faded: float
    """Weight of ln Σ 2^(−age / half-life)."""
    recency_per_s: float
    """What a second of not being said again takes."""
    stretches: float
    """Weight of ln(stretches of time in which it was said)."""
    speakers: float
    """Weight of log2(speakers)."""
    surprise: float
    """Weight of ln(−ln(chance that any talk holds it))."""
    beside: float
    """Weight of ln(1 + times said beside its most frequent neighbour), where twice or more."""


PACES: Final[Mapping[str, Pace]] = {
    "en": Pace(300.0, 0.62, 1.2 / 300, 0.6, 0.1, 0.2, 0.2),
    "ko": Pace(75.0, 1.0, math.log(2) / 75, -0.1, 0.1, 0.0, 0.1),
}


def half_life_s(language: str) -> float:
    """How fast words of a language fade."""
    return PACES[language].half_life_s


@cache
def prior(language: str) -> Mapping[str, float]:
    """How note-worthy a stem is in meetings at large; 0 where nothing is known."""
    if language != "en":
        return {}
    text = resources.files("analysis").joinpath(PRIOR_FILE).read_text("utf-8")
    stems: dict[str, float] = json.loads(text)["stems"]
    return stems


def loss_per_s(language: str) -> float:
    """What a second takes from the score of every word of a language."""
    pace = PACES[language]
    return pace.faded * math.log(2) / pace.half_life_s + pace.recency_per_s


def score_at_zero(term: Term) -> float:
    """The logarithm of a word's weight, as if it had been `loss_per_s` ever since second 0."""
    newest = term.mentions[-1].said
    pace = PACES[newest.language]
    chance = 1 - math.exp(-COMMON_STEEPNESS * term.frequency)
    surprise = max(-math.log(max(chance, 1e-6)), _LEAST_SURPRISE) if chance < 1 else _LEAST_SURPRISE
    beside = term.beside
    return (
        pace.faded * (math.log(term.faded) + math.log(2) * term.faded_at_s / pace.half_life_s)
        + pace.recency_per_s * newest.at_s
        + pace.stretches * math.log(len(term.stretches))
        + pace.speakers * math.log2(len(term.speakers))
        + pace.surprise * math.log(surprise)
        + pace.beside * (math.log1p(beside) if beside > 1 else 0.0)
        + prior(newest.language).get(term.stem, 0.0)
    )
