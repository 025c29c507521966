"""What listeners lose reaches the speaker, so that his encoder protects his voice."""

from __future__ import annotations

import asyncio

from server.media.embedded.loss import MAX_RELAYED, STALE_MS, Downlink, red_depth, to_relay
from server.media.embedded.red import parse_red
from server.media.embedded.rtcp import Reception, compound, losses
from server.media.embedded.slots import FIRST_SSRC, SpeakerSlots
from tests.fakes.rtc import RtcPeer
from tests.media.conftest import House, seat


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


def test_more_is_repeated_while_listeners_lose_much() -> None:
    assert red_depth([], 1) == 1
    assert red_depth([0.0] * 19 + [0.5], 1) == 1
    assert red_depth([0.02], 1) == 1
    assert red_depth([0.04], 1) == 2
    assert red_depth([0.02], 2) == 2
    assert red_depth([0.005], 2) == 1


async def test_a_listener_who_loses_much_gets_two_frames_again(house: House) -> None:
    a = await house.enter(seat("a"))
    b = await house.enter(seat("b", csrc=2, role="listener"), red=True)
    said = 0
    while not b.heard or len(parse_red(b.heard[-1].payload)) < 3:
        said += 1
        a.speak(said)
        await b.hears(said)
        b.report_loss(b.heard[0].ssrc, 26)
        await asyncio.sleep(0.02)
    assert said > 3


def test_report_blocks_are_read_from_both_kinds_of_report() -> None:
    block = FIRST_SSRC.to_bytes(4, "big") + b"\x20" + bytes(19)
    sender = b"\x81\xc8\x00\x0c" + bytes(24) + block
    receiver = b"\x82\xc9\x00\x0d" + bytes(4) + block + block
    assert losses(sender + receiver) == [(FIRST_SSRC, 32)] * 3
    assert losses(receiver[:-1]) == []
    assert losses(b"\x9f\xc9\x00\x01" + bytes(4)) == []
