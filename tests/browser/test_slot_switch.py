"""Two voices share the only slot of a house: a page hears no click as one follows the other."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Playwright, expect

from tests.browser import flows
from tests.browser.audio import RATE_HZ, Samples, write_wav
from tests.browser.house import House
from tests.browser.person import Person, person

FOUNDER_NUMBER = "010-2345-6789"
NUMBERS = {"Bea": "010-9876-5432", "Cho": "010-9876-5433"}
TRIES = 3
"""A machine that is overloaded stretches and tears what it plays."""
OFFER = "() => masilTest.seen.connections.map((c) => c.remoteDescription.sdp)"


@pytest.fixture
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One voice at a time."""
    house = House(tmp_path_factory.mktemp("house"), "tiny", MASIL_SLOTS="1")
    try:
        yield house
    finally:
        house.close()


def tone(frequency_hz: int) -> Samples:
    """A whole number of cycles, so that the file goes round without a seam."""
    at = np.arange(RATE_HZ * 2) / RATE_HZ
    return (0.3 * np.sin(2 * np.pi * frequency_hz * at)).astype(np.float32)


def largest_step(samples: Samples) -> float:
    return float(np.abs(np.diff(samples)).max())


def strength(samples: Samples, frequency_hz: int) -> float:
    """How much of a tone is in a whole second of sound, 0 to 1."""
    at = np.arange(RATE_HZ) / RATE_HZ
    return float(2 * np.abs(np.mean(samples[-RATE_HZ:] * np.exp(-2j * np.pi * frequency_hz * at))))


def switch(listener: Person, talks: tuple[Person, int], waits: tuple[Person, int]) -> float:
    """One mutes himself in the middle of his tone; the largest step heard, by the tones' own."""
    listener.tap_loudspeakers("switch")
    listener.page.wait_for_timeout(2_000)
    talks[0].page.get_by_role("button", name="Turn microphone off").click()
    listener.page.wait_for_timeout(3_000)
    heard = listener.stop_tap("switch").samples[RATE_HZ // 2 :]
    before, after = heard[:RATE_HZ], heard[-RATE_HZ:]
    assert strength(before, talks[1]) > 0.2 > 10 * strength(before, waits[1])
    assert strength(after, waits[1]) > 0.2 > 10 * strength(after, talks[1])
    return largest_step(heard) / max(largest_step(before), largest_step(after))


def test_one_voice_follows_another_without_a_click_and_without_a_new_offer(
    playwright: Playwright, house: House, tmp_path: Path
) -> None:
    with (
        person(playwright, house.url, write_wav(tmp_path / "a.wav", tone(440))) as ann,
        person(playwright, house.url, write_wav(tmp_path / "b.wav", tone(620))) as bea,
        person(playwright, house.url) as cho,
    ):
        newcomers: dict[str, Person] = {"Bea": bea, "Cho": cho}
        flows.come_as_founder(house, ann.page, FOUNDER_NUMBER, "Ann")
        for name, newcomer in newcomers.items():
            flows.knock(house, newcomer.page, NUMBERS[name], name)
            flows.add_contact(ann.page, NUMBERS[name])
            flows.let_in(ann.page, newcomer.page, name)
            ann.page.reload()
        flows.open_room(ann.page, "One at a time")
        for newcomer in newcomers.values():
            flows.enter_room(newcomer.page, "One at a time")
        flows.go_on_stage(ann.page, bea.page, "Bea")
        offers = cho.page.evaluate(OFFER)
        flows.unmute(ann.page)
        cho.hears_voices()
        flows.unmute(bea.page)
        talks, waits = (ann, 440), (bea, 620)
        clicks = math.inf
        for _ in range(TRIES):
            clicks = switch(cho, talks, waits)
            if clicks <= 2:
                break
            talks, waits = waits, talks
            flows.unmute(waits[0].page)
        # The ring moves with the voice: the packets themselves say whose it is.
        for name, somebody in (("Ann", ann), ("Bea", bea)):
            seat = cho.page.get_by_test_id("seat").filter(has_text=name)
            speaks = "true" if somebody is waits[0] else "false"
            expect(seat).to_have_attribute("data-speaking", speaks)
        print(f"largest step at the switch: {clicks:.2f} × the tones' own")
        assert clicks <= 2
        assert cho.page.evaluate(OFFER) == offers
        assert ann.errors == bea.errors == cho.errors == []
