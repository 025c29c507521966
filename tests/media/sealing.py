"""Listeners of the fan-out, what their browsers decrypt with, and the sockets they hear at."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import cast

import pylibsrtp
import pytest

from server.media.embedded.accelerator import LIBRARY, Accelerator, load_accelerator
from server.media.embedded.audience import Audience
from server.media.embedded.counters import Counters
from server.media.embedded.fanout import STRIDE
from server.media.embedded.fanout_native import open_fanout
from server.media.embedded.receivers import (
    CmReceiver,
    GcmReceiver,
    in_place_of,
    set_address,
)
from server.media.embedded.rtp import slot_header
from server.media.embedded.slots import FIRST_SSRC, SILENCE, SlotPacket
from server.media.embedded.srtp import SrtpContext, SrtpKeys, SrtpProfile, outbound

GCM: SrtpProfile = "SRTP_AEAD_AES_128_GCM"
CM: SrtpProfile = "SRTP_AES128_CM_SHA1_80"
WAYS = ("python", "native")
"""Where the fan-out's loop runs."""


def accelerator(way: str) -> Accelerator | None:
    """What `open_fanout` takes for this way; `tools/native.sh` builds the native one."""
    if way == "python":
        return None
    if shutil.which("cc") is None and not LIBRARY.exists():
        pytest.skip("needs a C compiler")
    return load_accelerator()


def make_keys(profile: SrtpProfile = GCM, seed: int = 1) -> SrtpKeys:
    salt = 12 if profile == GCM else 14
    return SrtpKeys(profile, bytes([seed]) * 16, bytes([seed + 100]) * salt, b"r" * 16, b"s" * salt)


def browser(keys: SrtpKeys) -> SrtpContext:
    """What the browser decrypts with: libsrtp, under our sending keys."""
    policy = pylibsrtp.Policy(
        key=keys.local_key + keys.local_salt,
        ssrc_type=pylibsrtp.Policy.SSRC_ANY_INBOUND,
        srtp_profile=(
            pylibsrtp.Policy.SRTP_PROFILE_AEAD_AES_128_GCM
            if keys.is_gcm
            else pylibsrtp.Policy.SRTP_PROFILE_AES128_CM_SHA1_80
        ),
    )
    policy.window_size = 1024
    return cast(SrtpContext, pylibsrtp.Session(policy))


def make_receiver(keys: SrtpKeys, slots: int = 1) -> GcmReceiver | CmReceiver:
    return GcmReceiver(keys, slots) if keys.is_gcm else CmReceiver(outbound(keys), slots)


def make_packet(packet_index: int, payload: bytes = b"opus", slot: int = 0) -> SlotPacket:
    header = slot_header(
        marker=False,
        sequence=packet_index & 0xFFFF,
        timestamp=packet_index * 960 & 0xFFFFFFFF,
        ssrc=FIRST_SSRC + slot,
        csrc=7,
        level=30,
    )
    return SlotPacket(slot, packet_index, FIRST_SSRC + slot, header, payload)


def audience(receivers: Iterable[GcmReceiver | CmReceiver]) -> Audience:
    made = Audience()
    for receiver in receivers:
        made.add(receiver)
    return made


def seal(receiver: GcmReceiver | CmReceiver, packet: SlotPacket) -> bytes:
    out = bytearray(STRIDE)
    return bytes(out[: receiver.seal(packet, memoryview(out))])


class Recorder(GcmReceiver):
    """A listener whose nonces are looked at."""

    __slots__ = ("nonces",)

    def __init__(self, keys: SrtpKeys, slots: int) -> None:
        super().__init__(keys, slots)
        self.nonces: list[bytes] = []
        sealed = self.encrypt_into

        def record(nonce: bytes, data: bytes, head: bytes, out: memoryview) -> int:
            self.nonces.append(bytes(nonce))
            return sealed(nonce, data, head, out)

        self.encrypt_into = record  # type: ignore[assignment]


class Ears:
    """A fan-out, and the sockets of those it sends to."""

    def __init__(
        self, receivers: Sequence[GcmReceiver | CmReceiver], loop: Accelerator | None
    ) -> None:
        self.out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.ears = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in receivers]
        for receiver, ear in zip(receivers, self.ears, strict=True):
            ear.bind(("127.0.0.1", 0))
            ear.setblocking(False)
            set_address(receiver, ear.getsockname())
        self.counters = Counters()
        self.fanout = open_fanout(self.out.fileno(), self.counters, loop)

    def heard(self, number: int) -> bytes | None:
        """The one packet that waits at a socket; loopback delivers before sending returns."""
        try:
            return self.ears[number].recv(2048)
        except BlockingIOError:
            return None

    def speak(
        self, packet: SlotPacket, rooms: Sequence[Audience], own: GcmReceiver | CmReceiver
    ) -> None:
        """As `Room` does: each audience gets a payload of its own under the same index."""
        for number, audience in enumerate(rooms):
            if audience:
                copy = packet._replace(payload=packet.payload * (1 + number))
                self.fanout.send(copy, audience, own)
        if (silence := in_place_of(packet, own)) is not None:
            self.fanout.send_singly(silence, (own,))

    def check(self, clients: Sequence[SrtpContext], who: int) -> set[int]:
        """Whoever heard something hears this voice; the speaker himself silence at most.

        Returns who that is.
        """
        heard = set()
        for number, client in enumerate(clients):
            if (sealed := self.heard(number)) is not None:
                plain = client.unprotect(sealed)
                assert int.from_bytes(plain[12:16], "big") == who + 1
                assert plain.endswith(SILENCE if number == who else b"x")
                heard.add(number)
        return heard


@contextmanager
def open_ears(
    receivers: Sequence[GcmReceiver | CmReceiver], loop: Accelerator | None
) -> Iterator[Ears]:
    made = Ears(receivers, loop)
    try:
        yield made
    finally:
        for one in (made.out, *made.ears):
            one.close()
