"""A sender of codes that keeps them where a test can read them."""

from __future__ import annotations

from server.domain.errors import CodeNotSentError


class FakeCodeSender:
    """Implements `ports.CodeSender`."""

    def __init__(self) -> None:
        self.codes: dict[str, str] = {}
        """The newest code of each number."""
        self.sent = 0
        self.broken = False
        self.faulty = False
        """Fails in a way that no sender may."""

    async def send_code(self, e164: str, code: str) -> None:
        """Keep it, or fail where the test wants that."""
        if self.broken:
            raise CodeNotSentError
        if self.faulty:
            raise ZeroDivisionError
        self.codes[e164] = code
        self.sent += 1
