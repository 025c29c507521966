"""The fan-out alone, turn and turn about with a C loop over the same libsrtp (native/hot.c).

One packet of a room is rewritten once, sealed for every receiver and sent; the receivers are real
sockets, emptied by another process. CPU time of this thread only, the kernel's send included.
"""

from __future__ import annotations

import ctypes
import os
import secrets
import socket
import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from pylibsrtp import _binding

from bench.media.figures import Hot
from bench.media.native import build
from bench.media.speech import LEVEL, PAYLOAD_BYTES
from server.media.embedded.accelerator import (
    Accelerator,
    AcceleratorMissingError,
    load_accelerator,
)
from server.media.embedded.audience import Audience
from server.media.embedded.counters import Counters
from server.media.embedded.fanout_native import open_fanout
from server.media.embedded.receivers import GcmReceiver, pack_sockaddr, set_address
from server.media.embedded.rtp import PAYLOAD_TYPE, RtpPacket, slot_header
from server.media.embedded.slots import SpeakerSlots, Stream, Voice
from server.media.embedded.srtp import SrtpKeys, outbound

SLOTS = 6
BURST = 4
"""Packets between two pauses in which the receivers are emptied."""
PAUSE_S = 0.002
MIN_DELIVERED = 0.99
TAG_BYTES = 16
_SEND_BYTES = 4 * 1024 * 1024
_STOP_S = 10.0


class HotError(RuntimeError):
    """The measurement is worth nothing; the message says why."""


class _Sink:
    """Receivers in a process of their own."""

    def __init__(self, program: Path, count: int) -> None:
        self._process = subprocess.Popen(
            [str(program), str(count)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert self._process.stdout is not None
        self.ports = [int(port) for port in self._process.stdout.readline().split()]
        if len(self.ports) != count:
            raise HotError("the receivers could not be opened")

    def close(self) -> int:
        """How many packets they got."""
        output, _ = self._process.communicate(timeout=_STOP_S)
        return int(output)


class _Ours:
    """The product's own path from a decrypted packet to the wire."""

    def __init__(self, fileno: int, ports: Sequence[int], loop: Accelerator | None) -> None:
        self._fanout = open_fanout(fileno, Counters(), loop)
        self._slots = SpeakerSlots(SLOTS)
        self._voice, self._stream = Voice(csrc=1), Stream()
        self._audience = Audience()
        for port in ports:
            receiver = GcmReceiver(_keys(), SLOTS)
            set_address(receiver, ("127.0.0.1", port))
            self._audience.add(receiver)

    def send(self, number: int) -> None:
        """One packet of the room, to everybody."""
        packet = RtpPacket(False, PAYLOAD_TYPE, number & 0xFFFF, number * 960, 1, LEVEL, _PAYLOAD)
        slot = self._slots.place(self._voice, packet, number * 20)
        assert slot is not None
        rewritten = slot.rewrite(self._stream, packet, number * 20)
        assert rewritten is not None
        self._fanout.send(rewritten, self._audience)


class _InC:
    """The yardstick: native/hot.c with the very libsrtp that pylibsrtp brings along."""

    def __init__(self, library: Path, fileno: int, ports: Sequence[int]) -> None:
        libsrtp = ctypes.CDLL(_binding.__file__)
        libsrtp.srtp_get_version_string.restype = ctypes.c_char_p
        self.version = libsrtp.srtp_get_version_string().decode()
        self._protect = ctypes.cast(libsrtp.srtp_protect, ctypes.c_void_p)
        self._fan_out = ctypes.CDLL(str(library)).fan_out
        self._fileno = fileno
        self._sessions = [outbound(_keys()) for _ in ports]
        # The one private attribute: the srtp_t that libsrtp's own functions take.
        pointers = [int(_binding.ffi.cast("uintptr_t", s._srtp[0])) for s in self._sessions]  # type: ignore[attr-defined]
        self._contexts = (ctypes.c_void_p * len(ports))(*pointers)
        self._addresses = b"".join(pack_sockaddr(("127.0.0.1", port)) for port in ports)

    def send(self, number: int) -> None:
        """The same packet, to everybody."""
        self._send(self._protect, _packet(number))

    def send_plain(self, number: int) -> None:
        """As many bytes, sealed by nobody: the kernel's share."""
        self._send(None, _packet(number) + bytes(TAG_BYTES))

    def _send(self, protect: ctypes.c_void_p | None, packet: bytes) -> None:
        count = len(self._contexts)
        sent = self._fan_out(
            protect,
            self._contexts,
            self._addresses,
            count,
            packet,
            len(packet),
            self._fileno,
        )
        if sent != count:
            raise HotError(f"the C loop failed ({sent})")


def _packet(number: int) -> bytes:
    return (
        slot_header(
            marker=False,
            sequence=number & 0xFFFF,
            timestamp=number * 960,
            ssrc=1,
            csrc=1,
            level=LEVEL,
        )
        + _PAYLOAD
    )


def measure_hot(directory: Path, *, receivers: int, rounds: int, packets: int) -> Hot:
    """Alternate `rounds` times between ours, in both ways, and C, `packets` room packets each.

    Raises:
        HotError, NoCompilerError
    """
    loop = _accelerator()
    sink = _Sink(build("sink", directory, program=True), receivers)
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BYTES)
            in_c = _InC(build("hot", directory), sender.fileno(), sink.ports)
            kinds = {
                "c": in_c.send,
                "kernel": in_c.send_plain,
                "python": _Ours(sender.fileno(), sink.ports, None).send,
            }
            if loop is not None:
                kinds["native"] = _Ours(sender.fileno(), sink.ports, loop).send
            spent = _alternate([*kinds.values()], rounds, packets)
    finally:
        got = sink.close()
    sent = len(kinds) * (rounds + 1) * packets * receivers
    if got < MIN_DELIVERED * sent:
        raise HotError(f"only {got} of {sent} packets arrived: dropped ones are cheaper")
    micros = {
        name: [one / (packets * receivers) / 1e3 for one in kind]
        for name, kind in zip(kinds, zip(*spent, strict=True), strict=True)
    }
    chosen: Literal["native", "python"] = "python" if loop is None else "native"
    return Hot(
        receivers=receivers,
        payload_bytes=PAYLOAD_BYTES,
        fanout=chosen,
        us_per_packet=statistics.median(micros[chosen]),
        c_us_per_packet=statistics.median(micros["c"]),
        kernel_us_per_packet=statistics.median(micros["kernel"]),
        ratio_c=_ratio(micros["c"], micros[chosen]),
        python_us_per_packet=statistics.median(micros["python"]),
        python_ratio_c=_ratio(micros["c"], micros["python"]),
        rounds=rounds,
        libsrtp=in_c.version,
    )


def _accelerator() -> Accelerator | None:
    """What the service seals with unless told otherwise."""
    try:
        return load_accelerator()
    except AcceleratorMissingError:
        return None


def _ratio(theirs: Sequence[float], ours: Sequence[float]) -> float:
    return statistics.median(c / our for our, c in zip(ours, theirs, strict=True))


def _alternate(
    kinds: Sequence[Callable[[int], None]], rounds: int, packets: int
) -> list[list[int]]:
    """Nanoseconds of each kind in each round, in turning order; a first round only warms up."""
    found: list[list[int]] = []
    for number in range(rounds + 1):
        spent = [0] * len(kinds)
        for turn in range(len(kinds)):
            kind = (turn + number) % len(kinds)
            spent[kind] = _time(kinds[kind], 1 + number * packets, packets)
        found.append(spent)
    return found[1:]


def _time(send: Callable[[int], None], first: int, packets: int) -> int:
    spent = 0
    for start in range(0, packets, BURST):
        began = time.thread_time_ns()
        for number in range(start, min(start + BURST, packets)):
            send(first + number)
        spent += time.thread_time_ns() - began
        time.sleep(PAUSE_S)
    return spent


def _keys() -> SrtpKeys:
    return SrtpKeys(
        profile="SRTP_AEAD_AES_128_GCM",
        local_key=secrets.token_bytes(16),
        local_salt=secrets.token_bytes(12),
        remote_key=secrets.token_bytes(16),
        remote_salt=secrets.token_bytes(12),
    )


_PAYLOAD = os.urandom(PAYLOAD_BYTES)
