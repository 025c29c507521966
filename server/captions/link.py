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
from typing import TypeVar

import msgspec
import structlog
from websockets.asyncio.client import ClientConnection, connect, unix_connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from protocol.analysis import (
    AskTopic,
    BlockWords,
    CloseCaptions,
    EngineState,
    Gap,
    GateToAnalysis,
    GetStats,
    Grant,
    Hello,
    HideWord,
    Line,
    LoadModel,
    OpenCaptions,
    Purged,
    SpeakerTraits,
    Stats,
    TopicMentions,
    Trending,
    TypedTurn,
    Withdraw,
    decode_from_analysis,
    encoder,
)
from server.captions import heard
from server.captions.engine_watch import AWAY, EngineWatch
from server.captions.feed import Feed
from server.domain.ids import RoomId, TapId
from server.ports import CaptionFeedEvent, Mention

REPLY_TIMEOUT_S = 1.0
CONNECT_TIMEOUT_S = 5.0
SEND_TIMEOUT_S = 5.0
BACKOFF_FIRST_S = 0.1
BACKOFF_MOST_S = 2.0
BLOCKED_WORDS_A_MESSAGE = 400
"""Names have 40 characters at most, so that a message stays under the 64 KiB of the wire."""

_log = structlog.get_logger()
_PurgeKey = tuple[str, int | None]
_Reply = TypeVar("_Reply", Stats, TopicMentions)


@dataclass(slots=True)
class _Room:
    blocked_words: list[str]
    grants: dict[TapId, Grant] = field(default_factory=dict)
    hidden: dict[str, None] = field(default_factory=dict)
    """Words that moderators hide, in order."""


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
        self._mentions: dict[int, asyncio.Future[TopicMentions]] = {}
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

    async def type_turn(
        self, room_id: RoomId, tap_id: TapId, text: str, language: str, line_id: int
    ) -> None:
        """Tell once, under a live grant only: what is lost with a connection is not repeated."""
        room = self._rooms.get(room_id)
        if room is not None and tap_id in room.grants:
            turn = TypedTurn(
                room_id=room_id, tap_id=tap_id, text=text, language=language, line_id=line_id
            )
            await self._send(turn)

    async def hide_word(self, room_id: RoomId, term: str, *, hidden: bool) -> None:
        """A word is no topic of this room any more, or may be one again."""
        if room := self._rooms.get(room_id):
            if hidden:
                room.hidden[term] = None
            else:
                room.hidden.pop(term, None)
            await self._send(HideWord(room_id=room_id, term=term, hidden=hidden))

    async def mentions(self, room_id: RoomId, topic_id: int) -> Sequence[Mention] | None:
        """Where a topic was said, newest first; None where analysis does not answer in a second."""
        request = self._new_request()
        question = AskTopic(request=request, room_id=room_id, topic_id=topic_id)
        reply = await self._ask(question, self._mentions, request)
        return None if reply is None else heard.mentions(reply)

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
        request = self._new_request()
        return await self._ask(GetStats(request=request), self._stats, request)

    def _new_request(self) -> int:
        request, self._next_request = self._next_request, self._next_request + 1
        return request

    async def _ask(
        self, question: GateToAnalysis, waiting: dict[int, asyncio.Future[_Reply]], request: int
    ) -> _Reply | None:
        """Send a question and wait a second for its reply; None where there is none."""
        reply: asyncio.Future[_Reply] = asyncio.get_running_loop().create_future()
        waiting[request] = reply
        try:
            if not await self._send(question):
                return None
            return await asyncio.wait_for(reply, REPLY_TIMEOUT_S)
        except TimeoutError:
            return None
        finally:
            del waiting[request]

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
            messages += [HideWord(room_id=room_id, term=w, hidden=True) for w in room.hidden]
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
            case Stats() | TopicMentions():
                self._take_reply(message)
            case Trending():
                self._feed.put(heard.of_house(message))
            case _:
                self._pass_on(message)

    def _take_reply(self, reply: Stats | TopicMentions) -> None:
        if isinstance(reply, Stats):
            _answer(self._stats.get(reply.request), reply)
        else:
            _answer(self._mentions.get(reply.request), reply)

    def _pass_on(self, message: heard.OfSpeaker | heard.OfRoom) -> None:
        room = self._rooms.get(RoomId(message.room_id))
        if room is None:
            return
        if not isinstance(message, Line | Gap | SpeakerTraits):
            self._feed.put(heard.of_room(message))
        elif TapId(message.tap_id) in room.grants:
            self._feed.put(heard.of_speaker(message))
        else:
            _log.info("words of a consent that is over were dropped", room=message.room_id[:8])


def _answer(waiting: asyncio.Future[_Reply] | None, reply: _Reply) -> None:
    if waiting and not waiting.done():
        waiting.set_result(reply)


def _block(room_id: RoomId, words: list[str]) -> list[BlockWords]:
    return [
        BlockWords(room_id=room_id, words=words[start : start + BLOCKED_WORDS_A_MESSAGE])
        for start in range(0, len(words), BLOCKED_WORDS_A_MESSAGE)
    ]
