"""The media side of analysis: sends consenting speakers' Opus packets, undecoded, one way.

Holds at most a moment of audio, only while analysis is connected, and forgets it when the consent
is withdrawn or the connection is lost. Who consents is decided in server/captions/gate.py.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import AbstractAsyncContextManager

import structlog
import websockets
from websockets.asyncio.client import ClientConnection, connect, unix_connect

from protocol.analysis import Hello, encoder
from server.media.embedded.counters import Counters

QUEUE_FRAMES = 512
"""About ten seconds of one speaker; the oldest frame gives way and is counted."""
TIMEOUT_S = 5.0
FIRST_BACKOFF_S = 0.1
LAST_BACKOFF_S = 2.0

_log = structlog.get_logger(__name__)


class Tap:
    """A bounded queue in front of one WebSocket that reconnects by itself."""

    def __init__(self, url: str, token: str, counters: Counters) -> None:
        self._url = url
        self._token = token
        self._counters = counters
        self._frames: deque[tuple[int, bytes]] = deque()
        self._ready = asyncio.Event()
        self._connected = False

    def offer(self, tap_id: int, frame: bytes) -> None:
        """Send a frame soon, or drop it; never waits."""
        if not self._connected:
            self._counters.tap_dropped += 1
            return
        if len(self._frames) >= QUEUE_FRAMES:
            self._frames.popleft()
            self._counters.tap_dropped += 1
        self._frames.append((tap_id, frame))
        self._ready.set()

    def forget(self, tap_id: int) -> None:
        """A consent is over: what still waits under it is not sent."""
        kept = [entry for entry in self._frames if entry[0] != tap_id]
        self._counters.tap_dropped += len(self._frames) - len(kept)
        self._frames = deque(kept)

    async def run(self) -> None:
        """Connect, send, reconnect; until cancelled."""
        backoff_s = FIRST_BACKOFF_S
        failing = ""
        while True:
            try:
                async with self._connect() as socket:
                    await self._introduce(socket)
                    backoff_s, failing = FIRST_BACKOFF_S, ""
                    await self._serve(socket)
            except (OSError, TimeoutError, websockets.WebSocketException) as error:
                if failing != type(error).__name__:  # once, not at every try
                    failing = type(error).__name__
                    _log.info("analysis unreachable", error=failing)
            finally:
                self._disconnect()
            await asyncio.sleep(backoff_s)
            backoff_s = min(2 * backoff_s, LAST_BACKOFF_S)

    def _connect(self) -> AbstractAsyncContextManager[ClientConnection]:
        path = self._url.removeprefix("unix:")
        if path != self._url:
            return unix_connect(
                path, open_timeout=TIMEOUT_S, close_timeout=1.0, compression=None, proxy=None
            )
        return connect(
            self._url, open_timeout=TIMEOUT_S, close_timeout=1.0, compression=None, proxy=None
        )

    async def _introduce(self, socket: ClientConnection) -> None:
        async with asyncio.timeout(TIMEOUT_S):
            await socket.send(encoder.encode(Hello(peer="media", token=self._token)).decode())
        self._connected = True
        _log.info("analysis connected")

    async def _serve(self, socket: ClientConnection) -> None:
        """Send until either side ends it; what analysis says is read and ignored."""
        sender = asyncio.create_task(self._send(socket))
        try:
            async for _ in socket:
                if sender.done():
                    break
        finally:
            sender.cancel()
            results = await asyncio.gather(sender, return_exceptions=True)
        for result in results:
            if isinstance(result, Exception):
                raise result

    async def _send(self, socket: ClientConnection) -> None:
        while True:
            await self._ready.wait()
            self._ready.clear()
            while self._frames:
                _, frame = self._frames.popleft()
                try:
                    async with asyncio.timeout(TIMEOUT_S):
                        await socket.send(frame)
                except TimeoutError:  # a reader that slow is as good as away
                    self._counters.tap_dropped += 1
                    await socket.close()
                    raise
                self._counters.tap_sent += 1

    def _disconnect(self) -> None:
        if self._connected:
            _log.info("analysis disconnected")
        self._connected = False
        self._counters.tap_dropped += len(self._frames)
        self._frames.clear()
        self._ready.clear()
