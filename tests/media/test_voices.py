"""Voices through the real port: real checks, DTLS and SRTP, forged packets included."""

from __future__ import annotations

import asyncio
import socket
from itertools import pairwise

import pytest

from server.config import Settings
from server.domain.ids import MediaId
from server.media.embedded.slots import FIRST_SSRC, SILENCE
from server.ports import SeatConnected, SeatLost
from tests.fakes.rtc import CM
from tests.media.conftest import House, seat


async def test_two_people_hear_each_other_named_by_csrc(house: House) -> None:
    a = await house.enter(seat("a", csrc=7))
    b = await house.enter(seat("b", csrc=9))
    a.speak(100, b"from a")
    b.speak(200, b"from b")
    (at_b,) = await b.hears(1)
    (at_a,) = await a.hears(1)
    assert (at_b.csrc, at_b.payload, at_b.level) == (7, b"from a", 30)
    assert (at_a.csrc, at_a.payload, at_a.level) == (9, b"from b", 30)
    assert at_a.ssrc != at_b.ssrc
    assert {at_a.ssrc, at_b.ssrc} <= {FIRST_SSRC, FIRST_SSRC + 1}
    assert SeatConnected(MediaId("a")) in house.seen


async def test_nobody_hears_himself_nor_another_room(house: House) -> None:
    a = await house.enter(seat("a"))
    b = await house.enter(seat("b", csrc=2))
    elsewhere = await house.enter(seat("c", room="another"))
    for n in range(5):
        a.speak(n)
    await b.hears(5)
    assert a.heard == []
    assert elsewhere.heard == []


async def test_forced_voice_of_a_listener_is_dropped_and_counted(house: House) -> None:
    listener = await house.enter(seat("a", role="listener"))
    b = await house.enter(seat("b", csrc=2))
    for n in range(10):
        listener.speak(n)
    await house.counted("dropped_role", 10)
    assert b.heard == []
    assert await house.count("rtp_forwarded") == 0


async def test_voice_of_a_muted_speaker_is_dropped_and_counted(house: House) -> None:
    muted = await house.enter(seat("a", muted=True))
    b = await house.enter(seat("b", csrc=2))
    for n in range(10):
        muted.speak(n)
    await house.counted("dropped_muted", 10)
    assert b.heard == []


async def test_role_and_mute_take_effect_at_the_next_packet(house: House) -> None:
    a = await house.enter(seat("a"))
    b = await house.enter(seat("b", csrc=2))
    a.speak(1, b"heard")
    await b.hears(1)
    await house.link.set_seat(seat("a", muted=True))
    await house.count("rtp_in")  # the worker has read what was sent before
    a.speak(2, b"muted")
    await house.counted("dropped_muted", 1)
    await house.link.set_seat(seat("a", role="listener"))
    await house.count("rtp_in")
    a.speak(3, b"demoted")
    await house.counted("dropped_role", 1)
    await house.link.set_seat(seat("a"))
    await house.count("rtp_in")
    a.speak(4, b"heard again")
    assert [h.payload for h in await b.hears(2)] == [b"heard", b"heard again"]


async def test_a_closed_seat_is_not_heard_any_more(house: House) -> None:
    a = await house.enter(seat("a"))
    b = await house.enter(seat("b", csrc=2))
    await house.link.close_seat(MediaId("a"))
    await house.count("rtp_in")
    a.speak(1)
    await house.counted("dropped_source", 1)
    assert b.heard == []
    assert not any(isinstance(event, SeatLost) for event in house.seen)


async def test_the_older_srtp_profile_works_beside_gcm(house: House) -> None:
    old = await house.enter(seat("old", csrc=3), profiles=(CM,))
    new = await house.enter(seat("new", csrc=4))
    third = await house.enter(seat("third", csrc=5, role="listener"))
    for n in range(3):
        old.speak(n, b"old")
        new.speak(n, b"new")
    assert {(h.csrc, h.payload) for h in await old.hears(3)} == {(4, b"new")}
    assert {(h.csrc, h.payload) for h in await new.hears(3)} == {(3, b"old")}
    assert len(await third.hears(6)) == 6
    assert old.undecryptable == new.undecryptable == third.undecryptable == 0


async def test_late_joiner_decrypts_after_the_sequence_wrapped(settings: Settings) -> None:
    for profiles in ((CM,), ()):
        async with House(settings, first_index=2 * 65536 - 5) as house:
            made = profiles or None
            a = await house.enter(seat("a"))
            early = await house.enter(seat("early", csrc=2, role="listener"))
            for n in range(80):
                a.speak(n)
            await early.hears(75)
            late_seat = seat("late", csrc=3, role="listener")
            late = await (house.enter(late_seat, profiles=made) if made else house.enter(late_seat))
            for n in range(80, 90):
                a.speak(n)
            await late.hears(10)
            await early.hears(85)
            assert late.undecryptable == early.undecryptable == 0


async def test_listener_follows_a_wrap_and_none_starts_right_before_one(
    settings: Settings,
) -> None:
    async with House(settings, first_index=65536 - 70) as house:
        a = await house.enter(seat("a"))
        b = await house.enter(seat("b", csrc=2, role="listener"))
        for n in range(15):
            a.speak(n)
        await b.hears(15)
        for n in range(15, 40):
            a.speak(n)
        await b.hears(40)
        late = await house.enter(seat("late", csrc=3, role="listener"))
        for n in range(40, 100):
            a.speak(n)
        await b.hears(100)
        heard = await late.hears(30)
        assert heard[0].sequence == 0
        assert late.undecryptable == b.undecryptable == 0


async def test_more_voices_than_slots_keep_every_slot_continuous(house: House) -> None:
    """Two slots, four people, one after the other."""
    speakers = [await house.enter(seat(f"s{n}", csrc=10 + n)) for n in range(4)]
    listener = await house.enter(seat("l", csrc=99, role="listener"))
    sent = 0
    for turn, speaker in enumerate(speakers):
        for n in range(5):
            speaker.speak(1000 * turn + n, f"{turn}".encode(), ssrc=6000 + turn)
            await asyncio.sleep(0.02)
        sent += 5 + (turn >= 2)  # a voice that follows another one opens with silence
        await listener.hears(sent)
        if turn == 1:  # both slots are taken now: let the hang-over pass
            await asyncio.sleep(0.5)
    for ssrc in {h.ssrc for h in listener.heard}:
        slot = [h for h in listener.heard if h.ssrc == ssrc]
        assert [h.sequence - slot[0].sequence for h in slot] == list(range(len(slot)))
        steps = [(b.timestamp - a.timestamp) & 0xFFFFFFFF for a, b in pairwise(slot)]
        assert all(960 <= step < 48_000 * 3 for step in steps)
    voices = [h for h in listener.heard if h.payload != SILENCE]
    assert {(h.csrc - 10, h.payload) for h in voices} == {
        (turn, f"{turn}".encode()) for turn in range(4)
    }
    assert [h.csrc - 10 for h in listener.heard if h.payload == SILENCE] == [2, 3]
    assert sum(h.marker for h in listener.heard) == 4
    assert len({h.ssrc for h in listener.heard}) == 2


async def test_a_third_loud_voice_waits_for_a_slot(house: House) -> None:
    a, b, c = [await house.enter(seat(f"s{n}", csrc=n + 1)) for n in range(3)]
    listener = await house.enter(seat("l", csrc=99, role="listener"))
    a.speak(1)
    b.speak(1)
    await listener.hears(2)
    c.speak(1)
    await house.counted("dropped_no_slot", 1)
    assert len(listener.heard) == 2


async def test_reports_reach_both_sides(house: House) -> None:
    a = await house.enter(seat("a"))
    b = await house.enter(seat("b", csrc=2))
    a.speak(1)
    a.speak(4)
    await b.hears(2)
    await a.until(lambda: any(len(data) > 48 and data[1] == 200 for data in a.rtcp))
    compound = next(data for data in a.rtcp if len(data) > 48)
    sender_report, receiver_report = compound[:28], compound[28:60]
    assert int.from_bytes(sender_report[4:8], "big") == FIRST_SSRC
    assert receiver_report[0:2] == b"\x81\xc9"
    assert int.from_bytes(receiver_report[8:12], "big") == 5001
    lost = int.from_bytes(receiver_report[13:16], "big")
    assert lost == 2
    await b.until(lambda: any(data[1] == 200 for data in b.rtcp))


async def test_ipv4_browsers_reach_a_port_of_both_families(settings: Settings) -> None:
    if not socket.has_dualstack_ipv6():
        pytest.skip("this machine has no dual-stack sockets")
    both = settings.model_copy(update={"media_host": "::", "media_advertise": ["127.0.0.1"]})
    async with House(both) as house:
        a = await house.enter(seat("a"))
        b = await house.enter(seat("b", csrc=2))
        a.speak(1, b"over IPv6 socket")
        assert (await b.hears(1))[0].payload == b"over IPv6 socket"
