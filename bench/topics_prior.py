"""Learn what people write into notes of meetings: makes analysis/topics_prior_en.json.

    python -m bench.topics_prior ../shared/data/topics/background_en.json [--write]

For every topic that a person marked in a meeting, the product counts what was said until then. A
word that is in the title or the notes is to rank above one that is not: ridge logistic regression
over the product's own features and, besides, one weight a stem ("the prior") for stems said in
five meetings or more, shrunk hard. Meetings of the Canadian House are left out: the terms of their
transcripts are non-commercial. Prints, by five-fold cross-validation over series of meetings, how
often a title's word is among the first five and ten.
"""

from __future__ import annotations

import argparse
import json
import math
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression

from analysis.counts import Counts, Said, Term
from analysis.privacy import may_show
from analysis.score import PRIOR_FILE, half_life_s
from analysis.words import Analysers

TARGET = Path(__file__).resolve().parents[1] / "analysis" / PRIOR_FILE
FREE_DOMAINS = ("ami", "icsi", "education")
"""AMI and ICSI: CC BY 4.0; education: the Welsh Senedd (OGL). Not covid: the Canadian House."""
MIN_MEETINGS = 5
SHRINK = 0.6
"""The scale of a stem's column beside standardised features: the smaller, the more it shrinks."""
RIDGE_C = 0.3
TITLE_WEIGHT = 4.0
LEAST_WEIGHT = 0.03
SHARES = (0.4, 0.7, 1.0)
"""When, within a topic, the counts are looked at."""
MIN_TOPIC_S = 60.0
FOLDS = 5
FORMULA_SHARE = 0.01
"""A stem of so many titles of all domains is said of any meeting, not of its topics."""

_analysers = Analysers()
Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sample:
    """A word at a moment of a meeting: how it was said, and whether a person noted it."""

    moment: tuple[str, int, float]
    stem: str
    features: tuple[float, ...]
    in_title: bool
    in_notes: bool


def stems(text: str) -> set[str]:
    return {word.stem for word in _analysers.words(text, "en") if word}


def domain(meeting: dict[str, Any]) -> str:
    return "education" if meeting["id"].startswith("education") else str(meeting["domain"])


def series(meeting_id: str) -> str:
    """Meetings of one group, which must not be on both sides of a validation."""
    return meeting_id[:6] if meeting_id[:2] in ("ES", "IS", "TS") else meeting_id


def formula(meetings: Sequence[dict[str, Any]]) -> set[str]:
    """Stems of titles that say what a meeting is: discussion, presentation…"""
    titles = [(domain(m), stems(t["title"])) for m in meetings for t in m["topics"]]
    domains: dict[str, set[str]] = defaultdict(set)
    uses: dict[str, int] = defaultdict(int)
    for name, words in titles:
        for stem in words:
            domains[stem].add(name)
            uses[stem] += 1
    least = FORMULA_SHARE * len(titles)
    return {s for s, n in uses.items() if n > least and len(domains[s]) == len(FREE_DOMAINS)}


def features(term: Term, now_s: float) -> tuple[float, ...]:
    """Of `analysis.score`, in its order."""
    chance = 1 - math.exp(-1500 * term.frequency)
    beside = term.beside
    return (
        math.log(term.faded) - math.log(2) * (now_s - term.faded_at_s) / term.half_life_s,
        -(now_s - term.mentions[-1].said.at_s),
        math.log(len(term.stretches)),
        math.log2(len(term.speakers)),
        math.log(max(-math.log(max(chance, 1e-6)), 1e-3)),
        math.log1p(beside) if beside > 1 else 0.0,
    )


def samples(meeting: dict[str, Any], dropped: set[str]) -> Iterator[Sample]:
    spoken = [
        (end, Said(speaker, "en", end), _analysers.words(text, "en"))
        for _, end, speaker, text in meeting["utts"]
    ]
    for index, topic in enumerate(meeting["topics"]):
        first, last = max(topic["spans"], key=lambda span: span[1] - span[0])
        begin, end = meeting["utts"][first][0], meeting["utts"][last][1]
        title, notes = stems(topic["title"]) - dropped, _notes(meeting, topic) - dropped
        for share in SHARES:
            now_s = begin + (end - begin) * share
            if now_s - begin < MIN_TOPIC_S:
                continue
            counts = Counts(half_life_s)
            for at_s, said, words in spoken:
                if now_s - 700 < at_s <= now_s:
                    counts.add(said, words)
            counts.expire(now_s)
            for term in counts.terms():
                if may_show(term.frequency, term.speakers):
                    yield Sample(
                        (meeting["id"], index, share),
                        term.stem,
                        features(term, now_s),
                        term.stem in title,
                        term.stem in notes,
                    )


def _notes(meeting: dict[str, Any], topic: dict[str, Any]) -> set[str]:
    """The stems of notes of which at least half is about this topic."""
    own = {line for begin, end in topic["spans"] for line in range(begin, end + 1)}
    found: set[str] = set()
    for note in meeting["notes"]:
        lines = [line for begin, end in note["spans"] for line in range(begin, end + 1)]
        if lines and sum(line in own for line in lines) >= len(lines) / 2:
            found |= stems(note["q"] + " " + note["a"])
    return found


class Model:
    """Weights of features, and of stems."""

    def __init__(self, learned: Sequence[Sample]) -> None:
        meetings: dict[str, set[str]] = defaultdict(set)
        for sample in learned:
            meetings[sample.stem].add(sample.moment[0])
        often = sorted(stem for stem, ids in meetings.items() if len(ids) >= MIN_MEETINGS)
        self._column = {stem: column for column, stem in enumerate(often)}
        dense = np.array([sample.features for sample in learned])
        self._mean, self._deviation = dense.mean(axis=0), dense.std(axis=0)
        noted = np.array([sample.in_title or sample.in_notes for sample in learned])
        moments: dict[tuple[str, int, float], int] = defaultdict(int)
        for sample in learned:
            moments[sample.moment] += 1
        weight = np.array(
            [
                (TITLE_WEIGHT if sample.in_title else 1.0) / math.sqrt(moments[sample.moment])
                for sample in learned
            ]
        )
        regression = LogisticRegression(C=RIDGE_C, max_iter=300)
        regression.fit(self._matrix(learned), noted, sample_weight=weight / weight.mean())
        self._coefficients: Matrix = regression.coef_[0]

    def scores(self, judged: Sequence[Sample]) -> Matrix:
        result: Matrix = self._matrix(judged) @ self._coefficients
        return result

    def features(self) -> list[float]:
        count = len(self._mean)
        return [round(float(w), 4) for w in self._coefficients[:count] / self._deviation]

    def stems(self) -> dict[str, float]:
        count = len(self._mean)
        weights = {
            stem: round(float(self._coefficients[count + column]) * SHRINK, 2)
            for stem, column in self._column.items()
        }
        return {stem: weight for stem, weight in weights.items() if abs(weight) >= LEAST_WEIGHT}

    def _matrix(self, rows: Sequence[Sample]) -> csr_matrix:
        dense = (np.array([row.features for row in rows]) - self._mean) / self._deviation
        known = [(i, self._column[r.stem]) for i, r in enumerate(rows) if r.stem in self._column]
        one_hot = csr_matrix(
            (np.full(len(known), SHRINK), tuple(np.array(known).T)),
            shape=(len(rows), len(self._column)),
        )
        return hstack([csr_matrix(dense), one_hot]).tocsr()


def hits(judged: Sequence[Sample], scores: Iterable[float]) -> dict[str, float]:
    """Share of topics' ends at which a word of the title is among the first five and ten."""
    ends: dict[tuple[str, int, float], list[tuple[float, bool]]] = defaultdict(list)
    for sample, score in zip(judged, scores, strict=True):
        if sample.moment[2] == 1.0:
            ends[sample.moment].append((score, sample.in_title))
    ranked = [[title for _, title in sorted(words, reverse=True)] for words in ends.values()]
    ranked = [titles for titles in ranked if any(titles)]
    return {
        f"hit{k}": round(sum(any(titles[:k]) for titles in ranked) / len(ranked), 3)
        for k in (5, 10)
    }


def fold(sample: Sample) -> int:
    return zlib.crc32(series(sample.moment[0]).encode()) % FOLDS


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("background", type=Path)
    parser.add_argument("--write", action="store_true", help=f"write {TARGET.name}")
    arguments = parser.parse_args()
    read = json.loads(arguments.background.read_text("utf-8"))["meetings"]
    meetings = [meeting for meeting in read if domain(meeting) in FREE_DOMAINS]
    dropped = formula(meetings)
    rows = [sample for meeting in meetings for sample in samples(meeting, dropped)]
    judged: list[Sample] = []
    scores: list[float] = []
    for held_out in range(FOLDS):
        inside = [row for row in rows if fold(row) == held_out]
        model = Model([row for row in rows if fold(row) != held_out])
        judged += inside
        scores += model.scores(inside).tolist()
    model = Model(rows)
    report = {
        "question": "Does a prior of stems learned from notes help on meetings it has not seen?",
        "command": "python -m bench.topics_prior ../shared/data/topics/background_en.json",
        "meetings": len(meetings),
        "stems": len(model.stems()),
        "feature_weights": model.features(),
        "cross_validated": hits(judged, scores),
    }
    print(json.dumps(report, indent=2))
    if arguments.write:
        write(model)


def write(model: Model) -> None:
    about = {
        "what": "How note-worthy a stem (Snowball, English) is in meetings at large: log-odds.",
        "made_by": "python -m bench.topics_prior ../shared/data/topics/background_en.json --write",
        "learned_from": (
            "Titles and notes of QMSum (Zhong et al. 2021, MIT) on transcripts of the AMI Meeting "
            "Corpus (CC BY 4.0), the ICSI Meeting Corpus (CC BY 4.0) and the Welsh Senedd "
            "(contains public sector information licensed under the Open Government Licence v3.0)"
        ),
        "license": "CC BY 4.0",
    }
    text = json.dumps({**about, "stems": model.stems()}, indent=0, sort_keys=False)
    TARGET.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
