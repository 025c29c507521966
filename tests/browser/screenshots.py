"""Pictures of every view and dialog, and the contact sheets of docs/design.md: `make screenshots`.

What there is to see is what tests/browser/gallery.py goes through; the browser itself lays the
pictures out. The speech in the room is that of the fixture clips in ../shared; without them the
room is silent.
"""

from __future__ import annotations

import base64
import html
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Literal

import typer
from playwright.sync_api import Browser, Page, Playwright, ViewportSize, expect, sync_playwright

from tests.browser.gallery import Stop, dialogs_of, gallery, lived_in_house
from tests.browser.house import ROOT
from tests.browser.person import DESKTOP, FLAGS, PHONE, chromium_path
from tests.browser.speech import fixture_microphone
from tests.shared_material import shared_path

PICTURES = ROOT / "docs" / "screenshots" / "all"
"""Every picture as it was taken; not in git."""
SHEETS = ROOT / "docs" / "design"
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
LOCALES = ("en", "ko")
CLIPS = {"guest": "fx_en_00.flac", "speaker": "fx_en_03.flac"}
SETTLE_MS = 150
"""After a change of size, before a picture: Preact lays out again what depends on the width."""
WEBP_QUALITY = 50
AT_REST = """() => {
  if (!document.querySelector("dialog[open]")) document.activeElement?.blur();
  scrollTo(0, 0);
}"""


@dataclass(frozen=True)
class Size:
    """A window, and how its pictures are laid out: so wide on the sheet, so many in a row."""

    name: str
    viewport: ViewportSize
    shown_px: int
    columns: int


SIZES = (
    Size("phone", PHONE, 234, 10),
    Size("tablet", {"width": 768, "height": 1024}, 384, 6),
    Size("desktop", DESKTOP, 640, 4),
)


@dataclass(frozen=True)
class Picture:
    """One view or dialog at one size, in one scheme and language."""

    title: str
    size: str
    scheme: str
    locale: str
    path: Path


class Camera:
    """Takes the pictures into a directory, and remembers them in the order of taking."""

    def __init__(self, out: Path) -> None:
        self._out = out
        self.pictures: list[Picture] = []
        self._dialogs: dict[tuple[str, str], list[str]] = {}

    def visit(self, stop: Stop) -> None:
        """One view with its dialogs, in every way."""
        stop.page.emulate_media(color_scheme="light", reduced_motion="reduce")
        for locale in LOCALES:
            stop.page.set_viewport_size(DESKTOP)
            stop.go(locale)
            expect(stop.page.locator("html")).to_have_attribute("lang", locale)
            for size in SIZES:
                stop.page.set_viewport_size(size.viewport)
                stop.page.wait_for_timeout(SETTLE_MS)
                for title in self._moments(stop, size, locale):
                    self._take(stop.page, title, size, locale)

    def _moments(self, stop: Stop, size: Size, locale: str) -> Iterator[str]:
        """The view, then each of its dialogs while it is open, by its English name."""
        stop.page.evaluate(AT_REST)
        yield stop.name
        if not stop.dialogs:
            return
        names = self._dialogs.setdefault((stop.name, size.name), [])
        for n, (kind, _) in enumerate(dialogs_of(stop.page)):
            if locale == LOCALES[0]:
                names.append(" ".join(kind.split()))
            yield f"{stop.name} › {names[n] if n < len(names) else kind}"

    def _take(self, page: Page, title: str, size: Size, locale: str) -> None:
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            slug = "".join(c if c.isalnum() else "-" for c in title.replace(" › ", "--"))
            path = self._out / f"{slug}-{size.name}-{scheme}-{locale}.png"
            page.screenshot(path=path)
            self.pictures.append(Picture(title, size.name, scheme, locale, path))


def take_all(playwright: Playwright, out: Path) -> list[Picture]:
    """Every view and dialog of a house that is lived in."""
    out.mkdir(parents=True, exist_ok=True)
    for old in out.glob("*.png"):
        old.unlink()
    state_dir = Path(tempfile.mkdtemp())
    model = shared_path("models", "fixture-whisper")
    microphones = None
    if model:
        microphones = {who: fixture_microphone(state_dir, clip) for who, clip in CLIPS.items()}
    house = lived_in_house(state_dir, str(model) if model else "tiny")
    camera = Camera(out)
    try:
        with gallery(playwright, house, microphones) as shown:
            for stop in shown.stops():
                began = time.monotonic()
                camera.visit(stop)
                typer.echo(f"  {stop.name:24} {time.monotonic() - began:5.1f} s")
    finally:
        house.close()
    return camera.pictures


def lay_out(browser: Browser, pictures: list[Picture], size: Size, way: str, out: Path) -> None:
    """All pictures of one kind on one sheet, in the order of a newcomer's way."""
    width = size.columns * (size.shown_px + 16) + 32
    style = (
        "body{margin:0;padding:24px;background:#8b8a87;color:#111;font:600 13px/1.3 system-ui}"
        f"main{{display:grid;gap:20px 16px;grid-template-columns:repeat({size.columns},"
        f"{size.shown_px}px)}}figure{{margin:0}}img{{display:block;width:100%}}"
        "figcaption{margin-bottom:6px;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}"
    )
    cells = "".join(
        f"<figure><figcaption>{html.escape(each.title)}</figcaption>"
        f'<img src="data:image/png;base64,{base64.b64encode(each.path.read_bytes()).decode()}">'
        "</figure>"
        for each in pictures
    )
    page = browser.new_page(viewport={"width": width, "height": 600})
    page.set_content(f"<style>{style}</style><main>{cells}</main>")
    height = int(page.evaluate("() => document.documentElement.scrollHeight"))
    page.set_viewport_size({"width": width, "height": height})
    taken = page.context.new_cdp_session(page).send(
        "Page.captureScreenshot", {"format": "webp", "quality": WEBP_QUALITY}
    )
    (out / f"{size.name}-{way}.webp").write_bytes(base64.b64decode(taken["data"]))
    page.close()


def lay_out_all(playwright: Playwright, pictures: list[Picture], out: Path) -> None:
    """One sheet for each size, scheme and language."""
    out.mkdir(parents=True, exist_ok=True)
    for old in out.glob("*.webp"):
        old.unlink()
    browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
    for size, scheme, locale in product(SIZES, SCHEMES, LOCALES):
        chosen = [
            p for p in pictures if (p.size, p.scheme, p.locale) == (size.name, scheme, locale)
        ]
        lay_out(browser, chosen, size, f"{scheme}-{locale}", out)
    browser.close()


def main(pictures: Path, sheets: Path) -> None:
    """The pictures, then the sheets."""
    began = time.monotonic()
    with sync_playwright() as playwright:
        taken = take_all(playwright, pictures)
        lay_out_all(playwright, taken, sheets)
    made = list(sheets.glob("*.webp"))
    weight = sum(each.stat().st_size for each in made) / 1e6
    typer.echo(
        f"{len(taken)} pictures in {pictures}; {len(made)} sheets ({weight:.1f} MB) in {sheets}; "
        f"{time.monotonic() - began:.0f} s"
    )


if __name__ == "__main__":
    main(
        Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURES,
        Path(sys.argv[2]) if len(sys.argv) > 2 else SHEETS,
    )
