"""`python -m bench.room_commands`: from a command to the screens of everybody in a room of 200.

A real gate with its database on disk and a real media worker, each a process of its own, and 200
WebSockets that all read. Time runs from before the command is written to after its event is
decoded, for every socket. First one command at a time, of every kind that a room sees often, then
twenty hands at the same moment. What the 200 readers cost is in the figures: they share the
machine.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import socket
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from protocol import signalling as wire
from server.config import Settings
from server.domain.ids import MemberId, NumberHash
from server.domain.member import Member, Membership
from server.service.sessions import token_hash
from server.store.sql import SqlStore
from tests.server_process.running import Running

RESULTS = Path(__file__).parent / "results" / "room_commands.json"
PEOPLE = 200
SPEAKERS = 10
ROUNDS = 30
HANDS = 20
LIMIT_MS = 150.0
DEADLINE_S = 30.0
CONNECT_AT_ONCE = 20


@dataclass
class Screen:
    """One page: a socket, its replies, and when which revision arrived."""

    member_id: str
    socket: aiohttp.ClientWebSocketResponse
    arrived: dict[int, float] = field(default_factory=dict)
    replies: dict[int, asyncio.Future[wire.ServerMessage]] = field(default_factory=dict)
    ids: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    async def read(self, news: asyncio.Event) -> None:
        """Note what arrives, as it arrives."""
        async for frame in self.socket:
            message = wire.decode_server.decode(frame.data)
            now = time.perf_counter()
            match message:
                case wire.ParticipantChanged() | wire.RoomChanged() | wire.ParticipantLeft():
                    self.arrived[message.revision] = now
                    news.set()
                case wire.Ok() | wire.Error() | wire.RoomOpened() | wire.Joined():
                    if message.id is not None:
                        self.replies[message.id].set_result(message)
                case _:
                    pass

    async def ask(self, kind: type, **fields: object) -> wire.ServerMessage:
        """A command and its answer."""
        id_ = next(self.ids)
        self.replies[id_] = asyncio.get_running_loop().create_future()
        await self.socket.send_str(wire.encoder.encode(kind(id=id_, **fields)).decode())
        async with asyncio.timeout(DEADLINE_S):
            reply = await self.replies[id_]
        del self.replies[id_]
        assert not isinstance(reply, wire.Error), reply
        return reply


@dataclass
class Crowd:
    """Everybody's screens."""

    screens: list[Screen]
    news: asyncio.Event
    revision: int = 0

    async def settled(self, revision: int) -> None:
        """Wait until a revision is on every screen."""
        async with asyncio.timeout(DEADLINE_S):
            while not all(revision in screen.arrived for screen in self.screens):
                self.news.clear()
                await self.news.wait()

    async def take_time_of(self, sender: Screen, kind: type, **fields: object) -> list[float]:
        """Milliseconds from the command to each screen; the command makes one revision."""
        self.revision += 1
        began = time.perf_counter()
        await sender.ask(kind, **fields)
        await self.settled(self.revision)
        took = [1000 * (screen.arrived[self.revision] - began) for screen in self.screens]
        assert min(took) > 0, "this is the event of another command"
        return took


@asynccontextmanager
async def house(people: int) -> AsyncIterator[tuple[str, list[str]]]:
    """A running gate and media worker; its address and the tokens of its members."""
    with tempfile.TemporaryDirectory(prefix="masil-") as directory:
        http, media = _free_port(socket.SOCK_STREAM), _free_port(socket.SOCK_DGRAM)
        environment = {
            "MASIL_STATE_DIR": directory,
            "MASIL_HTTP_HOST": "127.0.0.1",
            "MASIL_HTTP_PORT": str(http),
            "MASIL_PUBLIC_URL": f"http://127.0.0.1:{http}",
            "MASIL_MEDIA_HOST": "127.0.0.1",
            "MASIL_MEDIA_PORT": str(media),
        }
        tokens = await _residents(Settings(state_dir=Path(directory)), people)
        worker = Running("-m", "server", "media", environment=environment)
        gate = Running("-m", "server", "gate", environment=environment)
        try:
            gate.line_with("media worker connected")
            yield f"http://127.0.0.1:{http}", tokens
        finally:
            gate.stop()
            worker.stop()


def _free_port(kind: socket.SocketKind) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def _residents(settings: Settings, people: int) -> list[str]:
    store = SqlStore(settings.resolved_database_url())
    await store.open()
    now_ms = time.time_ns() // 1_000_000
    tokens = [f"token-{n}" for n in range(people)]
    async with store.transaction():
        for n, token in enumerate(tokens):
            member_id, digest = MemberId(f"member-{n}"), NumberHash(n.to_bytes(32, "big"))
            member = Member(member_id, digest, f"Member {n}", Membership.MEMBER, n == 0, now_ms)
            await store.save_member(member)
            await store.save_session(token_hash(token), member_id, now_ms)
    await store.close()
    return tokens


@asynccontextmanager
async def crowd(base: str, tokens: list[str]) -> AsyncIterator[Crowd]:
    """All of them in one room, the first as host, some on stage."""
    news = asyncio.Event()
    async with AsyncExitStack() as stack:
        connector = aiohttp.TCPConnector(limit=0)
        http = await stack.enter_async_context(aiohttp.ClientSession(connector=connector))

        async def connect(n: int) -> Screen:
            headers = {"Origin": base, "Cookie": f"masil={tokens[n]}"}
            opened = await http.ws_connect(base + "/ws", headers=headers, max_msg_size=0)
            stack.push_async_callback(opened.close)
            screen = Screen(f"member-{n}", opened)
            reader = asyncio.create_task(screen.read(news))
            stack.callback(reader.cancel)
            return screen

        screens = [await connect(n) for n in range(len(tokens))]
        host = screens[0]
        room = await host.ask(wire.OpenRoom, title="Two hundred")
        assert isinstance(room, wire.RoomOpened)
        for first in range(0, len(screens), CONNECT_AT_ONCE):
            some = screens[first : first + CONNECT_AT_ONCE]
            await asyncio.gather(*(s.ask(wire.JoinRoom, room_id=room.room_id) for s in some))
        for speaker in screens[1 : SPEAKERS + 1]:
            await host.ask(wire.InviteToStage, member_id=speaker.member_id)
            await speaker.ask(wire.AnswerStage, accepted=True)
        found = Crowd(screens, news)
        found.revision = max(max(screen.arrived) for screen in screens)
        await found.settled(found.revision)
        yield found


async def one_at_a_time(everybody: Crowd, rounds: int) -> list[float]:
    """Every round: microphones, a hold and its end, a hand, the stage, the lock."""
    host, *others = everybody.screens
    took: list[float] = []
    for n in range(rounds):
        speaker = others[n % SPEAKERS]
        listener = others[SPEAKERS + n % (len(others) - SPEAKERS)]
        about_speaker = {"member_id": speaker.member_id}
        about_listener = {"member_id": listener.member_id}
        for sender, kind, fields in (
            (speaker, wire.Mute, {"muted": False}),
            (host, wire.MuteParticipant, about_speaker),
            (speaker, wire.AskToUnmute, {"asked": True}),
            (host, wire.AllowUnmute, about_speaker),
            (listener, wire.RaiseHand, {"raised": True}),
            (host, wire.InviteToStage, about_listener),
            (host, wire.MoveToAudience, about_listener),
            (host, wire.LockRoom, {"locked": n % 2 == 0}),
        ):
            took += await everybody.take_time_of(sender, kind, **fields)
            await asyncio.sleep(0.06)  # nobody writes more than twenty messages a second
    return took


async def hands_at_once(everybody: Crowd) -> list[float]:
    """Twenty people raise a hand at the same moment; until each hand is on every screen."""
    raisers = everybody.screens[-HANDS:]
    began = time.perf_counter()
    first = everybody.revision + 1
    await asyncio.gather(*(screen.ask(wire.RaiseHand, raised=True) for screen in raisers))
    everybody.revision += HANDS
    await everybody.settled(everybody.revision)
    return [
        1000 * (screen.arrived[revision] - began)
        for screen in everybody.screens
        for revision in range(first, everybody.revision + 1)
    ]


def figures(took_ms: list[float]) -> dict[str, float]:
    """What is told of many times."""
    ordered = sorted(took_ms)

    def share(part: float) -> float:
        return round(ordered[min(len(ordered) - 1, int(part * len(ordered)))], 1)

    return {
        "samples": len(ordered),
        "p50_ms": share(0.5),
        "p99_ms": share(0.99),
        "max_ms": round(ordered[-1], 1),
    }


async def measure(people: int, rounds: int) -> dict[str, object]:
    """Both parts, on a house of their own."""
    async with house(people) as (base, tokens), crowd(base, tokens) as everybody:
        await one_at_a_time(everybody, 2)  # until caches are warm
        alone = await one_at_a_time(everybody, rounds)
        at_once = await hands_at_once(everybody)
    return {
        "people": people,
        "cores": os.cpu_count(),
        "one_at_a_time": figures(alone),
        f"{HANDS}_hands_at_once": figures(at_once),
        "limit_p99_ms": LIMIT_MS,
    }


def main() -> None:
    """Measure, print and store."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    chosen = parser.parse_args()
    found = asyncio.run(measure(chosen.people, chosen.rounds))
    text = json.dumps(found, indent=2)
    print(text)
    if chosen.people == PEOPLE:
        RESULTS.write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main()
