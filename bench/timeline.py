"""`python -m bench.timeline`: does the live timeline cut a meeting where people would?

Every meeting is played as a room would hear it, the timeline asked every five seconds; judged is
what stands at the end. NMI against each human topic's longest span, over the utterances in it; and
against an equal split into as many segments. The open split, from ../shared (or MASIL_SHARED);
`--tuning` takes the meetings that parameters were chosen on.
"""

from __future__ import annotations

import gc
import json
import sys
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.metrics import normalized_mutual_info_score

from analysis import timeline
from analysis.counts import Said
from analysis.privacy import Blocked
from analysis.topics import RoomTopics
from analysis.words import Analysers, Lexicon, Word, Words
from bench.topics import ROOT, SHARED

RESULTS = ROOT / "bench" / "results" / "timeline.json"
EVERY_S = 5.0
COMMON = 1e-5
Utterance = tuple[float, float, str, Words]


def played(utterances: list[Utterance]) -> timeline.Timeline:
    room, blocked, due_s = timeline.Timeline(), Blocked(), EVERY_S
    for _, end_s, speaker, words in utterances:
        while end_s > due_s:
            room.segments(due_s, blocked)
            due_s += EVERY_S
        room.add(Said(speaker, "en", end_s), words)
    return room


def human(meeting: dict[str, Any]) -> dict[int, int]:
    """By utterance, in which topic's longest span it lies; the later topic wins."""
    labels: dict[int, int] = {}
    for number, topic in enumerate(meeting["topics"]):
        first, last = max(topic["spans"], key=lambda span: span[1] - span[0])
        labels |= dict.fromkeys(range(first, last + 1), number)
    return {place: label for place, label in labels.items() if place < len(meeting["utts"])}


def analysed(meetings: list[dict[str, Any]]) -> list[list[Utterance]]:
    analysers = Analysers()
    return [[(u[0], u[1], u[2], analysers.words(u[3], "en")) for u in m["utts"]] for m in meetings]


def judged(meetings: list[dict[str, Any]], talks: list[list[Utterance]]) -> dict[str, float]:
    ours, equal, counts = [], [], []
    for meeting, talk in zip(meetings, talks, strict=True):
        truth = human(meeting)
        if len(set(truth.values())) < 2:
            continue
        segments = played(talk).segments(talk[-1][1] + timeline.CHUNK_S, Blocked())
        begins = [segment.from_s for segment in segments][1:]
        ends = [talk[place][1] for place in truth]
        found = np.searchsorted(begins, ends, side="right")
        span_s = talk[-1][1] - talk[0][0]
        even = [int((end - talk[0][0]) / span_s * len(segments) * 0.999999) for end in ends]
        spans = list(truth.values())
        ours.append(float(normalized_mutual_info_score(spans, found)))
        equal.append(float(normalized_mutual_info_score(spans, even)))
        counts.append(len(segments) / len(set(spans)))
    better = [mine > theirs for mine, theirs in zip(ours, equal, strict=True)]
    return {
        "meetings": len(ours),
        "nmi": round(float(np.mean(ours)), 3),
        "nmi_of_an_equal_split": round(float(np.mean(equal)), 3),
        "better_than_equal_split": round(float(np.mean(better)), 3),
        "segments_per_human_topic": round(float(np.mean(counts)), 2),
    }


def memory_kb(talks: list[list[Utterance]]) -> dict[str, float]:
    """What rooms hold at the end of whole meetings, lists and words included.

    A word that several rooms hold is held once: few rooms cost more each than many.
    """
    spoken = [
        [(s, json.dumps([w and [w.stem, w.surface] for w in words]), t) for _, t, s, words in talk]
        for talk in talks
    ]
    longest = max(range(len(talks)), key=lambda place: len(talks[place]))
    gc.collect()
    tracemalloc.start()
    alone = _held(lambda: _room(spoken[longest], Lexicon()))
    lexicon, rooms = Lexicon(), list[RoomTopics]()
    together = _held(lambda: rooms.extend(_room(each, lexicon) for each in spoken))
    one_more = _held(lambda: rooms.append(_room(spoken[longest], lexicon)))
    tracemalloc.stop()
    return {
        "memory_kb_a_room_of_all_these": round(together / len(talks), 1),
        "memory_kb_of_the_longest_beside_them": round(one_more, 1),
        "memory_kb_of_the_longest_alone": round(alone, 1),
        "its_minutes": round(talks[longest][-1][1] / 60),
    }


def _held(make: Callable[[], object]) -> float:
    before = tracemalloc.get_traced_memory()[0]
    kept = make()
    gc.collect()
    after = tracemalloc.get_traced_memory()[0]
    del kept
    return (after - before) / 1000


def _room(spoken: list[tuple[str, str, float]], lexicon: Lexicon) -> RoomTopics:
    room, due_s = RoomTopics(lexicon), 60.0
    for speaker, words, at_s in spoken:
        # Texts anew, as analysers make them: none is in memory already.
        room.add(Said(speaker, "en", at_s), [w and _word(*w) for w in json.loads(words)])
        if at_s >= due_s:
            room.segments(at_s)
            room.top(at_s)
            due_s += 60.0
    return room


def _word(stem: str, surface: str) -> Word:
    return Word(surface if stem == surface else stem, surface, COMMON)


def main() -> None:
    tuning = "--tuning" in sys.argv
    file = SHARED / ("background_en.json" if tuning else "open/meetings_en.json")
    meetings = json.loads(file.read_text("utf-8"))["meetings"]
    talks = analysed(meetings)
    began = time.process_time()
    figures = judged(meetings, talks)
    spent_s = time.process_time() - began
    talk_s = sum(talk[-1][1] for talk in talks)
    report = {
        "question": "Does the live timeline cut a meeting where people would?",
        "command": "make bench-timeline",
        **figures,
        "share_of_a_core_1000_rooms": round(1000 * spent_s / talk_s, 3),
        **memory_kb(talks),
    }
    text = json.dumps(report, indent=2)
    if not tuning:
        RESULTS.write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
