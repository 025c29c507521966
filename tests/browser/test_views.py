"""Every view and dialog × light and dark × English and Korean × phone and desktop.

`make test` goes through two corners of that; `make check-web` (MASIL_TEST_ALL_VIEWS=1) through all.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Playwright

from tests.browser.axe import sticking_out, violations
from tests.browser.gallery import TITLE, Gallery, Stop, dialogs_of, gallery, lived_in_house
from tests.browser.person import DESKTOP, PHONE

SIZES = {"phone": PHONE, "desktop": DESKTOP}
ALL = [(s, c, o) for s in SIZES for c in ("light", "dark") for o in ("en", "ko")]
CORNERS = [("desktop", "light", "en"), ("phone", "dark", "ko")]
CHOSEN = ALL if os.environ.get("MASIL_TEST_ALL_VIEWS") == "1" else CORNERS
OPEN_DETAILS = "() => document.querySelectorAll('details').forEach((d) => (d.open = true))"
INVISIBLE = """() => {
  const own = "#app button, #app input:not([type=checkbox], [type=radio])";
  return [...document.querySelectorAll(own)].filter((e) => {
    const style = getComputedStyle(e);
    const bordered = parseFloat(style.borderTopWidth) > 0 && style.borderTopStyle !== "none";
    const picture = e.querySelector("svg, [data-initial], .knob") !== null;
    return !bordered && !picture && e.textContent.trim() === "";
  }).map((e) => e.outerHTML.slice(0, 120));
}"""
LINES_OF_WORDS = """(selector) => {
  const text = document.querySelector(selector).firstChild;
  return [...text.data.matchAll(/\\S+/g)].map(({ index, 0: word }) => {
    const range = document.createRange();
    range.setStart(text, index);
    range.setEnd(text, index + word.length);
    return new Set([...range.getClientRects()].map((r) => r.top)).size;
  });
}"""
# 200 % zoom of a window of 1280 px, and the width that WCAG 2.2 (1.4.10, Reflow) names.
ZOOMED_PX = (640, 320)


@pytest.fixture(scope="module")
def shown(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gallery]:
    house = lived_in_house(tmp_path_factory.mktemp("house"))
    try:
        with gallery(playwright, house) as found:
            yield found
    finally:
        house.close()


@pytest.mark.parametrize(("size", "scheme", "locale"), CHOSEN)
def test_axe_finds_nothing_on_any_view_or_dialog(
    shown: Gallery, size: str, scheme: str, locale: str
) -> None:
    wrong: list[str] = []
    seen: list[str] = []

    def look(name: str, page: Page) -> None:
        seen.append(name)
        wrong.extend(f"{name}: {each}" for each in violations(page))

    for stop in shown.stops():
        stop.page.set_viewport_size(SIZES[size])
        stop.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        stop.go(locale)
        stop.page.evaluate(OPEN_DETAILS)
        look(stop.name, stop.page)
        for name, _ in dialogs_of(stop.page) if stop.dialogs else ():
            look(f"{stop.name} › {name}", stop.page)
    print(f"{len(seen)} views and dialogs looked at: {', '.join(seen)}")
    assert len(seen) > 25  # it did go through the house
    assert wrong == [], "\n".join(wrong)


def test_no_view_is_wider_than_a_zoomed_window(shown: Gallery) -> None:
    wrong: list[str] = []
    for stop in shown.stops():
        for width in ZOOMED_PX:
            stop.page.set_viewport_size({"width": width, "height": 512})
            stop.go("en")
            wrong += [f"{stop.name} at {width}: {each}" for each in sticking_out(stop.page)]
    assert wrong == []


def test_korean_words_stay_whole_on_an_english_page(shown: Gallery) -> None:
    room = next(stop for stop in shown.stops() if stop.name == "room-listener")
    for width in range(320, 400, 8):  # somewhere in between a word meets the edge
        room.page.set_viewport_size({"width": width, "height": 844})
        if width == 320:
            room.go("en")
        assert room.page.evaluate(LINES_OF_WORDS, ".room-title") == [1] * len(TITLE.split())


def test_borders_and_states_stay_visible_in_forced_colours(shown: Gallery) -> None:
    for stop in shown.stops():
        stop.page.set_viewport_size(PHONE)
        stop.page.emulate_media(forced_colors="active")
        stop.go("en")
        assert invisible_buttons(stop) == []
        stop.page.emulate_media(forced_colors="none")


def invisible_buttons(stop: Stop) -> list[str]:
    """Controls told from the ground by nothing: no text, no picture, no border."""
    found: list[str] = stop.page.evaluate(INVISIBLE)
    return [f"{stop.name}: {each}" for each in found]


def test_nothing_moves_for_who_asked_for_that(shown: Gallery) -> None:
    for stop in shown.stops():
        stop.page.emulate_media(reduced_motion="reduce")
        stop.go("en")
        moving = stop.page.evaluate(
            """() => [...document.querySelectorAll("*")].filter((e) => {
              const style = getComputedStyle(e);
              return style.transitionDuration.split(",").some((d) => parseFloat(d) > 0)
                || style.animationName !== "none" && parseFloat(style.animationDuration) > 0;
            }).map((e) => e.className)"""
        )
        assert moving == [], stop.name
