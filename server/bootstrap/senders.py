"""Chooses what carries sign-in codes and pushes, and says in one sentence what settings lack."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from server.config import Settings
from server.notify.console import ConsoleCodeSender
from server.notify.mail import SmtpMailSender, SmtpServer
from server.notify.push import PushSettings, WebPushSender
from server.notify.twilio import TwilioCodeSender
from server.notify.webhook import WebhookCodeSender
from server.ports import CodeSender, MailSender, PushSender
from server.start import StartError, load_push_key, load_secret

MIN_WEBHOOK_SECRET_BYTES = 16
_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")


def code_sender(settings: Settings, now_ms: Callable[[], int]) -> CodeSender:
    """The sender that the settings name.

    Raises:
        StartError: something that it needs is missing or cannot be right.
    """
    match settings.code_sender:
        case "console":
            return ConsoleCodeSender()
        case "webhook":
            return _webhook(settings, now_ms)
        case "twilio":
            return _twilio(settings)


def mail_sender(settings: Settings) -> MailSender | None:
    """What sends invitations by e-mail; None where the house sends none.

    Raises:
        StartError: something that it needs is missing or cannot be read.
    """
    if not settings.smtp_host:
        return None
    if "@" not in settings.mail_from:
        raise StartError("MASIL_SMTP_HOST needs an address to send from: set MASIL_MAIL_FROM.")
    password = load_secret(
        "MASIL_SMTP_PASSWORD", settings.smtp_password_file, settings.smtp_password
    )
    return SmtpMailSender(
        SmtpServer(
            settings.smtp_host,
            settings.smtp_port,
            settings.smtp_encryption,
            settings.smtp_user,
            password.decode(),
            settings.mail_from,
        )
    )


def push_sender(settings: Settings, now_ms: Callable[[], int]) -> PushSender:
    """Web Push with the house's key.

    Raises:
        StartError: the key cannot be read or made.
    """
    rules = PushSettings(settings.resolved_push_contact(), settings.push_allowed_hosts)
    return WebPushSender(load_push_key(settings), rules, now_ms)


def _webhook(settings: Settings, now_ms: Callable[[], int]) -> CodeSender:
    _require_private_way("MASIL_CODE_WEBHOOK_URL", settings.code_webhook_url)
    secret = load_secret("MASIL_CODE_WEBHOOK_SECRET", settings.code_webhook_secret_file)
    if len(secret) < MIN_WEBHOOK_SECRET_BYTES:
        raise StartError(
            "The webhook that sends codes needs a secret of at least "
            f"{MIN_WEBHOOK_SECRET_BYTES} bytes: set MASIL_CODE_WEBHOOK_SECRET_FILE."
        )
    return WebhookCodeSender(settings.code_webhook_url, secret, now_ms)


def _twilio(settings: Settings) -> CodeSender:
    _require_private_way("MASIL_TWILIO_URL", settings.twilio_url)
    token = load_secret(
        "MASIL_TWILIO_AUTH_TOKEN", settings.twilio_auth_token_file, settings.twilio_auth_token
    )
    needed = {
        "MASIL_TWILIO_ACCOUNT_SID": settings.twilio_account_sid,
        "MASIL_TWILIO_AUTH_TOKEN_FILE": token,
        "MASIL_TWILIO_FROM": settings.twilio_from,
    }
    missing = [name for name, value in needed.items() if not value]
    if missing:
        raise StartError(f"Sending codes by Twilio needs {' and '.join(missing)}.")
    return TwilioCodeSender(
        settings.twilio_url, settings.twilio_account_sid, token.decode(), settings.twilio_from
    )


def _require_private_way(setting: str, url: str) -> None:
    """Numbers and codes travel encrypted, or do not leave this machine."""
    try:
        parts = urlsplit(url)
        here = parts.scheme == "http" and parts.hostname in _THIS_MACHINE
        good = bool(parts.hostname) and (parts.scheme == "https" or here)
    except ValueError:
        good = False
    if not good:
        raise StartError(f"{setting} must be an https:// address, or http:// on this machine.")
