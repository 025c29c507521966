"""One person: a real Chromium with a microphone of his own, used by what he sees."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, Playwright, Route

from tests.browser.audio import Heard

HERE = Path(__file__).parent
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1440, "height": 900}
FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
]


def chromium_path() -> str | None:
    """The Chromium that the test command chose, else the system's, else Playwright's own."""
    chosen = os.environ.get("MASIL_TEST_CHROMIUM")
    names = ("chromium", "chromium-browser", "google-chrome")
    return chosen or next((path for name in names if (path := shutil.which(name))), None)


@dataclass
class Person:
    """A page of somebody, with the console errors it made."""

    page: Page
    context: BrowserContext
    browser: Browser
    errors: list[str]

    def tap_slots(self, name: str) -> None:
        """Start to record what this page's loudspeaker gets from the room."""
        self.page.evaluate("name => masilTest.tapSlots(name)", name)

    def tap_microphone(self, name: str) -> None:
        """Start to record what this page's microphone gives."""
        self.page.evaluate("name => masilTest.tapMicrophone(name)", name)

    def stop_tap(self, name: str) -> Heard:
        """What was recorded."""
        return Heard.from_page(self.page.evaluate("name => masilTest.stopTap(name)", name))

    def inbound(self) -> dict[str, int]:
        """Packets received and lost and samples concealed, over all slots."""
        counted: dict[str, int] = self.page.evaluate("() => masilTest.inbound()")
        return counted


def _serve_worklet(route: Route) -> None:
    # From the page's own origin, so that its Content-Security-Policy stays in force.
    route.fulfill(path=HERE / "tap_worklet.js", content_type="text/javascript")


@contextmanager
def person(
    playwright: Playwright, url: str, microphone: Path | None = None, **options: Any
) -> Iterator[Person]:
    """Open a browser; `options` go to `new_context` (viewport, locale, color_scheme …)."""
    flags = [*FLAGS, f"--use-file-for-fake-audio-capture={microphone}"] if microphone else FLAGS
    browser = playwright.chromium.launch(executable_path=chromium_path(), args=flags)
    options = {"locale": "en-US", "viewport": DESKTOP, "permissions": ["microphone"], **options}
    context = browser.new_context(base_url=url, **options)
    context.set_default_timeout(15_000)
    context.add_init_script(path=HERE / "tap.js")
    context.route("**/test-tap-worklet.js", _serve_worklet)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    try:
        yield Person(page, context, browser, errors)
    finally:
        context.close()
        browser.close()
