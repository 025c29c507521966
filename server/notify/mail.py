"""Sends invitations by e-mail, through the operator's own SMTP server (RFC 5321, RFC 8314).

Owns the words of the e-mail. Keeps and logs no address and no link.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Literal

import aiosmtplib
import structlog

from server.domain.errors import MailNotSentError

Encryption = Literal["starttls", "tls", "none"]
_log = structlog.get_logger(__name__)

_WORDS = {
    "en": (
        "{name} invites you to Masil",
        "{name} invites you over, to rooms where people talk by voice.\n\n"
        "Open this link and prove your phone number; you are in at once:\n\n{link}\n\n"
        "It works once. Nothing that is said there is ever recorded. Whoever sent you this typed "
        "your address; it was not kept.\n",
    ),
    "ko": (
        "{name}님이 마실에 초대했어요",
        "{name}님이 목소리로 이야기 나누는 방에 초대했어요.\n\n"
        "이 링크를 열고 전화번호를 확인하면 바로 들어갈 수 있어요:\n\n{link}\n\n"
        "한 번만 쓸 수 있어요. 거기서 나눈 이야기는 절대 녹음되지 않아요. 이 주소는 보낸 사람이 "
        "적은 것이고, 저장하지 않았어요.\n",
    ),
}


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where e-mail is handed over, and as whom."""

    host: str
    port: int
    encryption: Encryption
    user: str
    password: str
    sender: str
    """The address in From."""
    tls: ssl.SSLContext | None = None
    """Whom to trust; None: the system's authorities."""
    timeout_s: float = 15.0
    """Of each step."""


class SmtpMailSender:
    """Implements `ports.MailSender`."""

    def __init__(self, server: SmtpServer) -> None:
        self._server = server

    async def send_invite(self, address: str, inviter: str, link: str, language: str) -> None:
        """See `ports.MailSender`."""
        server = self._server
        try:
            await aiosmtplib.send(
                _message(server.sender, address, inviter, link, language),
                hostname=server.host,
                port=server.port,
                username=server.user or None,
                password=server.password or None,
                use_tls=server.encryption == "tls",
                start_tls=server.encryption == "starttls",
                tls_context=server.tls,
                timeout=server.timeout_s,
            )
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            # The text of an SMTP error may hold the address.
            _log.warning("mail not sent", error=type(error).__name__)
            raise MailNotSentError from None


def _message(sender: str, address: str, inviter: str, link: str, language: str) -> EmailMessage:
    """The e-mail.

    Raises:
        ValueError: a line break where a header would begin.
    """
    subject, text = _WORDS.get(language, _WORDS["en"])
    message = EmailMessage()
    message["From"] = Address("Masil", addr_spec=sender)
    message["To"] = address
    message["Subject"] = subject.format(name=inviter)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday notes to us
    message.set_content(text.format(name=inviter, link=link))
    return message
