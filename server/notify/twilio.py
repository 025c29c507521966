"""Sends sign-in codes as SMS by Twilio's REST interface (Messages resource, API 2010-04-01).

Of an error's answer only Twilio's own number is logged: its text may hold the phone number.
"""

from __future__ import annotations

from urllib.parse import urlencode

import aiohttp
import msgspec

from server.notify.posting import TIMEOUT_S, Posting
from server.ports import CodeMessage

_SERVICE_PREFIX = "MG"
"""Ids of messaging services, which choose the sender's number themselves."""


class _Refusal(msgspec.Struct):
    code: int | None = None


class TwilioCodeSender:
    """Implements `ports.CodeSender`."""

    def __init__(
        self,
        base_url: str,
        account_sid: str,
        auth_token: str,
        sender: str,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        self._url = f"{base_url.rstrip('/')}/2010-04-01/Accounts/{account_sid}/Messages.json"
        self._authorization = aiohttp.encode_basic_auth(account_sid, auth_token)
        by_service = sender.startswith(_SERVICE_PREFIX)
        self._sender = {"MessagingServiceSid" if by_service else "From": sender}
        self._posting = Posting("twilio", timeout_s)

    async def send_code(self, message: CodeMessage) -> None:
        """Post it.

        Raises:
            CodeNotSentError
        """
        form = {"To": message.e164, "Body": message.text, **self._sender}
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Authorization": self._authorization,
        }
        await self._posting.post(self._url, urlencode(form).encode(), headers, _twilio_code)

    async def close(self) -> None:
        """Let go of connections."""
        await self._posting.close()


def _twilio_code(body: bytes) -> int | None:
    try:
        return msgspec.json.decode(body, type=_Refusal).code
    except msgspec.MsgspecError:
        return None
