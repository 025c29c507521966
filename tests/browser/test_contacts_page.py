"""A member's contacts page and what comes of it, in real Chromium.

The Contact Picker exists on phones only: here a shim of the browser's API stands in for the sheet
that a person would tap in. The page's own part of it is real.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.browser import flows
from tests.browser.house import House
from tests.browser.person import PHONE, Person, another, person

FOUNDER_NUMBER = "010-2345-6700"
CONTACT_DAYS = 30
ENTRIES_MAX = 10_000
FILE_MAX_BYTES = 5 * 1024 * 1024
PARSED_WITHIN_MS = 2_000
PHONE_APIS = """
navigator.contacts = {
  select: async (properties, options) => {
    window.asked = { properties, options };
    return [
      { name: ["옆집 베아"], tel: ["+82 10-2345-6701", "０２ １２３ ４５６７"] },
      { name: [], tel: [] },
    ];
  },
};
window.badges = [];
navigator.setAppBadge = async (count) => void window.badges.push(count);
navigator.clearAppBadge = async () => void window.badges.push(0);
"""
STOPWATCH = """
() => {
  const input = document.querySelector("input[name=vcf]");
  input.addEventListener("change", () => (window.began = performance.now()), { capture: true });
  new MutationObserver(() => {
    if (input.parentElement.querySelector("[role=status]")) window.ended ??= performance.now();
  }).observe(document.body, { subtree: true, childList: true });
}
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    house = House(tmp_path_factory.mktemp("house"), "tiny", MASIL_CONTACT_DAYS=str(CONTACT_DAYS))
    try:
        yield house
    finally:
        house.close()


@pytest.fixture(scope="module")
def ann(playwright: Playwright, house: House) -> Iterator[Person]:
    with person(playwright, house.url, viewport=PHONE) as ann:
        ann.context.add_init_script(PHONE_APIS)
        flows.come_as_founder(house, ann.page, FOUNDER_NUMBER, "Ann")
        yield ann


def add_typed(page: Page, line: str) -> None:
    """Add a contact and stay on the page."""
    page.goto("/#contacts")
    page.get_by_label("Country").select_option("KR")
    page.get_by_label("Type numbers").fill(line)
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_test_id("contacts-result")).to_contain_text("1 number added.")


def test_a_picked_contact_is_let_in_from_the_toast_and_only_those_who_wish_are_asked(
    ann: Person, house: House
) -> None:
    sent: list[str] = []
    ann.page.on("websocket", lambda ws: ws.on("framesent", lambda f: sent.append(str(f))))
    ann.page.goto("/#contacts")
    ann.page.reload()
    ann.page.get_by_label("Country").select_option("KR")
    ann.page.get_by_role("button", name="Choose from my phone").click()
    expect(ann.page.get_by_test_id("contacts-result")).to_contain_text("2 numbers added.")
    asked = ann.page.evaluate("() => window.asked")
    assert asked == {"properties": ["name", "tel"], "options": {"multiple": True}}
    assert any("add_contacts" in frame for frame in sent)
    assert not any("베아" in frame for frame in sent)
    over = datetime.now(UTC) + timedelta(days=CONTACT_DAYS)
    kept = ann.page.get_by_test_id("contacts-kept")
    expect(kept).to_contain_text("2 numbers are kept")
    expect(kept).to_contain_text(re.compile(rf"until .*\b{over.day}\b"))

    with another(ann.browser, house.url) as bea, another(ann.browser, house.url) as cho:
        flows.knock(house, bea.page, "010-2345-6701", "Beatrice")
        at_door = ann.page.get_by_test_id("knock-toast")
        expect(at_door).to_contain_text("Beatrice is knocking at the door")
        expect(at_door).to_contain_text("옆집 베아")
        expect(ann.page).to_have_title("(1) Contacts · Masil")
        at_door.get_by_role("button", name="Let in").click()
        expect(bea.page.get_by_role("heading", name="Lights on now")).to_be_visible()
        expect(at_door).to_have_count(0)
        assert ann.page.evaluate("() => window.badges") == [0, 1, 0]

        # Both hold the next number, but Ann does not want to be asked.
        add_typed(ann.page, "조 010-2345-6702")
        add_typed(bea.page, "Cho 010-2345-6702")
        wish = ann.page.get_by_role("switch", name="Ask me who comes in")
        wish.click()
        expect(wish).not_to_be_checked()
        expect(ann.page.get_by_text("Nobody asks you, and nobody is told.")).to_be_visible()
        flows.knock(house, cho.page, "010-2345-6702", "Cho")
        expect(bea.page.get_by_test_id("knock-toast")).to_contain_text("Cho")
        expect(at_door).to_have_count(0)
        expect(ann.page).to_have_title("Contacts · Masil")
        bea.page.get_by_test_id("knock-toast").get_by_role("button", name="Ignore").click()
        expect(bea.page.get_by_test_id("knock-toast")).to_have_count(0)

        # She wants to be asked again: the next number rings at both, and one answer ends it.
        wish.click()
        expect(wish).to_be_checked()
        add_typed(ann.page, "단 010-2345-6703")
        add_typed(bea.page, "Dan 010-2345-6703")
        cho.page.get_by_role("button", name="I no longer want to wait").click()
        cho.page.get_by_role("button", name="Erase and go").click()
        flows.knock(house, cho.page, "010-2345-6703", "Dan")
        expect(at_door).to_contain_text("Your contact “단”")
        bea.page.get_by_test_id("knock-toast").get_by_role("button", name="Let in").click()
        expect(cho.page.get_by_role("heading", name="Lights on now")).to_be_visible()
        expect(at_door).to_have_count(0)
        for one in (ann, bea, cho):
            assert one.errors == []


def vcards(count: int, size: int) -> bytes:
    """So many people, and so many bytes: the rest is a photo."""
    cards = [
        f"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:이웃 {n}\r\nTEL;TYPE=CELL:010-{4000 + n // 10_000}-"
        f"{n % 10_000:04}\r\nEND:VCARD\r\n"
        for n in range(count)
    ]
    content = "".join(cards).encode()
    photo = b"BEGIN:VCARD\r\nFN:Photo\r\nPHOTO;ENCODING=b:" + b"A" * 60 + b"\r\n"
    end = b"END:VCARD\r\n"
    missing = size - len(content) - len(photo) - len(end)
    line = b" " + b"A" * 74 + b"\r\n"
    rest = missing % len(line)
    filler = line * (missing // len(line)) + b"\r\n" * (rest // 2) + b" " * (rest % 2)
    return content + photo + filler + end


def test_the_largest_file_is_read_in_good_time_and_a_larger_one_refused(
    ann: Person, tmp_path: Path
) -> None:
    largest, larger, fuller = (tmp_path / name for name in ("a.vcf", "b.vcf", "c.vcf"))
    largest.write_bytes(vcards(ENTRIES_MAX, FILE_MAX_BYTES))
    larger.write_bytes(vcards(1, FILE_MAX_BYTES + 1))
    fuller.write_bytes(vcards(ENTRIES_MAX + 1, 2 * 1024 * 1024))
    assert largest.stat().st_size == FILE_MAX_BYTES
    page = ann.page
    page.goto("/#contacts")
    page.reload()
    page.get_by_label("Country").select_option("KR")
    choose = page.get_by_label("Choose a contacts file")
    choose.set_input_files(larger)
    expect(page.get_by_text("The file is larger than 5 MB.")).to_be_visible()
    choose.set_input_files(fuller)
    expect(page.get_by_text("More than 10,000 numbers.")).to_be_visible()
    page.evaluate(STOPWATCH)
    choose.set_input_files(largest)
    expect(page.get_by_text("10,000 numbers in the file")).to_be_visible()
    took_ms = page.evaluate("() => window.ended - window.began")
    print(f"vCard of {FILE_MAX_BYTES} bytes, {ENTRIES_MAX} entries: {took_ms:.0f} ms")
    assert 0 < took_ms < PARSED_WITHIN_MS
    # What the house takes of it in one day is told, too.
    expect(page.get_by_text("1,000 new ones a day")).to_be_visible()
    page.get_by_role("button", name="Forget all contacts").click()
    page.get_by_role("button", name="Forget all", exact=True).click()
    expect(page.get_by_text("No numbers are kept yet.")).to_be_visible()
