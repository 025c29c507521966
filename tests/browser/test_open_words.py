"""Words that no model was made for: real speech through a real browser to captions and topics.

PocketSphinx hears them, whose model comes with it: English, and two words of three.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from playwright.sync_api import Page, Playwright, expect

from analysis.evaluation import distance, units
from tests.browser import flows
from tests.browser.house import House
from tests.browser.person import PHONE, person
from tests.browser.speech import open_microphone
from tests.shared_material import shared

ANN_NUMBER, BEA_NUMBER = "010-2345-6789", "010-9876-5432"
CLIP = "en_libri_quilter"
"""LibriSpeech, CC BY 4.0: "Mr. Quilter is the apostle of the middle classes …"."""
HEARD_WITHIN_MS = 90_000
WORD_ERRORS_AT_MOST = 0.5
"""Of the clip that is asked for here; as a file it has 0.35."""


def reference() -> str:
    """What is said in the clip."""
    clips = json.loads(shared("data", "speech", "manifest.json").read_text())
    return next(str(clip["text"]) for clip in clips if clip["id"] == CLIP)


def finals(page: Page) -> list[str]:
    lines = page.locator('[data-testid="caption"][data-final="true"] span[lang]')
    return [line for line in lines.all_inner_texts() if line]


def word_errors(said: str, heard: str) -> float:
    """Word error rate of one line."""
    words = units(said, by_character=False)
    return distance(words, units(heard, by_character=False)) / len(words)


def test_open_words_become_captions_and_topics(playwright: Playwright, tmp_path: Path) -> None:
    said = reference()
    microphone = open_microphone(tmp_path, f"{CLIP}.flac")
    (tmp_path / "house").mkdir()
    house = House(tmp_path / "house", "", MASIL_TRANSCRIBER="pocketsphinx")
    try:
        with (
            person(playwright, house.url, microphone) as ann,
            person(playwright, house.url, viewport=PHONE) as bea,
        ):
            flows.come_as_founder(house, ann.page, ANN_NUMBER, "Ann")
            flows.add_contact(ann.page, f"Bea {BEA_NUMBER}")
            flows.knock(house, bea.page, BEA_NUMBER, "Bea")
            flows.let_in(ann.page, bea.page, "Bea")
            flows.open_room(ann.page, "Reading aloud")
            flows.enter_room(bea.page, "Reading aloud")
            flows.unmute(ann.page)
            ann.page.get_by_role("button", name="Turn captions on").click()
            # What the model cannot do is said before anybody says yes.
            expect(ann.page.get_by_text("knows English only")).to_be_visible()
            ann.page.get_by_role("button", name="Turn on my captions").click()
            heard = bea.page.get_by_test_id("caption").filter(has_text=re.compile("middle class"))
            expect(heard.nth(1)).to_be_visible(timeout=HEARD_WITHIN_MS)
            rates = sorted(word_errors(said, line) for line in finals(bea.page))
            print(f"word errors of each line: {[round(rate, 2) for rate in rates]}")
            assert rates[0] <= WORD_ERRORS_AT_MOST
            topics = bea.page.get_by_test_id("topics")
            expect(topics.get_by_text("class").first).to_be_visible(timeout=15_000)
            assert ann.errors == []
            assert bea.errors == []
    finally:
        house.close()
