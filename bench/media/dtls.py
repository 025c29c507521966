"""DTLS as the client (RFC 5764), on pyOpenSSL's public API: one handshake, SRTP keys out.

Offers AEAD_AES_128_GCM alone, the profile that browsers agree on with our server, so that every
server under comparison seals the same way.
"""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Callable

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from OpenSSL import SSL

from server.media.embedded.srtp import SrtpKeys

_KEY_BYTES, _SALT_BYTES = 16, 12
_PROFILE = b"SRTP_AEAD_AES_128_GCM"
_MTU_BYTES = 1200


class HandshakeError(Exception):
    """No DTLS with the peer that the description named."""


class Identity:
    """One self-signed certificate and TLS context, shared by all clients of a process."""

    def __init__(self) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "bench")])
        now = datetime.datetime.now(datetime.UTC)
        day = datetime.timedelta(days=1)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - day)
            .not_valid_after(now + day)
            .sign(key, hashes.SHA256())
        )
        self.fingerprint_sha256 = _digest(certificate)
        self.context = SSL.Context(SSL.DTLS_CLIENT_METHOD)
        # The certificate is checked against the description's fingerprint, not a chain.
        self.context.set_verify(SSL.VERIFY_PEER, lambda *_: True)
        self.context.use_certificate(certificate)
        self.context.use_privatekey(key)
        self.context.set_tlsext_use_srtp(_PROFILE)


class DtlsClient:
    """One association; datagrams of the peer come in through `feed`."""

    def __init__(self, identity: Identity, send: Callable[[bytes], None]) -> None:
        self._connection = SSL.Connection(identity.context, None)
        self._connection.set_connect_state()
        self._connection.set_ciphertext_mtu(_MTU_BYTES)
        self._send = send
        self._arrived = asyncio.Event()

    def feed(self, datagram: bytes) -> None:
        """Take a DTLS datagram of the peer."""
        self._connection.bio_write(datagram)
        self._arrived.set()

    async def handshake(self, fingerprint_sha256: str, timeout_s: float) -> SrtpKeys:
        """Shake hands with the owner of this certificate.

        Raises:
            HandshakeError
        """
        try:
            async with asyncio.timeout(timeout_s):
                await self._shake_hands()
        except (TimeoutError, SSL.Error) as error:
            raise HandshakeError(repr(error)) from error
        certificate = self._connection.get_peer_certificate(as_cryptography=True)
        if certificate is None or _digest(certificate) != fingerprint_sha256:
            raise HandshakeError("another certificate than the description's")
        if self._connection.get_selected_srtp_profile() != _PROFILE:
            raise HandshakeError("the server did not take AEAD_AES_128_GCM")
        return self._keys()

    async def _shake_hands(self) -> None:
        while True:
            self._arrived.clear()
            try:
                self._connection.do_handshake()
            except SSL.WantReadError:
                self._flush()
                await self._wait()
            else:
                self._flush()
                return

    async def _wait(self) -> None:
        """Until the peer sent something, or a flight must be repeated."""
        try:
            async with asyncio.timeout(self._connection.DTLSv1_get_timeout()):
                await self._arrived.wait()
        except TimeoutError:
            self._connection.DTLSv1_handle_timeout()
            self._flush()

    def _flush(self) -> None:
        while True:
            try:
                data = self._connection.bio_read(1500)
            except SSL.WantReadError:
                return
            self._send(data)

    def _keys(self) -> SrtpKeys:
        """RFC 5764 §4.2: client key, server key, client salt, server salt; we are the client."""
        material = self._connection.export_keying_material(
            b"EXTRACTOR-dtls_srtp", 2 * (_KEY_BYTES + _SALT_BYTES)
        )
        salts = material[2 * _KEY_BYTES :]
        return SrtpKeys(
            profile="SRTP_AEAD_AES_128_GCM",
            local_key=material[:_KEY_BYTES],
            remote_key=material[_KEY_BYTES : 2 * _KEY_BYTES],
            local_salt=salts[:_SALT_BYTES],
            remote_salt=salts[_SALT_BYTES:],
        )


def _digest(certificate: x509.Certificate) -> str:
    return certificate.fingerprint(hashes.SHA256()).hex(":").upper()
