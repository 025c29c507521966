"""What people do, step by step through the page, found by the names that a reader would hear."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page, expect

from tests.browser.house import House


def prove_number(house: House, page: Page, number: str) -> None:
    """Type a Korean number, and the code that the operator's terminal shows."""
    seen = len(house.lines)
    page.get_by_label("Country").select_option("KR")
    page.get_by_label("Phone number").fill(number)
    page.get_by_role("button", name="Send me a code").click()
    page.get_by_label("Six-digit code").fill(house.code_after(seen))
    page.get_by_role("button", name="Confirm").click()


def come_as_founder(house: House, page: Page, number: str, name: str) -> None:
    """Open the founder's link of a new house and sign in."""
    page.goto(house.founder_link())
    page.get_by_label("Your name").fill(name)
    prove_number(house, page, number)
    expect(page.get_by_role("heading", name="Lights on now")).to_be_visible()


def sign_in_again(house: House, page: Page, number: str) -> None:
    """A member signs in on a new device."""
    page.goto("/")
    prove_number(house, page, number)
    expect(page.get_by_role("heading", name="Lights on now")).to_be_visible()


def knock(house: House, page: Page, number: str, name: str) -> None:
    """Register as a newcomer; ends on the waiting page."""
    page.goto("/")
    prove_number(house, page, number)
    page.get_by_label("Your name").fill(name)
    page.get_by_role("button", name="Knock on the door").click()
    expect(page.get_by_role("heading", name=f"You are at the door, {name}")).to_be_visible()


def add_contact(page: Page, line: str) -> None:
    """Add one contact by typing it."""
    page.get_by_role("button", name="Contacts").click()
    page.get_by_label("Country").select_option("KR")
    page.get_by_label("Type numbers").fill(line)
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text("1 number added.")).to_be_visible()
    page.get_by_role("button", name="Back").click()


def let_in(member: Page, newcomer: Page, name: str) -> None:
    """The member sees the live alert and lets the newcomer in."""
    expect(member.get_by_text(f"{name} is waiting at the door")).to_be_visible()
    member.get_by_role("button", name="Let in").first.click()
    expect(newcomer.get_by_role("heading", name="Lights on now")).to_be_visible()


def plan_room(page: Page, title: str, in_days: int) -> None:
    """Plan a room for everybody from the hallway."""
    at = datetime.now(UTC) + timedelta(days=in_days)
    page.get_by_role("button", name="Plan a room").click()
    page.get_by_label("What is it about?").fill(title)
    page.get_by_label("When?").fill(at.strftime("%Y-%m-%dT20:30"))
    page.get_by_role("button", name="Plan it").click()
    expect(page.get_by_role("heading", name=title)).to_be_visible()


def open_room(page: Page, title: str) -> None:
    """Open a room and enter it."""
    page.get_by_role("button", name="Open a room").click()
    page.get_by_label("What is it about?").fill(title)
    page.get_by_role("button", name="Open it").click()
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    hears(page)


def enter_room(page: Page, title: str) -> None:
    """Enter by its window in the hallway."""
    page.get_by_role("button", name=title).first.click()
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    hears(page)


def hears(page: Page, within_ms: float = 5_000) -> None:
    """The voices are connected."""
    expect(page.get_by_text("connected", exact=True).first).to_be_visible(timeout=within_ms)


def go_on_stage(host: Page, guest: Page, name: str) -> None:
    """Raise a hand and be invited."""
    guest.get_by_role("button", name="Raise hand").click()
    host.get_by_role("button", name=f"Invite {name} to the stage").first.click()
    expect(guest.get_by_role("button", name="Turn microphone on")).to_be_visible()


def unmute(page: Page) -> None:
    """Turn the own microphone on."""
    page.get_by_role("button", name="Turn microphone on").click()
    expect(page.get_by_role("button", name="Turn microphone off")).to_be_visible()


def ask_in(host: Page, name: str) -> None:
    """Ask a follower into the room."""
    host.get_by_role("button", name="Ask somebody in").click()
    host.get_by_role("button", name=f"Ask {name} in").click()
    expect(host.get_by_text("Asked", exact=True)).to_be_visible()
    host.keyboard.press("Escape")


def end_room(page: Page) -> None:
    """A moderator ends the room for all."""
    page.get_by_role("button", name="End the room").click()
    page.get_by_role("button", name="End for all").click()
    expect(page.get_by_role("heading", name="Lights on now")).to_be_visible()
