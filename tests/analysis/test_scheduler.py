"""Who is transcribed when, in simulated time: many speakers, and a worker that takes its time."""

from __future__ import annotations

from statistics import median, quantiles

import numpy as np
import pytest

from analysis.pressure import Pressure
from analysis.scheduler import LEAST_PATIENCE_MS, UNMARKED_MS, patience_ms
from analysis.segment import TAIL_FRAMES
from analysis.speaker import Job
from analysis.transcriber import Transcript
from analysis.vad import FRAME_MS
from protocol.analysis import Gap, Line
from tests.analysis.test_session import QUIET, TONE, House

STEP_MS = 20
HEARD = Transcript("bread and butter", "en", 0.0, -0.1, 1.0, False)


class Talkers:
    """Each says something of 2 to 6 s, rests for 0.8 to 1.6 s, and goes on."""

    def __init__(self, house: House, speakers: int, seconds: int) -> None:
        self.house = house
        self.stop_ms = house.now_ms + seconds * 1000
        self.begins: dict[int, list[int]] = {tap: [] for tap in range(1, speakers + 1)}
        self.ends: dict[int, list[int]] = {tap: [] for tap in self.begins}
        self._chance = np.random.default_rng(speakers)
        self._talks = dict.fromkeys(self.begins, False)
        self._until = {tap: house.now_ms + int(self._chance.integers(3_000)) for tap in self.begins}
        for tap in self.begins:
            house.grant(tap)

    def send(self) -> None:
        for tap in self.begins:
            if self.house.now_ms >= self._until[tap]:
                self._turn(tap)
            packets = TONE if self._talks[tap] else QUIET
            stream = self.house.stream(tap)
            frame = stream.frame(packets[stream.sequence % len(packets)])
            self.house.session.audio(frame, self.house.now_ms)

    def _turn(self, tap: int) -> None:
        talks = not self._talks[tap] and self.house.now_ms < self.stop_ms
        if talks != self._talks[tap]:
            (self.begins if talks else self.ends)[tap].append(self.house.now_ms)
        self._talks[tap] = talks
        lengths_ms = (2_000, 6_000) if talks else (800, 1_600)
        self._until[tap] = self.house.now_ms + int(self._chance.integers(*lengths_ms))


class Worker:
    """Takes so long for whatever it transcribes."""

    def __init__(self, house: House, transcribing_ms: int) -> None:
        self.house = house
        self.worked_ms = 0
        self._transcribing_ms = transcribing_ms
        self._pressure = Pressure()
        self._job: Job | None = None
        self._free_ms = 0

    def work(self) -> None:
        now_ms, session = self.house.now_ms, self.house.session
        if now_ms < self._free_ms:
            return
        if self._job:
            self._pressure.took(self._transcribing_ms, now_ms)
            session.transcribing_ms = self._pressure.slowest_ms
            session.finish_job(self._job, HEARD, now_ms)
        self._job = session.next_job(self._pressure.allowed(now_ms))
        if self._job:
            self._free_ms = now_ms + self._transcribing_ms
            self.worked_ms += self._transcribing_ms


class Result:
    def __init__(self) -> None:
        self.first: dict[int, int] = {}
        """By line: from the beginning of speech until something of it was shown, in ms."""
        self.final_ms: list[int] = []
        self.gap_ms: list[int] = []
        """From the end of speech."""
        self.busy = 0.0

    @property
    def first_ms(self) -> list[int]:
        return list(self.first.values())

    def hear(self, said: Line | Gap, talkers: Talkers, now_ms: int) -> None:
        begun_ms = now_ms - said.age_ms
        ended_ms = begun_ms + said.duration_ms - TAIL_FRAMES * FRAME_MS
        late_ms = now_ms - _nearest(talkers.ends[said.tap_id], ended_ms)
        if isinstance(said, Gap):
            self.gap_ms.append(late_ms)
            return
        begin_ms = _nearest(talkers.begins[said.tap_id], begun_ms)
        self.first.setdefault(said.line_id, now_ms - begin_ms)
        if said.final:
            self.final_ms.append(late_ms)


def talk(speakers: int, transcribing_ms: int, seconds: int = 40) -> Result:
    house, result = House(), Result()
    talkers, worker = Talkers(house, speakers, seconds), Worker(house, transcribing_ms)
    while house.now_ms < talkers.stop_ms + 8_000:
        talkers.send()
        if house.now_ms % 100 == 0:
            house.session.tick(house.now_ms)
        worker.work()
        for message in house.said():
            if isinstance(message, Line | Gap):
                result.hear(message, talkers, house.now_ms)
        house.now_ms += STEP_MS
    result.busy = worker.worked_ms / (seconds * 1000)
    return result


def _nearest(times: list[int], at: int) -> int:
    """The nearest of what has happened; `at` where nothing has."""
    return min(times, key=lambda time: abs(time - at), default=at)


def p95(values: list[int]) -> float:
    return quantiles(values, n=20, method="inclusive")[-1]


def test_at_60_percent_load_first_words_and_finals_come_soon() -> None:
    result = talk(speakers=4, transcribing_ms=400, seconds=60)
    assert 0.5 < result.busy < 0.7
    assert not result.gap_ms
    assert len(result.final_ms) >= 40
    assert median(result.first_ms) <= 1_000
    assert median(result.final_ms) <= 800
    assert p95(result.final_ms) <= 1_500


@pytest.mark.parametrize("transcribing_ms", [300, 900])
def test_of_20_who_flood_nobody_waits_longer_than_5_s_unmarked(transcribing_ms: int) -> None:
    result = talk(speakers=20, transcribing_ms=transcribing_ms, seconds=25)
    assert result.gap_ms
    assert max(*result.final_ms, *result.gap_ms) <= UNMARKED_MS


def test_a_model_that_is_too_slow_for_any_promise_still_yields_captions() -> None:
    assert patience_ms(300) > patience_ms(900) > LEAST_PATIENCE_MS
    assert patience_ms(7_000) == LEAST_PATIENCE_MS
    assert talk(speakers=1, transcribing_ms=3_500).final_ms
