"""Is this a voice? Silero VAD, frame by frame: the state of one speaker. Knows nothing of words.

Uses the network that faster-whisper ships, whose own wrapper takes whole recordings only.
"""

from __future__ import annotations

import functools
import importlib.util
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from analysis.decoder import Samples

FRAME_SAMPLES = 512
FRAME_MS = 32
INAUDIBLE = 0.001
"""−60 dB of full scale. Speech whose peak is twice this the network itself takes for none."""
SILENT_FRAMES = 10
"""After so many inaudible frames in a row the network is not asked until something is heard."""
_CONTEXT_SAMPLES = 64


class VoiceDetector(Protocol):
    """Tells voices from everything else."""

    def probability(self, frame: Samples) -> float:
        """How surely the next 512 samples (32 ms) of the stream hold a voice, 0 to 1."""

    def reset(self) -> None:
        """Forget the stream."""


@functools.cache
def _network() -> Any:
    import onnxruntime  # type: ignore[import-untyped]

    options = onnxruntime.SessionOptions()
    options.inter_op_num_threads = options.intra_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 4
    # Found without importing faster_whisper, which takes a second.
    package = importlib.util.find_spec("faster_whisper")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("faster_whisper")
    network = Path(package.origin).parent / "assets" / "silero_vad_v6.onnx"
    return onnxruntime.InferenceSession(
        network.read_bytes(), providers=["CPUExecutionProvider"], sess_options=options
    )


class SileroDetector:
    """Silero VAD v6: 0.1 ms a frame; all speakers share one network."""

    def __init__(self) -> None:
        self._run = _network().run
        self._silent = 0
        """Inaudible frames in a row."""
        self._forget_voice()

    def reset(self) -> None:
        """Forget the stream."""
        self._silent = 0
        self._forget_voice()

    def _forget_voice(self) -> None:
        self._hidden = np.zeros((1, 1, 128), np.float32)
        self._cell = np.zeros((1, 1, 128), np.float32)
        self._context: Samples = np.zeros(_CONTEXT_SAMPLES, np.float32)

    def probability(self, frame: Samples) -> float:
        """How surely the next 512 samples hold a voice."""
        audible = frame.max() >= INAUDIBLE or frame.min() <= -INAUDIBLE
        self._silent = 0 if audible else self._silent + 1
        if self._silent > SILENT_FRAMES:
            self._forget_voice()
            return 0.0
        window = np.concatenate((self._context, frame))[None]
        feed = {"input": window, "h": self._hidden, "c": self._cell}
        speech, self._hidden, self._cell = self._run(None, feed)
        self._context = frame[-_CONTEXT_SAMPLES:]
        return float(speech.reshape(-1)[0])


def preload() -> None:
    """Read the network from disk now, before the process gives up the disk."""
    _network()
