"""A sender of codes that keeps them where a test can read them."""

from __future__ import annotations

import asyncio

from server.domain.errors import CodeNotSentError
from server.ports import CodeMessage


class FakeCodeSender:
    """Implements `ports.CodeSender`."""

    def __init__(self) -> None:
        self.codes: dict[str, str] = {}
        """The newest code of each number."""
        self.texts: dict[str, str] = {}
        """What each number was told last."""
        self.sent = 0
        self.broken = False
        self.silent = False
        """Sends, but never says so."""
        self.held: asyncio.Event | None = None
        """What it waits for before it says that it sent."""
        self.faulty = False
        """Fails in a way that no sender may."""

    async def send_code(self, message: CodeMessage) -> None:
        """Keep it, or fail where the test wants that."""
        if self.broken:
            raise CodeNotSentError
        if self.faulty:
            raise ZeroDivisionError
        self.codes[message.e164] = message.code
        self.texts[message.e164] = message.text
        self.sent += 1
        if self.held:
            await self.held.wait()
        if self.silent:
            raise CodeNotSentError(maybe_sent=True)

    async def close(self) -> None:
        """Nothing is open."""
