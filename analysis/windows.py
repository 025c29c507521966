"""Whether a model bears windows shorter than 30 s: the verdict of an evaluation on its weights.

`masil eval-captions MANIFEST --windows` compares error rates on the operator's clips and writes
the verdict beside the weights it holds for; other weights, another verdict.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec

from analysis.whisper import MAX_WINDOW_S

VERDICT_FILE = "masil-windows.json"
MAX_LOSS = 0.01
"""How much worse (error rate, 0 to 1) than at 30 s a shorter window may be."""
MIN_CLIPS = 10
"""Speech clips that an evaluation needs to be believed."""
_SAMPLE_BYTES = 1024 * 1024


class Verdict(msgspec.Struct, frozen=True):
    """What an evaluation found for one model."""

    weights: str
    """`fingerprint` of the weights it was found for."""
    window_s: int
    """The shortest window that was good enough."""
    clips: int
    error_rates: dict[str, float]
    """By window in seconds: word or character error rate, 0 to 1."""


_decode = msgspec.json.Decoder(Verdict).decode


def fingerprint(model_dir: Path) -> str:
    """Tell weights apart: SHA-256 of size, beginning and end of model.bin, which may be large."""
    path = model_dir / "model.bin"
    size = path.stat().st_size
    digest = hashlib.sha256(str(size).encode())
    with path.open("rb") as file:
        digest.update(file.read(_SAMPLE_BYTES))
        file.seek(max(0, size - _SAMPLE_BYTES))
        digest.update(file.read(_SAMPLE_BYTES))
    return digest.hexdigest()


def allowed_window_s(model_dir: Path) -> int:
    """Return the window that the verdict beside these weights allows; 30 where there is none."""
    try:
        verdict = _decode((model_dir / VERDICT_FILE).read_bytes())
        proved = verdict.clips >= MIN_CLIPS and verdict.weights == fingerprint(model_dir)
    except (OSError, ValueError):  # msgspec's errors are ValueErrors
        return MAX_WINDOW_S
    return min(MAX_WINDOW_S, max(1, verdict.window_s)) if proved else MAX_WINDOW_S


def judge(model_dir: Path, clips: int, error_rates: dict[int, float]) -> Verdict:
    """Judge windows by their error rates, which include that of 30 s."""
    limit = error_rates[MAX_WINDOW_S] + MAX_LOSS
    good = [window for window, rate in error_rates.items() if rate <= limit + 1e-9]
    shortest = min(good) if clips >= MIN_CLIPS else MAX_WINDOW_S
    rates = {str(window): round(rate, 4) for window, rate in sorted(error_rates.items())}
    return Verdict(fingerprint(model_dir), shortest, clips, rates)


def write_verdict(model_dir: Path, verdict: Verdict) -> Path:
    """Put the verdict beside the weights; returns where.

    Raises:
        OSError: it cannot be written.
    """
    path = model_dir / VERDICT_FILE
    path.write_bytes(msgspec.json.format(msgspec.json.encode(verdict), indent=2) + b"\n")
    return path
