"""How long a voice takes from one real Chromium to another, and how soon it is there.

Run by `make bench-browser`; stores bench/results/browser.json. Lag is from the microphone's track
in one page to the slot's track in the other (tap to tap), by cross-correlation over 6 s. Times to
audio are taken from what the loudspeakers play, not from packets. A change of network takes a
device's address away and gives it another one, in network namespaces (as root; else left out).
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
import typer
from playwright.sync_api import Playwright, expect, sync_playwright

from tests.browser import flows
from tests.browser.audio import RATE_HZ, lag_and_likeness, warble, write_wav
from tests.browser.house import ROOT, House
from tests.browser.person import Person, chromium_path, person
from tests.browser.tones import heard_again_after_ms, staircase
from tests.networks import HOUSE_ADDRESS, Networks, why_not

ROUNDS_LAG = 5
ROUNDS_JOIN = 10
ROUNDS_CHANGE = 5
TITLE = "Bench"
CLICK_TO_FIRST_PACKET = """async (title) => {
    const before = masilTest.seen.connections.length;
    const button = [...document.querySelectorAll("button")].find((b) => b.textContent === title);
    const clicked = Date.now();
    const start = performance.now();
    button.click();
    for (;;) {
        await new Promise((done) => setTimeout(done, 2));
        if (performance.now() - start > 10000) throw new Error("no voice within 10 s");
        const connection = masilTest.seen.connections[before];
        if (!connection) continue;
        for (const report of (await connection.getStats()).values()) {
            if (report.type === "inbound-rtp" && report.packetsReceived > 0) {
                return [clicked, performance.now() - start];
            }
        }
    }
}"""
JITTER_BUFFER = """async () => {
    let kept = 0, frames = 0;
    for (const connection of masilTest.seen.connections) {
        if (connection.connectionState !== "connected") continue;
        for (const report of (await connection.getStats()).values()) {
            if (report.type !== "inbound-rtp") continue;
            kept += report.jitterBufferDelay ?? 0;
            frames += report.jitterBufferEmittedCount ?? 0;
        }
    }
    return [kept, frames];
}"""
AUDIBLE = 0.01
LIKENESS = 0.5


class Lag(NamedTuple):
    """One round."""

    tap_to_tap_ms: float
    jitter_buffer_ms: float
    """How much of it the player kept in store against the machine's own unevenness."""
    load: float
    """The machine's load average then: two cores are busy at 2."""


def lags_of(speaker: Person, listener: Person) -> tuple[list[Lag], int]:
    """Some rounds, and how many were thrown away: a machine too busy tears what it plays."""
    tries = [lag_once(speaker, listener) for _ in range(ROUNDS_LAG)]
    while sum(lag is not None for lag in tries) < ROUNDS_LAG and len(tries) < 3 * ROUNDS_LAG:
        tries.append(lag_once(speaker, listener))
    lags = [lag for lag in tries if lag is not None]
    return lags, len(tries) - len(lags)


def lag_once(speaker: Person, listener: Person) -> Lag | None:
    """One tap-to-tap lag; None where what was heard is not what was said."""
    before = listener.page.evaluate(JITTER_BUFFER)
    speaker.tap_microphone("said")
    listener.tap_slots("heard")
    speaker.page.wait_for_timeout(6000)
    lag_ms, likeness = lag_and_likeness(speaker.stop_tap("said"), listener.stop_tap("heard"))
    if likeness < LIKENESS:
        return None
    after = listener.page.evaluate(JITTER_BUFFER)
    kept_ms = 1000 * (after[0] - before[0]) / max(1, after[1] - before[1])
    return Lag(lag_ms, kept_ms, os.getloadavg()[0])


def join_once(listener: Person) -> tuple[float, float]:
    """From the click on a window: milliseconds to the first packet, and to the first sound."""
    listener.tap_loudspeakers("joining")
    listener.page.wait_for_timeout(500)
    clicked_ms, packet_ms = listener.page.evaluate(CLICK_TO_FIRST_PACKET, TITLE)
    listener.page.wait_for_timeout(500)
    heard = listener.stop_tap("joining")
    sound = np.flatnonzero(np.abs(heard.samples) > AUDIBLE)
    assert len(sound), "nothing was heard"
    leave(listener)
    return packet_ms, heard.start_ms + 1000 * float(sound[0]) / RATE_HZ - clicked_ms


def leave(listener: Person) -> None:
    """Back to the hallway, where the room's window is."""
    listener.page.get_by_role("button", name="Leave quietly").click()
    expect(listener.page.get_by_role("button", name=TITLE)).to_be_visible()


def let_two_in(house: House, ann: Person, bea: Person) -> None:
    """Ann opens a room and talks; Bea sees it in the hallway."""
    flows.come_as_founder(house, ann.page, "010-2345-6789", "Ann")
    flows.add_contact(ann.page, "010-9876-5432")
    flows.knock(house, bea.page, "010-9876-5432", "Bea")
    flows.let_in(ann.page, bea.page, "Bea")
    flows.open_room(ann.page, TITLE)
    flows.unmute(ann.page)
    expect(bea.page.get_by_role("button", name=TITLE)).to_be_visible()


def measure_voices(playwright: Playwright, directory: Path) -> dict[str, object]:
    """Two people in a real house."""
    house = House(directory / "voices", "tiny")
    microphone = write_wav(directory / "warble.wav", warble(1))
    try:
        with (
            person(playwright, house.url, microphone) as ann,
            person(playwright, house.url) as bea,
        ):
            let_two_in(house, ann, bea)
            joins = [join_once(bea) for _ in range(ROUNDS_JOIN)]
            flows.enter_room(bea.page, TITLE)
            bea.page.wait_for_timeout(3000)
            lags, torn = lags_of(ann, bea)
            inbound = bea.inbound()
    finally:
        house.close()
    return {
        "tap_to_tap_ms": {
            "median": statistics.median(lag.tap_to_tap_ms for lag in lags),
            "rounds": [lag._asdict() for lag in lags],
            "torn_rounds": torn,
        },
        "click_to_first_packet_ms": summary([packet_ms for packet_ms, _ in joins]),
        "click_to_first_audio_ms": summary([heard_ms for _, heard_ms in joins]),
        "packets": inbound,
    }


def measure_changes(playwright: Playwright, directory: Path) -> dict[str, object]:
    """Somebody moves from network to network while both talk; how soon both hear again."""
    if reason := why_not():
        return {"skipped": reason}
    roads = Networks()
    microphone = write_wav(directory / "staircase.wav", staircase())
    chromium = chromium_path()
    assert chromium
    try:
        roads.set_up()
        house = House(
            directory / "changes",
            "tiny",
            inside=roads.in_house(),
            address=HOUSE_ADDRESS,
            MASIL_MEDIA_HOST=HOUSE_ADDRESS,
        )
        try:
            with (
                person(
                    playwright,
                    house.url,
                    microphone,
                    chromium=roads.chromium(directory, chromium, roads.staying),
                ) as ann,
                person(
                    playwright,
                    house.url,
                    microphone,
                    chromium=roads.chromium(directory, chromium, roads.moving),
                ) as bea,
            ):
                let_two_in(house, ann, bea)
                flows.enter_room(bea.page, TITLE)
                flows.go_on_stage(ann.page, bea.page, "Bea")
                flows.unmute(bea.page)
                return {
                    "address_replaced_at_once": changes(ann, bea, roads, away_ms=0),
                    "after_1500_ms_without_network": changes(ann, bea, roads, away_ms=1500),
                }
        finally:
            house.close()
    finally:
        roads.tear_down()


def changes(ann: Person, bea: Person, roads: Networks, away_ms: int) -> dict[str, object]:
    """From the moment at which the new network is there until the last silence is over."""
    backs: list[tuple[float, float]] = []
    for _ in range(ROUNDS_CHANGE):
        bea.hears_voices()
        for each in (ann, bea):
            each.tap_loudspeakers("change")
        ann.page.wait_for_timeout(1000)
        if away_ms:
            roads.leave()
            ann.page.wait_for_timeout(away_ms)
            roads.enter()
        else:
            roads.change()
        changed_ms = float(ann.page.evaluate("() => Date.now()"))
        ann.page.wait_for_timeout(5000)
        stayed, moved = (each.stop_tap("change") for each in (ann, bea))
        backs.append(
            (heard_again_after_ms(moved, changed_ms), heard_again_after_ms(stayed, changed_ms))
        )
    return {
        "who_moved_hears_again": summary([hears for hears, _ in backs]),
        "who_moved_is_heard_again": summary([heard for _, heard in backs]),
    }


def summary(values: list[float]) -> dict[str, object]:
    """The median, and everything it was taken from."""
    return {"median": statistics.median(values), "all": values}


def measure() -> dict[str, object]:
    """All of it, one after the other."""
    directory = Path(tempfile.mkdtemp())
    for each in ("voices", "changes"):
        (directory / each).mkdir()
    with sync_playwright() as playwright:
        return {
            **measure_voices(playwright, directory),
            "back_after_network_change_ms": measure_changes(playwright, directory),
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
    }
    text = json.dumps(results, indent=2)
    (ROOT / "bench" / "results" / "browser.json").write_text(text + "\n")
    typer.echo(text)


if __name__ == "__main__":
    main()
