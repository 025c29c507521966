"""Browser tests: the whole product on this machine, real Chromium, real microphones from files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, sync_playwright

from tests.browser.house import House
from tests.shared_material import shared_path


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder drives a browser."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.timeout(240))


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """The driver of all browsers."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A new house per module, with the fixture speech model where ../shared is present."""
    model = shared_path("models", "fixture-whisper")
    house = House(tmp_path_factory.mktemp("house"), str(model) if model else "tiny")
    try:
        yield house
    finally:
        house.close()
