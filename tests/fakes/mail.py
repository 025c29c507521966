"""A sender of e-mail that keeps what it was asked to send where a test can read it."""

from __future__ import annotations

from typing import NamedTuple

from server.domain.errors import MailNotSentError


class Mail(NamedTuple):
    """One e-mail."""

    address: str
    inviter: str
    link: str
    language: str


class FakeMailSender:
    """Implements `ports.MailSender`."""

    def __init__(self) -> None:
        self.sent: list[Mail] = []
        self.broken = False

    async def send_invite(self, address: str, inviter: str, link: str, language: str) -> None:
        """Keep it, or fail where the test wants that."""
        if self.broken:
            raise MailNotSentError
        self.sent.append(Mail(address, inviter, link, language))
