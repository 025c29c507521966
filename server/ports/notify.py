"""What reaches people outside the page."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from server.domain.language import Language


@dataclass(frozen=True, slots=True)
class CodeMessage:
    """A sign-in code on its way to a phone. What identifies or admits somebody is never shown."""

    e164: str = field(repr=False)
    code: str = field(repr=False)
    text: str = field(repr=False)
    """What the person reads, the line for phones included; in `language`."""
    language: Language


class CodeSender(Protocol):
    """Sends sign-in codes to phones."""

    async def send_code(self, message: CodeMessage) -> None:
        """Send it.

        Raises:
            CodeNotSentError: it could not be sent.
        """

    async def close(self) -> None:
        """Let go of connections."""
