"""Steady tones through libopus, as browsers' microphones send them and players decode them."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

import av
import numpy as np
import numpy.typing as npt

RATE_HZ = 48_000
FRAME = 960
Samples = npt.NDArray[np.float64]


def tone(frequency_hz: float, seconds: float, level: float, phase: float = 0.0) -> Samples:
    """A sine, −1 to 1."""
    return level * np.sin(
        2 * np.pi * frequency_hz * np.arange(int(RATE_HZ * seconds)) / RATE_HZ + phase
    )


def encode(samples: Samples) -> list[bytes]:
    """Packets of 20 ms at 32 kbit/s, with FEC as a browser that is told of losses uses it."""
    codec = av.CodecContext.create("libopus", "w")
    codec.sample_rate, codec.layout, codec.format = RATE_HZ, "mono", "s16"
    codec.bit_rate = 32_000
    codec.options = {"application": "voip", "frame_duration": "20", "fec": "1", "packet_loss": "10"}
    packets: list[bytes] = []
    for start in range(0, len(samples) - FRAME + 1, FRAME):
        pcm = (samples[start : start + FRAME] * 32767).astype(np.int16).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(pcm, format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE_HZ, start, Fraction(1, RATE_HZ)
        packets += [bytes(packet) for packet in codec.encode(frame)]
    return packets


def decode(packets: Iterable[bytes]) -> Samples:
    """What one decoder makes of them, one after the other."""
    codec = av.CodecContext.create("libopus", "r")
    codec.sample_rate, codec.layout = RATE_HZ, "mono"
    pieces = []
    for packet in packets:
        for frame in codec.decode(av.Packet(packet)):
            piece = frame.to_ndarray().reshape(-1)
            pieces.append(piece / 32768 if piece.dtype == np.int16 else piece.astype(np.float64))
    return np.concatenate(pieces)


def largest_step(samples: Samples) -> float:
    """Between two samples that follow each other: what the ear hears as a click."""
    return float(np.abs(np.diff(samples)).max())
