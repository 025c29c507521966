"""DTLS as the server (RFC 5764), through aiortc's RTCDtlsTransport over a demultiplexed port.

The only file that touches aiortc's private attributes (tests/media/test_dtls.py is their
contract). Takes DTLS datagrams in, gives SRTP keys out; never sees a media packet.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import cast

import pylibsrtp
from aiortc import RTCIceTransport
from aiortc.rtcdtlstransport import (
    SRTP_AEAD_AES_128_GCM,
    SRTP_AES128_CM_SHA1_80,
    RTCCertificate,
    RTCDtlsFingerprint,
    RTCDtlsParameters,
    RTCDtlsTransport,
    SRTPProtectionProfile,
)
from OpenSSL import SSL

from server.media.embedded.sdp import Fingerprint
from server.media.embedded.srtp import SrtpKeys, SrtpProfile

QUEUE_DATAGRAMS = 32
_PROFILES: dict[bytes, tuple[SrtpProfile, SRTPProtectionProfile]] = {
    b"SRTP_AEAD_AES_128_GCM": ("SRTP_AEAD_AES_128_GCM", SRTP_AEAD_AES_128_GCM),
    b"SRTP_AES128_CM_SHA1_80": ("SRTP_AES128_CM_SHA1_80", SRTP_AES128_CM_SHA1_80),
}


class DtlsFailedError(Exception):
    """No handshake within its time, or not with the certificate the answer named."""


class Certificate:
    """The self-signed certificate of a worker; made anew at every start."""

    def __init__(self) -> None:
        self.rtc = RTCCertificate.generateCertificate()
        digests = {f.algorithm: f.value for f in self.rtc.getFingerprints()}
        self.sha256: str = digests["sha-256"]
        """Colon-separated hex, as SDP wants it."""


class Pace:
    """Lets one step of one handshake through in a turn of the event loop.

    A step takes milliseconds: where hundreds of browsers come at the same moment, voices and the
    gate's questions pass between them.
    """

    def __init__(self) -> None:
        self._lock = asyncio.Lock()

    async def turn(self) -> None:
        """Wait for one's turn, first come, first served."""
        async with self._lock:
            await asyncio.sleep(0)


def _drop(_: bytes) -> None:
    """A datagram of an association that has ended."""


class _Pipe:
    """What RTCDtlsTransport needs of an RTCIceTransport: a role and datagrams both ways."""

    role = "controlled"

    def __init__(self, send: Callable[[bytes], None], pace: Pace) -> None:
        self.pace = pace
        self.incoming: asyncio.Queue[bytes | None] = asyncio.Queue(QUEUE_DATAGRAMS)
        self._send_datagram = send

    def cut(self) -> None:
        """Send nothing more, and let go of who sends: he holds us."""
        self._send_datagram = _drop

    async def _recv(self) -> bytes:
        data = await self.incoming.get()
        if data is None:
            raise ConnectionError
        await self.pace.turn()
        return data

    async def _send(self, data: bytes) -> None:
        self._send_datagram(data)


class DtlsServer:
    """One DTLS association. Datagrams fed before the handshake is started are kept for it."""

    def __init__(
        self, certificate: Certificate, send: Callable[[bytes], None], pace: Pace | None = None
    ) -> None:
        self._pipe = _Pipe(send, pace or Pace())
        self._transport = RTCDtlsTransport(cast(RTCIceTransport, self._pipe), [certificate.rtc])
        self._transport._set_role("server")
        self._transport._srtp_profiles = [profile for _, profile in _PROFILES.values()]

    def feed(self, datagram: bytes) -> bool:
        """Take a datagram of the peer; False where the queue is full and it was dropped."""
        try:
            self._pipe.incoming.put_nowait(datagram)
        except asyncio.QueueFull:
            return False
        return True

    async def handshake(self, fingerprints: Sequence[Fingerprint], timeout_s: float) -> SrtpKeys:
        """Shake hands with the peer that owns one of these certificates.

        Raises:
            DtlsFailedError
        """
        remote = RTCDtlsParameters([RTCDtlsFingerprint(f.algorithm, f.value) for f in fingerprints])
        try:
            async with asyncio.timeout(timeout_s):
                await self._pipe.pace.turn()
                await self._transport.start(remote)
        except (TimeoutError, SSL.Error, pylibsrtp.Error) as error:
            raise DtlsFailedError from error
        if self._transport.state != "connected":
            raise DtlsFailedError
        return self._export_keys()

    def _export_keys(self) -> SrtpKeys:
        """RFC 5764 §4.2: client key, server key, client salt, server salt; we are the server."""
        connection = self._transport._ssl
        if connection is None:
            raise DtlsFailedError
        name, profile = _PROFILES[connection.get_selected_srtp_profile()]
        material = connection.export_keying_material(
            b"EXTRACTOR-dtls_srtp", 2 * (profile.key_length + profile.salt_length)
        )
        if material is None:
            raise DtlsFailedError
        key, salt = profile.key_length, profile.salt_length
        return SrtpKeys(
            profile=name,
            remote_key=material[:key],
            local_key=material[key : 2 * key],
            remote_salt=material[2 * key : 2 * key + salt],
            local_salt=material[2 * key + salt :],
        )

    async def wait_closed(self) -> None:
        """Return when the peer has closed the association."""
        pump = self._transport._task
        if pump is not None:
            await asyncio.wait([pump])

    async def close(self) -> None:
        """Tell the peer that it is over (close_notify), where there was a handshake."""
        pump = self._transport._task
        await self._transport.stop()
        if pump is not None:
            await asyncio.wait([pump])
        self._pipe.cut()
