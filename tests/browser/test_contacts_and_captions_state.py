"""A contacts file read in the page, and a house whose speech model cannot be had."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, expect

from tests.browser import flows
from tests.browser.house import House
from tests.browser.person import PHONE, person

FOUNDER_NUMBER = "010-2345-6789"
NEWCOMER_NUMBER = "010-9876-5432"
VCARDS = """BEGIN:VCARD\r
VERSION:3.0\r
FN:옆집 베아\r
TEL;TYPE=CELL:+82 10-9876\r
 -5432\r
EMAIL:never-read@example.org\r
END:VCARD\r
BEGIN:VCARD\r
VERSION:4.0\r
FN:Nobody\r
TEL;VALUE=uri:tel:+1-000\r
END:VCARD\r
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house that would have to fetch its model, and cannot: it is told to stay offline."""
    house = House(tmp_path_factory.mktemp("house"), "tiny")
    try:
        yield house
    finally:
        house.close()


def test_a_contacts_file_names_the_newcomer_on_this_device_only(
    playwright: Playwright, house: House, tmp_path: Path
) -> None:
    file = tmp_path / "contacts.vcf"
    file.write_text(VCARDS, encoding="utf-8", newline="")
    with person(playwright, house.url) as ann, person(playwright, house.url, viewport=PHONE) as bea:
        sent: list[str] = []
        ann.page.on(
            "websocket",
            lambda socket: socket.on("framesent", lambda frame: sent.append(str(frame))),
        )
        flows.come_as_founder(house, ann.page, FOUNDER_NUMBER, "Ann")
        ann.page.get_by_role("button", name="Contacts").click()
        ann.page.get_by_label("Choose a contacts file").set_input_files(file)
        expect(ann.page.get_by_text("1 number added.")).to_be_visible()
        expect(ann.page.get_by_text("1 was not a phone number.")).to_be_visible()
        assert any("add_contacts" in frame for frame in sent)
        assert not any("베아" in frame or "never-read" in frame for frame in sent)
        ann.page.get_by_role("button", name="Back").click()
        flows.knock(house, bea.page, NEWCOMER_NUMBER, "Beatrice")
        expect(ann.page.get_by_text("옆집 베아")).to_be_visible()
        expect(ann.page).to_have_title("(1) Masil")
        flows.let_in(ann.page, bea.page, "Beatrice")


def test_a_model_that_cannot_be_had_is_told_and_the_room_goes_on(
    playwright: Playwright, house: House
) -> None:
    with person(playwright, house.url) as ann:
        flows.sign_in_again(house, ann.page, FOUNDER_NUMBER)
        flows.open_room(ann.page, "No scribe tonight")
        flows.unmute(ann.page)
        ann.page.get_by_role("button", name="Turn captions on").click()
        ann.page.get_by_role("button", name="Turn on my captions").click()
        expect(ann.page.get_by_text("Captions unavailable:")).to_be_visible(timeout=45_000)
        flows.hears(ann.page)
        ann.page.get_by_role("button", name="Turn microphone off").click()
        expect(ann.page.get_by_role("button", name="Turn microphone on")).to_be_visible()
