"""Whatever dies comes back by itself, and the page says so meanwhile."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Playwright, expect

from tests.browser import flows
from tests.browser.audio import warble, write_wav
from tests.browser.house import House
from tests.browser.person import Person, person

FOUNDER_NUMBER = "010-2345-6789"
NEWCOMER_NUMBER = "010-9876-5432"


def hears_voices(listener: Person) -> None:
    """New packets arrive, after a process has started anew on however busy a machine."""
    flows.hears(listener.page, within_ms=20_000)
    for _ in range(50):
        before = listener.inbound()["received"]
        listener.page.wait_for_timeout(300)
        if listener.inbound()["received"] > before + 5:
            return
    raise AssertionError("no voice came back")


def test_room_survives_each_process(playwright: Playwright, house: House, tmp_path: Path) -> None:
    with (
        person(playwright, house.url, write_wav(tmp_path / "a.wav", warble(6))) as ann,
        person(playwright, house.url) as bea,
    ):
        flows.come_as_founder(house, ann.page, FOUNDER_NUMBER, "Ann")
        flows.knock(house, bea.page, NEWCOMER_NUMBER, "Bea")
        flows.add_contact(ann.page, NEWCOMER_NUMBER)
        flows.let_in(ann.page, bea.page, "Bea")
        flows.open_room(ann.page, "Storm")
        flows.enter_room(bea.page, "Storm")
        flows.unmute(ann.page)
        hears_voices(bea)

        house.kill("media")
        expect(bea.page.get_by_text("Voices are away for a moment")).to_be_visible()
        hears_voices(bea)

        house.kill("analysis")
        hears_voices(bea)

        bea.page.get_by_role("button", name="Raise hand").click()
        expect(ann.page.get_by_role("button", name="Invite Bea to the stage").first).to_be_visible()
        house.kill("gate")
        expect(bea.page.get_by_text("reconnecting").first).to_be_visible()
        hears_voices(bea)
        # Seat, hand and role are kept over the restart.
        expect(ann.page.get_by_role("button", name="Turn microphone off")).to_be_visible()
        ann.page.get_by_role("button", name="Invite Bea to the stage").first.click()
        expect(bea.page.get_by_role("button", name="Turn microphone on")).to_be_visible()


def test_a_lost_network_comes_back_by_itself(
    playwright: Playwright, house: House, tmp_path: Path
) -> None:
    with (
        person(playwright, house.url, write_wav(tmp_path / "a.wav", warble(7))) as ann,
        person(playwright, house.url) as bea,
    ):
        flows.sign_in_again(house, ann.page, FOUNDER_NUMBER)
        flows.sign_in_again(house, bea.page, NEWCOMER_NUMBER)
        flows.open_room(ann.page, "Tunnel ride")
        flows.enter_room(bea.page, "Tunnel ride")
        flows.unmute(ann.page)
        hears_voices(bea)
        bea.context.set_offline(True)
        expect(bea.page.get_by_text("This device is offline")).to_be_visible()
        bea.context.set_offline(False)
        hears_voices(bea)


def test_a_second_device_takes_the_seat(playwright: Playwright, house: House) -> None:
    with person(playwright, house.url) as ann, person(playwright, house.url) as tablet:
        flows.sign_in_again(house, ann.page, FOUNDER_NUMBER)
        flows.sign_in_again(house, tablet.page, FOUNDER_NUMBER)
        flows.open_room(ann.page, "Two devices")
        flows.enter_room(tablet.page, "Two devices")
        expect(ann.page.get_by_text("You entered from another device").first).to_be_visible()
        expect(tablet.page.get_by_test_id("seat")).to_have_count(1)
