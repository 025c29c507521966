"""What speakers say: packets sealed before the run and sent on time by C (native/load.c)."""

from __future__ import annotations

import ctypes
import struct
import threading
import time
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt

from bench.media.client import Client
from bench.media.native import UTTERANCE
from bench.media.sdp import LEVEL_EXTENSION_ID

PAYLOAD_BYTES = 80
"""20 ms of Opus at 32 kbit/s."""
CLOCK_RATE_HZ = 48_000
LEVEL = 30
"""−dBov of RFC 6464: somebody speaks."""
CYCLE = 50
LOUD_FROM = 25
"""Of each CYCLE packets of audible speech the first ones are silent, from this one on a tone."""
_STAMP = struct.Struct("!BII")
_TOC = 0x78
_FRAME_SAMPLES = 960
Array = npt.NDArray[Any]


def stamp(speaker: int, number: int) -> bytes:
    """A payload that says who sent it and as his how manieth."""
    return _STAMP.pack(_TOC, speaker, number).ljust(PAYLOAD_BYTES, b"\x5a")


def read_stamp(payload: bytes) -> tuple[int, int]:
    """The speaker and the number of a stamped payload.

    Raises:
        ValueError: it is none.
    """
    if len(payload) != PAYLOAD_BYTES or payload[0] != _TOC:
        raise ValueError("not one of our payloads")
    _, speaker, number = _STAMP.unpack_from(payload)
    return speaker, number


@cache
def audible() -> tuple[bytes, ...]:
    """CYCLE real Opus packets, for servers that decode: silence, then a tone."""
    codec = av.CodecContext.create("libopus", "w")
    assert isinstance(codec, av.AudioCodecContext)
    codec.bit_rate = 32_000
    codec.format, codec.layout, codec.sample_rate = "s16", "mono", CLOCK_RATE_HZ
    codec.options = {"application": "voip", "vbr": "off"}
    packets: list[bytes] = []
    for number in range(2 * CYCLE):
        at = np.arange(_FRAME_SAMPLES) + number * _FRAME_SAMPLES
        loud = 12_000 if number % CYCLE >= LOUD_FROM else 0
        samples = (loud * np.sin(2 * np.pi * 440 / CLOCK_RATE_HZ * at)).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate, frame.pts = CLOCK_RATE_HZ, number * _FRAME_SAMPLES
        packets += [bytes(packet) for packet in codec.encode(frame)]
    packets += [bytes(packet) for packet in codec.encode(None)]
    return tuple(packets[CYCLE : 2 * CYCLE])


class Speech:
    """All speakers' packets of one run, each speaker at an even pace, nobody at the same moment."""

    def __init__(
        self, speakers: Sequence[Client], *, packets_per_s: float, seconds: float, stamped: bool
    ) -> None:
        count = len(speakers)
        turns = int(seconds * packets_per_s)
        self.first_number = speakers[0].sequence + 1
        self.turns = turns
        self._interval_ns = int(1e9 / packets_per_s)
        self._fds = np.array([client.socket.fileno() for client in speakers], np.int32)
        self.list = np.zeros(turns * count, UTTERANCE)
        ticks = int(CLOCK_RATE_HZ / packets_per_s)
        sealed = bytearray()
        for turn in range(turns):
            for index, client in enumerate(speakers):
                packet = _seal(client, index, ticks, stamped=stamped)
                entry = self.list[turn * count + index]
                entry["offset"], entry["length"] = len(sealed), len(packet)
                entry["speaker"] = index
                entry["due_ns"] = turn * self._interval_ns + index * self._interval_ns // count
                sealed += packet
        self._bytes = np.frombuffer(bytes(sealed), np.uint8)
        self._stop = ctypes.c_int32(0)

    def start(self, library: Path, base_ns: int) -> threading.Thread:
        """Speak from `base_ns` (CLOCK_REALTIME) on, in a thread that ends by itself."""
        self.list["due_ns"] += base_ns
        function = ctypes.CDLL(str(library)).speak
        function.restype = None
        arguments = (
            ctypes.c_void_p(self._fds.ctypes.data),
            ctypes.c_void_p(self.list.ctypes.data),
            ctypes.c_long(len(self.list)),
            ctypes.c_void_p(self._bytes.ctypes.data),
            ctypes.byref(self._stop),
        )
        thread = threading.Thread(target=function, args=arguments, name="speech")
        thread.start()
        return thread

    def stop(self) -> None:
        """Fall silent at once."""
        self._stop.value = 1

    def sent_ns(self) -> Array:
        """When each packet was sent, by [speaker, turn]; 0: it was not."""
        table: Array = self.list["sent_ns"].reshape(self.turns, len(self._fds)).T
        return table


def now_ns() -> int:
    """The clock of the kernel's receive timestamps."""
    return time.clock_gettime_ns(time.CLOCK_REALTIME)


def _seal(client: Client, index: int, ticks: int, *, stamped: bool) -> bytes:
    assert client.transmit is not None
    client.sequence += 1
    number = client.sequence
    payload = stamp(index, number) if stamped else audible()[number % CYCLE]
    header = struct.pack(
        "!BBHIIHHBBH",
        0x90,
        client.payload_type,
        number & 0xFFFF,
        number * ticks & 0xFFFFFFFF,
        client.ssrc,
        0xBEDE,
        1,
        LEVEL_EXTENSION_ID << 4,
        LEVEL,
        0,
    )
    return client.transmit.protect(header + payload)
