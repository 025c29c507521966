"""The fan-out's loop in Python: AESGCM.encrypt_into straight into the buffers of sendmmsg(2).

Public interfaces only; no compiler is needed. Never decides who gets a packet or under which nonce.
"""

from __future__ import annotations

from array import array
from typing import Any, NamedTuple

from server.media.embedded.audience import Audience, Nonces
from server.media.embedded.counters import Counters
from server.media.embedded.fanout import CHUNK, Fanout, Lane
from server.media.embedded.mmsg import MAX_SOCKADDR_BYTES, ffi
from server.media.embedded.receivers import NONCE_BYTES, TAG_BYTES, GcmReceiver
from server.media.embedded.rtp import OUT_HEADER_BYTES
from server.media.embedded.slots import SlotPacket

MAX_LENGTHS = 256
"""Payload lengths for which views of the buffers are kept, 12 KB each."""
_XOR = [bytes(byte ^ value for byte in range(256)) for value in range(256)]
"""Row n, as a table of `bytes.translate`: exclusive or with n."""
_HIGH = NONCE_BYTES - 2
_LOW = NONCE_BYTES - 1


class _Layout(NamedTuple):
    """The listeners of one audience."""

    messages: Any
    """`struct mmsghdr[]`, one a listener; the buffers of the n-th are number n % CHUNK."""
    names: Any
    """The memory of their addresses."""
    encrypts: list[Any]


class PythonFanout(Fanout):
    """Buffers and message headers for one socket."""

    def __init__(self, fileno: int, counters: Counters) -> None:
        super().__init__(fileno, counters)
        self._together = Lane()
        self._headers = [buffer[:OUT_HEADER_BYTES] for buffer in self._together.buffers]
        self._lengths = memoryview(ffi.buffer(self._together.vectors)).cast("B").cast("L")[1::2]
        self._length = 0
        self._sealed: dict[int, list[memoryview]] = {}
        self._nonces = bytearray(CHUNK * NONCE_BYTES)
        nonces = memoryview(self._nonces)
        self._nonce_views = [
            nonces[n : n + NONCE_BYTES] for n in range(0, CHUNK * NONCE_BYTES, NONCE_BYTES)
        ]

    def _lay_out(self, receivers: list[GcmReceiver]) -> _Layout:
        names = ffi.new(
            "unsigned char[]",
            b"".join(r.sockaddr.ljust(MAX_SOCKADDR_BYTES, b"\0") for r in receivers),
        )
        messages = ffi.new("struct mmsghdr[]", len(receivers))
        for at, receiver in enumerate(receivers):
            header = messages[at].msg_hdr
            header.msg_name = names + MAX_SOCKADDR_BYTES * at
            header.msg_namelen = len(receiver.sockaddr)
            header.msg_iov = self._together.vectors + at % CHUNK
            header.msg_iovlen = 1
        return _Layout(messages, names, [receiver.encrypt_into for receiver in receivers])

    def _send_together(
        self, packet: SlotPacket, audience: Audience, nonces: Nonces, hole: int
    ) -> None:
        count = len(audience.receivers)
        header = packet.header
        for buffer in self._headers[:count]:
            buffer[:] = header
        self._use_length(len(packet.payload))
        if hole:
            self._send_range(packet, audience.layout, nonces, 0, hole)
        if hole + 1 < count:
            self._send_range(packet, audience.layout, nonces, hole + 1, count)

    def _send_range(
        self, packet: SlotPacket, layout: _Layout, nonces: Nonces, start: int, end: int
    ) -> None:
        """Listeners from `start` to before `end`; no chunk runs over the end of the buffers."""
        header, payload = packet.header, packet.payload
        sequence = packet.packet_index & 0xFFFF
        high, low = _XOR[sequence >> 8], _XOR[sequence & 0xFF]
        outs = self._sealed[len(payload)]
        while start < end:
            first = start % CHUNK
            stop = min(end, start + CHUNK - first)
            used = stop - start
            size = NONCE_BYTES * used
            table = self._nonces
            table[:size] = nonces.prefixes[NONCE_BYTES * start : NONCE_BYTES * stop]
            table[_HIGH:size:NONCE_BYTES] = nonces.high[start:stop].translate(high)
            table[_LOW:size:NONCE_BYTES] = nonces.low[start:stop].translate(low)
            for encrypt_into, nonce, out in zip(
                layout.encrypts[start:stop],
                self._nonce_views,
                outs[first : first + used],
                strict=False,
            ):
                encrypt_into(nonce, payload, header, out)
            self._flush(layout.messages + start, used)
            start = stop

    def _use_length(self, length: int) -> None:
        """Payloads have this length from now on."""
        if length == self._length:
            return
        self._length = length
        total = OUT_HEADER_BYTES + length + TAG_BYTES
        self._lengths[:] = memoryview(array("L", [total]) * CHUNK)
        if length not in self._sealed:
            if len(self._sealed) >= MAX_LENGTHS:
                self._sealed.clear()
            self._sealed[length] = [b[OUT_HEADER_BYTES:total] for b in self._together.buffers]
