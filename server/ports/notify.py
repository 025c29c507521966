"""What reaches people outside the page."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from server.domain.language import Language
from server.domain.push import Pushed, PushSubscription


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


class MailSender(Protocol):
    """Sends invitations by e-mail."""

    async def send_invite(self, address: str, inviter: str, link: str, language: str) -> None:
        """Send it in this language (`en`, `ko`); the address is kept nowhere.

        Raises:
            MailNotSentError: it could not be handed over, or the address was refused.
        """


class PushSender(Protocol):
    """Pushes to browsers, encrypted for each, by the push services that these name."""

    @property
    def public_key(self) -> str:
        """The house's key (RFC 8292), base64url, which browsers bind a subscription to."""

    def require_usable(self, endpoint: str, p256dh: str, auth: str) -> None:
        """Let only what can be pushed to pass.

        Raises:
            BadPushEndpointError
        """

    async def push(self, to: PushSubscription, what: Pushed) -> None:
        """Push once.

        Raises:
            PushGoneError: never push there again.
            PushNotSentError: it was not taken.
        """

    async def close(self) -> None:
        """Let go of connections."""
