"""E-mail through a real SMTP server: what arrives, over which encryption, and what is refused."""

from __future__ import annotations

import datetime
import email.policy
import ipaddress
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from structlog.testing import capture_logs

from server.domain.errors import MailNotSentError
from server.notify.mail import SmtpMailSender, SmtpServer

pytestmark = pytest.mark.system
LINK = "https://masil.example/invite#vT4nJ0mVnq2C5b8Xk3zQ1w"


class Inbox:
    """Takes every e-mail but those to `full@…`."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.over_tls: list[bool] = []

    async def handle_RCPT(  # noqa: N802  the server's own name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        if address.startswith("full@"):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        self.over_tls.append(session.ssl is not None)
        return "250 OK"


def only_masil(
    _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: Any
) -> AuthResult:
    assert isinstance(given, LoginPassword)
    return AuthResult(success=(given.login, given.password) == (b"masil", b"secret"))


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of 127.0.0.1 that only these tests trust, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    local = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([local]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "server.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(private + made.public_bytes(Encoding.PEM))
    return file


@contextmanager
def serving(inbox: Inbox, **options: Any) -> Iterator[SmtpServer]:
    """A server on a free port, and the settings that reach it."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    controller = Controller(inbox, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield SmtpServer("127.0.0.1", port, "none", "", "", "masil@masil.example", timeout_s=2.0)
    finally:
        controller.stop()


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.mark.parametrize(("language", "word"), [("en", "invites you"), ("ko", "초대했어요")])
async def test_an_invitation_arrives_in_its_language_with_its_link(
    inbox: Inbox, language: str, word: str
) -> None:
    with serving(inbox) as server:
        await SmtpMailSender(server).send_invite("mina@example.org", "하나", LINK, language)
    (mail,) = inbox.mails
    assert (mail["To"], mail["From"]) == ("mina@example.org", "Masil <masil@masil.example>")
    assert word in mail["Subject"]
    assert "하나" in mail["Subject"]
    assert LINK in mail.get_content()


async def test_a_name_cannot_add_a_header(inbox: Inbox) -> None:
    with serving(inbox) as server:
        with pytest.raises(MailNotSentError):
            await SmtpMailSender(server).send_invite(
                "mina@example.org", "x\r\nBcc: all@example.org", LINK, "en"
            )
        with pytest.raises(MailNotSentError):
            await SmtpMailSender(server).send_invite(
                "mina@example.org\r\nBcc: all@example.org", "Hana", LINK, "en"
            )
    assert inbox.mails == []


async def test_starttls_and_a_password(inbox: Inbox, certificate: Path) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    options = {
        "tls_context": context,
        "require_starttls": True,
        "authenticator": only_masil,
        "auth_required": True,
    }
    trust = ssl.create_default_context(cafile=certificate)
    with serving(inbox, **options) as plain:
        server = replace(plain, encryption="starttls", user="masil", password="secret", tls=trust)
        await SmtpMailSender(server).send_invite("mina@example.org", "Hana", LINK, "en")
        wrong = replace(server, password="guess")
        with pytest.raises(MailNotSentError):
            await SmtpMailSender(wrong).send_invite("mina@example.org", "Hana", LINK, "en")
        strict = replace(server, tls=None)  # the system's authorities do not know it
        with pytest.raises(MailNotSentError):
            await SmtpMailSender(strict).send_invite("mina@example.org", "Hana", LINK, "en")
    assert inbox.over_tls == [True]


async def test_a_server_without_encryption_gets_nothing_where_it_is_asked_for(
    inbox: Inbox,
) -> None:
    with serving(inbox) as plain:
        sender = SmtpMailSender(replace(plain, encryption="starttls"))
        with pytest.raises(MailNotSentError):
            await sender.send_invite("mina@example.org", "Hana", LINK, "en")
    assert inbox.mails == []


async def test_a_refusal_or_a_dead_server_is_told_and_no_address_is_logged(inbox: Inbox) -> None:
    with capture_logs() as logs:
        with serving(inbox) as server, pytest.raises(MailNotSentError):
            await SmtpMailSender(server).send_invite("full@example.org", "Hana", LINK, "en")
        with pytest.raises(MailNotSentError):
            await SmtpMailSender(server).send_invite("mina@example.org", "Hana", LINK, "en")
    assert [log["event"] for log in logs] == ["mail not sent"] * 2
    assert "example.org" not in str(logs)
    assert "#" not in str(logs)
