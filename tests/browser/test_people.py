"""People in real browsers: profiles, blocks and reports, as two who know each other use them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.browser import flows
from tests.browser.house import House
from tests.browser.person import PHONE, Person, another, person

BEA_NUMBER = "010-9876-5411"


@pytest.fixture(scope="module")
def ann(playwright: Playwright, house: House) -> Iterator[Person]:
    """The founder, at a desk."""
    with person(playwright, house.url) as ann:
        flows.come_as_founder(house, ann.page, "010-2345-6711", "Ann")
        yield ann
        assert ann.errors == []


@pytest.fixture(scope="module")
def bea(ann: Person, house: House) -> Iterator[Person]:
    """Whom Ann let in, on a phone."""
    with another(ann.browser, house.url, viewport=PHONE) as bea:
        flows.knock(house, bea.page, BEA_NUMBER, "Bea")
        flows.add_contact(ann.page, BEA_NUMBER)
        flows.let_in(ann.page, bea.page, "Bea")
        yield bea
        assert bea.errors == []


def open_own(page: Page, row: str) -> None:
    """One of the pages of one's own."""
    page.goto("/#you")
    page.get_by_role("navigation", name="You").get_by_role("button", name=row).click()


def look_at(page: Page, name: str) -> None:
    """Open the page of somebody whose face is in a window of the hallway."""
    page.goto("/")
    page.get_by_role("button", name=f"About {name}").first.click()
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()


def block(page: Page, name: str) -> None:
    page.get_by_role("button", name="Block", exact=True).click()
    expect(page.get_by_role("heading", name=f"Block {name}?")).to_be_focused()
    page.get_by_role("button", name="Block", exact=True).click()
    expect(page.get_by_text(f"You have blocked {name}.")).to_be_visible()


def test_who_let_somebody_in_is_read_on_the_page_until_either_hides_it(
    ann: Person, bea: Person
) -> None:
    flows.open_room(bea.page, "Of Bea")
    look_at(ann.page, "Bea")
    let_in = ann.page.get_by_test_id("person").get_by_role("button", name="About Ann")
    expect(let_in).to_be_visible()
    flows.end_room(bea.page)

    open_own(bea.page, "Profile")
    bea.page.get_by_label("A few words about you").fill("Soup,\nand long walks.")
    bea.page.get_by_role("button", name="Save").click()
    expect(bea.page.get_by_text("Saved.")).to_be_visible()
    told = bea.page.get_by_text("It says: let in by Ann.")
    bea.page.get_by_label("My profile says who let me in").uncheck()
    expect(told).to_be_hidden()
    ann.page.reload()
    expect(ann.page.get_by_text("Soup, and long walks.")).to_be_visible()
    expect(let_in).to_be_hidden()

    bea.page.get_by_label("My profile says who let me in").check()
    expect(told).to_be_visible()
    open_own(ann.page, "Profile")
    ann.page.get_by_label("My name is on the profiles of people I let in").uncheck()
    bea.page.get_by_role("button", name="See it as others do").click()
    expect(bea.page.get_by_text("Soup, and long walks.")).to_be_visible()
    expect(bea.page.get_by_text("Let in by")).to_be_hidden()


def test_a_block_takes_the_rooms_of_each_from_the_others_hallway_while_they_look(
    ann: Person, bea: Person
) -> None:
    """Each has a second tab, so that both have a room open and both stand in the hallway."""
    with ann.context.new_page() as ann_room, bea.context.new_page() as bea_room:
        ann_room.goto("/")
        bea_room.goto("/")
        flows.open_room(ann_room, "Of Ann")
        flows.open_room(bea_room, "Of Bea")
        windows = [page.page.get_by_test_id("room-card") for page in (ann, bea)]
        for who in (ann, bea):
            who.page.goto("/")
        for seen in windows:
            expect(seen).to_have_count(2)

        with ann.context.new_page() as ann_people:
            look_at(ann_people, "Bea")
            ann_people.get_by_role("button", name="Follow", exact=True).click()
            expect(ann_people.get_by_role("button", name="Stop following")).to_be_visible()
            block(ann_people, "Bea")
            for who, seen in zip((ann, bea), windows, strict=True):
                expect(seen).to_have_count(1)
                own = "Of Ann" if who is ann else "Of Bea"
                expect(who.page.get_by_role("button", name=own)).to_be_visible()
            expect(bea.page.get_by_test_id("notice")).to_have_count(0)

            open_own(ann_people, "People")
            expect(ann_people.get_by_text("You follow nobody yet.")).to_be_visible()
            ann_people.get_by_role("button", name="Blocked").click()
            ann_people.get_by_role("button", name="Lift the block on Bea").click()
            expect(ann_people.get_by_text("You have blocked nobody.")).to_be_visible()
        for seen in windows:
            expect(seen).to_have_count(2)
        flows.end_room(ann_room)
        flows.end_room(bea_room)


def test_a_report_from_a_room_reaches_the_admins_and_a_new_name_everybody(
    ann: Person, bea: Person, house: House
) -> None:
    for who in (ann, bea):
        who.page.goto("/")
    flows.open_room(bea.page, "Quiet")
    flows.enter_room(ann.page, "Quiet")

    seat = bea.page.get_by_role("button", name="About Bea")
    seat.focus()
    bea.page.keyboard.press("Enter")
    bea.page.get_by_label("Name").fill("Bea Moon")
    bea.page.keyboard.press("Enter")
    expect(ann.page.get_by_test_id("stage").get_by_text("Bea Moon")).to_be_visible()
    bea.page.keyboard.press("Escape")
    expect(bea.page.get_by_role("button", name="About Bea Moon")).to_be_focused()

    ann.page.get_by_role("button", name="About Bea Moon").click()
    ann.page.get_by_role("dialog").get_by_role("button", name="Report", exact=True).click()
    ann.page.get_by_label("Harassment").check()
    ann.page.get_by_label("What happened?").fill("She would\nnot stop.")
    expect(ann.page.get_by_label("It is about this room")).to_be_checked()
    ann.page.get_by_role("button", name="Send report").click()
    expect(ann.page.get_by_role("heading", name="Thank you")).to_be_focused()
    ann.page.keyboard.press("Escape")
    expect(bea.page.get_by_test_id("notice")).to_have_count(0)

    database = sqlite3.connect(house.state_dir / "db" / "masil.sqlite3")
    with database:
        kept = database.execute("SELECT reason, statement, room_id FROM report").fetchall()
    database.close()
    assert kept == [("harassment", "She would not stop.", ann.page.url.rsplit("/", 1)[1])]

    ann.page.get_by_role("button", name="Leave quietly").click()
    open_own(ann.page, "Order in the house")
    expect(ann.page.get_by_test_id("report").get_by_text("About Bea Moon")).to_be_visible()
    flows.end_room(bea.page)


def test_an_admin_hands_somebody_his_data_and_erases_him(ann: Person, bea: Person) -> None:
    for who in (ann, bea):
        who.page.goto("/")
    open_own(ann.page, "Order in the house")
    row = ann.page.get_by_test_id("member").filter(has_text="Bea")
    row.get_by_text("More", exact=True).click()
    row.get_by_role("button", name="Save what is kept about").click()
    with ann.page.expect_download() as downloading:
        ann.page.get_by_role("dialog").get_by_role("button", name="Data").click()
    kept = json.loads(downloading.value.path().read_text("utf-8"))["kept"]
    assert [account["name"] for account in kept["account"]] == ["Bea Moon"]
    row.get_by_role("button", name="Erase").click()
    ann.page.get_by_role("dialog").get_by_role("button", name="Erase").click()
    expect(row).to_have_count(0)
    expect(bea.page.get_by_role("heading", name="Come on over")).to_be_visible()
