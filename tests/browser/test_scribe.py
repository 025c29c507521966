"""The scribe in real Chromium: seen by all, told of, refused, asked what was said, and gone.

By typed turns, which need no speech model, so that this runs on every machine; what is spoken goes
the same way from the analysis process on (test_main_job).
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, Playwright, expect

from tests.browser import flows
from tests.browser.house import House
from tests.browser.person import PHONE, Person, another, person

ANN_NUMBER, BEA_NUMBER = "010-2345-6789", "010-9876-5432"
BREAD = "The bakery sells sourdough bread until the evening."
TUNNEL = "The harbour tunnel needs another ventilation shaft."
HALF_MINUTE_S = 30.0
UNSEEN_PX = """() => document.documentElement.scrollHeight
  - document.getElementById("app").getBoundingClientRect().bottom - scrollY"""
RIBBON_WITHIN_MS = 45_000
"""A stretch of talk is shown when its first half minute is over, at the next look."""


@pytest.fixture(scope="module")
def ann_and_bea(playwright: Playwright, house: House) -> Iterator[tuple[Person, Person]]:
    """A host at a desktop; a member with a phone, still in the hallway."""
    with (
        person(playwright, house.url) as ann,
        another(ann.browser, house.url, viewport=PHONE) as bea,
    ):
        flows.come_as_founder(house, ann.page, ANN_NUMBER, "Ann")
        flows.add_contact(ann.page, f"Bea {BEA_NUMBER}")
        flows.knock(house, bea.page, BEA_NUMBER, "Bea")
        flows.let_in(ann.page, bea.page, "Bea")
        yield ann, bea
        assert ann.errors == []
        assert bea.errors == []


def say(page: Page, text: str, times: int = 1) -> None:
    """Typed turns, at a desktop."""
    page.get_by_role("tab", name=re.compile("^Chat")).click()
    page.get_by_label("Say it on stage").check()
    for _ in range(times):
        field = page.get_by_role("textbox", name="Write")
        field.fill(text)
        field.press("Enter")
        expect(field).to_have_value("")
    page.get_by_role("tab", name="Captions").click()


def notice(page: Page, text: str) -> None:
    expect(page.get_by_test_id("notice").get_by_text(text)).to_be_visible()


def test_the_scribe_comes_is_asked_and_goes(ann_and_bea: tuple[Person, Person]) -> None:
    ann, bea = (each.page for each in ann_and_bea)
    flows.open_room(ann, "Bread")
    ann.get_by_role("button", name="Turn captions on").click()
    notice(ann, "The scribe came in.")
    ann.get_by_role("button", name="Turn on my captions").click()
    say(ann, BREAD, 3)

    # Who comes late is told before he is heard, and reads what the room allows.
    flows.enter_room(bea, "Bread")
    notice(bea, "The scribe is in this room.")
    expect(bea.get_by_test_id("caption").filter(has_text=BREAD)).to_have_count(3)
    topic = bea.get_by_test_id("topics").get_by_role("button", name="bread").first
    topic.click()
    dialog = bea.get_by_role("dialog")
    expect(dialog.get_by_text(BREAD).first).to_be_visible()
    expect(dialog.get_by_role("button", name="Hide this word")).to_have_count(0)
    bea.keyboard.press("Escape")

    # A host hides a word, and shows it again at the scribe's seat.
    name = ann.get_by_test_id("topics").get_by_role("button").first
    term = name.inner_text()
    name.click()
    ann.get_by_role("dialog").get_by_role("button", name="Hide this word").click()
    for page in (ann, bea):
        expect(page.get_by_test_id("topics").get_by_text(term, exact=True)).to_have_count(0)
    ann.get_by_role("button", name="About the scribe").click()
    ann.get_by_role("button", name=f"Show “{term}” again").click()
    ann.keyboard.press("Escape")
    expect(bea.get_by_test_id("topics").get_by_text(term, exact=True)).to_be_visible()

    # A speaker would like it to leave; a host lets it stay, and sends it away after all.
    flows.go_on_stage(ann, bea, "Bea")
    bea.get_by_role("button", name="About the scribe").click()
    bea.get_by_role("button", name="Ask for the scribe to leave").click()
    expect(bea.get_by_text("A host decides.")).to_be_visible()
    bea.keyboard.press("Escape")
    ann.get_by_role("button", name="About the scribe").click()
    expect(ann.get_by_text("Bea would like the scribe to leave")).to_be_visible()
    ann.get_by_role("button", name="Let it stay").click()
    expect(ann.get_by_text("Bea would like the scribe to leave")).to_have_count(0)
    ann.get_by_role("button", name="Send it away").click()
    for page in (ann, bea):
        notice(page, "The scribe left.")
        expect(page.get_by_test_id("caption")).to_have_count(0)

    # Each consent is noted, for its own person, without a word of it.
    flows.end_room(ann)
    ann.goto("/#consents")
    expect(ann.get_by_test_id("receipt")).to_have_count(1)
    expect(ann.get_by_test_id("receipt")).to_contain_text("Wording 1")
    with ann.expect_download() as saved:
        ann.get_by_role("button", name="Save as a file").click()
    (receipt,) = json.loads(saved.value.path().read_text())["receipts"]
    assert receipt["version"] == 1
    assert receipt["withdrawnAtMs"] >= receipt["grantedAtMs"]
    assert "bakery" not in saved.value.path().read_text()
    bea.goto("/#consents")
    expect(bea.get_by_text("You have never let the scribe hear you.")).to_be_visible()


def test_traits_are_ones_own_until_they_are_shown(ann_and_bea: tuple[Person, Person]) -> None:
    ann, bea = (each.page for each in ann_and_bea)
    for page in (ann, bea):
        page.goto("/")
    bea.set_viewport_size({"width": 1280, "height": 800})
    flows.open_room(ann, "Bread")
    flows.enter_room(bea, "Bread")
    flows.go_on_stage(ann, bea, "Bea")
    ann.get_by_role("button", name="Turn captions on").click()
    for page in (ann, bea):
        page.get_by_role("button", name="Turn on my captions").click()
    say(ann, BREAD, 4)
    say(bea, TUNNEL, 4)
    ann.get_by_role("button", name="About the scribe").click()
    mine = ann.get_by_test_id("traits")
    expect(mine.get_by_text("bread")).to_be_visible(timeout=15_000)
    expect(mine.get_by_text("tunnel")).to_have_count(0)
    bea.get_by_test_id("stage").get_by_role("button", name=re.compile("Ann")).first.click()
    expect(bea.get_by_test_id("traits")).to_have_count(0)
    bea.keyboard.press("Escape")
    ann.get_by_label("Show this to the room").check()
    bea.get_by_test_id("stage").get_by_role("button", name=re.compile("Ann")).first.click()
    expect(bea.get_by_test_id("traits").get_by_text("bread")).to_be_visible()
    bea.keyboard.press("Escape")
    ann.keyboard.press("Escape")
    # Another language under the same consent: nothing of it goes, and it is noted.
    spoken = ann.get_by_label("I speak")
    spoken.select_option("ko")
    expect(spoken.get_by_role("option", name="any language")).to_have_count(0)
    expect(bea.get_by_test_id("caption").filter(has_text=BREAD)).to_have_count(4)
    ann.get_by_role("button", name="Turn off my captions").click()
    spoken.select_option("")
    bea.get_by_test_id("stage").get_by_role("button", name=re.compile("Ann")).first.click()
    expect(bea.get_by_test_id("traits")).to_have_count(0)
    expect(bea.get_by_test_id("caption").filter(has_text=BREAD)).to_have_count(0)
    ann.goto("/#consents")
    expect(ann.get_by_test_id("receipt").filter(has_text="Language: Korean")).to_have_count(1)


def test_the_ribbon_and_what_was_missed(ann_and_bea: tuple[Person, Person]) -> None:
    """Half a minute of talk of which somebody heard nothing, and a line while she was away."""
    ann, bea = (each.page for each in ann_and_bea)
    for page in (ann, bea):
        page.goto("/")
    flows.open_room(ann, "Tunnels")
    ann.get_by_role("button", name="Turn captions on").click()
    ann.get_by_role("button", name="Turn on my captions").click()
    say(ann, TUNNEL, 3)
    segment = ann.get_by_test_id("ribbon").get_by_test_id("segment")
    expect(segment).to_have_count(1, timeout=RIBBON_WITHIN_MS)
    expect(segment).to_have_accessible_name(re.compile("ventilation.*since"))
    segment.click()
    expect(ann.get_by_role("dialog").get_by_text(TUNNEL).first).to_be_visible()
    ann.keyboard.press("Escape")
    say(ann, TUNNEL)
    again_at = time.monotonic()

    flows.enter_room(bea, "Tunnels")
    came_late = missed(bea)
    expect(came_late.get_by_text("You came at")).to_be_visible()
    expect(came_late.get_by_role("listitem").filter(has_text="ventilation").first).to_be_visible()
    expect(came_late.get_by_text(TUNNEL).first).to_be_visible()
    bea.keyboard.press("Escape")

    bea.get_by_role("button", name="Leave quietly").click()
    say(ann, BREAD)
    flows.enter_room(bea, "Tunnels")
    was_away = missed(bea)
    expect(was_away.get_by_text("You were away from")).to_be_visible()
    expect(was_away.get_by_text(BREAD)).to_be_visible()
    expect(was_away.get_by_text(TUNNEL)).to_have_count(0)
    # Loaded anew, the page was away since then only.
    bea.reload()
    loaded_anew = missed(bea)
    expect(loaded_anew.get_by_text("You were away from")).to_be_visible()
    expect(loaded_anew.get_by_text(BREAD)).to_have_count(0)
    bea.keyboard.press("Escape")

    # However much is said, a page is as tall as what is seen of it.
    for _ in range(3):
        ann.get_by_role("button", name="Larger letters").click()
    ann.set_viewport_size({"width": 1280, "height": 500})
    say(ann, BREAD, 3)
    assert ann.evaluate(UNSEEN_PX) <= 1

    # Said together in two half minutes, and not in the third: they go together.
    ann.wait_for_timeout(max(0.0, HALF_MINUTE_S - (time.monotonic() - again_at)) * 1000)
    say(ann, BREAD)
    for page in (ann, bea):
        page.get_by_role("button", name="How they go together").click(timeout=15_000)
        pairs = page.get_by_test_id("map-pairs").get_by_role("listitem")
        expect(
            pairs.filter(has_text="tunnel").filter(has_text="ventilation").first
        ).to_be_attached()
        page.keyboard.press("Escape")

    ann.get_by_role("button", name="Turn off my captions").click()
    for page in (ann, bea):
        expect(page.get_by_test_id("segment")).to_have_count(0)


def missed(page: Page) -> Locator:
    """The answer to the question of whoever was not there."""
    page.get_by_role("button", name="What did I miss?").click()
    return page.get_by_test_id("missed")
