"""Opus packets to 16 kHz samples, with concealment of what was lost. The only file that knows PyAV.

libopus conceals a loss itself when it is asked to. PyAV has no call for that, but RFC 6716 gives
the way: a packet of nothing but its TOC byte holds a frame of length 0, "lost or not transmitted"
(§3.2.1, §4.4), which makes libopus extrapolate the voice and fade it out.
"""

from __future__ import annotations

from typing import Any

import av
import av.error
import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
"""16 kHz, mono, −1 to 1."""

SAMPLE_RATE_HZ = 16_000
_OPUS_RATE_HZ = 48_000
_TOC_20_MS_SILK_WIDE = 0x48
_EMPTY: Samples = np.zeros(0, np.float32)


class OpusDecoder:
    """The decoder state of one speaker."""

    def __init__(self) -> None:
        self.errors = 0
        """Packets that are not Opus."""
        self._codec = av.AudioCodecContext.create("libopus", "r")
        self._codec.sample_rate = _OPUS_RATE_HZ
        self._codec.layout = "mono"
        self._resampler = av.AudioResampler("flt", "mono", SAMPLE_RATE_HZ)
        self._toc = _TOC_20_MS_SILK_WIDE
        self._frame_samples = 960

    def decode(self, payload: bytes) -> Samples:
        """Decode one packet; a malformed one is counted and concealed."""
        samples = self._decode(payload)
        if samples.size:
            self._toc = payload[0] & 0xFC
            return samples
        return self._decode(bytes([self._toc]))

    def conceal(self, samples: int) -> Samples:
        """Extrapolate over a loss of so many samples at 48 kHz, in whole frames."""
        frames = max(1, round(samples / self._frame_samples))
        return np.concatenate([self._decode(bytes([self._toc])) for _ in range(frames)])

    def _decode(self, payload: bytes) -> Samples:
        try:
            frames = self._codec.decode(av.Packet(payload))
        except av.error.FFmpegError:
            self.errors += 1
            return _EMPTY
        parts: list[Samples] = []
        for frame in frames:
            self._frame_samples = frame.samples
            frame.pts = None
            parts += [_samples(out) for out in self._resampler.resample(frame)]
        if len(parts) == 1:
            return parts[0]
        return np.concatenate(parts) if parts else _EMPTY


def _samples(frame: av.AudioFrame) -> Samples:
    """A copy of a mono frame's samples: what `to_ndarray` gives, in a third of its time."""
    plane: Any = frame.planes[0]  # a buffer, which its type does not say
    samples: Samples = np.frombuffer(plane, np.float32, frame.samples).copy()
    return samples
