"""THE HOT PATH: one packet of a room, sealed for every listener and sent.

Per listener and packet: one call of AES-128-GCM straight into a preallocated buffer, no logging,
no await, no allocation; then sendmmsg(2), in chunks. What can be made once for all listeners or
once for many packets comes from audience.py. Listeners on the older AES-CM/SHA-1 profile, and the
few packets around a wrap that not everybody may get, are sealed one by one in the same pass.
Never decides who hears whom. Why it is built so: docs/decisions/0008-hot-path.md.
"""

from __future__ import annotations

import errno
from array import array
from collections.abc import Iterable
from typing import Any

from server.media.embedded.audience import Audience, Nonces
from server.media.embedded.counters import Counters
from server.media.embedded.mmsg import ffi, sendmmsg
from server.media.embedded.receivers import NONCE_BYTES, TAG_BYTES, GcmReceiver, Receiver
from server.media.embedded.rtp import OUT_HEADER_BYTES
from server.media.embedded.slots import SlotPacket

CHUNK = 64
"""Packets a system call; small enough that the first listener does not wait for the last."""
STRIDE = 1536
MAX_LENGTHS = 256
"""Payload lengths for which views of the buffers are kept, 12 KB each."""
_XOR = [bytes(byte ^ value for byte in range(256)) for value in range(256)]
"""Row n, as a table of `bytes.translate`: exclusive or with n."""
_HIGH = NONCE_BYTES - 2
_LOW = NONCE_BYTES - 1


class _Lane:
    """CHUNK buffers and the kernel's description of them."""

    def __init__(self) -> None:
        memory = bytearray(CHUNK * STRIDE)
        view = memoryview(memory)
        self.buffers = [view[n * STRIDE : (n + 1) * STRIDE] for n in range(CHUNK)]
        self.vectors = ffi.new("struct iovec[]", CHUNK)
        self._base = ffi.from_buffer(memory)
        for n in range(CHUNK):
            self.vectors[n].iov_base = self._base + n * STRIDE


class Fanout:
    """Buffers and message headers for one socket; one per worker, used by one thread."""

    def __init__(self, fileno: int, counters: Counters) -> None:
        self._fileno = fileno
        self._counters = counters
        self._together = _Lane()
        self._headers = [buffer[:OUT_HEADER_BYTES] for buffer in self._together.buffers]
        self._lengths = memoryview(ffi.buffer(self._together.vectors)).cast("B").cast("L")[1::2]
        self._length = 0
        self._sealed: dict[int, list[memoryview]] = {}
        self._nonces = bytearray(CHUNK * NONCE_BYTES)
        nonces = memoryview(self._nonces)
        self._nonce_views = [
            nonces[n : n + NONCE_BYTES] for n in range(0, CHUNK * NONCE_BYTES, NONCE_BYTES)
        ]
        self._single = _Lane()
        self._messages = ffi.new("struct mmsghdr[]", CHUNK)
        for n in range(CHUNK):
            self._messages[n].msg_hdr.msg_iov = self._single.vectors + n
            self._messages[n].msg_hdr.msg_iovlen = 1

    def send(self, packet: SlotPacket, audience: Audience, skipped: Receiver | None = None) -> None:
        """Seal the packet for all of these but one; what the kernel refuses is counted."""
        if audience.messages is None:
            audience.lay_out(self._together.vectors, CHUNK)
        count = len(audience.receivers)
        hole = audience.positions.get(skipped, count) if isinstance(skipped, GcmReceiver) else count
        nonces = audience.nonces(packet, hole)
        if nonces is None:
            self.send_singly(packet, (r for r in audience.receivers if r is not skipped))
        else:
            self._use_length(len(packet.payload))
            if hole:
                self._send_range(packet, audience, nonces, 0, hole)
            if hole + 1 < count:
                self._send_range(packet, audience, nonces, hole + 1, count)
        if audience.others:
            self.send_singly(packet, (r for r in audience.others if r is not skipped))

    def send_singly(self, packet: SlotPacket, receivers: Iterable[Receiver]) -> None:
        """Seal the packet for each of these by itself; who must not get it is left out."""
        used = 0
        names: list[Any] = []
        for receiver in receivers:
            length = receiver.seal(packet, self._single.buffers[used])
            if not length:
                continue
            self._single.vectors[used].iov_len = length
            header = self._messages[used].msg_hdr
            names.append(ffi.from_buffer(receiver.sockaddr))
            header.msg_name = names[-1]
            header.msg_namelen = len(receiver.sockaddr)
            used += 1
            if used == CHUNK:
                self._flush(self._messages, used)
                used = 0
                names.clear()
        if used:
            self._flush(self._messages, used)

    def _send_range(
        self, packet: SlotPacket, audience: Audience, nonces: Nonces, start: int, end: int
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
            last = first + used
            for buffer in self._headers[first:last]:
                buffer[:] = header
            for encrypt_into, nonce, out in zip(
                audience.encrypts[start:stop], self._nonce_views, outs[first:last], strict=False
            ):
                encrypt_into(nonce, payload, header, out)
            self._flush(audience.messages + start, used)
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

    def _flush(self, messages: Any, used: int) -> None:
        """Send `used` messages; a full socket drops the rest, a bad address only its own."""
        done = 0
        while done < used:
            sent = sendmmsg(self._fileno, messages + done, used - done, 0)
            if sent > 0:
                done += sent
                self._counters.rtp_forwarded += sent
            elif ffi.errno == errno.EAGAIN:
                self._counters.dropped_send += used - done
                return
            elif ffi.errno != errno.EINTR:
                self._counters.dropped_send += 1
                done += 1
