"""Hands caption events to their one consumer. Bounded: a slow consumer loses the oldest."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator

from server.ports import CaptionFeedEvent, EngineChanged

FEED_EVENTS = 1024
"""Events that may wait; the oldest are dropped. The state of the engine is never among them."""


class Feed:
    """A queue of events beside the newest state of the engine."""

    def __init__(self, engine: EngineChanged) -> None:
        self.dropped = 0
        self._engine = engine
        self._engine_told: EngineChanged | None = None
        self._queue: deque[CaptionFeedEvent] = deque()
        self._news = asyncio.Event()
        self._ended = False

    def put(self, event: CaptionFeedEvent) -> None:
        """Add an event."""
        if len(self._queue) >= FEED_EVENTS:
            self._queue.popleft()
            self.dropped += 1
        self._queue.append(event)
        self._news.set()

    def set_engine(self, engine: EngineChanged) -> None:
        """Replace the state of the engine."""
        self._engine = engine
        self._news.set()

    def end(self) -> None:
        """Let the consumer end."""
        self._ended = True
        self._news.set()

    async def events(self) -> AsyncIterator[CaptionFeedEvent]:
        """Yield the present state of the engine, then events in order."""
        self._engine_told = None
        while not self._ended:
            if self._engine != self._engine_told:
                self._engine_told = self._engine
                yield self._engine
            elif self._queue:
                yield self._queue.popleft()
            else:
                self._news.clear()
                await self._news.wait()
