"""A house without TLS and not on this machine: one listens, and is told what to do to talk."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Playwright, expect

from tests.browser import flows
from tests.browser.audio import warble, write_wav
from tests.browser.house import House
from tests.browser.person import chromium_path, person
from tests.networks import HOUSE_ADDRESS, Networks, networks

FOUNDER_NUMBER = "010-2345-6789"
NEWCOMER_NUMBER = "010-9876-5432"


@pytest.fixture(scope="module")
def roads() -> Iterator[Networks]:
    """A house and two devices on networks of their own."""
    with networks() as made:
        yield made


@pytest.fixture(scope="module")
def house(roads: Networks, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house at an address that browsers do not call secure."""
    house = House(
        tmp_path_factory.mktemp("house"),
        "tiny",
        inside=roads.in_house(),
        address=HOUSE_ADDRESS,
        MASIL_MEDIA_HOST=HOUSE_ADDRESS,
    )
    try:
        yield house
    finally:
        house.close()


def test_without_a_secure_page_one_listens_and_is_told_how_to_talk(
    playwright: Playwright,
    house: House,
    roads: Networks,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    directory = tmp_path_factory.mktemp("people")
    program = chromium_path()
    assert program
    microphone = write_wav(directory / "a.wav", warble(5))
    staying = roads.chromium(directory, program, roads.staying)
    moving = roads.chromium(directory, program, roads.moving)
    with (
        person(playwright, house.url, microphone, chromium=staying) as ann,
        person(playwright, house.url, chromium=moving, secure=False, permissions=[]) as bea,
    ):
        flows.come_as_founder(house, ann.page, FOUNDER_NUMBER, "Ann")
        flows.knock(house, bea.page, NEWCOMER_NUMBER, "Bea")
        assert bea.page.evaluate("() => [isSecureContext, !navigator.mediaDevices]") == [
            False,
            True,
        ]
        flows.add_contact(ann.page, NEWCOMER_NUMBER)
        flows.let_in(ann.page, bea.page, "Bea")
        flows.open_room(ann.page, "Without a lock")
        flows.enter_room(bea.page, "Without a lock")
        flows.unmute(ann.page)
        bea.hears_voices()
        said = bea.page.get_by_test_id("no-microphone")
        expect(said).to_contain_text("No microphone on this page")
        said.get_by_role("button", name="You can listen. How to talk here").click()
        explained = bea.page.get_by_test_id("microphone-help")
        expect(explained).to_contain_text("this address begins with http")
        expect(explained).to_contain_text("open it as localhost")
        expect(explained).to_contain_text("an address that begins with https")
        bea.page.get_by_role("button", name="Close", exact=True).click()
        # On stage it is said beside the button, and a tap says it again instead of failing mutely.
        flows.go_on_stage(ann.page, bea.page, "Bea")
        expect(said).to_be_visible()
        bea.page.get_by_role("button", name="Turn microphone on").click()
        notice = bea.page.get_by_test_id("notice").filter(has_text="secure pages only")
        expect(notice).to_be_visible()
        bea.hears_voices()
        assert ann.errors == []
        # What Chromium itself writes about a header that means nothing without TLS.
        assert [e for e in bea.errors if "Cross-Origin-Opener-Policy" not in e] == []
