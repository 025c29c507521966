"""The supervisor over small real programs."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator

import pytest

from tests.server_process.running import Running, alive, until

STEADY = "import time; print('up', flush=True); time.sleep(60)"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN);" + STEADY
WITH_CHILD = (
    "import subprocess, sys, time;"
    "child = subprocess.Popen([sys.executable, '-S', '-c', 'import time; time.sleep(60)']);"
    "print('grandchild', child.pid, flush=True); time.sleep(60)"
)
Start = Callable[..., Running]


@pytest.fixture
def start() -> Iterator[Start]:
    started: list[Running] = []

    def start_one(**programs: str) -> Running:
        parts = [f"{name}={program}" for name, program in programs.items()]
        started.append(Running("-m", "tests.server_process.supervise", *parts))
        return started[-1]

    yield start_one
    for one in started:
        one.stop(signal.SIGKILL)


def test_every_line_is_shown_with_the_name_of_its_process(start: Start) -> None:
    house = start(
        gate=STEADY,
        media="import sys, time; print('err', file=sys.stderr, flush=True);"
        "print('x' * 20_000, flush=True); print('no end', end=''); sys.exit(1)",
    )
    assert house.line_with("up") == "gate     | up"
    assert house.line_with("err") == "media    | err"
    assert house.line_with("no end") == "media    | no end"
    assert all(len(line) < 9_000 for line in house.lines)


def test_a_killed_process_comes_back_and_the_others_do_not_notice(start: Start) -> None:
    house = start(gate=STEADY, media=STEADY)
    house.line_with("gate     | up")
    house.line_with("media    | up")
    gate, media, seen = house.child("gate"), house.child("media"), len(house.lines)
    os.kill(media, signal.SIGKILL)
    house.line_with("killed by SIGKILL", after=seen)
    house.line_with("media    | up", after=seen, timeout_s=5)
    assert house.child("media") != media
    assert house.child("gate") == gate


def test_a_process_that_keeps_dying_is_restarted_more_and_more_slowly(start: Start) -> None:
    house = start(gate=STEADY, media="import sys; sys.exit(3)")
    for pause in ("0.2", "0.4", "0.8"):
        house.line_with(f"media ended (exit code 3); again in {pause} s")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_stopping_ends_every_process_at_once(start: Start, number: signal.Signals) -> None:
    house = start(gate=STEADY, media=STEADY)
    pids = [house.child("gate"), house.child("media")]
    house.line_with("media    | up")
    began_s = time.monotonic()
    assert house.stop(number) == 0
    assert time.monotonic() - began_s < 3
    assert not any(alive(pid) for pid in pids)


def test_children_die_with_a_supervisor_that_is_killed(start: Start) -> None:
    house = start(gate=STUBBORN, media=STEADY)
    house.line_with("gate     | up")
    pids = [house.child("gate"), house.child("media")]
    house.process.kill()
    until(lambda: not any(alive(pid) for pid in pids), 5)


def test_nothing_that_a_dead_process_started_is_left_behind(start: Start) -> None:
    house = start(gate=WITH_CHILD)
    grandchild = int(house.line_with("grandchild").split()[-1])
    seen = len(house.lines)
    os.kill(house.child("gate"), signal.SIGKILL)
    house.line_with("grandchild", after=seen)
    assert not alive(grandchild)


def test_a_process_that_can_never_start_ends_the_house_with_its_code(start: Start) -> None:
    house = start(gate="import sys; print('The port is taken.'); sys.exit(2)", media=STEADY)
    assert house.process.wait(10) == 2
    house.line_with("gate     | The port is taken.")
