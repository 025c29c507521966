"""Hands sign-in codes to a program of the operator's, by a signed POST.

The body is JSON: `to` (E.164), `code`, `text` and `language`. `Masil-Timestamp` is Unix time in
seconds; `Masil-Signature` is `sha256=` and, in hex, HMAC-SHA-256 of timestamp, `.` and body. The
receiver compares both and refuses what is older than a few minutes. Any 2xx means sent.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable

import msgspec

from server.notify.posting import TIMEOUT_S, Posting
from server.ports import CodeMessage

TIMESTAMP_HEADER = "Masil-Timestamp"
SIGNATURE_HEADER = "Masil-Signature"


def signature(secret: bytes, timestamp: str, body: bytes) -> str:
    """What the receiver must find in `Masil-Signature`."""
    signed = hmac.digest(secret, timestamp.encode() + b"." + body, hashlib.sha256)
    return f"sha256={signed.hex()}"


class WebhookCodeSender:
    """Implements `ports.CodeSender`."""

    def __init__(
        self, url: str, secret: bytes, now_ms: Callable[[], int], timeout_s: float = TIMEOUT_S
    ) -> None:
        self._url = url
        self._secret = secret
        self._now_ms = now_ms
        self._posting = Posting("webhook", timeout_s)

    async def send_code(self, message: CodeMessage) -> None:
        """Post it.

        Raises:
            CodeNotSentError
        """
        body = msgspec.json.encode(
            {
                "to": message.e164,
                "code": message.code,
                "text": message.text,
                "language": message.language.value,
            }
        )
        timestamp = str(self._now_ms() // 1000)
        headers = {
            "Content-Type": "application/json",
            TIMESTAMP_HEADER: timestamp,
            SIGNATURE_HEADER: signature(self._secret, timestamp, body),
        }
        await self._posting.post(self._url, body, headers)

    async def close(self) -> None:
        """Let go of connections."""
        await self._posting.close()
