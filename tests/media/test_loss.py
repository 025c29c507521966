"""What listeners lose reaches the speaker, so that his encoder protects his voice."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.config import Settings
from server.media.embedded.loss import CALM_MS, MAX_RELAYED, STALE_MS, Downlink, to_relay
from server.media.embedded.red import RED_PAYLOAD_TYPE, parse_red
from server.media.embedded.rtcp import Reception, compound, losses
from server.media.embedded.slots import FIRST_SSRC, SpeakerSlots
from tests.fakes.rtc import CM, GCM, RtcPeer
from tests.media.conftest import QUICK, House, seat


def told(peer: RtcPeer) -> list[int]:
    """The fractions in all reports about our stream that came so far."""
    return [fraction for data in peer.rtcp for ssrc, fraction in losses(data) if ssrc == 5001]


async def test_a_speaker_is_told_what_his_listener_loses(house: House) -> None:
    a = await house.enter(seat("a"))
    b = await house.enter(seat("b", csrc=2, role="listener"))
    for n in range(5):
        a.speak(n)
    heard = await b.hears(5)
    await a.until(lambda: told(a) != [])
    assert set(told(a)) == {0}
    b.report_loss(heard[0].ssrc, 50)
    await a.until(lambda: 25 in told(a))
    assert max(told(a)) == 25, "half at once: reports are smoothed"


async def test_a_speaker_is_not_told_of_slots_that_carry_others(house: House) -> None:
    a = await house.enter(seat("a"))
    c = await house.enter(seat("c", csrc=3))
    b = await house.enter(seat("b", csrc=2, role="listener"))
    a.speak(1)
    c.speak(1)
    heard = await b.hears(2)
    b.report_loss(next(h.ssrc for h in heard if h.csrc == 3), 50)
    await c.until(lambda: 25 in told(c))
    seen = len(told(a))
    await a.until(lambda: len(told(a)) > seen + 1)
    assert set(told(a)) == {0}


async def test_what_red_repairs_is_not_told(house: House) -> None:
    a = await house.enter(seat("a"))
    b = await house.enter(seat("b", csrc=2, role="listener"), red=True)
    a.speak(1)
    (heard,) = await b.hears(1)
    for _ in range(8):
        b.report_loss(heard.ssrc, 64)
    await house.counted("rtcp_in", 8)
    await a.until(lambda: max(told(a), default=0) > 0)
    assert max(told(a)) <= 16, "a quarter of a quarter"


def test_the_own_loss_counts_where_it_is_worse() -> None:
    reception = Reception(5001)
    for extended in (70_000, 70_003):
        reception.packet(extended, extended * 960, now_ms=0)
    slots = SpeakerSlots(1).slots
    (own,) = losses(compound(slots, [reception], 0, 0, least_fraction=20))
    assert own == (5001, 128)
    (relayed,) = losses(compound(slots, [reception], 0, 0, least_fraction=20))
    assert relayed == (5001, 20)


def test_reports_are_smoothed_and_grow_old() -> None:
    downlink = Downlink()
    assert downlink.loss(0, 0) == 0
    downlink.reported(0, 128, 1_000)
    assert downlink.loss(0, 1_000) == 0.25
    downlink.reported(0, 128, 2_000)
    assert downlink.loss(0, 2_000) == 0.375
    assert downlink.loss(1, 2_000) == 0
    assert downlink.loss(0, 2_000 + STALE_MS) == 0


def test_the_worst_tenth_of_a_large_room_does_not_set_the_sound_of_all() -> None:
    assert to_relay([]) == 0
    assert to_relay([0.0, 0.0, 0.125]) == 32
    assert to_relay([0.0] * 19 + [0.5]) == 0
    assert to_relay([0.0625] * 18 + [0.5] * 2) == 16
    assert to_relay([0.9]) == int(MAX_RELAYED * 256)


# ---------------------------------------------------------------- what each listener gets


def told_every(downlink: Downlink, percent: float, seconds: int, now_ms: int) -> int:
    """Reports of the same loss for so long, as browsers send them; the time of the last one."""
    for _ in range(seconds // 5):
        now_ms += 5_000
        downlink.reported(0, round(percent * 2.56), now_ms)
    return now_ms


def test_a_frame_is_repeated_until_a_network_has_shown_that_it_loses_nothing() -> None:
    downlink = Downlink()
    assert downlink.depth == 1
    now_ms = told_every(downlink, 0, 30, 0)
    assert downlink.depth == 1
    told_every(downlink, 0, 10, now_ms)
    assert downlink.depth == 0


@pytest.mark.parametrize(("percent", "depth"), [(0, 0), (0.4, 0), (1, 1), (2, 1), (5, 2), (50, 2)])
def test_who_loses_more_gets_more_again(percent: float, depth: int) -> None:
    downlink = Downlink()
    told_every(downlink, percent, 120, 0)
    assert downlink.depth == depth


def test_the_first_bad_report_is_enough_and_a_good_one_is_not() -> None:
    downlink = Downlink()
    now_ms = told_every(downlink, 0, 60, 0)
    assert downlink.depth == 0
    now_ms = told_every(downlink, 10, 5, now_ms)
    assert downlink.depth == 2
    now_ms = told_every(downlink, 0, CALM_MS // 1000 - 5, now_ms)
    assert downlink.depth == 2
    now_ms = told_every(downlink, 0, 60, now_ms)
    assert downlink.depth == 0


def test_another_slot_that_loses_keeps_the_repeats() -> None:
    downlink = Downlink()
    for now_ms in range(0, 120_000, 5_000):
        downlink.reported(0, 0, now_ms)
        downlink.reported(1, 4, now_ms)
    assert downlink.depth == 1


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 255), st.integers(0, 2_000))))
def test_nobody_can_make_us_rearrange_a_room_all_the_time(
    reports: list[tuple[int, int, int]],
) -> None:
    downlink, now_ms = Downlink(), 0
    fewer: list[int] = []
    for slot, fraction, pause in reports:
        now_ms += pause
        before = downlink.depth
        downlink.reported(slot, fraction, now_ms)
        if downlink.depth < before:
            fewer.append(now_ms)
    assert all(after - at >= CALM_MS for at, after in pairwise(fewer))


@pytest.fixture
async def calm_house(settings: Settings) -> AsyncIterator[House]:
    """Listeners who lose nothing get nothing twice at once."""
    async with House(settings, timing=replace(QUICK, calm_s=0.0)) as made:
        yield made


async def test_a_listener_who_loses_nothing_gets_opus_as_it_is(calm_house: House) -> None:
    house = calm_house
    a = await house.enter(seat("a"))
    b = await house.enter(seat("b", csrc=2, role="listener"), red=True)
    c = await house.enter(seat("c", csrc=3, role="listener"), red=True)
    for n in (1, 2):
        a.speak(n, b"frame %d" % n)
    (first, _), _ = await b.hears(2), await c.hears(2)
    b.report_loss(first.ssrc, 0)
    await house.counted("rtcp_in", 1)
    for n in (3, 4):
        a.speak(n, b"frame %d" % n)
    *_, third, fourth = await b.hears(4)
    assert [(h.payload_type, h.payload) for h in (third, fourth)] == [
        (111, b"frame 3"),
        (111, b"frame 4"),
    ]
    assert [h.payload_type for h in (await c.hears(4))] == [RED_PAYLOAD_TYPE] * 4, "not yet known"
    b.report_loss(first.ssrc, 20)
    await house.counted("rtcp_in", 2)
    a.speak(5, b"frame 5")
    *_, fifth = await b.hears(5)
    assert [block.payload for block in parse_red(fifth.payload)] == [
        b"frame 3",
        b"frame 4",
        b"frame 5",
    ]
    for listener in (b, c):
        assert listener.undecryptable == 0
        assert [h.sequence - first.sequence for h in listener.heard] == list(range(5))
        assert [(h.timestamp - first.timestamp) // 960 for h in listener.heard] == list(range(5))


async def test_what_was_said_before_a_mute_is_not_repeated_to_one_who_begins_to_lose(
    calm_house: House,
) -> None:
    """Nobody got repeats while it was said; the frames were kept all the same."""
    house = calm_house
    a = await house.enter(seat("a"))
    b = await house.enter(seat("b", csrc=2, role="listener"), red=True)
    a.speak(1, b"before")
    (first,) = await b.hears(1)
    b.report_loss(first.ssrc, 0)
    await house.counted("rtcp_in", 1)
    a.speak(2, b"before")
    await b.hears(2)
    await house.link.set_seat(seat("a", muted=True))
    await house.link.set_seat(seat("a"))
    b.report_loss(first.ssrc, 20)
    await house.counted("rtcp_in", 2)
    a.speak(3, b"after")
    *_, last = await b.hears(3)
    assert [block.payload for block in parse_red(last.payload)] == [b"after"]


async def test_each_listener_gets_as_much_again_as_he_needs(calm_house: House) -> None:
    house = calm_house
    a = await house.enter(seat("a"))
    listeners = [
        await house.enter(seat(f"l{n}", csrc=2 + n, role="listener"), red=n < 3) for n in range(4)
    ]
    a.speak(1, b"frame 1")
    for listener in listeners:
        await listener.hears(1)
    for listener, fraction in zip(listeners, (0, 4, 40, 40), strict=True):
        listener.report_loss(listener.heard[0].ssrc, fraction)
    await house.counted("rtcp_in", 4)
    for n in (2, 3, 4):
        a.speak(n, b"frame %d" % n)
    frames = []
    for listener in listeners:
        last = (await listener.hears(4))[-1]
        wrapped = last.payload_type == RED_PAYLOAD_TYPE
        frames.append([b.payload for b in parse_red(last.payload)] if wrapped else last.payload)
    said = [b"frame %d" % n for n in (2, 3, 4)]
    assert frames == [said[-1], said[1:], said, said[-1]]


@pytest.mark.parametrize("profile", [GCM, CM])
async def test_who_gets_now_more_now_less_gets_every_packet_once(
    settings: Settings, profile: object
) -> None:
    """Nonce safety: no index is sealed twice for him, over a wrap of the sequence number too."""
    timing = replace(QUICK, calm_s=0.0)
    chance = random.Random(7)
    async with House(settings, first_index=65_400, timing=timing) as house:
        speakers = [await house.enter(seat("a")), await house.enter(seat("b", csrc=2), red=True)]
        ears = [
            await house.enter(
                seat(f"l{n}", csrc=3 + n, role="listener"), red=True, profiles=(profile,)
            )
            for n in range(2)
        ]
        kinds = set()
        for n in range(1, 201):
            for speaker in speakers:
                speaker.speak(n, b"frame %d" % n)
            for ear in ears:
                heard = await ear.hears(2 * n)
                kinds.add(len(parse_red(heard[-1].payload)) if heard[-1].payload_type != 111 else 0)
                if chance.random() < 0.3:
                    ear.report_loss(heard[-1].ssrc, chance.choice((0, 0, 2, 40)))
        assert kinds == {0, 1, 2, 3}, "1: the very first packet"
        for ear in ears:
            indexes = [(h.ssrc, h.sequence) for h in ear.heard]
            assert len(indexes) == len(set(indexes)) == 400
            assert ear.undecryptable == 0


async def test_a_listener_who_loses_much_gets_two_frames_again(house: House) -> None:
    a = await house.enter(seat("a"))
    b = await house.enter(seat("b", csrc=2, role="listener"), red=True)
    for n in (1, 2, 3):
        a.speak(n)
    first, _, third = await b.hears(3)
    assert len(parse_red(third.payload)) == 2
    b.report_loss(first.ssrc, 26)
    await house.counted("rtcp_in", 1)
    a.speak(4)
    assert len(parse_red((await b.hears(4))[-1].payload)) == 3


def test_report_blocks_are_read_from_both_kinds_of_report() -> None:
    block = FIRST_SSRC.to_bytes(4, "big") + b"\x20" + bytes(19)
    sender = b"\x81\xc8\x00\x0c" + bytes(24) + block
    receiver = b"\x82\xc9\x00\x0d" + bytes(4) + block + block
    assert losses(sender + receiver) == [(FIRST_SSRC, 32)] * 3
    assert losses(receiver[:-1]) == []
    assert losses(b"\x9f\xc9\x00\x01" + bytes(4)) == []
