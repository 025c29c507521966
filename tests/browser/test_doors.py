"""Kinds of rooms, asking somebody in and finding a room, as two people in real Chromium do it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.browser import flows
from tests.browser.house import House
from tests.browser.person import PHONE, Person, another, person

NUMBERS = ("010-2345-6721", "010-9876-5421")
BADGES = """
window.badges = [];
navigator.setAppBadge = async (count) => void window.badges.push(count);
navigator.clearAppBadge = async () => void window.badges.push(0);
"""


@pytest.fixture(scope="module")
def ann_and_bea(playwright: Playwright, house: House) -> Iterator[tuple[Page, Page]]:
    """The founder at a desk, and whom she let in, on a phone, who follows her."""
    with (
        person(playwright, house.url) as ann,
        another(ann.browser, house.url, viewport=PHONE) as bea,
    ):
        flows.come_as_founder(house, ann.page, NUMBERS[0], "Ann")
        flows.add_contact(ann.page, f"Bea {NUMBERS[1]}")
        flows.knock(house, bea.page, NUMBERS[1], "Bea")
        flows.let_in(ann.page, bea.page, "Bea")
        yield ann.page, bea.page
        no_errors(ann, bea)


def no_errors(*people: Person) -> None:
    for who in people:
        assert who.errors == []


def test_a_room_is_open_by_two_taps_and_anybody_finds_it(ann_and_bea: tuple[Page, Page]) -> None:
    ann, bea = ann_and_bea
    ann.get_by_role("button", name="Open a room").click()
    ann.get_by_role("button", name="Open it").click()
    expect(ann.get_by_test_id("room").get_by_role("heading", name="Ann’s room")).to_be_visible()

    search = bea.get_by_role("searchbox", name="Find a room")
    search.fill("ann room")
    expect(bea.get_by_text("1 room found")).to_be_visible()
    search.fill("cheese")
    expect(bea.get_by_text("No room speaks of that now.")).to_be_visible()
    search.fill("")
    card = bea.get_by_test_id("room-card").filter(has_text="Ann’s room")
    card.get_by_role("button", name="About Ann").click()
    bea.get_by_role("button", name="Follow", exact=True).click()
    expect(bea.get_by_role("button", name="Following")).to_be_visible()
    flows.end_room(ann)


def test_whoever_is_asked_into_a_closed_room_may_enter_it_and_nobody_else(
    ann_and_bea: tuple[Page, Page],
) -> None:
    ann, bea = ann_and_bea
    bea.goto("/")
    ann.get_by_role("button", name="Open a room").click()
    ann.get_by_label("Only whom you ask in").check()
    ann.get_by_role("button", name="Open it").click()
    expect(ann.get_by_test_id("room").get_by_role("heading", name="Ann’s room")).to_be_visible()

    link = ann.url
    bea.goto(link)
    expect(bea.get_by_text("This room is open to other people only.")).to_be_visible()
    expect(bea.get_by_text("Ann’s room")).to_have_count(0)
    bea.get_by_role("button", name="To the hallway").click()
    expect(bea.get_by_test_id("room-card")).to_have_count(0)

    ann.get_by_role("button", name="Ask somebody in").click()
    ann.get_by_role("button", name="Ask Bea in").click()
    expect(ann.get_by_text("Asked", exact=True)).to_be_visible()
    toast = bea.get_by_test_id("ping-toast")
    expect(toast).to_contain_text("Ann asks you in")
    toast.get_by_role("button", name="Go in").click()
    expect(bea.get_by_role("heading", name="Ann’s room")).to_be_visible()
    expect(toast).to_have_count(0)

    ann.get_by_role("button", name="Everybody here").click()
    expect(ann.get_by_role("heading", name="Open it to more people")).to_have_count(0)
    ann.keyboard.press("Escape")
    flows.end_room(ann)


def test_the_bell_counts_who_asks_one_in_until_it_is_answered_or_the_room_ends(
    ann_and_bea: tuple[Page, Page],
) -> None:
    ann, bea = ann_and_bea
    bea.add_init_script(BADGES)
    bea.goto("/")
    quiet = bea.get_by_role("button", name="Nobody at the door")
    asked = bea.get_by_role("button", name="1 person asks you in")
    toast = bea.get_by_test_id("ping-toast")
    expect(quiet).to_be_visible()

    flows.open_room(ann, "Answered")
    flows.ask_in(ann, "Bea")
    expect(asked).to_be_visible()
    expect(bea).to_have_title("(1) Masil")
    assert bea.evaluate("window.badges.at(-1)") == 1
    asked.press("Enter")
    expect(toast).to_be_focused()
    toast.get_by_role("button", name="Not now").click()
    expect(quiet).to_be_visible()
    expect(bea).to_have_title("Masil")
    assert bea.evaluate("window.badges.at(-1)") == 0
    flows.end_room(ann)

    flows.open_room(ann, "Over too soon")
    flows.ask_in(ann, "Bea")
    expect(asked).to_be_visible()
    flows.end_room(ann)
    expect(quiet).to_be_visible()
    expect(toast).to_have_count(0)
    expect(bea).to_have_title("Masil")

    flows.open_room(ann, "Entered by its window")
    flows.ask_in(ann, "Bea")
    expect(asked).to_be_visible()
    flows.enter_room(bea, "Entered by its window")
    expect(bea).to_have_title("Entered by its window · Masil")
    bea.get_by_role("button", name="Leave quietly").click()
    expect(quiet).to_be_visible()
    expect(toast).to_have_count(0)
    flows.end_room(ann)


def test_the_link_of_a_room_is_there_to_be_copied(ann_and_bea: tuple[Page, Page]) -> None:
    ann, _ = ann_and_bea
    ann.goto("/")
    ann.context.grant_permissions(["clipboard-read", "clipboard-write"])
    flows.open_room(ann, "Copied")
    ann.get_by_role("button", name="Ask somebody in").click()
    expect(ann.get_by_label("Link to this room")).to_have_value(ann.url)
    ann.get_by_role("button", name="Share the link").click()
    expect(ann.get_by_text("The link is copied.")).to_be_visible()
    assert ann.evaluate("() => navigator.clipboard.readText()") == ann.url
    ann.keyboard.press("Escape")
    flows.end_room(ann)


def test_a_locked_room_says_so_in_the_hallway_to_the_eye_and_in_the_buttons_name(
    ann_and_bea: tuple[Page, Page],
) -> None:
    ann, bea = ann_and_bea
    bea.goto("/")
    flows.open_room(ann, "Behind the lock")
    card = bea.get_by_test_id("room-card").filter(has_text="Behind the lock")
    expect(card).to_be_visible()
    expect(card.get_by_test_id("locked")).to_have_count(0)
    ann.get_by_role("button", name="Room menu").click()
    ann.get_by_role("button", name="Lock the room").click()
    expect(card.get_by_test_id("locked").locator("svg")).to_be_visible()
    enter = card.get_by_role("button", name="Behind the lock (locked: nobody new can come in)")
    enter.click()
    expect(bea.get_by_text("This room is locked: nobody new can come in.")).to_be_visible()
    bea.get_by_role("button", name="To the hallway").click()
    ann.get_by_role("button", name="Room menu").click()
    ann.get_by_role("button", name="Unlock the room").click()
    expect(card.get_by_test_id("locked")).to_have_count(0)
    flows.end_room(ann)
