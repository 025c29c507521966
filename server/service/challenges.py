"""Challenges that authenticators sign: good for ten minutes, for one purpose, for one use.

A challenge carries its own expiry under a key that lives as long as the gate, so that handing them
out costs no memory, however many are asked for. Only those that were used are remembered, until
they would expire anyway; where they are too many, the key changes and all are void.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from server.domain.errors import PasskeyExpiredError
from server.ports import Clock

LIFETIME_MS = 10 * 60 * 1000
SPENT_MAX = 10_000
_NONCE_BYTES = 16
_EXPIRY_BYTES = 8
_MAC_BYTES = 16


class Challenges:
    """All challenges of one gate."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._spent: dict[bytes, int] = {}
        """Challenge → when it expires, the oldest use first."""

    def new(self, purpose: bytes) -> bytes:
        """A challenge of 40 bytes."""
        expires_at_ms = self._clock.monotonic_ms() + LIFETIME_MS
        head = secrets.token_bytes(_NONCE_BYTES) + expires_at_ms.to_bytes(_EXPIRY_BYTES, "big")
        return head + self._mac(purpose, head)

    def require(self, challenge: bytes, purpose: bytes) -> None:
        """Let a challenge pass that may still be used.

        Raises:
            PasskeyExpiredError: too old, used, of another purpose, or none of ours.
        """
        head, mac = challenge[:-_MAC_BYTES], challenge[-_MAC_BYTES:]
        if not hmac.compare_digest(mac, self._mac(purpose, head)):
            raise PasskeyExpiredError
        if self._clock.monotonic_ms() >= _expiry(challenge) or challenge in self._spent:
            raise PasskeyExpiredError

    def spend(self, challenge: bytes, purpose: bytes) -> None:
        """Use it, once: what was signed proved right.

        Raises:
            PasskeyExpiredError: as `require`; of two at the same moment the second is refused.
        """
        self.require(challenge, purpose)
        now_ms = self._clock.monotonic_ms()
        self._spent = {known: at_ms for known, at_ms in self._spent.items() if at_ms > now_ms}
        if len(self._spent) >= SPENT_MAX:
            self._key = secrets.token_bytes(32)
            self._spent.clear()
        self._spent[challenge] = _expiry(challenge)

    def _mac(self, purpose: bytes, head: bytes) -> bytes:
        return hmac.digest(self._key, purpose + b"\0" + head, hashlib.sha256)[:_MAC_BYTES]


def _expiry(challenge: bytes) -> int:
    return int.from_bytes(challenge[_NONCE_BYTES : _NONCE_BYTES + _EXPIRY_BYTES], "big")
