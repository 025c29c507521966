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


class MailSender(Protocol):
    """Sends invitations by e-mail."""

    async def send_invite(self, address: str, inviter: str, link: str, language: str) -> None:
        """Send it in this language (`en`, `ko`); the address is kept nowhere.

        Raises:
            MailNotSentError: it could not be handed over, or the address was refused.
        """
