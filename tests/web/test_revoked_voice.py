"""Whoever is signed out, banned or erased is silent and gone within a second, and whoever a
moderator silences at once.

A real gate and a real media worker, with real checks, DTLS and SRTP between them and two people.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from protocol import signalling as wire
from protocol.errors import ErrorCode
from server.config import Settings
from server.domain.ids import MemberId
from server.media.embedded.options import Timing
from server.media.embedded.worker import Worker
from server.media.link import MediaLink
from tests.fakes.rtc import RtcPeer
from tests.web.gate import Gate, until
from tests.web.page import Page

WITHIN_S = 1.0
WATCHED_S = 1.5
PACKET_S = 0.02
TIMING = Timing(connect_s=5.0, handshake_s=2.0, consent_s=5.0, report_s=0.25)


@pytest.fixture
def run_dir() -> Iterator[Path]:
    """Short enough for the path of a Unix socket."""
    path = Path(tempfile.mkdtemp(prefix="masil-"))
    yield path
    shutil.rmtree(path)


@pytest.fixture
async def gate(tmp_path: Path, fresh_database: Path, run_dir: Path) -> AsyncIterator[Gate]:
    """A gate whose voices are carried by a worker of the real media engine."""
    shutil.copy(fresh_database, tmp_path)
    settings = Settings(state_dir=run_dir, media_host="127.0.0.1", media_port=0, slots=2)
    async with Worker(settings, TIMING, 1):
        link = MediaLink(settings.media_socket())
        await link.start()
        try:
            async with Gate(tmp_path, engine=link) as gate:
                await until(lambda: gate.house.rooms.media_news.up)
                yield gate
        finally:
            await link.close()


@dataclass
class Conversation:
    """Two people who talk; the guest never stops."""

    host: Page
    guest: Page
    other_device: Page
    """Where the guest is signed in besides, and looks on."""
    ear: RtcPeer
    mouth: RtcPeer


async def enter(page: Page, room_id: str) -> RtcPeer:
    """Join and connect."""
    joined = await page.join(room_id)
    assert joined.sdp is not None
    peer = RtcPeer(joined.sdp)
    await page.ask(wire.AnswerMedia, media_id=joined.media_id, sdp=peer.answer())
    await peer.connect()
    return peer


async def keep_talking(peer: RtcPeer) -> None:
    sequence = 0
    while True:
        peer.speak(sequence, b"a word")
        sequence += 1
        await asyncio.sleep(PACKET_S)


@pytest.fixture
async def talk(gate: Gate) -> AsyncIterator[Conversation]:
    host, guest = await gate.founder(), await gate.member(1)
    other_device = gate.page()
    await other_device.sign_in(1, "")
    await other_device.connect()
    opened = await host.ask(wire.OpenRoom, title="Evening walk")
    ear = await enter(host, opened.room_id)
    mouth = await enter(guest, opened.room_id)
    await host.ask(wire.InviteToStage, member_id=guest.member_id)
    await guest.ask(wire.AnswerStage, accepted=True)
    await guest.ask(wire.Mute, muted=False)
    talking = asyncio.create_task(keep_talking(mouth))
    await ear.hears(20)
    yield Conversation(host, guest, other_device, ear, mouth)
    talking.cancel()
    await asyncio.wait([talking])
    for peer in (ear, mouth):
        await peer.close(say_so=False)


async def session_id(gate: Gate, page: Page) -> str:
    response = await page.http.get(gate.base + "/api/sessions")
    (mine,) = [s for s in (await response.json())["sessions"] if s["isThis"]]
    return str(mine["sessionId"])


async def sign_out(_: Gate, talk: Conversation) -> None:
    assert (await talk.guest.post("/api/sign-out", b"")).status == 204


async def sign_out_there(gate: Gate, talk: Conversation) -> None:
    body = {"sessionId": await session_id(gate, talk.guest)}
    assert (await talk.other_device.post("/api/sessions/end", body)).status == 204


async def sign_out_everywhere_else(_: Gate, talk: Conversation) -> None:
    assert (await talk.other_device.post("/api/sessions/end-others", b"")).status == 204


async def sign_out_there_after_the_socket_was_lost(gate: Gate, talk: Conversation) -> None:
    body = {"sessionId": await session_id(gate, talk.guest)}
    await talk.guest.disconnect()
    talk.guest.close_code = 1000
    heard = len(talk.ear.heard)
    await talk.ear.hears(heard + 5)
    assert (await talk.other_device.post("/api/sessions/end", body)).status == 204


async def ban(_: Gate, talk: Conversation) -> None:
    await talk.host.ask(wire.BanMember, member_id=talk.guest.member_id)


async def erase(_: Gate, talk: Conversation) -> None:
    body = {"memberId": talk.guest.member_id}
    assert (await talk.other_device.post("/api/erase", body)).status == 204


async def erase_by_the_operator(gate: Gate, talk: Conversation) -> None:
    await gate.house.account.erase(MemberId(talk.guest.member_id))


async def last_signs(talk: Conversation, until_s: float) -> dict[str, float]:
    """When each sign of the guest was seen last: his voice, a checked connection, his socket."""
    seen: dict[str, float] = {}
    before = (len(talk.ear.heard), talk.mouth.checks_answered, None)
    while (now := time.monotonic()) < until_s:
        after = (len(talk.ear.heard), talk.mouth.checks_answered, talk.guest.close_code)
        if after[0] != before[0]:
            seen["voice"] = now
        if after[1] != before[1]:
            seen["media session"] = now
        if after[2] is None:
            seen["socket"] = now
        before = (after[0], after[1], None)
        await asyncio.sleep(0.005)
    return seen


@pytest.mark.parametrize(
    "end",
    [
        sign_out,
        sign_out_there,
        sign_out_everywhere_else,
        sign_out_there_after_the_socket_was_lost,
        ban,
        erase,
        erase_by_the_operator,
    ],
    ids=lambda end: end.__name__,
)
async def test_a_voice_and_a_socket_end_within_a_second(
    gate: Gate, talk: Conversation, end: Callable[[Gate, Conversation], Awaitable[None]]
) -> None:
    alive = await last_signs(talk, time.monotonic() + 0.3)
    assert set(alive) == {"voice", "media session", "socket"}
    began = time.monotonic()
    watching = asyncio.create_task(last_signs(talk, began + WATCHED_S))
    await end(gate, talk)
    seen = await watching
    took = {sign: round(1000 * (at - began)) for sign, at in seen.items()}
    print(f"{end.__name__}: last sign of each after {took} ms")
    assert max(seen.values(), default=began) - began < WITHIN_S
    assert talk.guest.close_code is not None
    await talk.host.event(wire.ParticipantLeft, lambda e: e.member_id == talk.guest.member_id)


AT_ONCE_S = 0.25


async def mute_with_a_hold(talk: Conversation) -> None:
    await talk.host.ask(wire.MuteParticipant, member_id=talk.guest.member_id)
    assert await talk.guest.refusal(wire.Mute, muted=False) is ErrorCode.HELD_MUTE


async def mute_all(talk: Conversation) -> None:
    await talk.host.ask(wire.MuteAll)
    assert await talk.guest.refusal(wire.Mute, muted=False) is ErrorCode.HELD_MUTE


async def remove_from_the_room(talk: Conversation) -> None:
    await talk.host.ask(wire.RemoveFromRoom, member_id=talk.guest.member_id)


async def ban_from_the_room(talk: Conversation) -> None:
    await talk.host.ask(wire.BanFromRoom, member_id=talk.guest.member_id)


@pytest.mark.parametrize(
    "silence",
    [mute_with_a_hold, mute_all, remove_from_the_room, ban_from_the_room],
    ids=lambda silence: silence.__name__,
)
async def test_packets_of_whom_a_moderator_silences_are_refused_at_once(
    talk: Conversation, silence: Callable[[Conversation], Awaitable[None]]
) -> None:
    assert "voice" in await last_signs(talk, time.monotonic() + 0.3)
    began = time.monotonic()
    watching = asyncio.create_task(last_signs(talk, began + WATCHED_S))
    await silence(talk)
    seen = await watching
    took_s = seen.get("voice", began) - began
    print(f"{silence.__name__}: last packet heard after {1000 * took_s:.0f} ms")
    assert took_s < AT_ONCE_S
