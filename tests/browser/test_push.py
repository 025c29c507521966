"""Told while the page is closed: a real gate, a real HTTPS push service, a real service worker.

Only `PushManager.subscribe` is stood in for (see push_shim.js). The gate encrypts and posts; the
push service's end decrypts; what it read is handed to Chromium as its own push service would.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.browser import flows
from tests.browser.house import House
from tests.browser.person import PHONE, at_desktop, person
from tests.browser.push import Worker, arrived, reached_by, running_push_service
from tests.fakes.desktop import Desktop, desktop
from tests.fakes.push_service import PushService

ANN, BEA, CHO = "010-2345-6789", "010-9876-5432", "010-5555-0001"
ALLOWED = ["microphone", "notifications"]
LET_IN, OPEN = "Let in", "The door is open"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PushService]:
    with running_push_service(tmp_path_factory.mktemp("push")) as service:
        yield service


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, service: PushService) -> Iterator[House]:
    """A house whose operator vouches for the push service on this machine."""
    house = House(
        tmp_path_factory.mktemp("house"),
        "tiny",
        SSL_CERT_FILE=str(service.certificate),
        MASIL_PUSH_ALLOWED_HOSTS='["localhost"]',
    )
    try:
        yield house
    finally:
        house.close()


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Desktop]:
    with desktop(tmp_path) as screen:
        yield screen


def turn_on(page: Page, name: str) -> None:
    switch = page.get_by_role("switch", name=name)
    expect(switch).not_to_be_checked()
    expect(switch).to_be_enabled()
    switch.press("Space")
    expect(switch).to_be_checked()


def test_who_closed_the_page_is_told_in_his_language_and_a_tap_leads_back(
    playwright: Playwright, house: House, service: PushService, screen: Desktop, tmp_path: Path
) -> None:
    at = partial(at_desktop, playwright, house.url, bus=screen.address, permissions=ALLOWED)
    with at(tmp_path / "ann") as ann, at(tmp_path / "bea", viewport=PHONE) as bea:
        anns, beas = service.subscribe(), service.subscribe()
        reached_by(ann.context, anns)
        reached_by(bea.context, beas)

        # A member turns it on, and chooses another language afterwards.
        flows.come_as_founder(house, ann.page, ANN, "Ann")
        flows.add_contact(ann.page, f"Beatrice {BEA}")
        ann.page.get_by_role("button", name="You, Ann").click()
        ann.page.get_by_role("button", name="Notifications").click()
        turn_on(ann.page, "Tell me on this device")
        ann.page.get_by_role("button", name="Back").click()
        ann.page.get_by_role("button", name="한국어").click()
        expect(ann.page.get_by_role("heading", name="나", exact=True)).to_be_visible()
        ann_worker = Worker(ann.context, house.url)
        ann.page.close()

        # A newcomer knocks while nobody is in, and wants to be told as well.
        flows.knock(house, bea.page, BEA, "Beatrice")
        turn_on(bea.page, "Tell me when I am let in")
        expect(bea.page.get_by_text("You may close this page now")).to_be_visible()
        bea_worker = Worker(bea.context, house.url)
        bea.page.close()

        knocked = arrived(anns, 1)
        assert (knocked["type"], knocked["name"], knocked["language"]) == (
            "knock_pushed",
            "Beatrice",
            "ko",
        )
        ann_worker.push(knocked)
        assert ann_worker.notifications(1) == [
            {
                "title": "Beatrice님이 문 앞이에요",
                "body": "아는 분이 기다리고 있어요. 들여보내 줄까요?",
                "lang": "ko",
                "actions": ["들여보내기"],
            }
        ]

        # "Let in" on the notification opens the house, which shows who waits.
        ann_worker.step_aside()
        with ann.context.expect_page() as opened:
            screen.tap(screen.wait_for("Beatrice님이 문 앞이에요"), "들여보내기")
        back = opened.value
        expect(back.get_by_role("heading", name="Beatrice님이 문 앞에서 기다려요")).to_be_visible()
        ann_worker.notifications(0)
        back.get_by_role("button", name="들여보내기").first.click()

        assert arrived(beas, 1) == {"type": "admission_pushed", "language": "en"}
        bea_worker.push(beas.arrived[0])
        assert bea_worker.notifications(1) == [
            {
                "title": OPEN,
                "body": "Somebody let you in. Come on over.",
                "lang": "en",
                "actions": [],
            }
        ]
        bea_worker.step_aside()
        with bea.context.expect_page() as came:
            screen.tap(screen.wait_for(OPEN))
        expect(came.value.get_by_role("heading", name="Lights on now")).to_be_visible()


def test_a_tap_brings_a_page_that_is_open_to_the_front_and_to_the_door(
    playwright: Playwright, house: House, service: PushService, screen: Desktop, tmp_path: Path
) -> None:
    at = partial(at_desktop, playwright, house.url, bus=screen.address, permissions=ALLOWED)
    with at(tmp_path / "ann") as ann:
        reached_by(ann.context, service.subscribe())
        flows.sign_in_again(house, ann.page, ANN)
        flows.add_contact(ann.page, f"Cho {CHO}")
        ann.page.goto("/#notifications")
        turn_on(ann.page, "Tell me on this device")
        with person(playwright, house.url) as cho:
            flows.knock(house, cho.page, CHO, "Cho")
            expect(ann.page.get_by_text("Cho is knocking at the door")).to_be_visible()
            worker = Worker(ann.context, house.url)  # in front of the house's page now
            worker.push({"type": "knock_pushed", "knockId": "k", "name": "Cho", "language": "en"})
            shown = screen.wait_for("Cho is at the door")
            worker.step_aside()
            screen.tap(shown)
            expect(ann.page.get_by_role("heading", name="Cho is waiting")).to_be_visible()
            expect(ann.page.locator("#knocks")).to_be_focused()
            # What is pushed in an unknown way is shown all the same, as browsers insist.
            worker.push({"type": "caption_pushed"})
            assert [each["title"] for each in worker.notifications(1)] == [
                "Something is new at Masil"
            ]
        ann.page.get_by_role("button", name="You, Ann").click()
        ann.page.get_by_role("button", name="Sign out").click()
        expect(ann.page.get_by_role("heading", name="Come on over")).to_be_visible()
        assert ann.page.evaluate("() => localStorage.getItem('masil.test.subscription')") is None


def test_a_browser_that_shows_no_notifications_is_told_plainly(
    playwright: Playwright, house: House
) -> None:
    with person(playwright, house.url, permissions=[], viewport=PHONE) as ann:
        flows.sign_in_again(house, ann.page, ANN)
        ann.page.goto("/#notifications")
        expect(ann.page.get_by_text("told to show no notifications of this page")).to_be_visible()
        expect(ann.page.get_by_role("switch")).to_have_count(0)
