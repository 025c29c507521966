"""How long a voice takes from one real Chromium to another, and how soon a newcomer hears.

Run by `make bench-browser`; stores bench/results/browser.json. Lag is from the microphone's track
in one page to the slot's track in the other (tap to tap), by cross-correlation over 6 s. A change
of network is one address for another, in network namespaces; it needs root.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import typer
from playwright.sync_api import expect, sync_playwright

from tests.browser import flows
from tests.browser.audio import lag_and_likeness, warble, write_wav
from tests.browser.house import ROOT, House
from tests.browser.person import Person, chromium_path, person
from tests.browser.tones import heard_again_after_ms, staircase
from tests.networks import HOUSE_ADDRESS, networks

ROUNDS_LAG = 5
ROUNDS_JOIN = 10
ROUNDS_CHANGE = 5
TITLE = "Bench"
CLICK_TO_FIRST_PACKET = """async (title) => {
    const before = masilTest.seen.connections.length;
    const button = [...document.querySelectorAll("button")].find((b) => b.textContent === title);
    const start = performance.now();
    button.click();
    for (;;) {
        await new Promise((done) => setTimeout(done, 2));
        if (performance.now() - start > 10000) throw new Error("no voice within 10 s");
        const connection = masilTest.seen.connections[before];
        if (!connection) continue;
        for (const report of (await connection.getStats()).values()) {
            if (report.type === "inbound-rtp" && report.packetsReceived > 0) {
                return performance.now() - start;
            }
        }
    }
}"""


def lag_once(speaker: Person, listener: Person) -> float:
    """One tap-to-tap lag in milliseconds."""
    speaker.tap_microphone("said")
    listener.tap_slots("heard")
    speaker.page.wait_for_timeout(6000)
    lag_ms, likeness = lag_and_likeness(speaker.stop_tap("said"), listener.stop_tap("heard"))
    assert likeness > 0.5, f"what was heard is not what was said ({likeness:.2f})"
    return lag_ms


def join_once(listener: Person) -> float:
    """Milliseconds from the click on a window to the first packet of a voice."""
    took: float = listener.page.evaluate(CLICK_TO_FIRST_PACKET, TITLE)
    listener.page.get_by_role("button", name="Leave quietly").click()
    expect(listener.page.get_by_role("button", name=TITLE)).to_be_visible()
    return took


def measure() -> dict[str, object]:
    """Two people in a real house."""
    state_dir = Path(tempfile.mkdtemp())
    house = House(state_dir, "tiny")
    try:
        with ExitStack() as stack:
            playwright = stack.enter_context(sync_playwright())
            microphone = write_wav(state_dir / "a.wav", warble(1))
            ann = stack.enter_context(person(playwright, house.url, microphone))
            bea = stack.enter_context(person(playwright, house.url))
            flows.come_as_founder(house, ann.page, "010-2345-6789", "Ann")
            flows.add_contact(ann.page, "010-9876-5432")
            flows.knock(house, bea.page, "010-9876-5432", "Bea")
            flows.let_in(ann.page, bea.page, "Bea")
            flows.open_room(ann.page, TITLE)
            flows.unmute(ann.page)
            expect(bea.page.get_by_role("button", name=TITLE)).to_be_visible()
            joins = [join_once(bea) for _ in range(ROUNDS_JOIN)]
            flows.enter_room(bea.page, TITLE)
            bea.page.wait_for_timeout(3000)
            lags = [lag_once(ann, bea) for _ in range(ROUNDS_LAG)]
            inbound = bea.inbound()
    finally:
        house.close()
    return {
        "tap_to_tap_ms": {"median": statistics.median(lags), "all": lags},
        "click_to_first_packet_ms": {"median": statistics.median(joins), "all": joins},
        "packets": inbound,
    }


def change_of_network() -> dict[str, object]:
    """How long after a device's address was replaced voices are heard again, both ways.

    The device is in a network namespace; its browser is told nothing of the change.
    """
    directory = Path(tempfile.mkdtemp())
    program = chromium_path()
    assert program
    back: dict[str, list[float]] = {"who_stayed": [], "who_moved": []}
    with ExitStack() as stack:
        roads = stack.enter_context(networks())
        house = House(
            directory / "house",
            "tiny",
            inside=roads.in_house(),
            address=HOUSE_ADDRESS,
            MASIL_MEDIA_HOST=HOUSE_ADDRESS,
        )
        stack.callback(house.close)
        playwright = stack.enter_context(sync_playwright())
        microphone = write_wav(directory / "staircase.wav", staircase())
        ann, bea = (
            stack.enter_context(
                person(
                    playwright,
                    house.url,
                    microphone,
                    chromium=roads.chromium(directory, program, road),
                )
            )
            for road in (roads.staying, roads.moving)
        )
        flows.come_as_founder(house, ann.page, "010-2345-6789", "Ann")
        flows.add_contact(ann.page, "010-9876-5432")
        flows.knock(house, bea.page, "010-9876-5432", "Bea")
        flows.let_in(ann.page, bea.page, "Bea")
        flows.open_room(ann.page, TITLE)
        flows.enter_room(bea.page, TITLE)
        flows.go_on_stage(ann.page, bea.page, "Bea")
        for who in (ann, bea):
            flows.unmute(who.page)
        for who in (ann, bea):
            who.hears_voices()
        for _ in range(ROUNDS_CHANGE):
            for who in (ann, bea):
                who.tap_loudspeakers("around")
            ann.page.wait_for_timeout(1_000)
            roads.change()
            changed_ms = float(ann.page.evaluate("() => Date.now()"))
            ann.page.wait_for_timeout(5_000)
            for who, found in zip((ann, bea), back.values(), strict=True):
                found.append(heard_again_after_ms(who.stop_tap("around"), changed_ms))
    return {
        name: {"median": statistics.median(found), "all": found} for name, found in back.items()
    }


def main() -> None:
    """Measure, print and store."""
    results = {
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
        "commit": subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True
        ).stdout.strip(),
        "machine": f"{platform.machine()}, {platform.system()}, Python {platform.python_version()}",
        **measure(),
        "change_of_network_ms": change_of_network() if os.geteuid() == 0 else "needs root",
    }
    text = json.dumps(results, indent=2)
    (ROOT / "bench" / "results" / "browser.json").write_text(text + "\n")
    typer.echo(text)


if __name__ == "__main__":
    main()
