"""Pictures of the real product for the eye and for docs/screenshots: `make screenshots`.

Four people in a real house; the speech is that of the fixture clips in ../shared.
"""

from __future__ import annotations

import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import typer
from playwright.sync_api import expect, sync_playwright

from tests.browser import flows
from tests.browser.house import ROOT, House
from tests.browser.person import DESKTOP, PHONE, Person, person
from tests.browser.speech import fixture_microphone
from tests.shared_material import shared_path

OUT = ROOT / "docs" / "screenshots"
NUMBERS = {"민서": "010-2345-6781", "Jin": "010-2345-6782", "하늘": "010-2345-6783"}
LINES_MS = 8_000
"""In which some lines are said again: captions are shown to who was there."""
TITLE = "항만 터널, 정말 필요할까?"


def shoot(who: Person, name: str, out: Path) -> None:
    """One page at two sizes, light and dark, English and Korean."""
    for locale in ("ko", "en"):
        speak(who, locale)
        for size, viewport in (("desktop", DESKTOP), ("phone", PHONE)):
            who.page.set_viewport_size(viewport)
            for scheme in ("light", "dark"):
                who.page.emulate_media(color_scheme=scheme)
                who.page.wait_for_timeout(250)
                who.page.screenshot(path=out / f"{name}-{size}-{scheme}-{locale}.png")
    who.page.set_viewport_size(DESKTOP)
    who.page.emulate_media(color_scheme="light")


def speak(who: Person, locale: str) -> None:
    """Load the page anew in a language; somebody in a room comes back to his seat."""
    who.page.evaluate("(locale) => localStorage.setItem('masil.locale', locale)", locale)
    who.page.reload()
    expect(who.page.locator(f"html[lang={locale}] main")).to_be_visible()
    who.page.wait_for_timeout(LINES_MS if "/room/" in who.page.url else 1_000)


def take_all(out: Path) -> None:
    """The newcomer at the door, the hallway with a request, and a lively room."""
    out.mkdir(parents=True, exist_ok=True)
    model = shared_path("models", "fixture-whisper")
    state_dir = Path(tempfile.mkdtemp())
    house = House(state_dir, str(model) if model else "tiny")
    try:
        with ExitStack() as stack:
            playwright = stack.enter_context(sync_playwright())
            mics = {"민서": "fx_en_00.flac", "Jin": "fx_en_03.flac", "하늘": "fx_en_05.flac"}
            people = {
                name: stack.enter_context(
                    person(playwright, house.url, fixture_microphone(state_dir, clip))
                )
                for name, clip in mics.items()
            }
            host, jin, sky = people["민서"], people["Jin"], people["하늘"]
            jin.page.goto(house.founder_link().split("/founder")[0])
            shoot(jin, "sign-in", out)
            flows.come_as_founder(house, host.page, NUMBERS["민서"], "민서")
            flows.add_contact(host.page, f"Jin {NUMBERS['Jin']}")
            flows.knock(house, jin.page, NUMBERS["Jin"], "Jin")
            shoot(jin, "waiting", out)
            flows.let_in(host.page, jin.page, "Jin")
            flows.open_room(jin.page, TITLE)
            flows.enter_room(host.page, TITLE)
            flows.go_on_stage(jin.page, host.page, "민서")
            flows.unmute(jin.page)
            flows.unmute(host.page)
            jin.page.get_by_role("button", name="Turn captions on").click()
            for who in (jin, host):
                who.page.get_by_role("button", name="Turn on my captions").click()
            expect(jin.page.get_by_test_id("topics").get_by_text("tunnel").first).to_be_visible(
                timeout=60_000
            )
            jin.page.wait_for_timeout(8_000)
            shoot(jin, "room", out)
            host.page.get_by_role("button", name="Leave quietly").click()
            flows.add_contact(host.page, f"하늘이 {NUMBERS['하늘']}")
            flows.knock(house, sky.page, NUMBERS["하늘"], "하늘")
            expect(host.page.get_by_text("하늘 is waiting at the door")).to_be_visible()
            host.page.wait_for_timeout(7_000)
            shoot(host, "hallway", out)
            host.page.get_by_role("button", name="Contacts").click()
            shoot(host, "contacts", out)
            for own in ("devices", "data"):
                host.page.goto(f"/#{own}")
                shoot(host, own, out)
    finally:
        house.close()
    typer.echo(f"{len(list(out.glob('*.png')))} pictures in {out}")


if __name__ == "__main__":
    take_all(Path(sys.argv[1]) if len(sys.argv) > 1 else OUT)
