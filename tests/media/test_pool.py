"""Several workers, real processes: one that dies, hangs or ends gives its rooms to the others."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Iterator

import pytest

from server.config import Settings
from server.domain.errors import MediaUnavailableError
from server.domain.ids import RoomId
from server.media.embedded.worker import DRAIN_S, Worker
from server.ports import MediaUpChanged, SeatsMoved
from tests.media.conftest import seat
from tests.media.processes import (
    NOTICED_S,
    WORKERS,
    Gate,
    Processes,
    gate_of,
    ids,
    keep_speaking,
    new_processes,
    now_s,
)


@pytest.fixture(scope="module")
def processes() -> Iterator[Processes]:
    with new_processes() as made:
        yield made


@pytest.fixture
async def gate(processes: Processes) -> AsyncIterator[Gate]:
    """Two live workers."""
    processes.start()
    async with gate_of(processes.settings) as made:
        await made.all_up()
        yield made


async def test_a_room_stays_on_one_worker_and_rooms_are_spread(gate: Gate) -> None:
    for n in range(3):
        await gate.pool.open_seat(seat(f"large{n}", room="large"))
    for n in range(3):
        await gate.pool.open_seat(seat(f"small{n}", room=f"small{n}"))
    small = {gate.worker_of(f"small{n}") for n in range(3)}
    assert small == {1 - gate.worker_of("large")}
    assert [gate.pool._placements.load(worker) for worker in range(WORKERS)] == [3, 3]


async def test_rooms_that_are_opened_at_the_same_moment_are_spread(gate: Gate) -> None:
    opened = (gate.pool.open_seat(seat(f"s{n}", room=f"room{n}")) for n in range(4))
    await asyncio.gather(*opened)
    assert [gate.worker_of(f"room{n}") for n in range(4)].count(0) == 2
    assert [gate.pool._placements.load(worker) for worker in range(WORKERS)] == [2, 2]


async def test_nothing_is_kept_of_rooms_that_are_empty(gate: Gate) -> None:
    for n in range(4):
        await gate.pool.open_seat(seat(f"s{n}", room=f"room{n}"))
    for n in range(4):
        await gate.pool.close_seat(seat(f"s{n}").media_id)
    placements = gate.pool._placements
    assert not placements._seats
    assert not placements._current
    assert not placements._lives
    assert not any(placements.load(worker) for worker in range(WORKERS))


async def test_a_killed_worker_moves_its_rooms_and_disturbs_no_other(
    gate: Gate, processes: Processes
) -> None:
    await gate.pair("unlucky", "a", "b")
    speaker, listener = await gate.pair("lucky", "c", "d")
    doomed = gate.worker_of("unlucky")
    assert gate.worker_of("lucky") != doomed
    sent: list[bytes] = []
    speaking = asyncio.create_task(keep_speaking(speaker, sent))
    await listener.hears(5)

    killed_s = now_s()
    processes[doomed].kill()
    await gate.saw(lambda: bool(gate.moved()), NOTICED_S)
    assert gate.moved() == [SeatsMoved(RoomId("unlucky"), frozenset(ids("a", "b")))]
    a, b = await gate.pair("unlucky", "a2", "b2")
    assert gate.worker_of("unlucky") == gate.worker_of("lucky") != doomed
    a.speak(1, b"back")
    assert (await b.hears(1))[0].payload == b"back"
    assert now_s() - killed_s < 3

    speaking.cancel()
    await listener.hears(len(sent))
    assert [heard.payload for heard in listener.heard] == sent
    assert a.heard == []
    assert not any(isinstance(event, MediaUpChanged) and not event.up for event in gate.seen[1:])

    processes.start()
    await gate.all_up()
    await gate.pool.open_seat(seat("new", room="new"))
    assert gate.worker_of("new") == doomed


async def test_a_hanging_worker_is_left_within_a_second_and_taken_again_when_it_answers(
    gate: Gate, processes: Processes
) -> None:
    await gate.pair("stuck", "a", "b")
    hanging = gate.worker_of("stuck")
    old = gate.peers[:]
    stopped_s = now_s()
    processes[hanging].send_signal(signal.SIGSTOP)
    try:
        await gate.saw(lambda: bool(gate.moved()), NOTICED_S)
        a, b = await gate.pair("stuck", "a2", "b2")
        a.speak(1, b"back")
        assert (await b.hears(1))[0].payload == b"back"
        assert now_s() - stopped_s < 3
    finally:
        processes[hanging].send_signal(signal.SIGCONT)
    await gate.all_up()
    old[0].speak(1, b"a voice of before")
    await gate.pool.open_seat(seat("new", room="new"))
    assert gate.worker_of("new") == hanging
    counters = await gate.pool._workers[hanging].link.counters()
    assert counters["rtp_forwarded"] == 0
    assert len(gate.moved()) == 1


async def test_a_seat_asked_of_a_worker_that_hangs_comes_from_the_other(
    gate: Gate, processes: Processes
) -> None:
    await gate.pool.open_seat(seat("a", room="stuck"))
    hanging = gate.worker_of("stuck")
    processes[hanging].send_signal(signal.SIGSTOP)
    try:
        async with asyncio.timeout(2 * NOTICED_S):
            assert "a=ice-lite" in await gate.pool.open_seat(seat("b", room="stuck"))
        assert gate.worker_of("stuck") != hanging
        assert gate.moved() == [SeatsMoved(RoomId("stuck"), frozenset(ids("a")))]
    finally:
        processes[hanging].send_signal(signal.SIGCONT)
    await gate.all_up()


async def test_sigterm_moves_rooms_while_their_voices_still_flow(
    gate: Gate, processes: Processes
) -> None:
    a, b = await gate.pair("leaving", "a", "b")
    ending = gate.worker_of("leaving")
    told_s = now_s()
    processes[ending].terminate()
    await gate.saw(lambda: bool(gate.moved()), NOTICED_S)
    assert gate.moved() == [SeatsMoved(RoomId("leaving"), frozenset(ids("a", "b")))]
    a.speak(1, b"still here")
    assert (await b.hears(1))[0].payload == b"still here"
    await gate.pool.set_seat(seat("a", room="leaving", muted=True))
    a2, b2 = await gate.pair("leaving", "a2", "b2")
    assert gate.worker_of("leaving") != ending
    a.speak(2, b"muted on the old seat as well")
    a2.speak(1, b"on the other worker")
    assert (await b2.hears(1))[0].payload == b"on the other worker"
    assert len(b.heard) == 1
    for media_id in ids("a", "b"):
        await gate.pool.close_seat(media_id)
    assert await asyncio.to_thread(processes[ending].wait, 5) == 0
    assert now_s() - told_s < DRAIN_S  # it does not wait for longer than it must


async def test_a_worker_that_drains_does_not_wait_for_ever(
    gate: Gate, processes: Processes
) -> None:
    await gate.enter(seat("a", room="leaving"))
    ending = gate.worker_of("leaving")
    told_s = now_s()
    processes[ending].terminate()
    assert await asyncio.to_thread(processes[ending].wait, 5) == 0
    assert DRAIN_S <= now_s() - told_s < 3
    await gate.saw(lambda: len(gate.moved()) == 2)  # who did not move in time is told again
    assert gate.moved()[0] == gate.moved()[1]


async def test_without_any_worker_voices_are_away_until_one_is_back(settings: Settings) -> None:
    async with gate_of(settings) as gate:
        async with Worker(settings) as lone:
            await gate.saw(lambda: gate.seen[-1:] == [MediaUpChanged(True)])
            await gate.enter(seat("a"))
            # It drains, and there is no other: nothing to wait for.
            async with asyncio.timeout(DRAIN_S / 2):
                await lone.drain()
            await gate.saw(lambda: gate.seen[-1] == MediaUpChanged(False))
            with pytest.raises(MediaUnavailableError):
                await gate.pool.open_seat(seat("b"))
        async with Worker(settings, index=1):
            await gate.saw(lambda: gate.seen[-1] == MediaUpChanged(True))
            await gate.enter(seat("c"))
        await gate.saw(lambda: gate.seen[-1] == MediaUpChanged(False))
        assert gate.moved() == []
