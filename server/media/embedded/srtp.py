"""SRTP keys and contexts (RFC 3711, RFC 7714): what a session encrypts and decrypts with.

Owns key derivation and the libsrtp sessions of one PeerConnection. Never sends, never keeps a
packet.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, Protocol

import pylibsrtp
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

REPLAY_WINDOW = 1024
SrtpProfile = Literal["SRTP_AEAD_AES_128_GCM", "SRTP_AES128_CM_SHA1_80"]


@dataclass(frozen=True, slots=True)
class SrtpKeys:
    """The master keys that one DTLS handshake agreed on."""

    profile: SrtpProfile
    local_key: bytes = field(repr=False)
    local_salt: bytes = field(repr=False)
    remote_key: bytes = field(repr=False)
    remote_salt: bytes = field(repr=False)

    @property
    def is_gcm(self) -> bool:
        """Whether packets are sealed with AES-GCM."""
        return self.profile == "SRTP_AEAD_AES_128_GCM"


class SrtpContext(Protocol):
    """The part of libsrtp's session that we use; raises `pylibsrtp.Error`."""

    def protect(self, packet: bytes) -> bytes:
        """RTP to SRTP."""

    def unprotect(self, packet: bytes) -> bytes:
        """SRTP to RTP."""

    def protect_rtcp(self, packet: bytes) -> bytes:
        """RTCP to SRTCP."""

    def unprotect_rtcp(self, packet: bytes) -> bytes:
        """SRTCP to RTCP."""


def inbound(keys: SrtpKeys) -> SrtpContext:
    """What decrypts the browser's packets; refuses replays."""
    return _context(keys, pylibsrtp.Policy.SSRC_ANY_INBOUND, keys.remote_key + keys.remote_salt)


def outbound(keys: SrtpKeys) -> SrtpContext:
    """What encrypts packets for the browser; refuses to use an index twice."""
    return _context(keys, pylibsrtp.Policy.SSRC_ANY_OUTBOUND, keys.local_key + keys.local_salt)


def _context(keys: SrtpKeys, direction: int, master: bytes) -> SrtpContext:
    policy = pylibsrtp.Policy(
        key=master,
        ssrc_type=direction,
        srtp_profile=(
            pylibsrtp.Policy.SRTP_PROFILE_AEAD_AES_128_GCM
            if keys.is_gcm
            else pylibsrtp.Policy.SRTP_PROFILE_AES128_CM_SHA1_80
        ),
    )
    policy.window_size = REPLAY_WINDOW
    policy.allow_repeat_tx = False
    context: SrtpContext = pylibsrtp.Session(policy)
    return context


def rtp_session_key(keys: SrtpKeys) -> tuple[bytes, bytes]:
    """The key and 12-byte salt under which GCM seals our RTP (RFC 7714 §11, labels 0 and 2)."""
    return (
        _derive(keys.local_key, keys.local_salt, 0, 16),
        _derive(keys.local_key, keys.local_salt, 2, 12),
    )


def _derive(master_key: bytes, master_salt: bytes, label: int, length: int) -> bytes:
    """AES-CM pseudo-random function (RFC 3711 §4.3.3), key derivation rate 0."""
    block = bytearray(master_salt.ljust(14, b"\0"))
    block[7] ^= label
    cipher = Cipher(algorithms.AES(master_key), modes.CTR(bytes(block) + b"\0\0"))
    return cipher.encryptor().update(b"\0" * length)
