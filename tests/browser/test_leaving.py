"""The only host leaves: told first who takes over or that the room ends, then it is so."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.browser import flows
from tests.browser.house import House
from tests.browser.person import another, person

NUMBERS = ("010-2345-6741", "010-9876-5441", "010-5555-5441")
HEIR = "If you leave, Bea takes over as host and the talk goes on."
ENDS = "Nobody else is on stage. If you leave, the room ends for everybody in it."


@pytest.fixture(scope="module")
def ann_and_bea(playwright: Playwright, house: House) -> Iterator[tuple[Page, Page]]:
    """The founder, and whom she let in and who follows her."""
    with person(playwright, house.url) as ann, another(ann.browser, house.url) as bea:
        flows.come_as_founder(house, ann.page, NUMBERS[0], "Ann")
        flows.knock(house, bea.page, NUMBERS[1], "Bea")
        flows.add_contact(ann.page, NUMBERS[1])
        flows.let_in(ann.page, bea.page, "Bea")
        yield ann.page, bea.page
        assert ann.errors == []
        assert bea.errors == []


def leave(page: Page) -> None:
    """By the button of the room's head."""
    page.get_by_role("banner").get_by_role("button", name="Leave quietly").press("Enter")


def in_hallway(page: Page) -> None:
    expect(page.get_by_role("heading", name="Lights on now")).to_be_visible()


def test_alone_or_as_a_guest_one_leaves_with_one_tap(ann_and_bea: tuple[Page, Page]) -> None:
    ann, bea = ann_and_bea
    flows.open_room(ann, "Nobody came")
    flows.enter_room(bea, "Nobody came")
    leave(bea)
    in_hallway(bea)
    # Alone as far as her page knows, too: else she is asked what becomes of the room.
    expect(ann.get_by_text("Nobody is listening yet.")).to_be_visible()
    leave(ann)
    in_hallway(ann)


def test_where_only_listeners_are_left_the_host_is_told_that_the_room_ends(
    ann_and_bea: tuple[Page, Page],
) -> None:
    ann, bea = ann_and_bea
    flows.open_room(ann, "Ends with Ann")
    flows.enter_room(bea, "Ends with Ann")
    leave(ann)
    dialog = ann.get_by_role("dialog", name="You are the only host")
    expect(dialog.get_by_text(ENDS)).to_be_visible()
    ann.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(ann.get_by_role("button", name="Leave quietly")).to_be_focused()
    expect(ann.get_by_test_id("room")).to_be_visible()

    leave(ann)
    dialog.get_by_role("button", name="Stay").click()
    expect(dialog).to_have_count(0)
    leave(ann)
    dialog.get_by_role("button", name="Leave quietly").click()
    in_hallway(ann)
    in_hallway(bea)
    expect(bea.get_by_text("The room is over. Nothing of it was kept.")).to_be_visible()


def test_the_heir_is_named_as_things_stand_and_is_the_host_afterwards(
    ann_and_bea: tuple[Page, Page],
) -> None:
    ann, bea = ann_and_bea
    flows.open_room(ann, "Goes on with Bea")
    flows.enter_room(bea, "Goes on with Bea")
    bea.get_by_role("button", name="Raise hand").click()
    ann.get_by_role("button", name="Invite Bea to the stage").first.click()
    expect(bea.get_by_role("button", name="Turn microphone on")).to_be_visible()
    leave(ann)
    dialog = ann.get_by_role("dialog", name="You are the only host")
    expect(dialog.get_by_text(HEIR)).to_be_visible()
    # The question follows what happens meanwhile.
    bea.get_by_role("button", name="Back to the audience").click()
    expect(dialog.get_by_text(ENDS)).to_be_visible()
    leave(bea)
    in_hallway(bea)
    expect(dialog).to_have_count(0)

    flows.enter_room(bea, "Goes on with Bea")
    flows.go_on_stage(ann, bea, "Bea")
    leave(ann)
    expect(dialog.get_by_text(HEIR)).to_be_visible()
    dialog.get_by_role("button", name="Leave quietly").press("Enter")
    in_hallway(ann)
    expect(bea.get_by_role("button", name="Room menu")).to_be_visible()
    flows.end_room(bea)


def test_going_where_one_is_asked_in_is_leaving_too(
    ann_and_bea: tuple[Page, Page], house: House
) -> None:
    ann, bea = ann_and_bea
    assert ann.context.browser
    with another(ann.context.browser, house.url) as cho:
        flows.knock(house, cho.page, NUMBERS[2], "Cho")
        flows.add_contact(ann, NUMBERS[2])
        flows.let_in(ann, cho.page, "Cho")
        flows.open_room(bea, "Of Bea")
        ann.get_by_role("button", name="About Bea").first.click()
        ann.get_by_role("button", name="Follow", exact=True).click()
        expect(ann.get_by_role("button", name="Stop following")).to_be_visible()
        ann.get_by_role("button", name="Back").click()
        flows.open_room(ann, "Of Ann")
        flows.enter_room(cho.page, "Of Ann")

        flows.ask_in(bea, "Ann")
        toast = ann.get_by_test_id("ping-toast")
        toast.get_by_role("button", name="Go in").press("Enter")
        dialog = ann.get_by_role("dialog", name="You are the only host")
        expect(dialog.get_by_text(ENDS)).to_be_visible()
        ann.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
        expect(toast.get_by_role("button", name="Go in")).to_be_focused()
        expect(ann.get_by_role("heading", name="Of Ann")).to_be_visible()
        toast.get_by_role("button", name="Go in").press("Enter")
        dialog.get_by_role("button", name="Leave quietly").click()
        expect(ann.get_by_role("heading", name="Of Bea")).to_be_visible()
        expect(toast).to_have_count(0)
        in_hallway(cho.page)
    leave(ann)
    in_hallway(ann)
    flows.end_room(bea)
