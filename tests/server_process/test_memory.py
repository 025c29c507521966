"""Nothing is left: the memory of every process of a real house, searched before and after.

Typed turns need no speech model, so this runs everywhere; what is heard goes the same way from the
analysis process on (tests/browser/test_nothing_is_left).
"""

from __future__ import annotations

import asyncio
import itertools
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from protocol import signalling as wire
from server.domain.ids import MemberId, NumberHash
from server.domain.member import Member, Membership
from server.service.sessions import token_hash
from server.store.sql import SqlStore
from tests.process_memory import descendants, places_of
from tests.server_process.running import Running
from tests.server_process.test_house import environment, free_neighbours, free_port

pytestmark = pytest.mark.house
NAMES = ("ann", "bea")
SENTENCES = {
    "en": ("The harpsichord marmalade was late again.", "harpsichord marmalade"),
    "ko": ("어제 그 항아리 오르간 소리가 이상했어요.", "항아리 오르간"),
}
"""What is typed, and the part of it that is searched for: a caption, a pair of topic words."""
GONE_WITHIN_S = 1.0


class Page:
    """A browser page without a browser: its socket, and what it is told."""

    def __init__(self, link: aiohttp.ClientWebSocketResponse) -> None:
        self._link = link
        self._ids = itertools.count(1)

    async def ask(self, message: Callable[[int], wire.ClientMessage]) -> wire.ServerMessage:
        """Give a command, made of its id; the reply."""
        id_ = next(self._ids)
        await self._link.send_str(wire.encoder.encode(message(id_)).decode())
        reply = await self.until(lambda told: getattr(told, "id", None) == id_)
        assert not isinstance(reply, wire.Error), reply.code
        return reply

    async def until(self, wanted: Callable[[wire.ServerMessage], bool]) -> wire.ServerMessage:
        """The next message that is wanted."""
        async with asyncio.timeout(20):
            while True:
                told = wire.decode_server.decode((await self._link.receive()).data)
                if wanted(told):
                    return told


async def seed(database: Path) -> None:
    database.parent.mkdir(parents=True)
    store = SqlStore(f"sqlite+aiosqlite:///{database}")
    await store.open()
    for n, name in enumerate(NAMES):
        number = NumberHash(bytes([n]) * 32)
        await store.save_member(Member(MemberId(name), number, name, Membership.MEMBER, n == 0, 0))
        await store.save_session(token_hash(name), MemberId(name), time.time_ns() // 1_000_000)
    await store.close()


@asynccontextmanager
async def pages(url: str) -> AsyncIterator[list[Page]]:
    async with aiohttp.ClientSession() as session:
        opened = []
        for name in NAMES:
            headers = {"Origin": url, "Cookie": f"masil={name}"}
            opened.append(Page(await session.ws_connect(f"{url}/ws", headers=headers)))
        yield opened


def scribe_is_there(told: wire.ServerMessage) -> bool:
    """Whether a welcome, or what is told of the captions engine, says that its process answers."""
    engine = told.captions if isinstance(told, wire.Welcome | wire.CaptionsEngineChanged) else None
    return engine is not None and engine.state != "unavailable"


def everywhere(house: Running, text: str) -> list[str]:
    """All places of a text in all processes of the house."""
    found = []
    for pid, command in descendants(house.process.pid).items():
        try:
            found += [f"{command.split()[-1]}: {place}" for place in places_of(pid, text)]
        except PermissionError:
            pytest.skip("this user may not look into processes that are not dumpable")
        except ProcessLookupError:
            continue
    return found


@pytest.mark.parametrize("language", SENTENCES)
async def test_a_second_after_a_withdrawal_no_process_holds_a_word_of_it(
    tmp_path: Path, language: str
) -> None:
    sentence, needle = SENTENCES[language]
    http_port = free_port(socket.SOCK_STREAM)
    variables = environment(tmp_path, http_port, free_neighbours())
    variables["MASIL_WHISPER_MODEL"] = "tiny"
    await seed(tmp_path / "state" / "db" / "masil.sqlite3")
    house = Running("-m", "server", "serve", environment=variables)
    try:
        house.line_with("gate ready")
        house.line_with("analysis listens")
        async with pages(f"http://localhost:{http_port}") as (ann, bea):
            # A typed turn is told to the scribe once: its link to the gate must be there.
            await bea.until(scribe_is_there)
            opened = await ann.ask(lambda id_: wire.OpenRoom(id=id_, title="Soup"))
            assert isinstance(opened, wire.RoomOpened)
            room_id = opened.room_id
            for page in (ann, bea):
                await page.ask(lambda id_: wire.JoinRoom(id=id_, room_id=room_id))
            await ann.ask(lambda id_: wire.SwitchCaptions(id=id_, on=True))
            await ann.ask(lambda id_: wire.Consent(id=id_, granted=True, language=language))
            for _ in range(3):
                await ann.ask(lambda id_: wire.WriteLine(id=id_, text=sentence, turn=True))
            await bea.until(lambda told: isinstance(told, wire.Topics) and bool(told.topics))
            held = everywhere(house, needle)
            assert held, "the search finds what is certainly there"

            await ann.ask(lambda id_: wire.Consent(id=id_, granted=False))
            await bea.until(lambda told: isinstance(told, wire.CaptionsPurged))
            await asyncio.sleep(GONE_WITHIN_S)
            left = everywhere(house, needle)
            print(f"{len(held)} places before, {len(left)} a second after")
            assert left == []
    finally:
        house.stop()
