"""`make prove-run`: a clean clone, a new HOME, `make run`, then the main job through the page.

Prints each step with the seconds since the start. Takes the fixture model of ../shared.
"""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import typer
from playwright.sync_api import Page, expect, sync_playwright

from tests.browser import flows
from tests.browser.house import ROOT, House
from tests.browser.person import PHONE, person
from tests.browser.speech import fixture_microphone
from tests.shared_material import fixture_model

INSTALL_TIMEOUT_S = 900
TITLE = "First evening"


def watch_captions(speaker: Page, reader: Page, done: Callable[[str], None]) -> None:
    """One of two speakers consents: his words are captioned, hers are not."""
    speaker.get_by_role("button", name="Turn captions on").click()
    speaker.get_by_role("button", name="Turn on my captions").click()
    log = reader.get_by_role("log")
    expect(log.get_by_text("harbour tunnel").first).to_be_visible(timeout=60_000)
    done("the founder's words are captioned")
    topics = reader.get_by_test_id("topics")
    expect(topics.get_by_text("tunnel").first).to_be_visible(timeout=60_000)
    done("the room's topics are there")
    expect(log.get_by_text("sourdough")).to_have_count(0)
    done("she never opted in and was never captioned")


def main() -> None:
    """Everything that a founder and a newcomer do on the first evening."""
    began_s = time.monotonic()

    def done(step: str) -> None:
        typer.echo(f"{time.monotonic() - began_s:7.1f} s  {step}")

    directory = Path(tempfile.mkdtemp(prefix="masil-prove-"))
    checkout, home = directory / "masil", directory / "home"
    home.mkdir()
    subprocess.run(["git", "clone", "-q", str(ROOT), str(checkout)], check=True)
    done("cloned into an empty directory; HOME is new")
    house = House.of_make_run(checkout, home, str(fixture_model()))
    try:
        house.wait_for("founder#", timeout_s=INSTALL_TIMEOUT_S)
        done("make run printed the founder's link")
        with ExitStack() as stack:
            driver = stack.enter_context(sync_playwright())
            ann_microphone = fixture_microphone(directory, "fx_en_00.flac")
            bea_microphone = fixture_microphone(directory, "fx_en_02.flac")
            ann = stack.enter_context(person(driver, house.url, ann_microphone))
            bea = stack.enter_context(person(driver, house.url, bea_microphone, viewport=PHONE))
            flows.come_as_founder(house, ann.page, "010-2345-6789", "Ann")
            done("the founder is in")
            flows.add_contact(ann.page, "Bea 010-9876-5432")
            flows.knock(house, bea.page, "010-9876-5432", "Beatrice")
            done("the newcomer waits")
            flows.let_in(ann.page, bea.page, "Beatrice")
            done("the founder was alerted and let her in")
            flows.open_room(ann.page, TITLE)
            flows.enter_room(bea.page, TITLE)
            flows.go_on_stage(ann.page, bea.page, "Beatrice")
            flows.unmute(ann.page)
            flows.unmute(bea.page)
            for who in (ann, bea):
                who.page.wait_for_timeout(1500)
                assert who.inbound()["received"] > 20
            done("both are on stage and hear each other")
            watch_captions(ann.page, bea.page, done)
            flows.end_room(ann.page)
            expect(bea.page.get_by_role("heading", name="Lights on now")).to_be_visible()
            done("the room is over, for both")
    finally:
        house.close()
    done("SIGTERM: everything stopped")


if __name__ == "__main__":
    main()
