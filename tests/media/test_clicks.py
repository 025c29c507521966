"""One slot, two voices, one decoder at the listener: no click where one follows the other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import numpy as np
import pytest

from server.config import Settings
from server.media.embedded.slots import HANGOVER_MS, SILENCE
from tests.fakes.rtc import RtcPeer
from tests.media.conftest import QUICK, House, seat
from tests.media.opus import FRAME, decode, encode, largest_step, tone

TALK = 40
"""Packets of each voice that are heard."""
NO_BUDGET = replace(QUICK, report_s=0.05)
"""Packets are sent faster than microphones send them."""
FREQUENCIES = [(1100.0, 910.0), (760.0, 1010.0), (1210.0, 1010.0)]
PHASE = 4.0


@pytest.fixture
async def house(settings: Settings) -> AsyncIterator[House]:
    async with House(settings.model_copy(update={"slots": 1}), timing=NO_BUDGET) as made:
        yield made


async def say(
    peer: RtcPeer, packets: list[bytes], first: int, listener: RtcPeer, *, level: int = 15
) -> None:
    """Send packets at the pace at which they arrive at the listener."""
    heard = len(listener.heard)
    for n, payload in enumerate(packets):
        peer.speak(first + n, payload, level=level)
        await listener.hears(heard + n + 1)


def assert_no_click(heard: list[bytes], switch: int, own_step: float) -> None:
    """From just before the switch on, where `own_step` is the steeper tone's own."""
    around = decode(heard)[max(0, switch - 1) * FRAME :]
    assert np.abs(around).max() > 0.1, "there is a tone"
    assert largest_step(around) <= 2 * own_step


def payloads(listener: RtcPeer) -> list[bytes]:
    """In the order of their sequence numbers, all on one slot."""
    assert len({h.ssrc for h in listener.heard}) == 1
    ordered = sorted(listener.heard, key=lambda h: h.sequence)
    numbers = [h.sequence for h in ordered]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    return [h.payload for h in ordered]


@pytest.mark.parametrize(("before_hz", "after_hz"), FREQUENCIES)
async def test_a_voice_that_follows_one_cut_off_in_the_middle_of_a_word(
    house: House, before_hz: float, after_hz: float
) -> None:
    a = await house.enter(seat("a", csrc=1))
    b = await house.enter(seat("b", csrc=2))
    listener = await house.enter(seat("l", csrc=3, role="listener"))
    first, second = tone(before_hz, 1.0, 0.4), tone(after_hz, 2.0, 0.4, PHASE)
    await say(a, encode(first)[:TALK], 0, listener)
    await house.link.set_seat(seat("a", csrc=1, muted=True))
    await house.count("rtp_in")
    heard = len(listener.heard)
    middle = encode(second)[50 : 50 + TALK]  # he talks already and was not heard
    for n, payload in enumerate(middle):
        b.speak(n, payload, level=15)
        await listener.hears(heard + n + 2)
    got = payloads(listener)
    own = max(largest_step(first), largest_step(second))
    assert_no_click(got, TALK, own)
    assert [h.csrc for h in sorted(listener.heard, key=lambda h: h.sequence)] == (
        [1] * TALK + [2] * (TALK + 1)
    )


@pytest.mark.parametrize(("before_hz", "after_hz"), FREQUENCIES)
async def test_a_voice_that_follows_one_that_fell_silent(
    house: House, before_hz: float, after_hz: float
) -> None:
    a = await house.enter(seat("a", csrc=1))
    b = await house.enter(seat("b", csrc=2))
    listener = await house.enter(seat("l", csrc=3, role="listener"))
    first, second = tone(before_hz, 1.0, 0.4), tone(after_hz, 2.0, 0.4, PHASE)
    fading = np.concatenate([first * np.linspace(1, 0, len(first)), np.zeros(10 * FRAME)])
    await say(a, encode(fading)[: len(fading) // FRAME - 10], 0, listener)
    await say(a, encode(fading)[-10:], 200, listener, level=127)
    switch = len(listener.heard)
    middle, sent = encode(second)[50 : 50 + TALK], 0
    async with asyncio.timeout(5):
        while len(listener.heard) == switch:  # until the hang-over is over
            b.speak(sent, encode(second)[0], level=15)
            sent += 1
            await asyncio.sleep(HANGOVER_MS / 5000)
    await listener.hears(switch + 2)
    for n, payload in enumerate(middle):
        b.speak(sent + n, payload, level=15)
        await listener.hears(switch + 3 + n)
    got = payloads(listener)
    # What stood for his voice while he waited is taken for the first packet of the middle.
    del got[switch + 1]
    assert_no_click(got, switch, max(largest_step(first), largest_step(second)))


@pytest.mark.parametrize(("before_hz", "after_hz"), FREQUENCIES)
def test_without_the_moment_of_silence_a_decoder_does_click(
    before_hz: float, after_hz: float
) -> None:
    """What the first test would find, were it not sent."""
    first, second = tone(before_hz, 1.0, 0.4), tone(after_hz, 2.0, 0.4, PHASE)
    own = max(largest_step(first), largest_step(second))
    before, after = encode(first)[:TALK], encode(second)[50 : 50 + TALK]
    assert largest_step(decode(before + after)[(TALK - 1) * FRAME :]) > 2 * own
    assert largest_step(decode([*before, SILENCE, *after])[(TALK - 1) * FRAME :]) <= 2 * own
