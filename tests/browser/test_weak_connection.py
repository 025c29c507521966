"""A connection that works but is weak says so, and in what, and stops saying so when it is good."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Playwright, expect

from bench.lossy_road import LossyRoad
from tests.browser import flows
from tests.browser.audio import warble, write_wav
from tests.browser.house import House, free_udp_ports
from tests.browser.person import person

FOUNDER_NUMBER = "010-2345-6789"
NEWCOMER_NUMBER = "010-9876-5432"
WITHIN_MS = 20_000


@pytest.fixture(scope="module")
def road() -> Iterator[LossyRoad]:
    """All voices take this road."""
    with LossyRoad(free_udp_ports(1)) as made:
        yield made


@pytest.fixture(scope="module")
def house(road: LossyRoad, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house at the end of the road."""
    house = House(
        tmp_path_factory.mktemp("house"),
        "tiny",
        MASIL_MEDIA_PORT=str(road.server_port),
        MASIL_MEDIA_ADVERTISE_PORT=str(road.port),
    )
    try:
        yield house
    finally:
        house.close()


def is_weak(page: Page, why: str) -> None:
    """One word is always there; the reason is beside it."""
    state = page.get_by_test_id("connection")
    expect(state).to_have_attribute("data-state", "weak", timeout=WITHIN_MS)
    expect(state).to_have_text("weak")
    expect(page.get_by_test_id("connection-banner")).to_contain_text(why)


def is_good(page: Page) -> None:
    state = page.get_by_test_id("connection")
    expect(state).to_have_attribute("data-state", "connected", timeout=WITHIN_MS)
    expect(page.get_by_test_id("connection-banner")).to_have_count(0)


def test_lost_packets_and_a_long_way_are_told_to_whom_they_concern(
    playwright: Playwright,
    house: House,
    road: LossyRoad,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    microphone = write_wav(tmp_path_factory.mktemp("ann") / "a.wav", warble(3))
    with (
        person(playwright, house.url, microphone) as ann,
        person(playwright, house.url) as bea,
    ):
        flows.come_as_founder(house, ann.page, FOUNDER_NUMBER, "Ann")
        flows.knock(house, bea.page, NEWCOMER_NUMBER, "Bea")
        flows.add_contact(ann.page, NEWCOMER_NUMBER)
        flows.let_in(ann.page, bea.page, "Bea")
        flows.open_room(ann.page, "A rough road")
        flows.enter_room(bea.page, "A rough road")
        flows.unmute(ann.page)
        bea.hears_voices()

        road.start_again(1, down=0.2)
        is_weak(bea.page, "of the voices is lost on the way to you")
        road.start_again(2)
        is_good(bea.page)

        road.start_again(3, up=0.2)
        is_weak(ann.page, "of your voice is lost on its way")
        road.start_again(4)
        is_good(ann.page)

        road.start_again(5, round_trip_ms=800)
        is_weak(bea.page, "Your connection is slow")
        road.start_again(6)
        is_good(bea.page)
        assert ann.errors == bea.errors == []
