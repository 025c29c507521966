"""One room on two workers: its home, and a branch that has the other seats.

Both workers run in this process; with one seat a worker, the first to come sits at the home.
"""

from __future__ import annotations

import asyncio
import socket
import stat
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from itertools import pairwise

import pytest

from server.config import Settings
from server.domain.ids import MediaId
from server.media.embedded.hop import pack_hello, pack_placed, pack_spoken
from server.media.embedded.red import RED_PAYLOAD_TYPE, parse_red
from server.media.embedded.rtcp import losses
from server.media.embedded.rtp import RtpPacket
from server.media.embedded.session import MAX_STREAMS
from server.media.embedded.slots import FIRST_SSRC, SILENCE
from server.media.embedded.worker import Worker
from tests.fakes.rtc import CM, RtcPeer
from tests.media.conftest import QUICK, seat
from tests.media.processes import WORKERS, Gate, gate_of, whispers_until_heard
from tests.media.sealing import make_packet
from tests.media.test_tap import Listener, analysis

__all__ = ["analysis"]

HOME, BRANCH = 0, 1


@pytest.fixture
async def gate(settings: Settings) -> AsyncIterator[Gate]:
    """Two workers, and a seat of each room at most on the first before the other helps."""
    async with AsyncExitStack() as stack:
        for index in range(WORKERS):
            await stack.enter_async_context(Worker(settings, QUICK, index=index))
        made = await stack.enter_async_context(gate_of(settings, room_seats=1))
        await made.all_up()
        yield made


async def here_and_there(gate: Gate) -> tuple[RtcPeer, RtcPeer]:
    """Two people of one room, one at its home and one on a branch."""
    a = await gate.enter(seat("a", csrc=7))
    b = await gate.enter(seat("b", csrc=9))
    assert (gate.seated_on("a"), gate.seated_on("b")) == (HOME, BRANCH)
    return a, b


def name_of(gate: Gate) -> str:
    """What the workers call the room."""
    found = gate.pool._placements.find(MediaId("a"))
    assert found is not None
    return found[0].name


def heard_by(peer: RtcPeer) -> list[tuple[int, bytes]]:
    return [(heard.csrc, heard.payload) for heard in peer.heard]


async def test_people_on_two_workers_hear_each_other_named_by_csrc(gate: Gate) -> None:
    a, b = await here_and_there(gate)
    listener = await gate.enter(seat("l", csrc=3, role="listener"))
    a.speak(100, b"from the home")
    (at_b,) = await b.hears(1)
    b.speak(200, b"from the branch")
    (at_a,) = await a.hears(1)
    assert (at_b.csrc, at_b.payload, at_b.level) == (7, b"from the home", 30)
    assert (at_a.csrc, at_a.payload, at_a.level) == (9, b"from the branch", 30)
    assert {at_b.ssrc, at_a.ssrc} == {FIRST_SSRC, FIRST_SSRC + 1}
    await listener.hears(2)
    assert heard_by(listener) == [(7, b"from the home"), (9, b"from the branch")]
    assert a.undecryptable == b.undecryptable == listener.undecryptable == 0


async def test_a_packet_leaves_the_home_once_for_all_listeners_of_a_branch(gate: Gate) -> None:
    a, _ = await here_and_there(gate)
    others = [
        await gate.enter(seat(f"l{n}", csrc=20 + n, role="listener"), profiles=profiles)
        for n, profiles in enumerate([(CM,), (CM,)])
    ]
    there = [peer for n, peer in enumerate(others) if gate.seated_on(f"l{n}") == BRANCH]
    assert there
    before = await gate.count(HOME, "hop_out")
    for n in range(10):
        a.speak(n)
    for peer in others:
        await peer.hears(10)
    assert await gate.count(HOME, "hop_out") == before + 10
    assert await gate.count(BRANCH, "rtp_forwarded") == 10 * (1 + len(there))


async def test_who_renews_his_connection_on_a_branch_again_and_again_is_heard_once_each_time(
    gate: Gate,
) -> None:
    a, b = await here_and_there(gate)
    said = [b"0"]
    b.speak(1, b"0", ssrc=8000)
    await a.hears(1)
    before = seat("b", csrc=9)
    for turn in range(1, 2 * MAX_STREAMS):
        renewed = replace(before, media_id=MediaId(f"b{turn}"), replaces=before.media_id)
        newer = await gate.enter(renewed)
        assert gate.seated_on(f"b{turn}") == BRANCH
        b.speak(2, b"the old connection")
        newer.speak(1, b"%d" % turn, ssrc=8000 + turn)
        said.append(b"%d" % turn)
        await a.until(lambda newest=said[-1]: heard_by(a)[-1][1] == newest)  # type: ignore[misc]
        b, before = newer, renewed
    heard = [payload for _, payload in heard_by(a) if payload != SILENCE]
    assert heard == said


async def test_nobody_on_a_branch_hears_himself_nor_another_room(gate: Gate) -> None:
    a, b = await here_and_there(gate)
    await gate.enter(seat("x", csrc=1, room="another"))
    elsewhere = await gate.enter(seat("y", csrc=9, room="another"))
    assert gate.seated_on("y") == 1 - gate.seated_on("x")
    for n in range(5):
        b.speak(n)
    await a.hears(5)
    await gate.counted(BRANCH, "hop_in", 5)
    assert b.heard == []
    assert elsewhere.heard == []


async def test_role_and_mute_hold_on_a_branch_at_the_next_packet(gate: Gate) -> None:
    a, b = await here_and_there(gate)
    b.speak(1, b"heard")
    await a.hears(1)
    out = await gate.count(BRANCH, "hop_out")
    await gate.pool.set_seat(seat("b", csrc=9, muted=True))
    await gate.count(BRANCH, "rtp_in")
    b.speak(2, b"muted")
    await gate.counted(BRANCH, "dropped_muted", 1)
    await gate.pool.set_seat(seat("b", csrc=9, role="listener"))
    await gate.count(BRANCH, "rtp_in")
    b.speak(3, b"demoted")
    await gate.counted(BRANCH, "dropped_role", 1)
    await gate.pool.set_seat(seat("b", csrc=9))
    await gate.count(BRANCH, "rtp_in")
    b.speak(4, b"heard again")
    assert [h.payload for h in await a.hears(2)] == [b"heard", b"heard again"]
    # The mute itself, and the packet after it: what was forbidden never left the branch.
    assert await gate.count(BRANCH, "hop_out") - out <= 3


async def test_a_forced_voice_of_a_listener_never_leaves_his_branch(gate: Gate) -> None:
    a = await gate.enter(seat("a"))
    b = await gate.enter(seat("b", csrc=9, role="listener"))
    assert gate.seated_on("b") == BRANCH
    for n in range(10):
        b.speak(n)
    await gate.counted(BRANCH, "dropped_role", 10)
    assert a.heard == []
    assert await gate.count(HOME, "rtp_forwarded") == 0


@pytest.mark.parametrize("how", ["mute", "leave"])
async def test_a_mute_on_a_branch_or_a_leave_frees_the_slot_at_the_home(
    gate: Gate, how: str
) -> None:
    """Two slots, three voices."""
    a, b = await here_and_there(gate)
    people = {n: await gate.enter(seat(f"s{n}", csrc=20 + n)) for n in range(3)}
    c = next(people[n] for n in people if gate.seated_on(f"s{n}") == BRANCH)
    b.speak(1)
    c.speak(1)
    await a.hears(2)
    a.speak(1, b"whisper", level=100)
    await gate.counted(HOME, "dropped_no_slot", 1)
    if how == "mute":
        await gate.pool.set_seat(seat("b", csrc=9, muted=True))
    else:
        await gate.pool.close_seat(MediaId("b"))
    await whispers_until_heard(a, c)


async def test_slots_run_on_when_speakers_on_different_workers_take_turns(gate: Gate) -> None:
    """Two slots, five people, one after the other, and listeners on both workers."""
    names = [f"s{n}" for n in range(5)]
    speakers = [await gate.enter(seat(name, csrc=10 + n)) for n, name in enumerate(names)]
    assert {gate.seated_on(name) for name in names} == {HOME, BRANCH}
    ears = [await gate.enter(seat(f"l{n}", csrc=90 + n, role="listener")) for n in range(2)]
    assert {gate.seated_on(f"l{n}") for n in range(2)} == {HOME, BRANCH}
    sent = 0
    for turn, speaker in enumerate(speakers):
        for n in range(5):
            speaker.speak(1000 * turn + n, b"%d" % turn, ssrc=6000 + turn)
            await asyncio.sleep(0.02)
        sent += 5 + (turn >= 2)  # a voice that follows another one opens with silence
        for ear in ears:
            await ear.hears(sent)
        if turn >= 1:  # both slots are taken now: let the hang-over pass
            await asyncio.sleep(0.5)
    for ear in ears:
        assert ear.undecryptable == 0
        assert [(h.csrc - 10, h.payload) for h in ear.heard] == [
            (turn, payload)
            for turn in range(5)
            for payload in [SILENCE] * (turn >= 2) + [b"%d" % turn] * 5
        ]
        for ssrc in {h.ssrc for h in ear.heard}:
            slot = [h for h in ear.heard if h.ssrc == ssrc]
            assert [h.sequence - slot[0].sequence for h in slot] == list(range(len(slot)))
            steps = [(y.timestamp - x.timestamp) & 0xFFFFFFFF for x, y in pairwise(slot)]
            assert all(960 <= step < 48_000 * 5 for step in steps)
    assert [h.sequence for h in ears[0].heard] == [h.sequence for h in ears[1].heard]


async def test_a_late_comer_on_a_branch_decrypts_after_the_sequence_wrapped(
    settings: Settings,
) -> None:
    async with AsyncExitStack() as stack:
        for index in range(WORKERS):
            worker = Worker(settings, QUICK, first_index=2 * 65536 - 5, index=index)
            await stack.enter_async_context(worker)
        gate = await stack.enter_async_context(gate_of(settings, room_seats=1))
        await gate.all_up()
        a, b = await here_and_there(gate)
        for n in range(80):
            a.speak(n)
        await b.hears(75)
        late = [
            await gate.enter(seat(f"l{n}", csrc=20 + n, role="listener"), profiles=profiles)
            for n, profiles in enumerate([(CM,), (CM,)])
        ]
        for n in range(80, 90):
            a.speak(n)
        for peer in (*late, b):
            await peer.until(lambda peer=peer: peer.heard[-1:] and peer.heard[-1].sequence == 84)  # type: ignore[misc]
            assert peer.undecryptable == 0


# ---------------------------------------------------------------- consent, repair and loss


async def test_a_consenting_speaker_on_a_branch_is_tapped_once(
    analysis: Listener, gate: Gate
) -> None:
    await analysis.until_hellos(WORKERS)
    a = await gate.enter(seat("a", csrc=7, tap_id=41))
    b = await gate.enter(seat("b", csrc=9, tap_id=42))
    unwilling = await gate.enter(seat("u", csrc=3))
    for n in range(5):
        for peer in (a, b, unwilling):
            peer.speak(n, b"opus")
    await analysis.until_frames(10)
    for worker in range(WORKERS):
        await gate.count(worker, "rtp_in")
    assert sorted(head.tap_id for head, _ in analysis.frames) == [41] * 5 + [42] * 5


@pytest.mark.parametrize(("speaks", "hears"), [("a", "b"), ("b", "a")])
async def test_what_was_said_before_a_mute_is_not_repeated_on_the_other_worker(
    gate: Gate, speaks: str, hears: str
) -> None:
    csrcs = {"a": 7, "b": 9}
    people = {n: await gate.enter(seat(n, csrc=csrcs[n]), red=n == hears) for n in "ab"}
    speaker, listener = people[speaks], people[hears]
    other = await gate.enter(seat("c", csrc=3))
    other.speak(1)  # there are two slots: the speaker comes back to his own
    for n in range(3):
        speaker.speak(n, b"before")
    heard = await listener.hears(4)
    assert len(parse_red(heard[-1].payload)) > 1
    for muted in (True, False):
        await gate.pool.set_seat(seat(speaks, csrc=csrcs[speaks], muted=muted))
    await gate.count(gate.seated_on(speaks), "rtp_in")
    speaker.speak(3, b"after")
    heard = await listener.hears(5)
    assert heard[-1].ssrc == heard[-2].ssrc
    assert [block.payload for block in parse_red(heard[-1].payload)] == [b"after"]


async def test_what_was_said_before_a_mute_is_not_repeated_where_word_of_the_mute_was_lost(
    gate: Gate, settings: Settings
) -> None:
    a = await gate.enter(seat("a", csrc=7), red=True)
    b = await gate.enter(seat("b", csrc=9))
    a.speak(1)  # there are two slots: the other one is free
    await b.hears(1)
    with call(settings, HOME, BRANCH) as connection:
        for n, (number, word) in enumerate([(1, b"before"), (1, b"before"), (2, b"after")]):
            voice = RtpPacket(False, 111, n, n * 960, 5001, 30, word)
            connection.send(pack_spoken(name_of(gate), 9, number, voice))
        heard = await a.hears(3)
    said = [[block.payload for block in parse_red(packet.payload)] for packet in heard]
    assert said == [[b"before"], [b"before", b"before"], [b"after"]]
    assert len({packet.ssrc for packet in heard}) == 1


async def test_a_packet_lost_on_the_way_to_a_branch_is_filled_in_for_everybody(
    gate: Gate,
) -> None:
    a = await gate.enter(seat("a", csrc=7))
    b = await gate.enter(seat("b", csrc=9), red=True)

    def say(number: int) -> None:
        wrapped = b"\xef\x0f\x00\x05\x6fword%d" % (number - 1) + b"word%d" % number
        b.speak(number, wrapped, payload_type=RED_PAYLOAD_TYPE)

    for number in (1, 2, 4):
        say(number)
    heard = await a.hears(4)
    assert [h.payload for h in heard] == [b"word1", b"word2", b"word3", b"word4"]
    assert [h.sequence - heard[0].sequence for h in heard] == [0, 1, 2, 3]


async def test_a_speaker_is_told_what_listeners_on_the_other_worker_lose(gate: Gate) -> None:
    def told(peer: RtcPeer) -> list[int]:
        return [fraction for data in peer.rtcp for ssrc, fraction in losses(data) if ssrc == 5001]

    a, b = await here_and_there(gate)
    for speaker, listener in ((a, b), (b, a)):
        speaker.speak(1)
        heard = await listener.hears(1)
        listener.report_loss(heard[-1].ssrc, 50)
        await speaker.until(lambda speaker=speaker: 25 in told(speaker))  # type: ignore[misc]
        assert max(told(speaker)) == 25


async def test_listeners_on_a_branch_get_sender_reports_of_slots_that_spoke(gate: Gate) -> None:
    a, b = await here_and_there(gate)
    a.speak(1, b"12345")
    await b.hears(1)
    await b.until(lambda: any(data[1] == 200 for data in b.rtcp))
    report = next(data for data in b.rtcp if data[1] == 200)
    assert int.from_bytes(report[4:8], "big") == FIRST_SSRC
    assert int.from_bytes(report[20:24], "big") == 1
    assert int.from_bytes(report[24:28], "big") == 5


# ---------------------------------------------------------------- branches come and go


async def test_a_branch_whose_last_seat_goes_hears_no_more_of_the_room(gate: Gate) -> None:
    a, _ = await here_and_there(gate)
    await gate.pool.close_seat(MediaId("b"))
    await gate.count(HOME, "rtp_in")
    a.speak(1)
    await gate.counted(HOME, "rtp_in", 1)
    assert await gate.count(HOME, "hop_out") == 0
    b = await gate.enter(seat("b2", csrc=9))
    assert gate.seated_on("b2") == BRANCH
    a.speak(2, b"heard again")
    assert (await b.hears(1))[0].payload == b"heard again"


async def test_those_on_a_branch_go_on_when_nobody_is_left_at_the_home(gate: Gate) -> None:
    a, b = await here_and_there(gate)
    c = await gate.enter(seat("c", csrc=3))
    d = await gate.enter(seat("d", csrc=4))
    people = {"a": a, "b": b, "c": c, "d": d}
    there = [name for name in people if gate.seated_on(name) == BRANCH]
    for name in people:
        if name not in there:
            await gate.pool.close_seat(MediaId(name))
    speaker, listener = (people[name] for name in there)
    speaker.speak(1, b"among ourselves")
    await listener.until(lambda: b"among ourselves" in [h.payload for h in listener.heard])
    late = await gate.enter(seat("e", csrc=5))
    assert gate.seated_on("e") == HOME
    speaker.speak(2, b"and to the home")
    assert (await late.hears(1))[0].payload == b"and to the home"


async def test_nothing_is_left_of_a_room_that_was_on_two_workers(
    settings: Settings,
) -> None:
    async with Worker(settings, QUICK) as home, Worker(settings, QUICK, index=1) as branch:
        async with gate_of(settings, room_seats=1) as gate:
            await gate.all_up()
            a, b = await here_and_there(gate)
            a.speak(1)
            await b.hears(1)
            for name in "ab":
                await gate.pool.close_seat(MediaId(name))
            for worker in range(WORKERS):
                await gate.count(worker, "rtp_in")
            assert len(home.engine._rooms) == len(branch.engine._rooms) == 0
            await here_and_there(gate)
        # The gate's end closes the rooms, also the one that only a branch kept.
        async with asyncio.timeout(5):
            await home.engine._rooms.until_empty()
            await branch.engine._rooms.until_empty()


# ---------------------------------------------------------------- who is believed


def call(settings: Settings, worker: int, as_worker: int) -> socket.socket:
    """Speak to a worker as if we were another one."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    connection.connect(str(settings.hop_socket(worker)))
    connection.send(pack_hello(as_worker))
    return connection


async def test_only_this_user_can_open_the_socket(gate: Gate, settings: Settings) -> None:
    for worker in range(WORKERS):
        assert stat.S_IMODE(settings.hop_socket(worker).stat().st_mode) == 0o600
        assert stat.S_IMODE(settings.run_dir().stat().st_mode) == 0o700


async def test_a_worker_is_not_believed_about_a_room_it_has_nothing_to_do_with(
    gate: Gate, settings: Settings
) -> None:
    a, b = await here_and_there(gate)
    alone = await gate.enter(seat("alone", csrc=1, room="another"))
    name = name_of(gate)
    other = gate.pool._placements.find(MediaId("alone"))
    assert other is not None
    voice = RtpPacket(False, 111, 1, 960, 1, 30, b"forged")
    packet = make_packet(500, b"forged")
    forged = [
        (HOME, 7, pack_spoken(name, 66, 1, voice)),  # not a branch
        (HOME, BRANCH, pack_spoken("room", 66, 1, voice)),  # no such room
        (other[1], 1 - other[1], pack_spoken(other[0].name, 66, 1, voice)),  # not shared
        (HOME, BRANCH, pack_placed(name, packet, 0)),  # a branch places nothing
        (BRANCH, 7, pack_placed(name, packet, 0)),  # not the home
        (BRANCH, HOME, pack_spoken(name, 66, 1, voice)),  # the home speaks in slots only
        (BRANCH, HOME, pack_placed(name, make_packet(500, slot=2), 0)),  # no such slot
        (BRANCH, HOME, b"\x01"),
        (BRANCH, HOME, pack_placed(name, packet, 0)[:-6]),
    ]
    counted = [0, 0]
    for worker, as_worker, message in forged:
        with call(settings, worker, as_worker) as connection:
            connection.send(message)
            counted[worker] += 1
            await gate.counted(worker, "dropped_hop", counted[worker])
    a.speak(1, b"true")
    assert [h.payload for h in await b.hears(1)] == [b"true"]
    assert a.heard == alone.heard == []


async def test_a_caller_that_does_not_greet_is_cut(gate: Gate, settings: Settings) -> None:
    for greeting in (b"hello", pack_hello(1)[:-1], pack_hello(300)):
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as connection:
            connection.connect(str(settings.hop_socket(HOME)))
            connection.send(greeting)
            connection.setblocking(False)
            async with asyncio.timeout(2):
                assert await asyncio.get_running_loop().sock_recv(connection, 10) == b""
    assert await gate.count(HOME, "dropped_hop") == 3


async def test_an_index_that_a_branch_has_sent_is_never_sent_again(
    gate: Gate, settings: Settings
) -> None:
    """Whatever the home says: one index sealed twice under one key would give the key away."""
    a, b = await here_and_there(gate)
    for n in range(5):
        a.speak(n, b"true")
    await b.hears(5)
    with call(settings, BRANCH, HOME) as connection:
        for index in (5, 1, 3):
            connection.send(pack_placed(name_of(gate), make_packet(index, b"again"), 0))
        await gate.counted(BRANCH, "dropped_hop", 3)
        connection.send(pack_placed(name_of(gate), make_packet(6, b"new"), 0))
        await b.hears(6)
    assert [h.payload for h in b.heard] == [b"true"] * 5 + [b"new"]
    assert b.undecryptable == 0
