"""One light client: a real socket, real ICE checks, a real DTLS handshake, real SRTP keys.

From the handshake on it is no Python object's business what arrives: the collector (collector.py)
empties the socket in C and only hands STUN back to `on_check`.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import socket
from typing import Literal

from aioice import stun

from bench.media.dtls import DtlsClient, Identity
from bench.media.sdp import Local, Remote
from server.media.embedded.srtp import SrtpContext, inbound, outbound

_SO_TIMESTAMPNS = 35
"""Linux's socket(7) option; the standard library has no name for it."""
_RECEIVE_BYTES = 1 << 18
_PRIORITY = 1845501695
_CHECKS = 100
_CHECK_S = 0.3
HANDSHAKE_S = 20.0
Role = Literal["speaker", "listener"]


class ConnectError(Exception):
    """The server did not answer a client's checks."""


class Client:
    """One participant."""

    def __init__(self, number: int, role: Role, identity: Identity, host: str) -> None:
        self.number = number
        self.role: Role = role
        self.ssrc = 1000 + number
        self.payload_type = 0
        self.sequence = 0
        """The sender's packets so far: sequence numbers start at 1 and never wrap in a run."""
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setblocking(False)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BYTES)
        self.socket.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        self.socket.bind((host, 0))
        self.local = Local(
            ufrag=secrets.token_hex(4),
            password=secrets.token_hex(12),
            fingerprint_sha256=identity.fingerprint_sha256,
            host=host,
            port=self.socket.getsockname()[1],
            ssrc=self.ssrc,
        )
        self._dtls = DtlsClient(identity, self._send)
        self._checked = asyncio.Event()
        self._check = b""
        self.transmit: SrtpContext | None = None
        self.receive: SrtpContext | None = None

    async def connect(self, remote: Remote, *, controlling: bool = True) -> None:
        """ICE with the server's candidate, then DTLS as the client.

        Raises:
            ConnectError, HandshakeError
        """
        self.payload_type = remote.payload_type
        self.socket.connect((remote.host, remote.port))
        self._check = self._make_check(remote, controlling)
        loop = asyncio.get_running_loop()
        loop.add_reader(self.socket.fileno(), self._read)
        try:
            await self._establish()
            keys = await self._dtls.handshake(remote.fingerprint_sha256, HANDSHAKE_S)
        finally:
            loop.remove_reader(self.socket.fileno())
        self.transmit = outbound(keys)
        self.receive = inbound(keys)

    def send_check(self) -> None:
        """Show the server that we are there (RFC 7675)."""
        self._send(self._check)

    def on_check(self, data: bytes, address: tuple[str, int]) -> None:
        """Answer the server's own checks; note the answer to ours."""
        message = stun.parse_message(data)
        if message.message_class is stun.Class.RESPONSE:
            self._checked.set()
        elif message.message_class is stun.Class.REQUEST:
            response = stun.Message(
                stun.Method.BINDING,
                stun.Class.RESPONSE,
                transaction_id=message.transaction_id,
                attributes={"XOR-MAPPED-ADDRESS": address},
            )
            response.add_message_integrity(self.local.password.encode())
            self._send(bytes(response))

    def close(self) -> None:
        """Free the socket; the server finds out by itself."""
        self.socket.close()

    async def _establish(self) -> None:
        for _ in range(_CHECKS):
            self.send_check()
            try:
                async with asyncio.timeout(_CHECK_S):
                    await self._checked.wait()
            except TimeoutError:
                continue
            return
        raise ConnectError("no answer to connectivity checks")

    def _make_check(self, remote: Remote, controlling: bool) -> bytes:
        role: dict[str, object] = (
            {"ICE-CONTROLLING": secrets.randbits(63), "USE-CANDIDATE": None}
            if controlling
            else {"ICE-CONTROLLED": secrets.randbits(63)}
        )
        check = stun.Message(
            stun.Method.BINDING,
            stun.Class.REQUEST,
            attributes={
                "USERNAME": f"{remote.ufrag}:{self.local.ufrag}",
                "PRIORITY": _PRIORITY,
                **role,
            },
        )
        check.add_message_integrity(remote.password.encode())
        return bytes(check)

    def _send(self, data: bytes) -> None:
        with contextlib.suppress(BlockingIOError, ConnectionRefusedError):
            self.socket.send(data)

    def _read(self) -> None:
        """During the handshake only."""
        while True:
            try:
                data, address = self.socket.recvfrom(2048)
            except (BlockingIOError, ConnectionRefusedError):
                return
            if data[0] < 4:
                self.on_check(data, address)
            elif 20 <= data[0] <= 63:
                self._dtls.feed(data)
