from __future__ import annotations

from analysis.pressure import MEMORY_MS, RECENT, Pressure
from analysis.speaker import Wish


def busy(share: float) -> Pressure:
    pressure = Pressure()
    for second in range(20):
        pressure.took(round(share * 1_000), second * 1000)
    return pressure


def test_partials_stop_while_the_worker_is_busy_and_come_back_after() -> None:
    assert set(Pressure().allowed(0)) == set(Wish)
    pressure = busy(0.9)
    assert pressure.allowed(19_000) == (Wish.EARLY,)
    assert set(pressure.allowed(19_000 + 2 * MEMORY_MS)) == set(Wish)


def test_a_busy_worker_has_time_for_first_partials_still() -> None:
    assert busy(0.55).allowed(19_000) == (Wish.EARLY, Wish.FIRST)


def test_a_slow_transcription_is_expected_again_until_some_fast_ones_came() -> None:
    pressure = Pressure()
    assert pressure.slowest_ms == 0
    pressure.took(900, 1_000)
    pressure.took(300, 2_000)
    assert pressure.slowest_ms == 900
    for second in range(RECENT):
        pressure.took(300, 3_000 + second * 1_000)
    assert pressure.slowest_ms == 300
