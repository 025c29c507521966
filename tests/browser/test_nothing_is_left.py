"""Spoken words, from a real microphone to captions: a second after a withdrawal they are nowhere.

The house of tests/server_process/test_memory, with a voice and a speech model in it.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.browser import flows
from tests.browser.house import House
from tests.browser.person import person
from tests.browser.speech import fixture_microphone
from tests.process_memory import descendants, places_of
from tests.shared_material import shared

NUMBER = "010-2345-6789"
NEEDLE = "the vote on the harbour tunnel"
GONE_WITHIN_MS = 1_000
LOOKS = 60
"""The microphone says it again every few seconds."""


def everywhere(house: House) -> list[str]:
    """All places of the needle in all processes of the house; the browser is the reader's own."""
    found: list[str] = []
    for pid, command in descendants(house.pid).items():
        try:
            found += [f"{command.split()[-1]}: {place}" for place in places_of(pid, NEEDLE)]
        except PermissionError:
            pytest.skip("this user may not look into processes that are not dumpable")
        except ProcessLookupError:
            continue
    return found


def found_while_spoken(house: House, page: Page) -> list[str]:
    """Words are sealed while they are kept, so they lie open only on their way: look until seen."""
    for _ in range(LOOKS):
        if held := everywhere(house):
            return held
        page.wait_for_timeout(300)
    return []


def test_what_was_heard_is_in_no_process_a_second_after_a_withdrawal(
    playwright: Playwright, tmp_path: Path
) -> None:
    model = shared("models", "fixture-whisper")
    microphone = fixture_microphone(tmp_path, "fx_en_00.flac")
    (tmp_path / "house").mkdir()
    house = House(tmp_path / "house", str(model))
    try:
        with person(playwright, house.url, microphone) as ann:
            flows.come_as_founder(house, ann.page, NUMBER, "Ann")
            flows.open_room(ann.page, "Harbour")
            flows.unmute(ann.page)
            ann.page.get_by_role("button", name="Turn captions on").click()
            ann.page.get_by_role("button", name="Turn on my captions").click()
            caption = ann.page.get_by_test_id("caption").filter(has_text=NEEDLE)
            expect(caption.first).to_be_visible(timeout=60_000)
            held = found_while_spoken(house, ann.page)
            assert held, "the search finds what is certainly there"
            ann.page.get_by_role("button", name="Turn off my captions").click()
            expect(ann.page.get_by_test_id("caption")).to_have_count(0)
            ann.page.wait_for_timeout(GONE_WITHIN_MS)
            left = everywhere(house)
            print(f"{len(held)} places before, {len(left)} a second after")
            assert left == []
    finally:
        house.close()
