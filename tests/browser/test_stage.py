"""Hosting, as hosts and their people see it; and a room that survives the gate with all of it."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Locator, Page, Playwright, expect

from tests.browser import flows
from tests.browser.audio import warble, write_wav
from tests.browser.house import House
from tests.browser.person import Person, person

NUMBERS = {"Ann": "010-2345-6789", "Bea": "010-9876-5432", "Cho": "010-5555-0001"}
BACK_WITHIN_S = 5.0


@pytest.fixture(scope="module")
def people(
    playwright: Playwright, house: House, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[Person]]:
    """Ann, Bea and Cho, in the hallway."""
    sounds = tmp_path_factory.mktemp("sounds")
    with ExitStack() as stack:
        found = {
            name: stack.enter_context(
                person(playwright, house.url, write_wav(sounds / f"{name}.wav", warble(n + 1)))
            )
            for n, name in enumerate(NUMBERS)
        }
        ann = found["Ann"].page
        flows.come_as_founder(house, ann, NUMBERS["Ann"], "Ann")
        for name in ("Bea", "Cho"):
            flows.knock(house, found[name].page, NUMBERS[name], name)
            flows.add_contact(ann, NUMBERS[name])
            flows.let_in(ann, found[name].page, name)
        yield list(found.values())


def meet(people: list[Person], title: str) -> list[Page]:
    """Ann opens a room; Bea and Cho enter it."""
    pages = [each.page for each in people]
    flows.open_room(pages[0], title)
    for page in pages[1:]:
        flows.enter_room(page, title)
    return pages


def act_on(host: Page, name: str, action: str) -> None:
    """By the button beside a face."""
    host.get_by_role("button", name=f"Actions for {name}").click()
    host.get_by_role("dialog").get_by_role("button", name=action, exact=True).click()


def room_menu(host: Page, choice: str) -> Locator:
    """Open the room's menu and choose; the dialog, where it stays."""
    host.get_by_role("button", name="Room menu").click()
    dialog = host.get_by_role("dialog")
    dialog.get_by_role("button", name=choice).click()
    return dialog


def hallway(page: Page) -> Locator:
    return page.get_by_role("heading", name="Lights on now")


def test_a_muted_speaker_asks_and_opens_the_microphone_when_allowed(people: list[Person]) -> None:
    ann, bea, cho = meet(people, "Mutes that hold")
    flows.go_on_stage(ann, bea, "Bea")
    flows.unmute(bea)
    act_on(ann, "Bea", "Mute")
    expect(bea.get_by_text("A host muted you", exact=True)).to_be_visible()
    expect(bea.get_by_role("button", name="Turn microphone on")).to_have_count(0)
    bea.get_by_role("button", name="Ask to unmute").click()
    expect(bea.get_by_text("You asked to unmute. A host sees it.")).to_be_visible()
    expect(cho.get_by_text("asks to unmute")).to_be_visible()
    expect(cho.get_by_role("button", name="Allow Bea to unmute")).to_have_count(0)
    ann.get_by_role("button", name="Allow Bea to unmute").click()
    flows.unmute(bea)

    room_menu(ann, "Mute all speakers")
    expect(bea.get_by_text("A host muted you", exact=True)).to_be_visible()
    # Tapped on the face this time: the person, and what a host can do about him.
    ann.get_by_test_id("stage").get_by_role("button", name="Bea", exact=False).first.click()
    ann.get_by_role("dialog").get_by_role("button", name="Allow to unmute").click()
    flows.unmute(bea)
    flows.end_room(ann)


def test_a_queue_of_hands_shows_each_his_place(people: list[Person]) -> None:
    ann, bea, cho = meet(people, "Hands in order")
    for page in (bea, cho):
        page.get_by_role("button", name="Raise hand").click()
        expect(page.get_by_role("button", name="Lower hand")).to_be_visible()
    expect(cho.get_by_text("number 2 in line")).to_be_visible()
    ann.get_by_role("button", name="Invite Bea to the stage").click()
    expect(cho.get_by_text("number 1 in line")).to_be_visible()
    flows.end_room(ann)


def test_a_host_hands_over_by_keyboard_and_steps_down(people: list[Person]) -> None:
    ann, bea, _ = meet(people, "Two hosts")
    flows.go_on_stage(ann, bea, "Bea")
    expect(ann.get_by_role("button", name="Back to the audience")).to_have_count(0)
    ann.get_by_role("button", name="Actions for Bea").focus()
    ann.keyboard.press("Enter")
    ann.get_by_role("dialog").get_by_role("button", name="Make a host").focus()
    ann.keyboard.press("Enter")
    expect(bea.get_by_text("You are a host of this room now")).to_be_visible()
    ann.get_by_role("button", name="Back to the audience").click()
    expect(ann.get_by_role("button", name="Raise hand")).to_be_visible()
    expect(bea.get_by_role("button", name="Room menu")).to_be_visible()
    flows.end_room(bea)
    expect(hallway(ann)).to_be_visible()


def test_who_is_removed_or_banned_is_told_and_a_locked_door_stays_shut(
    people: list[Person],
) -> None:
    ann, bea, cho = meet(people, "Order")
    act_on(ann, "Bea", "Remove from the room")
    ann.get_by_role("dialog").get_by_role("button", name="Remove", exact=True).click()
    expect(bea.get_by_text("A host removed you from the room")).to_be_visible()
    expect(hallway(bea)).to_be_visible()
    room_menu(ann, "Lock the room")
    expect(cho.get_by_text("Locked: nobody new can come in")).to_be_visible()
    bea.get_by_role("button", name="Order").first.click()
    expect(bea.get_by_text("This room is locked")).to_be_visible()
    bea.get_by_role("button", name="To the hallway").click()
    room_menu(ann, "Unlock the room")
    expect(cho.get_by_text("Locked: nobody new can come in")).to_have_count(0)
    flows.enter_room(bea, "Order")

    act_on(ann, "Bea", "Ban from the room")
    ann.get_by_role("dialog").get_by_role("button", name="Ban", exact=True).click()
    expect(bea.get_by_text("A host banned you from the room")).to_be_visible()
    bea.get_by_role("button", name="Order").first.click()
    expect(bea.get_by_text("A host banned you from this room.")).to_be_visible()
    bea.get_by_role("button", name="To the hallway").click()
    dialog = room_menu(ann, "Banned people")
    dialog.get_by_role("button", name="Let Bea come in again").click()
    expect(dialog.get_by_text("Nobody is banned from this room.")).to_be_visible()
    ann.keyboard.press("Escape")
    flows.enter_room(bea, "Order")
    flows.end_room(ann)


def test_a_killed_gate_is_back_with_roles_hands_holds_bans_and_lock_in_five_seconds(
    house: House, people: list[Person]
) -> None:
    ann, bea, cho = meet(people, "Storm")
    flows.go_on_stage(ann, bea, "Bea")
    act_on(ann, "Bea", "Mute")
    bea.get_by_role("button", name="Ask to unmute").click()
    cho.get_by_role("button", name="Raise hand").click()
    room_menu(ann, "Lock the room")
    expect(ann.get_by_role("button", name="Invite Cho to the stage")).to_be_visible()
    expect(cho.get_by_text("Locked: nobody new can come in")).to_be_visible()

    house.kill("gate")
    began = time.monotonic()
    for page in (ann, bea, cho):
        expect(page.get_by_text("reconnecting").first).to_be_visible()
    for page in (ann, bea, cho):
        flows.hears(page, within_ms=20_000)
    took_s = time.monotonic() - began
    print(f"all three were back, and heard, {took_s:.2f} s after the gate was killed")
    assert took_s < BACK_WITHIN_S
    expect(ann.get_by_role("button", name="Room menu")).to_be_visible()
    expect(ann.get_by_role("button", name="Allow Bea to unmute")).to_be_visible()
    expect(ann.get_by_role("button", name="Invite Cho to the stage")).to_be_visible()
    expect(bea.get_by_text("A host muted you", exact=True)).to_be_visible()
    expect(cho.get_by_text("number 1 in line")).to_be_visible()
    expect(cho.get_by_text("Locked: nobody new can come in")).to_be_visible()
    flows.end_room(ann)


def test_who_was_away_is_told_what_happened_meanwhile(people: list[Person]) -> None:
    ann, bea, _ = meet(people, "Away")
    room = bea.url
    flows.go_on_stage(ann, bea, "Bea")
    bea.goto("about:blank")
    expect(ann.get_by_text("coming back…")).to_be_visible()
    act_on(ann, "Bea", "Move to the audience")
    bea.goto(room)
    expect(bea.get_by_text("While you were away: you were moved to the audience")).to_be_visible()
    expect(bea.get_by_role("button", name="Raise hand")).to_be_visible()
    flows.hears(bea)

    # A network that is gone without a word: the gate sees the old socket, the page the difference.
    flows.go_on_stage(ann, bea, "Bea")
    expect(bea.get_by_text("You are on stage, muted")).to_be_visible()
    people[1].context.set_offline(True)
    expect(bea.get_by_text("This device is offline")).to_be_visible()
    act_on(ann, "Bea", "Make a host")
    people[1].context.set_offline(False)
    # Where the gate was quicker to see her gone, it tells her what she missed.
    told = re.compile("You are a host of this room now|you became a host")
    expect(bea.get_by_text(told)).to_be_visible()
    flows.end_room(ann)
