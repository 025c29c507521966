"""`make demo`: one person alone sees hallway, stage, captions and topics at work."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from demo.scenes import SCENES
from demo.speech import SynthesiserMissingError, synthesiser
from tests.browser.house import ROOT, free_port
from tests.browser.person import person

START_S = 60.0
AUDIBLE_RMS = 0.01
ENERGY = """async () => {
    const stats = await masilTest.seen.connections.at(-1).getStats();
    let energy = 0;
    for (const each of stats.values()) energy += each.totalAudioEnergy ?? 0;
    return energy;
}"""
"""What came out of all voices so far (W3C webrtc-stats): the square of the RMS times seconds."""


class Demo:
    """The demo as a person starts it, and what his terminal shows."""

    def __init__(self, temporary: Path) -> None:
        environment = {k: v for k, v in os.environ.items() if k != "MASIL_WHISPER_MODEL"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "demo", "--port", str(free_port(socket.SOCK_STREAM))],
            cwd=ROOT,
            env={**environment, "TMPDIR": str(temporary)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.shown = ""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.shown += line

    def wait_for(self, pattern: str, within_s: float) -> str:
        """What the terminal shows of this, once it does."""
        deadline = time.monotonic() + within_s
        while (found := re.search(pattern, self.shown)) is None:
            assert self.process.poll() is None, self.shown
            assert time.monotonic() < deadline, self.shown
            time.sleep(0.05)
        return found[1]

    def stop(self) -> int:
        """Ctrl-C."""
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(30)
        self._reader.join(5)
        if self.process.stdout:
            self.process.stdout.close()
        return code


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    try:
        synthesiser()
    except SynthesiserMissingError as missing:
        pytest.skip(str(missing))
    running = Demo(tmp_path)
    try:
        yield running
    finally:
        if running.process.poll() is None:
            running.stop()


def hears_speech(page: Page) -> None:
    """Wait until three seconds as loud as speech came out of the room."""
    before = page.evaluate(ENERGY)
    deadline = time.monotonic() + 20
    while page.evaluate(ENERGY) - before < 3 * AUDIBLE_RMS**2:
        assert time.monotonic() < deadline, "no voice is heard"
        page.wait_for_timeout(200)


def test_one_person_alone_sees_two_rooms_and_hears_one_of_them(
    playwright: Playwright, demo: Demo, tmp_path: Path
) -> None:
    link = demo.wait_for(r"Come in:\s+(http\S+)", START_S)
    with person(playwright, link.split("/invite")[0]) as visitor:
        page = visitor.page
        page.goto(link)
        page.get_by_label("Country").select_option("KR")
        page.get_by_label("Phone number").fill("010-1234-5678")
        page.get_by_role("button", name="Send me a code").click()
        code = demo.wait_for(r"Your code \(number ending in 78\):\s+(\d{6})", 10)
        page.get_by_label("Six-digit code").fill(code)
        page.get_by_role("button", name="Confirm").click()
        page.get_by_label("Your name").fill("Visitor")
        page.get_by_role("button", name="Come in").click()
        expect(page.get_by_role("heading", name="Lights on now")).to_be_visible()
        for scene in SCENES:
            expect(page.get_by_role("button", name=scene.title).first).to_be_visible()

        page.get_by_role("button", name=SCENES[0].title).first.click()
        expect(page.get_by_role("heading", name=SCENES[0].title)).to_be_visible()
        expect(page.get_by_test_id("seat")).to_have_count(2)
        expect(page.get_by_test_id("caption").first).to_be_visible(timeout=20_000)
        hears_speech(page)
        expect(page.get_by_test_id("topics").get_by_role("listitem").first).to_be_visible(
            timeout=40_000
        )
        assert visitor.errors == []
    assert demo.stop() == 0
    assert "Gone, with all that was in it." in demo.shown
    assert list(tmp_path.glob("masil-demo-*")) == []
