"""One room on two real worker processes: what happens when its home or its branch goes."""

from __future__ import annotations

import asyncio
import resource
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest

from server.domain.ids import MediaId, RoomId
from server.media.embedded.worker import DRAIN_S
from server.ports import MediaUpChanged, SeatsMoved
from tests.fakes.rtc import RtcPeer
from tests.media.conftest import seat
from tests.media.processes import (
    NOTICED_S,
    Gate,
    Processes,
    gate_of,
    ids,
    keep_speaking,
    new_processes,
    now_s,
    whispers_until_heard,
)


@pytest.fixture(scope="module")
def processes() -> Iterator[Processes]:
    with new_processes() as made:
        yield made


@pytest.fixture
async def gate(processes: Processes) -> AsyncIterator[Gate]:
    """Two live workers; two seats of a room sit at its home before the other worker helps."""
    processes.start()
    async with gate_of(processes.settings, room_seats=2) as made:
        await made.all_up()
        yield made


class Hall:
    """A room on two workers: two people at its home, two on the branch."""

    def __init__(self, gate: Gate, people: dict[str, RtcPeer]) -> None:
        self.gate = gate
        self.people = people
        self.home = gate.worker_of("hall")
        self.branch = 1 - self.home

    def __getitem__(self, name: str) -> RtcPeer:
        return self.people[name]

    def all_in_step(self) -> None:
        """Nobody got a packet that his browser's SRTP refuses: nothing sealed twice."""
        assert {name: peer.undecryptable for name, peer in self.people.items()} == dict.fromkeys(
            self.people, 0
        )


async def enter(gate: Gate, *names: str) -> Hall:
    people = {
        name: await gate.enter(seat(name, csrc=n + 1, room="hall")) for n, name in enumerate(names)
    }
    return Hall(gate, people)


async def fill(gate: Gate) -> Hall:
    hall = await enter(gate, "a", "b", "c", "d")
    assert [gate.seated_on(name) for name in "abcd"] == [hall.home, hall.home] + [hall.branch] * 2
    return hall


async def all_hear(hall: Hall, speaker: str, sequence: int, word: bytes) -> None:
    """One packet of one of them reaches all the others."""
    hall[speaker].speak(sequence, word)
    for name, peer in hall.people.items():
        if name != speaker:
            await peer.until(lambda peer=peer: word in said(peer))  # type: ignore[misc]


def said(peer: RtcPeer) -> list[bytes]:
    return [heard.payload for heard in peer.heard]


@asynccontextmanager
async def speaking(peer: RtcPeer) -> AsyncIterator[list[bytes]]:
    """A voice that goes on; what it said so far."""
    sent: list[bytes] = []
    task = asyncio.create_task(keep_speaking(peer, sent))
    try:
        yield sent
    finally:
        task.cancel()
        await asyncio.wait([task])


async def test_a_killed_home_moves_the_whole_room_which_is_heard_again(
    gate: Gate, processes: Processes
) -> None:
    old = await fill(gate)
    for n in range(20):
        await all_hear(old, "a", n, b"old %d" % n)
    killed_s = now_s()
    processes[old.home].kill()
    await gate.saw(lambda: bool(gate.moved()), NOTICED_S)
    assert gate.moved() == [SeatsMoved(RoomId("hall"), frozenset(ids("a", "b", "c", "d")))]

    # The branch is the new home and hands out the same indexes once more. Two have renewed their
    # seats; the others have not yet, and their keys must not be used for what the new home says.
    new = await enter(gate, "a2", "b2")
    assert new.home == old.branch
    for n in range(20):
        await all_hear(new, "a2", n, b"new %d" % n)
    assert now_s() - killed_s < 3
    old["c"].speak(100, b"from a seat of before")
    await gate.counted(new.home, "rtp_in", 21)
    for name in ("c", "d"):
        assert all(word.startswith(b"old") for word in said(old[name]))
        assert len(said(old[name])) == 20
        await gate.pool.close_seat(MediaId(name))
    old.all_in_step()
    new.all_in_step()

    processes.start()
    await gate.all_up()
    for n, name in enumerate(("c2", "d2")):
        new.people[name] = await gate.enter(seat(name, csrc=7 + n, room="hall"))
        assert gate.seated_on(name) == new.branch
    for n, name in enumerate(("c2", "a2")):
        await all_hear(new, name, 200 + n, b"together " + name.encode())
    new.all_in_step()


async def test_a_killed_branch_moves_its_own_seats_only(gate: Gate, processes: Processes) -> None:
    hall = await fill(gate)
    async with speaking(hall["a"]) as sent:
        await hall["c"].hears(5)
        processes[hall.branch].kill()
        await gate.saw(lambda: bool(gate.moved()), NOTICED_S)
        assert gate.moved() == [SeatsMoved(RoomId("hall"), frozenset(ids("c", "d")))]
        renewed = await gate.enter(seat("c2", csrc=3, room="hall"))
        assert gate.seated_on("c2") == hall.home
        await renewed.hears(5)
        processes.start()
        await gate.all_up()
        back = await gate.enter(seat("d2", csrc=4, room="hall"))
        assert gate.seated_on("d2") == hall.branch
        await back.hears(5)
    await hall["b"].hears(len(sent))
    assert said(hall["b"]) == sent, "nobody at the home missed a packet"
    back.speak(1, b"from the branch that is back")
    await hall["b"].until(lambda: said(hall["b"])[-1] == b"from the branch that is back")
    hall.all_in_step()
    assert renewed.undecryptable == back.undecryptable == 0
    assert not any(isinstance(event, MediaUpChanged) and not event.up for event in gate.seen[1:])


async def test_voices_of_a_branch_that_is_gone_hold_no_slot(
    gate: Gate, processes: Processes
) -> None:
    """Two slots, and both are taken by people on the branch."""
    hall = await fill(gate)
    for name in ("c", "d"):
        await all_hear(hall, name, 1, b"from " + name.encode())
    processes[hall.branch].kill()
    await gate.saw(lambda: bool(gate.moved()), NOTICED_S)
    await whispers_until_heard(hall["a"], hall["b"])


async def test_a_hanging_home_is_left_within_a_second_and_has_no_say_when_it_wakes(
    gate: Gate, processes: Processes
) -> None:
    old = await fill(gate)
    await all_hear(old, "c", 1, b"well")
    processes[old.home].send_signal(signal.SIGSTOP)
    try:
        await gate.saw(lambda: bool(gate.moved()), NOTICED_S)
        assert gate.moved() == [SeatsMoved(RoomId("hall"), frozenset(ids("a", "b", "c", "d")))]
        old["a"].speak(2, b"late")  # waits at the port of the one that hangs
        new = await enter(gate, "c2", "d2")
        await all_hear(new, "d2", 1, b"well again")
    finally:
        processes[old.home].send_signal(signal.SIGCONT)
    await gate.all_up()
    await all_hear(new, "c2", 2, b"well still")
    assert b"late" not in said(new["c2"]) + said(new["d2"])
    old.all_in_step()
    new.all_in_step()


async def test_a_hanging_branch_costs_those_at_the_home_nothing(
    gate: Gate, processes: Processes
) -> None:
    hall = await fill(gate)
    async with speaking(hall["a"]) as sent:
        await hall["c"].hears(5)
        processes[hall.branch].send_signal(signal.SIGSTOP)
        try:
            await gate.saw(lambda: bool(gate.moved()), NOTICED_S)
            assert gate.moved() == [SeatsMoved(RoomId("hall"), frozenset(ids("c", "d")))]
            renewed = await gate.enter(seat("c2", csrc=3, room="hall"))
            await renewed.hears(5)
        finally:
            processes[hall.branch].send_signal(signal.SIGCONT)
        await gate.all_up()
    await hall["b"].hears(len(sent))
    assert said(hall["b"]) == sent
    hall.all_in_step()


async def test_a_home_that_drains_still_carries_the_voices_of_its_branches(
    gate: Gate, processes: Processes
) -> None:
    old = await fill(gate)
    told_s = now_s()
    processes[old.home].terminate()
    await gate.saw(lambda: bool(gate.moved()), NOTICED_S)
    assert gate.moved() == [SeatsMoved(RoomId("hall"), frozenset(ids("a", "b", "c", "d")))]
    await all_hear(old, "a", 1, b"still here")
    for name in ("a", "b"):  # those at the home renew first, as pages do: the old seat is closed
        await gate.pool.close_seat(MediaId(name))
    new = await enter(gate, "a2", "b2")
    assert new.home == old.branch
    old["c"].speak(2, b"still there")
    await old["d"].until(lambda: b"still there" in said(old["d"]))
    await gate.pool.set_seat(seat("c", csrc=3, room="hall", muted=True))
    await gate.count(old.branch, "rtp_in")
    old["c"].speak(3, b"muted on the old seat as well")
    await gate.counted(old.branch, "dropped_muted", 1)
    for name in ("c", "d"):
        await gate.pool.close_seat(MediaId(name))
    assert await asyncio.to_thread(processes[old.home].wait, 5) == 0
    assert now_s() - told_s < DRAIN_S  # it does not wait for longer than it must
    await all_hear(new, "b2", 1, b"moved")
    assert b"muted on the old seat as well" not in said(old["d"])
    old.all_in_step()
    new.all_in_step()


async def test_a_branch_that_drains_moves_its_own_seats_which_hear_until_they_have_moved(
    gate: Gate, processes: Processes
) -> None:
    hall = await fill(gate)
    processes[hall.branch].terminate()
    await gate.saw(lambda: bool(gate.moved()), NOTICED_S)
    assert gate.moved() == [SeatsMoved(RoomId("hall"), frozenset(ids("c", "d")))]
    await all_hear(hall, "a", 1, b"to those who leave")
    await all_hear(hall, "c", 1, b"from one who leaves")
    for name in ("c", "d"):
        await gate.pool.close_seat(MediaId(name))
        hall.people[name] = await gate.enter(seat(f"{name}2", csrc=7, room="hall"))
        assert gate.seated_on(f"{name}2") == hall.home
    assert await asyncio.to_thread(processes[hall.branch].wait, 5) == 0
    await all_hear(hall, "b", 1, b"all at the home")
    hall.all_in_step()


async def test_workers_that_share_a_room_can_write_no_file(
    gate: Gate, processes: Processes
) -> None:
    hall = await fill(gate)
    await all_hear(hall, "a", 1, b"from worker to worker")
    for worker in (hall.home, hall.branch):
        assert await gate.count(worker, "hop_in") + await gate.count(worker, "hop_out") > 0
        limit = resource.prlimit(processes[worker].pid, resource.RLIMIT_FSIZE)
        assert limit == (0, 0)


async def test_a_gate_that_starts_anew_finds_rooms_on_two_workers_again(
    processes: Processes,
) -> None:
    processes.start()
    for _ in range(2):
        async with gate_of(processes.settings, room_seats=2) as gate:
            await gate.all_up()
            hall = await fill(gate)
            await all_hear(hall, "a", 1, b"from the home")
            await all_hear(hall, "d", 1, b"from the branch")
            hall.all_in_step()
