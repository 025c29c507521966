"""Where the measured material beside the repository is (speech, topics, the fixture model).

The project works without it: tests that need it ask here and are skipped with a reason.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_BESIDE = Path(__file__).resolve().parents[2] / "shared"


def shared_path(*parts: str) -> Path | None:
    """A path in the shared material (`MASIL_SHARED`, else ../shared), or None."""
    path = Path(os.environ.get("MASIL_SHARED", _BESIDE)).joinpath(*parts)
    return path if path.exists() else None


def shared(*parts: str) -> Path:
    """A path in the shared material, or skip the test."""
    path = shared_path(*parts)
    if path is None:
        pytest.skip(f"shared material is not here: {'/'.join(parts)} (set MASIL_SHARED)")
    return path


def fixture_model() -> Path:
    """The speech model that recites the fixture clips."""
    return shared("models", "fixture-whisper")
