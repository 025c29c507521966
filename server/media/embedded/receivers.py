"""One listener's end of the fan-out: his key, his address, his rollover counters.

Seals single packets. Never sends, never decides who hears whom.

Nonce safety: the nonce is (SSRC, rollover counter, sequence number) under a key that one listener
alone has. A slot never repeats an index (slots.py), a listener's counter base of a slot is set
once, and a speaker skipped on his own slot gets at most one packet in place of the skipped one.
"""

from __future__ import annotations

import socket
import struct
from typing import Any, TypeAlias

import pylibsrtp
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from server.media.embedded.slots import SILENCE, SlotPacket
from server.media.embedded.srtp import SrtpContext, SrtpKeys, rtp_session_key
from server.media.embedded.udp import Address

TAG_BYTES = 16
NONCE_BYTES = 12
FIRST_SEQUENCE_GUARD = 50
"""No listener starts on a slot this close before a wrap: a receiver takes the first packet it
hears for rollover counter 0, so all packets before the wrap being lost would leave it behind."""
SYNC_INTERVAL = 8192
"""Indexes between the silent packets that a speaker gets on the slot of his own voice. A receiver
that misses 2¹⁵ of them guesses the rollover counter wrong for good (RFC 3711 §3.3.1)."""


class _Counted:
    """Rollover counters as this listener counts them."""

    __slots__ = ("_bases", "sockaddr", "synced")

    def __init__(self, slots: int) -> None:
        self._bases = [-1] * slots
        self.synced = [0] * slots
        self.sockaddr = b""

    def rebase(self, slot: int, packet_index: int) -> int:
        """Rollover counter of a packet that he is to get now, or −1: skip him."""
        base = self._bases[slot]
        counter = packet_index >> 16
        if base < 0:
            if packet_index & 0xFFFF > 0xFFFF - FIRST_SEQUENCE_GUARD:
                return -1
            self._bases[slot] = counter
            return 0
        return counter - base

    def has_begun(self, slot: int) -> bool:
        """Whether he got a packet of this slot already."""
        return self._bases[slot] >= 0


class GcmReceiver(_Counted):
    """AEAD_AES_128_GCM (RFC 7714)."""

    __slots__ = ("_salt", "context", "encrypt_into", "key")

    def __init__(self, keys: SrtpKeys, slots: int) -> None:
        super().__init__(slots)
        self.key, salt = rtp_session_key(keys)
        self.encrypt_into = AESGCM(self.key).encrypt_into
        self.context: Any = None
        """The same for the C loop, which makes it at his first packet (fanout_native.py)."""
        self._salt = int.from_bytes(salt, "big")

    def nonce(self, ssrc: int, counter: int, sequence: int) -> bytes:
        """See RFC 7714 §8.1; `counter` is what `rebase` made of the packet's index."""
        index = ssrc << 48 | counter << 16 | sequence
        return (self._salt ^ index).to_bytes(NONCE_BYTES, "big")

    def seal(self, packet: SlotPacket, out: memoryview) -> int:
        """Write the SRTP packet for him; its length, or 0: he must not get this one."""
        counter = self.rebase(packet.slot, packet.packet_index)
        if counter < 0:
            return 0
        nonce = self.nonce(packet.ssrc, counter, packet.packet_index & 0xFFFF)
        header, payload = packet.header, packet.payload
        start = len(header)
        end = start + len(payload) + TAG_BYTES
        out[:start] = header
        self.encrypt_into(nonce, payload, header, out[start:end])
        return end


class CmReceiver(_Counted):
    """AES128_CM_SHA1_80, the older profile, sealed by libsrtp, which counts from 0 by itself."""

    __slots__ = ("_context",)

    def __init__(self, context: SrtpContext, slots: int) -> None:
        super().__init__(slots)
        self._context = context

    def seal(self, packet: SlotPacket, out: memoryview) -> int:
        """Write the SRTP packet for him; its length, or 0: he must not get this one."""
        if self.rebase(packet.slot, packet.packet_index) < 0:
            return 0
        try:
            sealed = self._context.protect(packet.header + packet.payload)
        except pylibsrtp.Error:  # too old for its replay window: as good as lost
            return 0
        out[: len(sealed)] = sealed
        return len(sealed)


Receiver: TypeAlias = GcmReceiver | CmReceiver


def set_address(receiver: Receiver, address: Address) -> None:
    """Send to this address from now on; an `Audience` he is in has to be told."""
    receiver.sockaddr = pack_sockaddr(address)


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


def in_place_of(packet: SlotPacket, receiver: Receiver) -> SlotPacket | None:
    """What a speaker gets on the slot of his own voice: now and then silence, else nothing."""
    if packet.packet_index - receiver.synced[packet.slot] < SYNC_INTERVAL:
        return None
    receiver.synced[packet.slot] = packet.packet_index
    return packet._replace(payload=SILENCE)
