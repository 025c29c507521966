"""A part of the page that does not come in a room is tried again there, and the voice goes on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.browser import flows
from tests.browser.house import House
from tests.browser.person import Person, another, person

NUMBERS = ("010-2345-6731", "010-9876-5431")


@pytest.fixture(scope="module")
def ann_and_bea(playwright: Playwright, house: House) -> Iterator[tuple[Person, Person]]:
    """Ann talks in a room where Bea listens; what Bea's page fetches goes over the network."""
    with (
        person(playwright, house.url) as ann,
        another(ann.browser, house.url, service_workers="block") as bea,
    ):
        flows.come_as_founder(house, ann.page, NUMBERS[0], "Ann")
        flows.knock(house, bea.page, NUMBERS[1], "Bea")
        flows.add_contact(ann.page, NUMBERS[1])
        flows.let_in(ann.page, bea.page, "Bea")
        flows.open_room(ann.page, "Under a bridge")
        flows.unmute(ann.page)
        flows.enter_room(bea.page, "Under a bridge")
        bea.hears_voices()
        yield ann, bea
        assert ann.errors == []


def stays(page: Page) -> None:
    """Mark the page: a reload would lose it."""
    page.evaluate("() => void (window.sameAsBefore = true)")


@pytest.mark.parametrize(
    ("part", "opens", "shows"),
    [
        ("person", "Ann", "Report"),
        ("profile", "Bea", "A few words about you"),
    ],
)
def test_a_person_who_is_not_fetched_is_tried_again_in_the_room(
    ann_and_bea: tuple[Person, Person], part: str, opens: str, shows: str
) -> None:
    _, bea = ann_and_bea
    page = bea.page
    stays(page)
    asked = f"**/assets/{part}-*.js*"
    page.route(asked, lambda route: route.abort())
    page.get_by_role("button", name=f"About {opens}").first.click()
    dialog = page.get_by_role("dialog")
    said = dialog.get_by_text("This could not be fetched. The talk goes on; try again.")
    expect(said).to_be_visible()
    expect(dialog.get_by_role("button", name="Reload")).to_have_count(0)
    again = dialog.get_by_role("button", name="Try again")
    again.press("Enter")
    expect(said).to_be_visible()
    expect(again).to_be_focused()
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_have_count(0)

    page.get_by_role("button", name=f"About {opens}").first.click()
    expect(said).to_be_visible()
    page.unroute(asked)
    again.press("Enter")
    expect(said).to_have_count(0)
    expect(dialog.get_by_text(shows).first).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    bea.hears_voices()
    assert page.evaluate("() => window.sameAsBefore") is True
