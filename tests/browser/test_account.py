"""One's own account in real browsers: passkeys, devices, everything as a file, the end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.browser import flows
from tests.browser.authenticator import VirtualAuthenticator
from tests.browser.house import House
from tests.browser.person import PHONE, Person, another, person

NUMBER = "010-2345-6789"
NAME = "Zebulon"


@pytest.fixture(scope="module")
def zeb(playwright: Playwright, house: House) -> Iterator[Person]:
    """The founder, signed in by code on a desktop."""
    with person(playwright, house.url) as zeb:
        flows.come_as_founder(house, zeb.page, NUMBER, NAME)
        yield zeb
        # A refused passkey is a 401, which Chromium writes to the console.
        assert [error for error in zeb.errors if "401" not in error] == []


def go(page: Page, row: str) -> None:
    """By the rows of one's own corner."""
    page.goto("/#you")
    page.get_by_role("button", name=row).click()
    expect(page.get_by_role("heading", name=row)).to_be_visible()


def sign_out(page: Page) -> None:
    page.goto("/#you")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Come on over")).to_be_visible()


NO_SUGGESTIONS = """
if (sessionStorage.getItem("no suggestions")) {
  PublicKeyCredential.isConditionalMediationAvailable = async () => false;
}
"""
"""Else the browser may sign in by itself before the button is pressed, as it does for people."""


def suggest(page: Page, suggesting: bool) -> None:
    """Have a browser that suggests passkeys in the number's field, or one that does not."""
    page.evaluate(
        "(on) => on ? sessionStorage.removeItem('no suggestions')"
        " : sessionStorage.setItem('no suggestions', '1')",
        suggesting,
    )


def is_inside(page: Page) -> None:
    expect(page.get_by_role("heading", name="Lights on now")).to_be_visible()


def come_anew_without_suggestions(page: Page) -> None:
    """Load the page again, and wait for it: one that is still coming follows no address."""
    suggest(page, False)
    page.goto("/")
    page.reload()
    is_inside(page)


def test_a_passkey_made_on_the_page_signs_in_without_a_code(house: House, zeb: Person) -> None:
    page, device = zeb.page, VirtualAuthenticator(zeb.page)
    page.add_init_script(NO_SUGGESTIONS)
    come_anew_without_suggestions(page)
    go(page, "Devices and passkeys")
    device.touch(present=True)
    page.get_by_role("button", name="Make a passkey on this device").click()
    made = page.get_by_test_id("passkey")
    expect(made).to_contain_text("not used yet")
    (copy,) = device.credentials()
    page.get_by_role("button", name="Make a passkey on this device").click()
    expect(page.get_by_text("This device has a passkey of yours already.")).to_be_visible()
    device.touch(present=False)
    sign_out(page)

    codes = len(house.lines)
    button = page.get_by_role("button", name="Sign in with a passkey")
    device.touch(present=True)
    device.recognise(owner=False)
    button.click()
    expect(page.get_by_text("No passkey was used.")).to_be_visible()
    device.recognise(owner=True)
    button.click()
    is_inside(page)
    device.touch(present=False)
    sign_out(page)
    device.touch(present=True)
    suggest(page, True)
    page.reload()  # the browser suggests it by itself, and the owner's finger is on the reader
    is_inside(page)
    assert not any("code" in line for line in house.lines[codes:])

    with another(zeb.browser, house.url) as thief:
        stolen = VirtualAuthenticator(thief.page)
        stolen.add(copy)
        stolen.touch(present=True)
        thief.page.goto("/")
        expect(thief.page.get_by_text("There may be a copy of this passkey")).to_be_visible()

    go(page, "Devices and passkeys")
    expect(made).to_contain_text("last used")
    made.get_by_role("button", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove", exact=True).click()
    expect(page.get_by_text("You have no passkey yet.")).to_be_visible()
    device.touch(present=False)
    come_anew_without_suggestions(page)
    sign_out(page)
    device.touch(present=True)
    button.click()
    expect(page.get_by_text("Nobody here has this passkey any more.")).to_be_visible()
    device.touch(present=False)
    flows.sign_in_again(house, page, NUMBER)


def test_a_device_is_signed_out_from_another(house: House, zeb: Person) -> None:
    with another(zeb.browser, house.url, viewport=PHONE) as phone:
        flows.sign_in_again(house, phone.page, NUMBER)
        flows.open_room(phone.page, "On the way")
        go(zeb.page, "Devices and passkeys")
        sessions = zeb.page.get_by_test_id("session")
        expect(sessions).to_have_count(2)
        expect(sessions.filter(has_text="Open now")).to_contain_text("Chrome on Linux")
        zeb.page.get_by_role("button", name="Sign out there").click()
        expect(phone.page.get_by_role("heading", name="Come on over")).to_be_visible()
        expect(sessions).to_have_count(1)
        phone.page.reload()
        expect(phone.page.get_by_role("heading", name="Come on over")).to_be_visible()


def test_passkeys_are_not_offered_where_the_browser_has_none(house: House, zeb: Person) -> None:
    with another(zeb.browser, f"http://127.0.0.1:{house.port}") as other:
        other.page.goto("/")
        expect(other.page.get_by_role("button", name="Send me a code")).to_be_visible()
        expect(other.page.get_by_role("button", name="Sign in with a passkey")).to_have_count(0)


def test_everything_is_taken_home_and_then_erased(
    house: House, zeb: Person, tmp_path: Path
) -> None:
    page = zeb.page
    go(page, "Your data")
    with page.expect_download() as downloading:
        page.get_by_role("button", name="Download everything").click()
    assert downloading.value.suggested_filename == "masil-account.json"
    downloading.value.save_as(tmp_path / "taken.json")
    taken = json.loads((tmp_path / "taken.json").read_text("utf-8"))
    assert taken["kept"]["account"][0]["name"] == NAME
    assert [session["device"] for session in taken["kept"]["sessions"]] == ["Chrome on Linux"]
    assert any(NAME.encode() in part for part in database(house))

    with another(zeb.browser, house.url) as phone:
        flows.sign_in_again(house, phone.page, NUMBER)
        page.get_by_role("button", name="Erase my account").click()
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("you are signed out everywhere")
        expect(dialog).to_contain_text("reports you made, without your name")
        dialog.get_by_role("button", name="Cancel").click()
        page.get_by_role("button", name="Erase my account").click()
        dialog.get_by_role("button", name="Erase it now").click()
        for device in (page, phone.page):
            expect(device.get_by_role("heading", name="Come on over")).to_be_visible()
        expect(page.get_by_text("Your account is erased")).to_be_visible()
    assert not any(NAME.encode() in part for part in database(house))
    flows.prove_number(house, page, NUMBER)
    expect(page.get_by_text("This number is new here.")).to_be_visible()


def database(house: House) -> list[bytes]:
    """The files of the database, byte by byte."""
    return [path.read_bytes() for path in (house.state_dir / "db").iterdir()]
