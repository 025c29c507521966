"""A push service and the browsers behind it: a real HTTPS server on this machine.

It takes what RFC 8030 says, checks the house's signature (RFC 8292), and each browser decrypts with
the key that it made when it subscribed (RFC 8291), as a service worker's browser does.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import http_ece
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from cryptography.x509.oid import NameOID
from py_vapid import Vapid02

HOST = "localhost"


def base64url(raw: bytes) -> str:
    """Without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@dataclass
class Browser:
    """One that subscribed: what only it knows, and what arrived."""

    endpoint: str
    private_key: ec.EllipticCurvePrivateKey
    auth_secret: bytes
    arrived: list[dict[str, Any]] = field(default_factory=list)
    """Payloads, decrypted."""
    plain_sizes: list[int] = field(default_factory=list)

    @property
    def p256dh(self) -> str:
        """Its public key."""
        point = self.private_key.public_key().public_bytes(
            Encoding.X962, PublicFormat.UncompressedPoint
        )
        return base64url(point)

    @property
    def auth(self) -> str:
        """Its authentication secret."""
        return base64url(self.auth_secret)

    def decrypt(self, body: bytes) -> None:
        """Take a message, as RFC 8291 §4 says."""
        plain = http_ece.decrypt(
            body, private_key=self.private_key, auth_secret=self.auth_secret, version="aes128gcm"
        )
        self.plain_sizes.append(len(plain))
        self.arrived.append(json.loads(plain))


@dataclass
class PushService:
    """What was posted to it, and how it answers next."""

    url: str = ""
    certificate: Path = Path()
    browsers: dict[str, Browser] = field(default_factory=dict)
    requests: list[dict[str, str]] = field(default_factory=list)
    """Headers of every post, in lower case."""
    bodies: list[bytes] = field(default_factory=list)
    claims: list[dict[str, Any]] = field(default_factory=list)
    status: int = 201
    location: str = ""
    elsewhere: int = 0
    answers: asyncio.Event = field(default_factory=asyncio.Event)
    now_waiting: int = 0
    most_waiting: int = 0

    def tls(self) -> ssl.SSLContext:
        """Believes this service's certificate only."""
        return ssl.create_default_context(cafile=self.certificate)

    def subscribe(self) -> Browser:
        """A browser gets an address of its own."""
        name = base64url(os.urandom(12))
        browser = Browser(
            f"{self.url}/push/{name}", ec.generate_private_key(ec.SECP256R1()), os.urandom(16)
        )
        self.browsers[name] = browser
        return browser

    async def take(self, request: web.Request) -> web.Response:
        """`POST` of a message."""
        body = await request.read()
        self.requests.append({name.lower(): value for name, value in request.headers.items()})
        self.bodies.append(body)
        self._check(request)
        self.now_waiting += 1
        self.most_waiting = max(self.most_waiting, self.now_waiting)
        await self.answers.wait()
        self.now_waiting -= 1
        if self.status >= 300:
            headers = {"Location": self.location} if self.location else {}
            return web.Response(status=self.status, headers=headers)
        self.browsers[request.match_info["name"]].decrypt(body)
        return web.Response(status=self.status)

    def _check(self, request: web.Request) -> None:
        signed = request.headers["Authorization"]
        assert Vapid02.verify(signed)
        token = signed.split("t=", 1)[1].split(",")[0].split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        self.claims.append(claims)
        assert claims["aud"] == self.url

    async def trap(self, _: web.Request) -> web.Response:
        """Where nothing may ever be posted."""
        self.elsewhere += 1
        return web.Response(status=201)


@asynccontextmanager
async def push_service(directory: Path) -> AsyncIterator[PushService]:
    """One on a port of its own, with a certificate of its own in the directory."""
    service = PushService(certificate=directory / "push-service.pem")
    service.answers.set()
    key = ec.generate_private_key(ec.SECP256R1())
    service.certificate.write_bytes(_certificate(key))
    key_file = directory / "push-service.key"
    key_file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(service.certificate, key_file)
    app = web.Application()
    app.router.add_post("/push/{name}", service.take)
    app.router.add_route("*", "/elsewhere", service.trap)
    server = TestServer(app, scheme="https", host="127.0.0.1")
    await server.start_server(ssl=tls)
    service.url = f"https://{HOST}:{server.port}"
    try:
        yield service
    finally:
        service.answers.set()
        await server.close()


def _certificate(key: ec.EllipticCurvePrivateKey) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(Encoding.PEM)
