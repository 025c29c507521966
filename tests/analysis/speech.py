"""Fixture clips as Opus packets, as a browser would send them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from protocol.analysis import AudioHeader
from tests.shared_material import shared

FRAME_SAMPLES = 960
RATE_HZ = 48_000


@dataclass(frozen=True)
class Clip:
    clip_id: str
    language: str
    text: str
    samples: NDArray[np.float32]
    """48 kHz mono."""


def clip(clip_id: str) -> Clip:
    for entry in manifest():
        if entry["id"] == clip_id:
            samples = read_48k(shared("data", "speech", entry["file"]))
            return Clip(clip_id, entry["lang"], entry["text"], samples)
    raise KeyError(clip_id)


def read_48k(path: Path) -> NDArray[np.float32]:
    resampler = av.AudioResampler("flt", "mono", RATE_HZ)
    with av.open(str(path)) as file:
        frames = [out for frame in file.decode(audio=0) for out in resampler.resample(frame)]
    frames += resampler.resample(None)
    return np.concatenate([frame.to_ndarray().reshape(-1) for frame in frames]).astype(np.float32)


def manifest() -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = json.loads(
        shared("data", "speech", "manifest-fixture.json").read_text()
    )
    return entries


def silence(seconds: float) -> NDArray[np.float32]:
    return np.zeros(int(seconds * RATE_HZ), np.float32)


def encode(samples: NDArray[np.float32], bit_rate: int = 24_000) -> list[bytes]:
    encoder = av.AudioCodecContext.create("libopus", "w")
    encoder.sample_rate, encoder.layout, encoder.format = RATE_HZ, "mono", "flt"
    encoder.bit_rate = bit_rate
    encoder.options = {"application": "voip", "frame_duration": "20"}
    packets = []
    for start in range(0, len(samples) - FRAME_SAMPLES + 1, FRAME_SAMPLES):
        piece = np.ascontiguousarray(samples[None, start : start + FRAME_SAMPLES])
        frame = av.AudioFrame.from_ndarray(piece, format="flt", layout="mono")
        frame.sample_rate, frame.pts = RATE_HZ, start
        packets += [bytes(packet) for packet in encoder.encode(frame)]
    return packets


class RtpStream:
    """Numbers the packets of one microphone."""

    def __init__(
        self, tap_id: int, sequence: int = 65_000, timestamp: int = 2**32 - 50_000
    ) -> None:
        self.tap_id = tap_id
        self.sequence = sequence
        self.timestamp = timestamp

    def frames(self, packets: list[bytes]) -> list[bytes]:
        return [self.frame(packet) for packet in packets]

    def frame(self, packet: bytes) -> bytes:
        header = AudioHeader(self.tap_id, self.sequence, self.timestamp, 30)
        self.sequence = (self.sequence + 1) & 0xFFFF
        self.timestamp = (self.timestamp + FRAME_SAMPLES) & 0xFFFFFFFF
        return header.pack() + packet
