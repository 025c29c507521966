"""One person: a real Chromium with a microphone of his own, used by what he sees."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    ViewportSize,
)

from tests.browser.audio import Heard

HERE = Path(__file__).parent
SHOTS = HERE / "shots"
PHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1440, "height": 900}
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

USUAL: dict[str, Any] = {"locale": "en-US", "viewport": DESKTOP, "permissions": ["microphone"]}


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

    def tap_loudspeakers(self, name: str) -> None:
        """The same, over changes of connection."""
        self.page.evaluate("name => masilTest.tapLoudspeakers(name)", name)

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

    def hears_voices(self) -> None:
        """Wait for a second's worth of new packets."""
        before = self.inbound()["received"]
        for _ in range(50):
            self.page.wait_for_timeout(200)
            if self.inbound()["received"] > before + 50:
                return
        raise AssertionError("no voice arrives")


def is_fault(line: ConsoleMessage) -> bool:
    """Errors in the console, but for a refusal that is the page's way to ask for a name."""
    return line.type == "error" and "422" not in line.text


@contextmanager
def person(
    playwright: Playwright,
    url: str,
    microphone: Path | None = None,
    *,
    chromium: Path | None = None,
    secure: bool = True,
    flags: Sequence[str] = FLAGS,
    **options: Any,
) -> Iterator[Person]:
    """Open a browser, `chromium` or the one of this machine.

    `secure`: as localhost is; other addresses get no microphone without TLS. `options` go to
    `new_context` (viewport, locale, color_scheme …).
    """
    flags = [*flags, f"--unsafely-treat-insecure-origin-as-secure={url}"] if secure else [*flags]
    if microphone:
        flags.append(f"--use-file-for-fake-audio-capture={microphone}")
    program = str(chromium) if chromium else chromium_path()
    browser = playwright.chromium.launch(executable_path=program, args=flags)
    try:
        with another(browser, url, **options) as first:
            yield first
    finally:
        browser.close()


@contextmanager
def another(browser: Browser, url: str, **options: Any) -> Iterator[Person]:
    """One more person in a browser that is open: other cookies, the same microphone."""
    with _seen(browser.new_context(base_url=url, **{**USUAL, **options}), browser) as seen:
        yield seen


@contextmanager
def at_desktop(
    playwright: Playwright, url: str, profile: Path, bus: str, **options: Any
) -> Iterator[Person]:
    """A browser with a profile that lasts, whose notifications are shown on a D-Bus.

    Only such a profile hears of taps on them.
    """
    context = playwright.chromium.launch_persistent_context(
        profile,
        executable_path=chromium_path(),
        args=FLAGS,
        env={**os.environ, "DBUS_SESSION_BUS_ADDRESS": bus},
        base_url=url,
        **{**USUAL, **options},
    )
    assert context.browser
    with _seen(context, context.browser) as seen:
        yield seen


@contextmanager
def _seen(context: BrowserContext, browser: Browser) -> Iterator[Person]:
    """Its first page and the errors there; closed at the end."""
    context.set_default_timeout(15_000)
    context.add_init_script(path=HERE / "tap.js")
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda line: errors.append(line.text) if is_fault(line) else None)
    try:
        yield Person(page, context, browser, errors)
    except BaseException:
        # What the page showed when the test failed.
        SHOTS.mkdir(exist_ok=True)
        if not page.is_closed():
            page.screenshot(path=SHOTS / f"{time.time_ns()}.png")
        raise
    finally:
        context.close()
