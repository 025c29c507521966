"""A browser whose NAT maps it anew in the middle of a talk goes on, with the connection it has."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from tests.browser import flows
from tests.browser.audio import warble, write_wav
from tests.browser.house import House, free_port
from tests.browser.person import Person, person
from tests.fakes.nat import Nat

FOUNDER_NUMBER = "010-2345-6789"
NEWCOMER_NUMBER = "010-9876-5432"


class NatThread:
    """A NAT in a loop of its own, as the browser's driver blocks the test's thread."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.nat = asyncio.run_coroutine_threadsafe(self._make(), self._loop).result(5)

    async def _make(self) -> Nat:
        return Nat()

    def rebind(self) -> None:
        """Every browser is somewhere else from now on."""
        self._loop.call_soon_threadsafe(self.nat.rebind)

    def close(self) -> None:
        """Let nothing through any more."""
        self._loop.call_soon_threadsafe(self.nat.close)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()


@pytest.fixture
def nat() -> Iterator[NatThread]:
    """A NAT."""
    made = NatThread()
    yield made
    made.close()


@pytest.fixture
def house_behind(nat: NatThread, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house whose media port is reached through the NAT only."""
    media_port = free_port(socket.SOCK_DGRAM)
    nat.nat.server = ("127.0.0.1", media_port)
    house = House(
        tmp_path_factory.mktemp("behind"),
        "tiny",
        MASIL_MEDIA_HOST="127.0.0.1",
        MASIL_MEDIA_PORT=str(media_port),
        MASIL_MEDIA_ADVERTISE_PORT=str(nat.nat.port),
    )
    try:
        yield house
    finally:
        house.close()


def connections(somebody: Person) -> list[str]:
    """The state of every connection that the page ever made."""
    states: list[str] = somebody.page.evaluate(
        "() => masilTest.seen.connections.map((c) => c.connectionState)"
    )
    return states


def test_voices_move_with_the_browser_and_need_no_new_connection(
    playwright: Playwright, house_behind: House, nat: NatThread, tmp_path: Path
) -> None:
    house = house_behind
    with (
        person(playwright, house.url, write_wav(tmp_path / "a.wav", warble(6))) as ann,
        person(playwright, house.url, write_wav(tmp_path / "b.wav", warble(7))) as bea,
    ):
        flows.come_as_founder(house, ann.page, FOUNDER_NUMBER, "Ann")
        flows.knock(house, bea.page, NEWCOMER_NUMBER, "Bea")
        flows.add_contact(ann.page, NEWCOMER_NUMBER)
        flows.let_in(ann.page, bea.page, "Bea")
        flows.open_room(ann.page, "On the move")
        flows.enter_room(bea.page, "On the move")
        flows.go_on_stage(ann.page, bea.page, "Bea")
        flows.unmute(ann.page)
        flows.unmute(bea.page)
        bea.hears_voices()
        for _ in range(2):
            nat.rebind()
            bea.hears_voices()
            ann.hears_voices()
        assert connections(ann) == connections(bea) == ["connected"]
        assert ann.errors == bea.errors == []
