"""THE HOT PATH: one packet of a room, sealed for every listener and sent.

Per listener and packet: no logging, no await, no allocation but the nonce. AES-128-GCM straight
into a preallocated buffer and out with sendmmsg(2), in chunks; listeners on the older
AES-CM/SHA-1 profile are sealed by libsrtp in the same pass. Never decides who hears whom.

Nonce safety: the nonce is (SSRC, rollover counter, sequence number) under a key that one listener
alone has. A slot never repeats an index (slots.py), a listener's counter base of a slot is set
once, and a speaker skipped on his own slot gets at most one packet in place of the skipped one.
"""

from __future__ import annotations

import errno
import socket
import struct
from collections.abc import Iterable
from typing import Protocol

import pylibsrtp
from cffi import FFI
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from server.media.embedded.counters import Counters
from server.media.embedded.slots import SlotPacket
from server.media.embedded.srtp import SrtpContext, SrtpKeys, rtp_session_key
from server.media.embedded.udp import Address

CHUNK = 64
"""Packets a system call; small enough that the first listener does not wait for the last."""
STRIDE = 1536
TAG_BYTES = 16
FIRST_SEQUENCE_GUARD = 50
"""No listener starts on a slot this close before a wrap: a receiver takes the first packet it
hears for rollover counter 0, so all packets before the wrap being lost would leave it behind."""
SYNC_INTERVAL = 8192
"""Indexes between the silent packets that a speaker gets on the slot of his own voice. A receiver
that misses 2¹⁵ of them guesses the rollover counter wrong for good (RFC 3711 §3.3.1)."""
SILENCE = b"\xf8\xff\xfe"
"""20 ms of Opus silence (RFC 6716)."""

_ffi = FFI()
_ffi.cdef(
    """
    struct iovec { void *iov_base; size_t iov_len; };
    struct msghdr {
        void *msg_name; uint32_t msg_namelen;
        struct iovec *msg_iov; size_t msg_iovlen;
        void *msg_control; size_t msg_controllen;
        int msg_flags;
    };
    struct mmsghdr { struct msghdr msg_hdr; unsigned int msg_len; };
    int sendmmsg(int, struct mmsghdr *, unsigned int, int);
    """
)
_libc = _ffi.dlopen(None)


class Receiver(Protocol):
    """One listener's end: his key, his address, his rollover counters."""

    sockaddr: object
    sockaddr_bytes: int

    def seal(self, packet: SlotPacket, out: memoryview) -> int:
        """Write the SRTP packet for him; its length, or 0: he must not get this one."""


def _rebase(bases: list[int], packet: SlotPacket) -> int:
    """Rollover counter of this packet as this listener counts it, or −1: skip him."""
    base = bases[packet.slot]
    counter = packet.packet_index >> 16
    if base < 0:
        if packet.packet_index & 0xFFFF > 0xFFFF - FIRST_SEQUENCE_GUARD:
            return -1
        bases[packet.slot] = counter
        return 0
    return counter - base


class GcmReceiver:
    """AEAD_AES_128_GCM (RFC 7714)."""

    __slots__ = ("_bases", "_encrypt_into", "_salt", "sockaddr", "sockaddr_bytes", "synced")

    def __init__(self, keys: SrtpKeys, slots: int) -> None:
        key, salt = rtp_session_key(keys)
        self._encrypt_into = AESGCM(key).encrypt_into
        self._salt = int.from_bytes(salt, "big")
        self._bases = [-1] * slots
        self.synced = [0] * slots
        self.sockaddr: object = _ffi.NULL
        self.sockaddr_bytes = 0

    def seal(self, packet: SlotPacket, out: memoryview) -> int:
        """See `Receiver`."""
        counter = _rebase(self._bases, packet)
        if counter < 0:
            return 0
        index = (counter << 16) | (packet.packet_index & 0xFFFF)
        nonce = (self._salt ^ (packet.ssrc << 48 | index)).to_bytes(12, "big")
        header, payload = packet.header, packet.payload
        start = len(header)
        end = start + len(payload) + TAG_BYTES
        out[:start] = header
        self._encrypt_into(nonce, payload, header, out[start:end])
        return end


class CmReceiver:
    """AES128_CM_SHA1_80, the older profile, sealed by libsrtp, which counts from 0 by itself."""

    __slots__ = ("_bases", "_context", "sockaddr", "sockaddr_bytes", "synced")

    def __init__(self, context: SrtpContext, slots: int) -> None:
        self._context = context
        self._bases = [-1] * slots
        self.synced = [0] * slots
        self.sockaddr: object = _ffi.NULL
        self.sockaddr_bytes = 0

    def seal(self, packet: SlotPacket, out: memoryview) -> int:
        """See `Receiver`."""
        if _rebase(self._bases, packet) < 0:
            return 0
        try:
            sealed = self._context.protect(packet.header + packet.payload)
        except pylibsrtp.Error:  # too old for its replay window: as good as lost
            return 0
        out[: len(sealed)] = sealed
        return len(sealed)


def set_address(receiver: GcmReceiver | CmReceiver, address: Address) -> None:
    """Send to this address from now on."""
    raw = pack_sockaddr(address)
    receiver.sockaddr = _ffi.new("unsigned char[]", raw)
    receiver.sockaddr_bytes = len(raw)


def pack_sockaddr(address: Address) -> bytes:
    """The `struct sockaddr_in` or `sockaddr_in6` of an address; see ip(7), ipv6(7)."""
    host, port = address[:2]
    if len(address) == 2:
        return (
            struct.pack("=H", socket.AF_INET)
            + struct.pack("!H", port)
            + socket.inet_aton(host)
            + bytes(8)
        )
    flow, scope = address[2:]
    return (
        struct.pack("=H", socket.AF_INET6)
        + struct.pack("!HI", port, flow)
        + socket.inet_pton(socket.AF_INET6, host.partition("%")[0])
        + struct.pack("=I", scope)
    )


class Fanout:
    """Buffers and message headers for one socket; one per worker, used by one thread."""

    def __init__(self, fileno: int, counters: Counters) -> None:
        self._fileno = fileno
        self._counters = counters
        self._memory = bytearray(CHUNK * STRIDE)
        view = memoryview(self._memory)
        self._buffers = [view[n * STRIDE : (n + 1) * STRIDE] for n in range(CHUNK)]
        self._messages = _ffi.new("struct mmsghdr[]", CHUNK)
        self._vectors = _ffi.new("struct iovec[]", CHUNK)
        base = _ffi.from_buffer(self._memory)
        self._keep = base
        for n in range(CHUNK):
            self._vectors[n].iov_base = base + n * STRIDE
            self._messages[n].msg_hdr.msg_iov = self._vectors + n
            self._messages[n].msg_hdr.msg_iovlen = 1
        self._headers = [self._messages[n].msg_hdr for n in range(CHUNK)]

    def send(
        self, packet: SlotPacket, receivers: Iterable[Receiver], skipped: Receiver | None = None
    ) -> None:
        """Seal the packet for each of these and send it; what the kernel refuses is counted."""
        used = 0
        for receiver in receivers:
            if receiver is skipped:
                continue
            length = receiver.seal(packet, self._buffers[used])
            if not length:
                continue
            self._vectors[used].iov_len = length
            header = self._headers[used]
            header.msg_name = receiver.sockaddr
            header.msg_namelen = receiver.sockaddr_bytes
            used += 1
            if used == CHUNK:
                self._flush(used)
                used = 0
        if used:
            self._flush(used)

    def _flush(self, used: int) -> None:
        """Send `used` messages; a full socket drops the rest, a bad address only its own."""
        done = 0
        while done < used:
            sent = _libc.sendmmsg(self._fileno, self._messages + done, used - done, 0)
            if sent > 0:
                done += sent
                self._counters.rtp_forwarded += sent
            elif _ffi.errno == errno.EAGAIN:
                self._counters.dropped_send += used - done
                return
            elif _ffi.errno != errno.EINTR:
                self._counters.dropped_send += 1
                done += 1


def in_place_of(packet: SlotPacket, receiver: GcmReceiver | CmReceiver) -> SlotPacket | None:
    """What a speaker gets on the slot of his own voice: now and then silence, else nothing."""
    if packet.packet_index - receiver.synced[packet.slot] < SYNC_INTERVAL:
        return None
    receiver.synced[packet.slot] = packet.packet_index
    return packet._replace(payload=SILENCE)
