"""Words that are kept for minutes, sealed under a key of their speaker's consent.

A key lives as long as its consent; destroyed, whatever it sealed can be read by nobody any more,
also where a copy of it was overlooked.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

_KEY_BYTES = 32
_NONCE_BYTES = 12


class KeyDestroyedError(Exception):
    """The consent is over: what it sealed cannot be opened, and nothing more is sealed."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """Some bytes that only their key can open (RFC 8439)."""

    nonce: bytes
    box: bytes


class ConsentKey:
    """The key of one consent. Never leaves this object, is never written anywhere."""

    def __init__(self) -> None:
        self._key = bytearray(os.urandom(_KEY_BYTES))
        self._alive = True

    def seal(self, words: bytes) -> Sealed:
        """Seal words.

        Raises:
            KeyDestroyedError
        """
        nonce = os.urandom(_NONCE_BYTES)
        return Sealed(nonce, self._cipher().encrypt(nonce, words, None))

    def open(self, sealed: Sealed) -> bytes:
        """The words again; drop them when they are sent.

        Raises:
            KeyDestroyedError
        """
        return self._cipher().decrypt(sealed.nonce, sealed.box, None)

    def destroy(self) -> None:
        """Overwrite the key. Idempotent."""
        self._key[:] = bytes(_KEY_BYTES)
        self._alive = False

    def _cipher(self) -> ChaCha20Poly1305:
        if not self._alive:
            raise KeyDestroyedError
        return ChaCha20Poly1305(self._key)
