"""Scheduled rooms in real Chromium: planned in one time zone, entered in another."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
from playwright.sync_api import Locator, Page, Playwright, expect

from tests.browser import flows
from tests.browser.house import House
from tests.browser.person import PHONE, Person, another, person

ANN_NUMBER, BEA_NUMBER = "010-2345-6731", "010-9876-5431"
SEOUL, NEW_YORK = "Asia/Seoul", "America/New_York"


@pytest.fixture(scope="module")
def ann(playwright: Playwright, house: House) -> Iterator[Person]:
    """The founder, at a desk in Seoul."""
    with person(playwright, house.url, timezone_id=SEOUL) as ann:
        flows.come_as_founder(house, ann.page, ANN_NUMBER, "Ann")
        yield ann
        assert ann.errors == []


@pytest.fixture(scope="module")
def bea(ann: Person, house: House) -> Iterator[Person]:
    """Whom Ann let in, on a phone in New York."""
    with another(ann.browser, house.url, viewport=PHONE, timezone_id=NEW_YORK) as bea:
        flows.knock(house, bea.page, BEA_NUMBER, "Bea")
        flows.add_contact(ann.page, BEA_NUMBER)
        flows.let_in(ann.page, bea.page, "Bea")
        yield bea
        assert bea.errors == []


@pytest.fixture(autouse=True)
def in_the_hallway(ann: Person, bea: Person) -> None:
    for who in (ann, bea):
        who.page.goto("/")
        expect(who.page.get_by_role("heading", name="Lights on now")).to_be_visible()


def room_named(page: Page, title: str) -> Locator:
    """The title of the room that one is in."""
    return page.get_by_role("heading", name=title, level=1)


def fill_when(page: Page, in_minutes: int) -> datetime:
    """Type a time as a reader in Seoul would."""
    at = datetime.now(ZoneInfo(SEOUL)) + timedelta(minutes=in_minutes)
    page.get_by_label("When?").fill(at.strftime("%Y-%m-%dT%H:%M"))
    return at.replace(second=0, microsecond=0)


def plan_soup(page: Page, in_minutes: int) -> datetime:
    page.get_by_role("button", name="Plan a room").click()
    page.get_by_label("What is it about?").fill("Soup on Sunday")
    at = fill_when(page, in_minutes)
    page.get_by_role("button", name="Plan it").click()
    expect(page.get_by_text("It is planned.")).to_be_visible()
    return at


def test_a_planned_room_is_reminded_of_opened_by_one_tap_and_entered(
    ann: Person, bea: Person
) -> None:
    at = plan_soup(ann.page, 12)
    plan = bea.page.get_by_test_id("plan")
    expect(plan.get_by_role("heading", name="Soup on Sunday")).to_be_visible()
    hour = at.astimezone(ZoneInfo(NEW_YORK)).strftime("%-I:%M")
    expect(plan.get_by_role("time")).to_contain_text(hour)
    plan.get_by_role("button", name="Remind me of “Soup on Sunday”").click()
    expect(plan.get_by_role("button", name="You are reminded of")).to_be_visible()
    with bea.page.expect_download() as downloaded:
        plan.get_by_role("link", name="Calendar file of “Soup on Sunday”").click()
    (event,) = icalendar.Calendar.from_ical(downloaded.value.path().read_bytes()).walk("VEVENT")
    assert str(event["summary"]) == "Soup on Sunday"

    mine = ann.page.get_by_test_id("plan")
    mine.get_by_role("button", name="Change “Soup on Sunday”").click()
    fill_when(ann.page, 9)
    ann.page.get_by_role("button", name="Save").click()
    ring = bea.page.get_by_test_id("reminder")  # another time, and at once that it is soon
    expect(ring.get_by_text("“Soup on Sunday” starts soon")).to_be_visible()
    ring.get_by_role("button", name="All right").click()
    expect(ring).to_have_count(0)

    mine.get_by_role("button", name="Open it now").click()
    expect(room_named(ann.page, "Soup on Sunday")).to_be_visible()
    expect(ring.get_by_text("“Soup on Sunday” starts now")).to_be_visible()
    ring.get_by_role("button", name="Go in").click()
    expect(room_named(bea.page, "Soup on Sunday")).to_be_visible()
    flows.hears(bea.page)
    bea.page.get_by_role("button", name="Leave quietly").click()
    expect(plan).to_have_count(0)
    flows.end_room(ann.page)


def test_a_plan_is_cancelled_and_the_calendar_address_taken_back(
    ann: Person, bea: Person, house: House
) -> None:
    plan_soup(ann.page, 120)
    expect(bea.page.get_by_test_id("plan")).to_have_count(1)
    bea.page.get_by_role("button", name="Remind me of “Soup on Sunday”").click()
    bea.page.get_by_role("button", name="In my calendar").click()
    bea.page.get_by_role("button", name="Make an address").click()
    address = bea.page.get_by_label("Your calendar address").input_value()
    assert re.fullmatch(re.escape(house.url) + r"/calendar/[\w-]{32}\.ics", address)
    read = bea.context.request.get(address)
    assert read.headers["content-type"].startswith("text/calendar")
    assert len(icalendar.Calendar.from_ical(read.body()).walk("VEVENT")) == 1
    bea.page.get_by_role("button", name="Take it back").click()
    expect(bea.page.get_by_label("Your calendar address")).to_be_hidden()
    assert bea.context.request.get(address).status == 404
    bea.page.keyboard.press("Escape")

    ann.page.get_by_role("button", name="Change “Soup on Sunday”").click()
    ann.page.get_by_role("button", name="Cancel this room").click()
    ann.page.get_by_role("button", name="Yes, cancel it").click()
    for who in (ann, bea):
        expect(who.page.get_by_test_id("plan")).to_have_count(0)
    ring = bea.page.get_by_test_id("reminder")
    expect(ring.get_by_text("“Soup on Sunday” will not take place")).to_be_visible()
    ring.get_by_role("button", name="All right").click()
    database = sqlite3.connect(house.state_dir / "db" / "masil.sqlite3")
    counted = "SELECT (SELECT count(*) FROM scheduled_room), (SELECT count(*) FROM reminder)"
    left = database.execute(counted + ", (SELECT count(*) FROM calendar_feed)").fetchone()
    database.close()
    assert left == (0, 0, 0)
