"""CPU time of one final, and how many speakers that would leave room for."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

import numpy as np

from analysis.decoder import SAMPLE_RATE_HZ
from analysis.speech_process import BLAS, MALLOC
from analysis.speech_worker import NICENESS
from analysis.whisper import WhisperTranscriber

ROUNDS = 8
SPEECH_S = 4


def cost(model: Path, window_s: int) -> dict[str, object]:
    """One final of 4 s: its CPU time."""
    cpu_s, _ = in_worker(model, window_s, threads=1)
    return {
        "model": model.name,
        "window_s": window_s,
        "cpu_ms_of_a_final_of_4_s": round(cpu_s * 1000, 1),
        "speakers_at_60_percent_of_2_cores": round(0.6 * 2 * SPEECH_S / cpu_s, 1),
    }


def in_worker(model: Path, window_s: int, threads: int) -> tuple[float, float]:
    """CPU and real time of one final of 4 s, in a process like the speech worker."""
    command = [sys.executable, "-m", "bench.captions.cost", str(model), str(window_s), str(threads)]
    told = subprocess.run(
        command,
        env=MALLOC | BLAS | os.environ,
        capture_output=True,
        check=True,
        text=True,
        timeout=120,
    )
    cpu_s, real_s = json.loads(told.stdout)
    return cpu_s, real_s


def measure(model: Path, window_s: int, threads: int) -> tuple[float, float]:
    """Median CPU and real seconds of one transcription."""
    engine = WhisperTranscriber(model, "cpu", threads, window_s)
    chance = np.random.default_rng(1)
    audio = chance.normal(0, 0.05, SPEECH_S * SAMPLE_RATE_HZ).astype(np.float32)
    engine.transcribe(audio, ("en",))
    spent = []
    for _ in range(ROUNDS):
        began = time.process_time(), time.monotonic()
        engine.transcribe(audio, ("en",))
        spent.append((time.process_time() - began[0], time.monotonic() - began[1]))
    return median(cpu for cpu, _ in spent), median(real for _, real in spent)


if __name__ == "__main__":
    os.nice(NICENESS)
    sys.stdout.write(json.dumps(measure(Path(sys.argv[1]), *map(int, sys.argv[2:]))))
