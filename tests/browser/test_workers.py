"""Two media workers: what happens to one is heard in its rooms only, and one room can use both."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, expect

from tests.browser import flows
from tests.browser.audio import warble, write_wav
from tests.browser.house import House
from tests.browser.person import Person, another, person

FOUNDER_NUMBER = "010-2345-6789"
NUMBERS = {"Bea": "010-9876-5432", "Cho": "010-9876-5433", "Dan": "010-9876-5434"}
SILENCE_MS = 3_000
"""Voices must be back after so long."""
UNDISTURBED_MS = 500
"""Four pages on two cores: a gap that long is the machine, not a lost connection."""
WATCH_SILENCE = """() => {
    const heard = { atMs: performance.now(), count: 0, gapMs: 0 };
    window.silence = heard;
    const look = async () => {
        const { received } = await masilTest.inbound();
        const nowMs = performance.now();
        if (received > 0 && received !== heard.count) {
            heard.gapMs = Math.max(heard.gapMs, nowMs - heard.atMs);
            Object.assign(heard, { atMs: nowMs, count: received });
        }
        setTimeout(look, 20);
    };
    look();
}"""
LONGEST_SILENCE = """() => {
    const { gapMs } = window.silence;
    window.silence.gapMs = 0;
    return gapMs;
}"""

WORKER_PORT = """async () => {
    const reports = await masilTest.seen.connections.at(-1).getStats();
    const all = [...reports.values()];
    const pair = all.find((r) => r.type === "candidate-pair" && r.nominated);
    return pair ? reports.get(pair.remoteCandidateId).port : 0;
}"""
"""The UDP port of the media worker that this page sends to."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Two media workers."""
    house = House(tmp_path_factory.mktemp("house"), "tiny", media_workers=2)
    try:
        yield house
    finally:
        house.close()


@pytest.fixture
def narrow_house(tmp_path: Path) -> Iterator[House]:
    """Two media workers, and the second one helps with the second person of a room."""
    house = House(tmp_path / "narrow", "tiny", media_workers=2, MASIL_MEDIA_ROOM_SEATS="1")
    try:
        yield house
    finally:
        house.close()


def let_everybody_in(house: House, founder: Person, newcomers: dict[str, Person]) -> None:
    flows.come_as_founder(house, founder.page, FOUNDER_NUMBER, "Ann")
    for name, newcomer in newcomers.items():
        flows.knock(house, newcomer.page, NUMBERS[name], name)
        flows.add_contact(founder.page, NUMBERS[name])
        flows.let_in(founder.page, newcomer.page, name)
        founder.page.reload()


def voices_are_back(listener: Person) -> float:
    """Wait for a connected page and a second of voice; how long it was silent, in ms."""
    flows.hears(listener.page)
    for _ in range(100):
        before = listener.inbound()["received"]
        listener.page.wait_for_timeout(500)
        if listener.inbound()["received"] > before + 12:
            return float(listener.page.evaluate(LONGEST_SILENCE))
    raise AssertionError("no voice came back")


def worker_of(house: House, someone: Person) -> int:
    return int(someone.page.evaluate(WORKER_PORT)) - house.media_port


def connections(listener: Person) -> int:
    return int(listener.page.evaluate("() => masilTest.seen.connections.length"))


def test_a_room_moves_to_another_worker_by_itself_and_the_other_room_hears_nothing_of_it(
    playwright: Playwright, house: House, tmp_path: Path
) -> None:
    microphone = write_wav(tmp_path / "a.wav", warble(8))
    with (
        person(playwright, house.url, microphone) as ann,
        another(ann.browser, house.url) as cho,
        person(playwright, house.url) as bea,
        another(bea.browser, house.url) as dan,
    ):
        let_everybody_in(house, ann, {"Bea": bea, "Cho": cho, "Dan": dan})
        for host, guest, title in ((ann, bea, "Lantern"), (cho, dan, "Orchard")):
            flows.open_room(host.page, title)
            flows.enter_room(guest.page, title)
            flows.unmute(host.page)
            guest.page.evaluate(WATCH_SILENCE)
            voices_are_back(guest)
        renewed, undisturbed = connections(bea), connections(dan)

        # The first room is on the first worker, the second room on the other.
        seen = len(house.lines)
        house.kill("--index=0")
        bea.page.wait_for_timeout(SILENCE_MS)
        silent_ms, other_ms = voices_are_back(bea), voices_are_back(dan)
        assert silent_ms < SILENCE_MS
        assert other_ms < UNDISTURBED_MS
        assert connections(bea) == renewed + 1
        assert connections(dan) == undisturbed
        house.wait_for("media worker takes rooms", after=seen)

        # Both are on the second worker now, which an operator stops.
        house.kill("--index=1", signal.SIGTERM)
        bea.page.wait_for_timeout(SILENCE_MS)
        drained_ms = [voices_are_back(bea), voices_are_back(dan)]
        assert max(drained_ms) < SILENCE_MS
        assert connections(bea) == renewed + 2
        assert connections(dan) == undisturbed + 1
        for page in (ann.page, cho.page):
            expect(page.get_by_role("button", name="Turn microphone off")).to_be_visible()
    print(f"silent after kill: {silent_ms:.0f} ms (the other room {other_ms:.0f} ms)")
    print("silent after drain:", *(f"{silence:.0f} ms" for silence in drained_ms))


def test_people_of_one_room_on_two_workers_hear_each_other_again_when_its_home_dies(
    playwright: Playwright, narrow_house: House, tmp_path: Path
) -> None:
    house = narrow_house
    microphone = write_wav(tmp_path / "a.wav", warble(8))
    with (
        person(playwright, house.url, microphone) as ann,
        person(playwright, house.url, microphone) as bea,
    ):
        let_everybody_in(house, ann, {"Bea": bea})
        flows.open_room(ann.page, "Lantern")
        flows.enter_room(bea.page, "Lantern")
        flows.go_on_stage(ann.page, bea.page, "Bea")
        for one in (ann, bea):
            flows.unmute(one.page)
            one.page.evaluate(WATCH_SILENCE)
        for one in (ann, bea):
            voices_are_back(one)
        assert (worker_of(house, ann), worker_of(house, bea)) == (0, 1)
        renewed = [connections(one) for one in (ann, bea)]

        house.kill("--index=0")  # the home: both have to renew, also she who sits elsewhere
        bea.page.wait_for_timeout(SILENCE_MS)
        silent_ms = [voices_are_back(one) for one in (ann, bea)]
        assert max(silent_ms) < SILENCE_MS
        assert [connections(one) for one in (ann, bea)] == [count + 1 for count in renewed]
        assert ann.errors == bea.errors == []
    print("silent after the home's kill:", *(f"{silence:.0f} ms" for silence in silent_ms))
