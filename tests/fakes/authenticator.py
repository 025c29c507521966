"""An authenticator in software: makes real keys and signs, also what it must not.

It stands for a phone or a security key (WebAuthn §6): one P-256 key, a counter, a user handle.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import encode_cbor

PRESENT, VERIFIED, KEY_INCLUDED = 0x01, 0x04, 0x40
_ES256 = -7


def encoded(raw: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """The bytes again."""
    return base64.urlsafe_b64decode(text + "==")


@dataclass
class FakeAuthenticator:
    """Answers the options of a house; every field may be set to what a house must refuse."""

    origin: str
    rp_id: str = "localhost"
    flags: int = PRESENT | VERIFIED
    counter: int = 0
    counts: bool = True
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    user_handle: bytes | None = None

    def create(self, options: dict[str, Any], **client_data: Any) -> dict[str, Any]:
        """`toJSON()` of a new credential; `client_data` replaces what a browser would say."""
        self.user_handle = decoded(options["user"]["id"])
        point = self.key.public_key().public_numbers()
        public = {
            1: 2,
            3: _ES256,
            -1: 1,
            -2: point.x.to_bytes(32, "big"),
            -3: point.y.to_bytes(32, "big"),
        }
        attested = (
            bytes(16)
            + len(self.credential_id).to_bytes(2, "big")
            + self.credential_id
            + encode_cbor(public)
        )
        statement = {
            "fmt": "none",
            "attStmt": {},
            "authData": self._head(KEY_INCLUDED) + attested,
        }
        client = self._client("webauthn.create", options["challenge"], client_data)
        return self._credential(
            {
                "clientDataJSON": encoded(client),
                "attestationObject": encoded(encode_cbor(statement)),
            }
        )

    def get(self, options: dict[str, Any], **client_data: Any) -> dict[str, Any]:
        """`toJSON()` of a signature."""
        if self.counts:
            self.counter += 1
        head = self._head(0)
        client = self._client("webauthn.get", options["challenge"], client_data)
        signed = head + hashlib.sha256(client).digest()
        response = {
            "clientDataJSON": encoded(client),
            "authenticatorData": encoded(head),
            "signature": encoded(self.key.sign(signed, ec.ECDSA(hashes.SHA256()))),
        }
        if self.user_handle is not None:
            response["userHandle"] = encoded(self.user_handle)
        return self._credential(response)

    def _head(self, more_flags: int) -> bytes:
        """The part of authenticator data that is always there (WebAuthn §6.1)."""
        flags = (self.flags | more_flags).to_bytes(1, "big")
        return (
            hashlib.sha256(self.rp_id.encode()).digest() + flags + self.counter.to_bytes(4, "big")
        )

    def _client(self, kind: str, challenge: str, client_data: dict[str, Any]) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps({**said, **client_data}).encode()

    def _credential(self, response: dict[str, str]) -> dict[str, Any]:
        return {
            "id": encoded(self.credential_id),
            "rawId": encoded(self.credential_id),
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": response,
        }
