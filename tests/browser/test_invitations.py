"""An invitation from the page that gives it to the page that it opens, in two real browsers."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Playwright, expect

from tests.browser import flows
from tests.browser.house import House
from tests.browser.person import Person, another, person


@pytest.fixture(scope="module")
def host(playwright: Playwright, house: House) -> Iterator[Person]:
    with person(playwright, house.url) as host:
        flows.come_as_founder(house, host.page, "010-2222-3331", "Hana")
        yield host


@pytest.fixture
def guest(host: Person, house: House) -> Iterator[Person]:
    with another(host.browser, house.url) as guest:
        yield guest


def make_link(host: Person) -> str:
    """The link that the page shows once."""
    host.page.goto("/#you")
    host.page.get_by_role("button", name=re.compile("^Invitations")).click()
    host.page.get_by_role("button", name="Make a link").click()
    return host.page.get_by_label("Invitation link").input_value()


def test_a_link_lets_one_person_in_and_says_so_to_the_next(
    host: Person, guest: Person, house: House
) -> None:
    link = make_link(host)
    guest.page.goto(link)
    expect(guest.page.get_by_test_id("invited")).to_contain_text("Hana invites you")
    assert "#" not in guest.page.url, "the token is out of the address bar"
    flows.prove_number(house, guest.page, "010-2222-3332")
    guest.page.get_by_label("Your name").fill("Gil")
    guest.page.get_by_role("button", name="Come in").click()
    expect(guest.page.get_by_role("heading", name="Lights on now")).to_be_visible()
    expect(host.page.get_by_text("Gil came in with it")).to_be_visible()
    guest.page.get_by_role("button", name="You, Gil").click()
    guest.page.get_by_role("button", name="Sign out").click()
    guest.page.goto(link)
    expect(guest.page.get_by_test_id("invite-over")).to_contain_text("was used already")
    guest.page.get_by_role("button", name="Knock with my number").click()
    expect(guest.page.get_by_text("may be told that you are waiting")).to_be_visible()


def test_one_who_waits_pastes_a_link_and_comes_in(
    host: Person, guest: Person, house: House
) -> None:
    flows.knock(house, guest.page, "010-2222-3333", "Gil")
    link = make_link(host)
    guest.page.get_by_role("button", name="Use an invitation link instead").click()
    guest.page.get_by_label("Invitation link").fill("not a link")
    guest.page.get_by_role("button", name="Use it").click()
    expect(guest.page.get_by_text("That is not an invitation link.")).to_be_visible()
    guest.page.get_by_label("Invitation link").fill(link)
    guest.page.get_by_role("button", name="Use it").click()
    expect(guest.page.get_by_test_id("invited")).to_contain_text("Hana invites you")
    guest.page.get_by_role("button", name="Come in").click()
    expect(guest.page.get_by_role("heading", name="Lights on now")).to_be_visible()


def test_a_link_that_was_taken_back_opens_nothing(host: Person, guest: Person) -> None:
    link = make_link(host)
    host.page.get_by_role("button", name="Take back").click()
    host.page.get_by_role("dialog").get_by_role("button", name="Take back").click()
    expect(host.page.get_by_text("Taken back")).to_be_visible()
    guest.page.goto(link)
    expect(guest.page.get_by_test_id("invite-over")).to_contain_text("was taken back")
