"""Web Push (RFC 8030): encrypted for one browser (RFC 8291), signed by the house (RFC 8292).

pywebpush encrypts and signs. The posting is ours, as its own would follow redirects to anywhere;
endpoints come from browsers, so only public addresses are connected to, but for hosts that the
operator names. Never logs an endpoint or a payload.
"""

from __future__ import annotations

import base64
import ssl
from collections.abc import Callable, Collection
from dataclasses import dataclass
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02
from pywebpush import WebPusher

from server.domain.errors import BadPushEndpointError
from server.domain.push import (
    Pushed,
    PushGoneError,
    PushNotSentError,
    PushSubscription,
    require_endpoint,
)
from server.notify.public_only import public_connector

TIMEOUT_S = 10.0
CONNECTIONS_MAX = 16
PADDED_BYTES = 1024
"""Payloads are filled up to this, so that the push service cannot tell them by their length."""
BODY_MAX_BYTES = 4096
"""What every push service takes (RFC 8030 §7.2)."""
VAPID_LIFETIME_S = 12 * 3600
_GONE = (404, 410)
_LATER = (408, 425, 429)
_AUTH_BYTES = 16


@dataclass(frozen=True, slots=True)
class PushSettings:
    """What the operator decides about pushing."""

    contact: str
    """Where the push service reaches him (RFC 8292 §2.1): `mailto:` or `https:`."""
    allowed_hosts: Collection[str] = ()
    """Push services that may be at an address that is not public."""
    tls: ssl.SSLContext | None = None
    """Which certificates are believed; none: the system's."""
    resolver: AbstractResolver | None = None
    timeout_s: float = TIMEOUT_S


class WebPushSender:
    """Implements `ports.PushSender`."""

    def __init__(self, key: bytes, settings: PushSettings, now_ms: Callable[[], int]) -> None:
        """`key` is the private key of P-256, 32 bytes."""
        private = ec.derive_private_key(int.from_bytes(key, "big"), ec.SECP256R1())
        # Its own check of the contact refuses hosts without a dot; the setting is checked at start.
        self._vapid = Vapid02(private, conf={"no-strict": True})
        point = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self._public_key = base64.urlsafe_b64encode(point).rstrip(b"=").decode()
        self._settings = settings
        self._now_ms = now_ms
        self._public: aiohttp.ClientSession | None = None
        self._vouched: aiohttp.ClientSession | None = None

    @property
    def public_key(self) -> str:
        """The house's key, base64url."""
        return self._public_key

    def require_usable(self, endpoint: str, p256dh: str, auth: str) -> None:
        """Let only what can be pushed to pass.

        Raises:
            BadPushEndpointError
        """
        require_endpoint(endpoint, self._settings.allowed_hosts)
        try:
            point = base64.urlsafe_b64decode(p256dh + "=")
            ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
            secret = base64.urlsafe_b64decode(auth + "==")
        except ValueError:
            raise BadPushEndpointError from None
        if len(secret) != _AUTH_BYTES:
            raise BadPushEndpointError

    async def push(self, to: PushSubscription, what: Pushed) -> None:
        """Push once.

        Raises:
            PushGoneError, PushNotSentError
        """
        body = self._encrypted(to, what.payload)
        headers = {
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(what.ttl_s),
            "Urgency": what.urgency.value,
            **self._signed(to.endpoint),
        }
        try:
            async with self._session_for(to.endpoint).post(
                to.endpoint, data=body, headers=headers, allow_redirects=False
            ) as answer:
                status = answer.status
        except (aiohttp.ClientError, TimeoutError) as error:
            raise PushNotSentError(type(error).__name__, again=True) from None
        if status in _GONE:
            raise PushGoneError
        if not 200 <= status < 300:
            again = status >= 500 or status in _LATER
            raise PushNotSentError(f"status {status}", again=again)

    async def close(self) -> None:
        """Let go of connections."""
        open_now = [session for session in (self._public, self._vouched) if session]
        self._public = self._vouched = None
        for session in open_now:
            await session.close()

    def _encrypted(self, to: PushSubscription, payload: bytes) -> bytes:
        # JSON may be followed by white space, so the browser need not know of the filling.
        padded = payload.ljust(-(-len(payload) // PADDED_BYTES) * PADDED_BYTES)
        keys = {"p256dh": to.p256dh, "auth": to.auth}
        body = WebPusher({"endpoint": to.endpoint, "keys": keys}).encode(padded)["body"]
        if len(body) > BODY_MAX_BYTES:
            raise PushNotSentError("too large", again=False)
        return bytes(body)

    def _signed(self, endpoint: str) -> dict[str, str]:
        parts = urlsplit(endpoint)
        claims = {
            "aud": f"{parts.scheme}://{parts.netloc}",
            "sub": self._settings.contact,
            "exp": self._now_ms() // 1000 + VAPID_LIFETIME_S,
        }
        return dict(self._vapid.sign(claims))

    def _session_for(self, endpoint: str) -> aiohttp.ClientSession:
        tls = self._settings.tls or True
        if urlsplit(endpoint).hostname in self._settings.allowed_hosts:
            if self._vouched is None:
                self._vouched = self._make_session(
                    aiohttp.TCPConnector(limit=CONNECTIONS_MAX, ssl=tls)
                )
            return self._vouched
        if self._public is None:
            self._public = self._make_session(
                public_connector(CONNECTIONS_MAX, tls, self._settings.resolver)
            )
        return self._public

    def _make_session(self, connector: aiohttp.BaseConnector) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=connector,
            timeout=aiohttp.ClientTimeout(total=self._settings.timeout_s),
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
        )
