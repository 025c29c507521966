from __future__ import annotations

from analysis.pressure import MEMORY_MS, Pressure


def test_partials_stop_while_the_worker_is_busy_and_come_back_after() -> None:
    pressure = Pressure()
    assert pressure.partials_allowed(0)
    for second in range(10):
        pressure.took(900, second * 1000)
    assert not pressure.partials_allowed(9_000)
    assert pressure.partials_allowed(9_000 + 2 * MEMORY_MS)
