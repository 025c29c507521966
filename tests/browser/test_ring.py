"""The ring around a speaker follows what the loudspeaker plays, not what arrives."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from playwright.sync_api import Playwright

from tests.browser import flows
from tests.browser.audio import RATE_HZ, Heard, Samples, write_wav
from tests.browser.house import House
from tests.browser.person import person

FOUNDER_NUMBER = "010-2345-6789"
NEWCOMER_NUMBER = "010-9876-5432"
WORD_MS, PAUSE_MS = 600, 1_150
WORDS_AT_LEAST = 5
LATE_MS = 250
"""From the first sound of a word to its ring; a look every 100 ms and a busy machine are in it."""
EARLY_MS = 150
"""The tap that a test hears with is itself behind the loudspeaker."""
WATCH = """() => {
  window.rings = [];
  const seat = document.querySelector("[data-testid=seat]");
  new MutationObserver(() => {
    window.rings.push([Date.now(), seat.dataset.speaking === "true"]);
  }).observe(seat, { attributeFilter: ["data-speaking"] });
}"""


def words() -> Samples:
    """Tones of the length of a word, with pauses longer than the ring's own patience."""
    at = np.arange(RATE_HZ * WORD_MS // 1000) / RATE_HZ
    word = 0.4 * np.sin(2 * np.pi * 400 * at)
    pause = np.zeros(RATE_HZ * PAUSE_MS // 1000)
    return np.concatenate([pause, word]).astype(np.float32)


def word_starts_ms(heard: Heard) -> list[float]:
    """When each word was first heard, by the wall clock."""
    hop = RATE_HZ // 100
    blocks = heard.samples[: len(heard.samples) // hop * hop].reshape(-1, hop)
    loud = np.sqrt(np.mean(np.square(blocks), axis=1)) > 0.05
    firsts = (at for at in np.flatnonzero(loud) if at >= 40 and not loud[at - 40 : at].any())
    return [heard.start_ms + 10.0 * float(at) for at in firsts]


def test_a_ring_comes_with_the_sound(playwright: Playwright, house: House, tmp_path: Path) -> None:
    with (
        person(playwright, house.url, write_wav(tmp_path / "a.wav", words())) as ann,
        person(playwright, house.url) as bea,
    ):
        flows.come_as_founder(house, ann.page, FOUNDER_NUMBER, "Ann")
        flows.knock(house, bea.page, NEWCOMER_NUMBER, "Bea")
        flows.add_contact(ann.page, NEWCOMER_NUMBER)
        flows.let_in(ann.page, bea.page, "Bea")
        flows.open_room(ann.page, "Rings")
        flows.enter_room(bea.page, "Rings")
        flows.unmute(ann.page)
        bea.hears_voices()
        bea.page.evaluate(WATCH)
        bea.tap_loudspeakers("words")
        bea.page.wait_for_timeout(15_000)
        heard = bea.stop_tap("words")
        rings = [at for at, on in bea.page.evaluate("() => window.rings") if on]
        starts = word_starts_ms(heard)
        assert len(starts) >= WORDS_AT_LEAST
        lags = [min((ring - start for ring in rings), key=abs) for start in starts]
        print("ring after sound:", *(f"{lag:.0f} ms" for lag in lags))
        assert all(-EARLY_MS <= lag <= LATE_MS for lag in lags)
        assert ann.errors == bea.errors == []
