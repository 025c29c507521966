"""A service that sends SMS: a real server on this machine that checks what it is sent.

Speaks both as an operator's webhook (signature, timestamp, JSON) and as Twilio (basic auth, form).
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web
from aiohttp.test_utils import TestServer

SECRET = b"a webhook secret of a good length"
ACCOUNT, TOKEN = "AC0123456789abcdef", "a token of Twilio's"
TOO_OLD_S = 300


@dataclass
class SmsService:
    """What was sent through it, and how it answers next."""

    url: str = ""
    received: list[dict[str, str]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    """Requests that were not as they must be, by what is wrong."""
    elsewhere: int = 0
    """Requests to where a redirect led."""
    status: int = 200
    body: str = ""
    location: str = ""
    answers: asyncio.Event = field(default_factory=asyncio.Event)
    hangs_up: bool = False

    async def webhook(self, request: web.Request) -> web.Response:
        """As docs/operating.md describes the receiver."""
        body = await request.read()
        timestamp = request.headers["Masil-Timestamp"]
        wanted = hmac.new(SECRET, f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(request.headers["Masil-Signature"], f"sha256={wanted}"):
            return self._refuse("signature")
        if abs(time.time() - int(timestamp)) > TOO_OLD_S:  # noqa: TID251  as a receiver would
            return self._refuse("timestamp")
        if request.content_type != "application/json":
            return self._refuse("content type")
        return await self._take(request, json.loads(body))

    async def twilio(self, request: web.Request) -> web.Response:
        """As Twilio's Messages resource."""
        right = base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
        if request.headers.get("Authorization") != f"Basic {right}":
            return self._refuse("credentials")
        if request.content_type != "application/x-www-form-urlencoded":
            return self._refuse("content type")
        form = {key: str(value) for key, value in (await request.post()).items()}
        if not ({"From"} <= form.keys() or {"MessagingServiceSid"} <= form.keys()):
            return self._refuse("sender")
        return await self._take(request, form)

    async def trap(self, request: web.Request) -> web.Response:
        """Where nothing may ever be posted."""
        self.elsewhere += 1
        return web.Response()

    async def _take(self, request: web.Request, message: dict[str, str]) -> web.Response:
        await self.answers.wait()
        if self.hangs_up:
            assert request.transport
            request.transport.abort()
        if self.status < 300:
            self.received.append(message)
        headers = {"Location": self.location} if self.location else {}
        return web.Response(status=self.status, text=self.body, headers=headers)

    def _refuse(self, why: str) -> web.Response:
        self.refused.append(why)
        return web.Response(status=401)


@asynccontextmanager
async def sms_service() -> AsyncIterator[SmsService]:
    """One on a port of its own."""
    service = SmsService()
    service.answers.set()
    app = web.Application()
    app.router.add_post("/hook", service.webhook)
    app.router.add_post(f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json", service.twilio)
    app.router.add_route("*", "/elsewhere", service.trap)
    async with TestServer(app) as server:
        service.url = str(server.make_url("/")).rstrip("/")
        service.location = ""
        try:
            yield service
        finally:
            service.answers.set()
