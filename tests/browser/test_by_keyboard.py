"""Everything that the main job needs, with no pointer: by Tab, Enter and Escape, focus in sight.

And the newcomer's figures: how many taps to talk, how long to read and type before he listens.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.browser import flows
from tests.browser.house import House
from tests.browser.person import PHONE, Person, another, person

ANN, BEA = "010-2345-6789", "010-9876-5432"
TITLE = "By keyboard"
TABS_MAX = 40
FOCUSED = """() => {
  const e = document.activeElement;
  const label = e.labels?.[0]?.innerText.split("\\n")[0];
  const style = getComputedStyle(e);
  const box = e.getBoundingClientRect();
  const after = getComputedStyle(e, "::after");
  const ring = (s) => s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2;
  return {
    name: e.getAttribute("aria-label") ?? label ?? e.innerText ?? "",
    visible: (ring(style) || ring(after)) && box.bottom > 0 && box.top < innerHeight,
    body: e === document.body || e.tagName === "MAIN", // a page that was just opened
  };
}"""


@pytest.fixture(scope="module")
def people(playwright: Playwright, house: House) -> Iterator[tuple[Person, Person]]:
    """Ann, a member, and Bea, whom she let in."""
    with (
        person(playwright, house.url) as ann,
        another(ann.browser, house.url) as bea,
    ):
        flows.come_as_founder(house, ann.page, ANN, "Ann")
        flows.knock(house, bea.page, BEA, "Bea")
        flows.add_contact(ann.page, BEA)
        flows.let_in(ann.page, bea.page, "Bea")
        yield ann, bea


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the focus is on what is called so; all the way it must be in sight."""
    for _ in range(TABS_MAX):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if focused["body"]:
            continue  # the end of the page: the browser's own bar is next
        assert focused["visible"], f"nothing shows that {focused['name']!r} has the focus"
        if name in focused["name"]:
            return
    raise AssertionError(f"{name!r} was not reached by {TABS_MAX} tabs")


def press(page: Page, name: str, key: str = "Enter") -> None:
    tab_to(page, name)
    page.keyboard.press(key)


def test_open_a_room_raise_a_hand_talk_consent_and_leave_by_keyboard(
    people: tuple[Person, Person],
) -> None:
    ann, bea = (each.page for each in people)
    press(ann, "Open a room")
    tab_to(ann, "What is it about?")
    ann.keyboard.type(TITLE)
    ann.keyboard.press("Enter")
    expect(ann.get_by_role("heading", name=TITLE)).to_be_visible()
    flows.hears(ann)
    press(bea, TITLE)
    expect(bea.get_by_role("heading", name=TITLE)).to_be_visible()
    flows.hears(bea)

    press(bea, "Raise hand", "Space")
    press(ann, "Invite Bea to the stage")
    expect(bea.get_by_role("button", name="Turn microphone on")).to_be_visible()
    press(bea, "Turn microphone on", "Space")
    expect(bea.get_by_role("button", name="Turn microphone off")).to_be_focused()
    bea.keyboard.press("Space")
    expect(bea.get_by_role("button", name="Turn microphone on")).to_be_visible()

    press(ann, "Turn captions on")
    press(bea, "Turn on my captions")
    expect(bea.get_by_role("button", name="Turn off my captions")).to_be_visible()
    press(bea, "Leave quietly")
    expect(bea.get_by_role("heading", name="Lights on now")).to_be_visible()

    press(ann, "End the room")
    expect(ann.get_by_role("dialog")).to_be_visible()
    ann.keyboard.press("Escape")
    expect(ann.get_by_role("dialog")).to_have_count(0)
    expect(ann.get_by_role("button", name="End the room")).to_be_focused()
    ann.keyboard.press("Enter")
    press(ann, "End for all")
    expect(ann.get_by_role("heading", name="Lights on now")).to_be_visible()


def test_the_focus_comes_along_to_another_page_and_the_way_is_named(
    people: tuple[Person, Person],
) -> None:
    ann = people[0].page
    press(ann, "You, Ann")
    expect(ann.get_by_role("heading", name="You", exact=True)).to_be_visible()
    expect(ann.locator("main")).to_be_focused()
    expect(ann).to_have_title(re.compile("^You · Masil$"))
    ann.get_by_role("button", name="Back").press("Enter")
    expect(ann.locator("main")).to_be_focused()
    expect(ann).to_have_title("Masil")


def test_who_comes_and_whose_hand_is_up_is_said_to_a_screen_reader(
    people: tuple[Person, Person],
) -> None:
    ann, bea = (each.page for each in people)
    flows.open_room(ann, "Said aloud")
    said = ann.get_by_test_id("said")
    flows.enter_room(bea, "Said aloud")
    expect(said).to_have_text("Bea is here.")
    bea.get_by_role("button", name="Raise hand").click()
    expect(said).to_have_text("Bea raised a hand.")
    bea.get_by_role("button", name="Leave quietly").click()
    expect(said).to_have_text("Bea has left.")
    flows.end_room(ann)


@dataclass
class Effort:
    """What a newcomer reads and types, by an assumed pace."""

    words: int = 0
    letters: int = 0
    taps: int = 0
    seen: set[str] = field(default_factory=set)

    READING_WORDS_PER_S: ClassVar[float] = 200 / 60
    TYPING_LETTERS_PER_S: ClassVar[float] = 2.5  # a phone's keyboard, slowly
    TAP_S: ClassVar[float] = 1.5

    def reads(self, page: Page) -> None:
        """All words of the view that were not there before; of a choice the chosen one."""
        texts: list[str] = page.evaluate(
            """() => { const copy = document.querySelector("#app").cloneNode(true);
            copy.querySelectorAll("option, .skip, .languages").forEach((e) => e.remove());
            const walker = document.createTreeWalker(copy, NodeFilter.SHOW_TEXT);
            const found = []; while (walker.nextNode()) found.push(walker.currentNode.data);
            return found; }"""
        )
        self.words += sum(len(text.split()) for text in texts if text not in self.seen)
        self.seen.update(texts)

    @property
    def seconds(self) -> float:
        return (
            self.words / self.READING_WORDS_PER_S
            + self.letters / self.TYPING_LETTERS_PER_S
            + self.taps * self.TAP_S
        )


def test_from_the_hallway_to_talking_it_takes_three_taps_at_most(
    people: tuple[Person, Person],
) -> None:
    ann = people[0].page
    ann.evaluate(
        """() => { window.taps = 0;
        const count = (e) => { if (e.isTrusted && e.detail > 0) window.taps += 1; };
        addEventListener("click", count, true); }"""
    )
    ann.get_by_role("button", name="Open a room").click()
    ann.keyboard.type("Three taps")  # the field has the focus: no tap for it
    ann.get_by_role("button", name="Open it").click()
    ann.get_by_role("button", name="Turn microphone on").click()
    expect(ann.get_by_role("button", name="Turn microphone off")).to_be_visible()
    taps = ann.evaluate("() => window.taps")
    print(f"hallway to talking: {taps} taps")
    assert taps <= 3
    flows.end_room(ann)


def test_from_a_newcomers_link_to_listening_is_a_minute_of_reading_and_typing(
    house: House, people: tuple[Person, Person]
) -> None:
    ann = people[0]
    flows.open_room(ann.page, "Come and listen")
    inviter = ann.context.new_page()
    inviter.goto("/#invitations")
    inviter.get_by_role("button", name=re.compile("link", re.I)).first.click()
    link = inviter.locator(".link-shown").input_value()
    inviter.close()
    with another(ann.browser, house.url, viewport=PHONE) as cho:
        effort = Effort()
        page = cho.page

        def types(text: str) -> None:
            page.keyboard.type(text)
            effort.letters += len(text)

        page.goto(link)
        number = page.get_by_label("Phone number")
        number.wait_for()
        effort.reads(page)
        page.get_by_label("Country").select_option("KR")
        number.click()
        types("01055550001")
        seen = len(house.lines)
        page.get_by_role("button", name="Send me a code").click()
        page.get_by_label("Six-digit code").wait_for()
        effort.reads(page)
        types(house.code_after(seen))
        page.get_by_role("button", name="Come in").or_(
            page.get_by_role("button", name="Confirm")
        ).click()
        page.get_by_label("Your name").wait_for()
        effort.reads(page)
        types("Cho")
        page.get_by_role("button", name="Come in").click()
        page.get_by_role("heading", name="Lights on now").wait_for()
        effort.reads(page)
        page.get_by_role("button", name="Come and listen").click()
        flows.hears(page)
        # Country, number, code, confirm, come in, the room.
        effort.taps = 6
        print(
            f"newcomer's link to listening: {effort.words} words read, {effort.letters} letters "
            f"typed, {effort.taps} taps: {effort.seconds:.0f} s"
        )
        assert effort.seconds <= 60
    flows.end_room(ann.page)
