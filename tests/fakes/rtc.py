"""A light WebRTC peer with real ICE checks, DTLS and SRTP, which can also send what it must not.

One UDP socket and no media engine: packets go out as the test makes them and come back decrypted.
"""

from __future__ import annotations

import asyncio
import re
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import pylibsrtp
from aioice import stun
from aiortc import RTCIceTransport
from aiortc.rtcdtlstransport import (
    SRTP_AEAD_AES_128_GCM,
    SRTP_AES128_CM_SHA1_80,
    RTCCertificate,
    RTCDtlsFingerprint,
    RTCDtlsParameters,
    RTCDtlsTransport,
)

from server.media.embedded.rtp import parse_rtp, slot_header

CERTIFICATE = RTCCertificate.generateCertificate()
TIMEOUT_S = 5.0
GCM, CM = SRTP_AEAD_AES_128_GCM, SRTP_AES128_CM_SHA1_80


@dataclass(frozen=True)
class Heard:
    """A decrypted packet that came from the server."""

    ssrc: int
    csrc: int
    sequence: int
    timestamp: int
    marker: bool
    level: int
    payload: bytes
    payload_type: int = 111


def read_heard(plain: bytes) -> Heard:
    packet = parse_rtp(plain)
    assert plain[0] & 0x0F == 1, "one CSRC"
    return Heard(
        packet.ssrc,
        int.from_bytes(plain[12:16], "big"),
        packet.sequence,
        packet.timestamp,
        packet.marker,
        packet.level,
        packet.payload,
        packet.payload_type,
    )


def make_rtp(
    sequence: int,
    timestamp: int,
    payload: bytes,
    *,
    ssrc: int = 5001,
    level: int = 30,
    payload_type: int = 111,
) -> bytes:
    """A microphone's packet with the level extension."""
    plain = bytearray(
        slot_header(
            marker=False, sequence=sequence, timestamp=timestamp, ssrc=ssrc, csrc=0, level=level
        )
    )
    plain[0] = 0x90
    plain[1] = payload_type
    del plain[12:16]
    return bytes(plain) + payload


class _Pipe:
    role = "controlling"

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self.queue: asyncio.Queue[bytes | None] = asyncio.Queue(64)
        self._send_now = send

    async def _recv(self) -> bytes:
        data = await self.queue.get()
        if data is None:
            raise ConnectionError
        return data

    async def _send(self, data: bytes) -> None:
        self._send_now(data)


class RtcPeer:
    """One browser's worth of WebRTC, made for an offer."""

    def __init__(
        self, offer: str, *, profiles: tuple[object, ...] = (GCM, CM), host: str = "127.0.0.1"
    ) -> None:
        self.offer = offer
        self.ufrag = _find(r"a=ice-ufrag:(\S+)", offer)
        self.password = _find(r"a=ice-pwd:(\S+)", offer)
        self.server = (host, int(_find(r"m=audio (\d+)", offer)))
        self.heard: list[Heard] = []
        self.rtcp: list[bytes] = []
        self.undecryptable = 0
        self.early = 0
        """Media that came before our end of the handshake was done, as it may."""
        self.checks_answered = 0
        self.checking = True
        self._changed = asyncio.Event()
        self.socket = self._new_socket()
        self._pipe = _Pipe(self.send_raw)
        self.dtls = RTCDtlsTransport(cast(RTCIceTransport, self._pipe), [CERTIFICATE])
        self.dtls._set_role("client")
        self.dtls._srtp_profiles = list(profiles)  # type: ignore[arg-type]
        self._checker: asyncio.Task[None] | None = None

    # ------------------------------------------------------------ coming and going

    def answer(self, *, direction: str = "sendonly", red: bool = False) -> str:
        """The SDP answer to the offer, with RED (RFC 2198) as Chromium or without as Firefox."""
        digest = next(f for f in CERTIFICATE.getFingerprints() if f.algorithm == "sha-256")
        sections = self.offer.count("m=audio")
        common = (
            "a=ice-ufrag:peer\r\na=ice-pwd:peerpeerpeerpeerpeerpeer\r\n"
            f"a=fingerprint:sha-256 {digest.value}\r\na=setup:active\r\na=rtcp-mux\r\n"
        )
        types = "63 111" if red else "111"
        maps = "a=rtpmap:111 opus/48000/2\r\n" + ("a=rtpmap:63 red/48000/2\r\n" if red else "")
        head = "v=0\r\no=- 2 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n"
        return head + "".join(
            f"m=audio 9 UDP/TLS/RTP/SAVPF {types}\r\na=mid:{mid}\r\n{maps}"
            f"a={direction if mid == 0 else 'recvonly'}\r\n{common}"
            for mid in range(sections)
        )

    async def connect(self) -> None:
        """ICE and DTLS; the test gives the answer to the gate's side."""
        self.start_checks()
        remote = RTCDtlsParameters(
            [RTCDtlsFingerprint("sha-256", _find(r"a=fingerprint:sha-256 (\S+)", self.offer))]
        )
        await self.until(lambda: self.checks_answered > 0)
        async with asyncio.timeout(TIMEOUT_S):
            await self.dtls.start(remote)
        assert self.dtls.state == "connected", self.dtls.state

    def start_checks(self) -> None:
        self._checker = asyncio.create_task(self._check_forever())

    async def close(self, *, say_so: bool = True) -> None:
        if self._checker is not None:
            self._checker.cancel()
            await asyncio.wait([self._checker])
        pump = self.dtls._task
        if say_so:
            await self.dtls.stop()
        if pump is not None:
            pump.cancel()
            await asyncio.wait([pump])
        asyncio.get_running_loop().remove_reader(self.socket.fileno())
        self.socket.close()

    def move(self) -> None:
        """Change to a new port, as after a change of network."""
        asyncio.get_running_loop().remove_reader(self.socket.fileno())
        self.socket.close()
        self.socket = self._new_socket()

    # ------------------------------------------------------------ sending

    def send_raw(self, data: bytes) -> None:
        self.socket.sendto(data, self.server)

    def send_plain(self, plain: bytes) -> None:
        """Encrypt an RTP packet, whatever it says, and send it."""
        self.send_raw(self.dtls._tx_srtp.protect(plain))

    def speak(
        self,
        sequence: int,
        payload: bytes = b"voice",
        *,
        ssrc: int = 5001,
        level: int = 30,
        payload_type: int = 111,
    ) -> None:
        """One 20 ms packet of a microphone."""
        plain = make_rtp(
            sequence & 0xFFFF,
            sequence * 960 & 0xFFFFFFFF,
            payload,
            ssrc=ssrc,
            level=level,
            payload_type=payload_type,
        )
        self.send_plain(plain)

    def report_loss(self, ssrc: int, fraction: int) -> None:
        """A receiver report (RFC 3550 §6.4.2) about a stream that we hear."""
        block = struct.pack("!IIIIII", ssrc, fraction << 24, 0, 0, 0, 0)
        report = struct.pack("!BBHI", 0x81, 201, 7, 9) + block
        self.send_raw(self.dtls._tx_srtp.protect_rtcp(report))

    def check(self, *, ufrag: str = "", password: str = "", nominate: bool = True) -> bytes:
        """A connectivity check, as a browser sends it."""
        request = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
        request.attributes["USERNAME"] = f"{ufrag or self.ufrag}:peer"
        request.attributes["PRIORITY"] = 1
        request.attributes["ICE-CONTROLLING"] = 7
        if nominate:
            request.attributes["USE-CANDIDATE"] = None
        request.add_message_integrity((password or self.password).encode())
        return bytes(request)

    # ------------------------------------------------------------ receiving

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something that arrives makes the condition true."""
        async with asyncio.timeout(TIMEOUT_S):
            while not condition():
                self._changed.clear()
                await self._changed.wait()

    async def checked(self) -> None:
        """Wait until one more check was answered."""
        before = self.checks_answered
        await self.until(lambda: self.checks_answered > before)

    async def hears(self, count: int) -> list[Heard]:
        """Wait for so many packets in all."""
        await self.until(lambda: len(self.heard) >= count)
        return self.heard

    def _new_socket(self) -> socket.socket:
        loopback = "::1" if ":" in self.server[0] else "127.0.0.1"
        made = socket.socket(
            socket.AF_INET6 if ":" in loopback else socket.AF_INET, socket.SOCK_DGRAM
        )
        made.bind((loopback, 0))
        made.setblocking(False)
        asyncio.get_running_loop().add_reader(made.fileno(), self._read)
        return made

    def _read(self) -> None:
        while True:
            try:
                data = self.socket.recv(2048)
            except BlockingIOError:
                break
            self._take(data)
        self._changed.set()

    def _take(self, data: bytes) -> None:
        if data[0] < 4:
            assert stun.parse_message(data).check_message_integrity(self.password.encode())
            self.checks_answered += 1
        elif data[0] < 64:
            self._pipe.queue.put_nowait(data)
        elif self.dtls._rx_srtp is None:
            self.early += 1
        else:
            self._open(data)

    def _open(self, data: bytes) -> None:
        try:
            if 192 <= data[1] <= 223:
                self.rtcp.append(self.dtls._rx_srtp.unprotect_rtcp(data))
            else:
                self.heard.append(read_heard(self.dtls._rx_srtp.unprotect(data)))
        except pylibsrtp.Error:
            self.undecryptable += 1

    async def _check_forever(self) -> None:
        while True:
            if self.checking:
                self.send_raw(self.check())
            await asyncio.sleep(0.05 if not self.checks_answered else 0.2)


def _find(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    assert match is not None, pattern
    return match.group(1)


def malformed_stun() -> list[bytes]:
    """Datagrams that start like STUN and break it in every way we know."""
    cookie = struct.pack("!I", stun.COOKIE)
    head = b"\x00\x01\x00\x04" + cookie + bytes(12)
    return [
        b"\x00\x01",
        b"\x00\x01\x00\x00",
        head,
        head + b"\x00\x20\x00\x08",
        head + b"\x00\x24\x00\x00",
        b"\x00\x01\x00\x08" + cookie + bytes(12) + b"\x00\x06\x00\x02\xff\xfe\x00\x00",
        b"\x00\x01\x00\x08" + cookie + bytes(12) + b"\x80\x28\x00\x04\x00\x00\x00\x00",
        b"\x03\x03" + bytes(30),
    ]
