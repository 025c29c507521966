"""The gate's connection to the analysis process, which may go and come back at any time.

Remembers open rooms and grants and repeats them after each reconnect. Passes on only what belongs
to a consent that is alive at this moment. Never sees audio.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import assert_never

import msgspec
import structlog
from websockets.asyncio.client import ClientConnection, connect, unix_connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from protocol.analysis import (
    BlockWords,
    CloseCaptions,
    EngineState,
    Gap,
    GateToAnalysis,
    GetStats,
    Grant,
    Hello,
    Line,
    LoadModel,
    OpenCaptions,
    Purged,
    RoomTopics,
    Stats,
    TypedTurn,
    Withdraw,
    decode_from_analysis,
    encoder,
)
from server.captions.engine_watch import AWAY, EngineWatch
from server.captions.feed import Feed
from server.domain.ids import RoomId, TapId
from server.ports import (
    CaptionFeedEvent,
    CaptionHeard,
    GapHeard,
    RoomTopic,
    TopicsChanged,
)

REPLY_TIMEOUT_S = 1.0
CONNECT_TIMEOUT_S = 5.0
SEND_TIMEOUT_S = 5.0
BACKOFF_FIRST_S = 0.1
BACKOFF_MOST_S = 2.0
BLOCKED_WORDS_A_MESSAGE = 400
"""Names have 40 characters at most, so that a message stays under the 64 KiB of the wire."""

_log = structlog.get_logger()
_PurgeKey = tuple[str, int | None]


@dataclass(slots=True)
class _Room:
    blocked_words: list[str]
    grants: dict[TapId, Grant] = field(default_factory=dict)


class AnalysisLink:
    """Implements `ports.CaptionFeed`."""

    def __init__(self, url: str, token: str, state_dir: Path, *, fetch_models: bool = True) -> None:
        """Take `unix:PATH` or ws://HOST:PORT; `fetch_models`: models/ is shared with analysis."""
        self._url = url
        self._token = token
        self._feed = Feed(AWAY)
        self._engine = EngineWatch(
            state_dir.absolute() if fetch_models else None,
            self._feed.set_engine,
            lambda: self._send(LoadModel()),
        )
        self._rooms: dict[RoomId, _Room] = {}
        self._connection: ClientConnection | None = None
        self._sending = asyncio.Lock()
        self._purges: dict[_PurgeKey, asyncio.Event] = {}
        self._stats: dict[int, asyncio.Future[Stats]] = {}
        self._next_request = 1
        self._run_task: asyncio.Task[None] | None = None

    # ------------------------------------------------------------ life

    async def start(self) -> None:
        """Begin to connect; returns at once."""
        self._run_task = asyncio.create_task(self._run())

    async def close(self) -> None:
        """Hang up, stop a running fetch, and end the events."""
        if self._run_task:
            self._run_task.cancel()
            await asyncio.gather(self._run_task, return_exceptions=True)
        await self._engine.close()
        self._feed.end()

    def events(self) -> AsyncIterator[CaptionFeedEvent]:
        """Events for the one consumer. Starts with the present EngineChanged."""
        return self._feed.events()

    # ------------------------------------------------------------ what services ask for

    async def open_room(self, room_id: RoomId, blocked_words: Sequence[str]) -> None:
        """Captions are on in a room, or its roster changed."""
        words = list(blocked_words)
        if room := self._rooms.get(room_id):
            room.blocked_words = words
        else:
            self._rooms[room_id] = _Room(words)
            await self._send(OpenCaptions(room_id=room_id))
        for message in _block(room_id, words):
            await self._send(message)

    async def grant(
        self, room_id: RoomId, tap_id: TapId, speaker_id: str, language: str | None
    ) -> None:
        """A speaker consents."""
        room = self._rooms.get(room_id)
        if room is None:
            _log.error("grant in a room without captions", room=room_id[:8])
            return
        grant = Grant(room_id=room_id, tap_id=tap_id, speaker_id=speaker_id, language=language)
        room.grants[tap_id] = grant
        await self._send(grant)
        self._engine.fetch_if_missing()

    async def type_turn(self, room_id: RoomId, tap_id: TapId, text: str, language: str) -> None:
        """Tell once, under a live grant only: what is lost with a connection is not repeated."""
        room = self._rooms.get(room_id)
        if room is not None and tap_id in room.grants:
            turn = TypedTurn(room_id=room_id, tap_id=tap_id, text=text, language=language)
            await self._send(turn)

    async def withdraw(self, room_id: RoomId, tap_id: TapId) -> None:
        """Return when analysis has purged, or after one second."""
        if room := self._rooms.get(room_id):
            room.grants.pop(tap_id, None)
        await self._purge(Withdraw(room_id=room_id, tap_id=tap_id), (room_id, tap_id))

    async def close_room(self, room_id: RoomId) -> None:
        """Return when analysis has purged, or after one second."""
        if self._rooms.pop(room_id, None) is not None:
            await self._purge(CloseCaptions(room_id=room_id), (room_id, None))

    async def stats(self) -> Stats | None:
        """Ask for the counters of the analysis process; None where it is away."""
        request, self._next_request = self._next_request, self._next_request + 1
        reply: asyncio.Future[Stats] = asyncio.get_running_loop().create_future()
        self._stats[request] = reply
        try:
            if not await self._send(GetStats(request=request)):
                return None
            return await asyncio.wait_for(reply, REPLY_TIMEOUT_S)
        except TimeoutError:
            return None
        finally:
            del self._stats[request]

    # ------------------------------------------------------------ the connection

    async def _run(self) -> None:
        backoff_s = BACKOFF_FIRST_S
        while True:
            try:
                async with asyncio.timeout(CONNECT_TIMEOUT_S):
                    connection = await self._connect()
            except (OSError, WebSocketException, TimeoutError):
                _log.debug("analysis does not answer")
            else:
                try:
                    if await self._converse(connection):
                        backoff_s = BACKOFF_FIRST_S
                finally:
                    self._hang_up()
                    await connection.close()
            # Jitter only spreads reconnects; nothing secret hangs on it.
            await asyncio.sleep(backoff_s * random.uniform(0.8, 1.2))  # noqa: S311
            backoff_s = min(BACKOFF_MOST_S, backoff_s * 2)

    def _connect(self) -> connect:
        if self._url.startswith("unix:"):
            path = self._url.removeprefix("unix:")
            return unix_connect(path, compression=None, proxy=None)
        return connect(self._url, compression=None, proxy=None)

    async def _converse(self, connection: ClientConnection) -> bool:
        """Talk until the connection ends; returns whether analysis ever answered."""
        answered = False
        try:
            async with self._sending:
                await self._write(connection, Hello(peer="gate", token=self._token))
                for message in self._remembered():
                    await self._write(connection, message)
                self._connection = connection
            async for frame in connection:
                answered = True
                self._take(frame)
                # A caption must not stay here until somebody says the next one.
                del frame
        except (ConnectionClosed, TimeoutError):
            _log.warning("connection to analysis lost")
        return answered

    def _remembered(self) -> list[GateToAnalysis]:
        messages: list[GateToAnalysis] = []
        for room_id, room in self._rooms.items():
            messages.append(OpenCaptions(room_id=room_id))
            messages += _block(room_id, room.blocked_words)
            messages += room.grants.values()
        return messages

    def _hang_up(self) -> None:
        self._connection = None
        # Analysis purges what a gate vouched for when that gate's connection ends.
        for purged in self._purges.values():
            purged.set()
        self._engine.heard(None)

    async def _send(self, message: GateToAnalysis) -> bool:
        """Send where analysis is there; what is remembered is repeated where it is not."""
        try:
            async with self._sending:
                if self._connection is None:
                    return False
                await self._write(self._connection, message)
        except (ConnectionClosed, TimeoutError):
            _log.warning("message to analysis lost with its connection")
            return False
        return True

    async def _write(self, connection: ClientConnection, message: GateToAnalysis) -> None:
        async with asyncio.timeout(SEND_TIMEOUT_S):
            await connection.send(encoder.encode(message).decode())

    async def _purge(self, message: Withdraw | CloseCaptions, key: _PurgeKey) -> None:
        purged = self._purges.setdefault(key, asyncio.Event())
        try:
            async with asyncio.timeout(REPLY_TIMEOUT_S):
                if await self._send(message):
                    await purged.wait()
        except TimeoutError:
            _log.warning("analysis has not said that it purged", room=key[0][:8])
        finally:
            self._purges.pop(key, None)

    # ------------------------------------------------------------ what analysis says

    def _take(self, frame: str | bytes) -> None:
        try:
            message = decode_from_analysis.decode(frame)
        except msgspec.DecodeError:
            _log.warning("analysis said something else than this protocol")
            return
        match message:
            case EngineState():
                self._engine.heard(message)
                if any(room.grants for room in self._rooms.values()):
                    self._engine.fetch_if_missing()
            case Purged(room_id=room_id, tap_id=tap_id):
                if purged := self._purges.get((room_id, tap_id)):
                    purged.set()
            case Stats(request=request):
                if (reply := self._stats.get(request)) and not reply.done():
                    reply.set_result(message)
            case _:
                self._pass_on(message)

    def _pass_on(self, message: Line | Gap | RoomTopics) -> None:
        room_id = RoomId(message.room_id)
        room = self._rooms.get(room_id)
        if room is None:
            return
        match message:
            case RoomTopics(topics=topics):
                ranked = tuple(RoomTopic(t.term, t.weight, t.speakers) for t in topics)
                self._feed.put(TopicsChanged(room_id, ranked))
            case Line() | Gap() if TapId(message.tap_id) in room.grants:
                self._feed.put(_heard(message))
            case Line() | Gap():
                _log.info("words of a consent that is over were dropped", room=room_id[:8])
            case _:
                assert_never(message)


def _block(room_id: RoomId, words: list[str]) -> list[BlockWords]:
    return [
        BlockWords(room_id=room_id, words=words[start : start + BLOCKED_WORDS_A_MESSAGE])
        for start in range(0, len(words), BLOCKED_WORDS_A_MESSAGE)
    ]


def _heard(message: Line | Gap) -> CaptionFeedEvent:
    room_id, tap_id = RoomId(message.room_id), TapId(message.tap_id)
    if isinstance(message, Gap):
        return GapHeard(room_id, tap_id, message.age_ms, message.duration_ms)
    return CaptionHeard(
        room_id=room_id,
        tap_id=tap_id,
        line_id=message.line_id,
        text=message.text,
        final=message.final,
        age_ms=message.age_ms,
        language=message.language,
    )
