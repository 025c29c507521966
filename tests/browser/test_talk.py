"""What is shown and written beside the voices: reactions, the chat, typed turns."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, Playwright, expect

from tests.browser import flows
from tests.browser.house import House
from tests.browser.person import PHONE, Person, another, person

FOUNDER_NUMBER = "010-2345-6789"
NEWCOMER_NUMBER = "010-9876-5432"
TURN = "The bakery on the corner has fresh bread."


@pytest.fixture
def ann_and_bea(playwright: Playwright, house: House) -> Iterator[tuple[Person, Person]]:
    """A host at a desktop and a listener with a phone, in one room."""
    with (
        person(playwright, house.url) as ann,
        another(ann.browser, house.url, viewport=PHONE) as bea,
    ):
        flows.come_as_founder(house, ann.page, FOUNDER_NUMBER, "Ann")
        flows.add_contact(ann.page, f"Bea {NEWCOMER_NUMBER}")
        flows.knock(house, bea.page, NEWCOMER_NUMBER, "Bea")
        flows.let_in(ann.page, bea.page, "Bea")
        flows.open_room(ann.page, "Bread")
        flows.enter_room(bea.page, "Bread")
        yield ann, bea
        assert ann.errors == []
        assert bea.errors == []


def write(page: Page, text: str) -> None:
    field = page.get_by_role("textbox", name="Write")
    field.fill(text)
    field.press("Enter")
    expect(field).to_have_value("")


def chat_of(page: Page) -> Locator:
    """Open the sheet of a phone."""
    page.get_by_role("button", name=re.compile("^Chat")).click()
    return page.get_by_role("dialog", name="Chat")


def test_reactions_lines_and_typed_turns(ann_and_bea: tuple[Person, Person]) -> None:
    ann, bea = (each.page for each in ann_and_bea)
    see_a_reaction_at_a_face(ann, bea)
    read_and_take_back_lines(ann, bea)
    say_a_typed_turn_without_captions(ann, bea)
    say_typed_turns_as_captions(ann, bea)
    switch_the_chat_off(ann, bea)


def see_a_reaction_at_a_face(ann: Page, bea: Page) -> None:
    bea.get_by_role("button", name="React", exact=True).click()
    bea.get_by_role("button", name="Applause").click()
    at_face = ann.get_by_test_id("audience").get_by_test_id("at-face")
    expect(at_face).to_have_attribute("data-reaction", "clap")
    expect(ann.get_by_test_id("reactions-told")).to_have_text("Reactions: Applause 1")
    expect(at_face).to_have_count(0)


def read_and_take_back_lines(ann: Page, bea: Page) -> None:
    ann.get_by_role("tab", name="Chat").click()
    write(ann, "The recipe: https://bread.example/rye.")
    expect(bea.get_by_test_id("unread")).to_contain_text("1")
    sheet = chat_of(bea)
    link = sheet.get_by_role("link", name="https://bread.example/rye")
    expect(link).to_have_attribute("rel", "noopener noreferrer nofollow")
    expect(link).to_have_attribute("target", "_blank")
    write(bea, "Thank you!")
    expect(ann.get_by_test_id("line")).to_have_count(2)
    sheet.get_by_role("button", name="Take back: Thank you!").click()
    expect(ann.get_by_test_id("line")).to_have_count(1)
    bea.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    expect(bea.get_by_test_id("unread")).to_have_count(0)


def height_of_bar(page: Page) -> float:
    bar = page.get_by_test_id("own-bar").bounding_box()
    assert bar
    return bar["height"]


def say_a_typed_turn_without_captions(ann: Page, bea: Page) -> None:
    ann.get_by_role("tab", name="Captions").click()
    flows.go_on_stage(ann, bea, "Bea")
    assert height_of_bar(bea) < 100  # one row, and no word as a column of letters
    sheet = chat_of(bea)
    sheet.get_by_label("Say it on stage").check()
    write(bea, "I lost my voice.")
    expect(ann.get_by_test_id("turn-told")).to_have_text("Bea, typed on stage: I lost my voice.")
    expect(sheet.get_by_text("typed, on stage")).to_be_visible()
    bea.keyboard.press("Escape")


def say_typed_turns_as_captions(ann: Page, bea: Page) -> None:
    ann.get_by_role("button", name="Turn captions on").click()
    bea.get_by_role("button", name="Turn on my captions").click()
    expect(bea.get_by_role("button", name="Turn off my captions")).to_be_visible()
    assert height_of_bar(bea) < 200  # the phone shows a room and not only what one may do
    sheet = chat_of(bea)
    sheet.get_by_label("Say it on stage").check()
    write(bea, TURN)
    write(bea, TURN)
    caption = ann.get_by_test_id("caption").filter(has_text="fresh bread")
    expect(caption).to_have_count(2)
    expect(caption.first.get_by_text("typed", exact=True)).to_be_visible()
    expect(ann.get_by_test_id("topics")).to_contain_text("bread", timeout=30_000)
    bea.keyboard.press("Escape")

    # Withdrawn, it is gone like speech.
    bea.get_by_role("button", name="Turn off my captions").click()
    expect(caption).to_have_count(0)
    expect(ann.get_by_test_id("topics").get_by_role("listitem")).to_have_count(0)


def switch_the_chat_off(ann: Page, bea: Page) -> None:
    ann.get_by_role("tab", name="Chat").click()
    ann.get_by_role("button", name="Switch chat off").click()
    ann.get_by_role("dialog").get_by_role("button", name="Switch chat off").click()
    sheet = chat_of(bea)
    expect(sheet.get_by_text("The chat is switched off in this room.")).to_be_visible()
    expect(sheet.get_by_test_id("line")).to_have_count(0)


def test_a_report_shows_what_it_tells_of_the_room_and_the_admins_read_it(
    playwright: Playwright, house: House
) -> None:
    with (
        person(playwright, house.url) as ann,
        another(ann.browser, house.url, viewport=PHONE) as bea,
    ):
        flows.sign_in_again(house, ann.page, FOUNDER_NUMBER)
        flows.sign_in_again(house, bea.page, NEWCOMER_NUMBER)
        flows.open_room(ann.page, "Rye")
        flows.enter_room(bea.page, "Rye")
        bea.page.get_by_role("button", name="Report this room").click()
        dialog = bea.page.get_by_role("dialog", name="Report this room")
        dialog.get_by_label("Spam").check()
        dialog.get_by_label("Send along what happened in the room").check()
        dialog.get_by_text("What happened · 2 lines").click()
        shown = dialog.get_by_test_id("room-log").get_by_role("listitem")
        expect(shown).to_contain_text(["Bea came in", "Ann is host"])
        dialog.get_by_role("button", name="Send report").click()
        expect(bea.page.get_by_role("dialog", name="Thank you")).to_be_visible()
        bea.page.get_by_role("button", name="Close").click()
        flows.end_room(ann.page)
        ann.page.goto("/#admin")
        report = ann.page.get_by_test_id("report")
        expect(report.get_by_role("heading", name="About a room of Ann")).to_be_visible()
        report.get_by_text("What happened · 2 lines").click()
        expect(report.get_by_test_id("room-log")).to_contain_text("Bea came in")
        assert ann.errors == []
        assert bea.errors == []
