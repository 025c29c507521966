"""What reaches people outside the page."""

from __future__ import annotations

from typing import Protocol


class CodeSender(Protocol):
    """Sends sign-in codes to phones."""

    async def send_code(self, e164: str, code: str) -> None:
        """Send it.

        Raises:
            CodeNotSentError: it could not be sent.
        """
