"""Random weights in the shape of Whisper tiny: they cost what Whisper tiny costs, and say nothing.

Whisper stops by itself after about as many tokens as there were said; random weights never do. Of
the two kinds made here one stops after 25 tokens, what 6 to 8 s of speech have, the other goes to
the token cap of each utterance (12 a second), the worst that can happen.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import numpy as np

from tests.shared_material import shared_path

TOKENS = 25
_PROMPT_TOKENS = 4
_END_OF_TEXT = 50257
_LOUD = 50.0
"""Drowns what else a position carries, so that the last layer sees only this direction."""
_LEANING = 0.4
"""Of the end of text towards that direction: enough at those positions, too little elsewhere."""


def tiny(directory: Path, *, endless: bool = False) -> Path:
    """Write a model directory; returns it."""
    maker = _maker()
    target = directory / ("tiny-endless" if endless else "tiny-25-tokens")
    target.mkdir()
    tokens = maker.build_tokenizer(
        str(shared_path("models", "multilingual.tiktoken")), str(target / "tokenizer.json")
    )
    weights = maker.random_weights(maker.TINY)
    if not endless:
        _stop_after(weights, TOKENS)
    maker.write_model(str(target), weights, maker.TINY, tokens)
    return target


def _stop_after(weights: dict[str, Any], tokens: int) -> None:
    positions = weights["decoder.embed_positions.weight"]
    direction = np.random.default_rng(2).standard_normal(positions.shape[1]).astype(np.float32)
    direction -= direction.mean()
    direction /= np.linalg.norm(direction)
    positions[_PROMPT_TOKENS - 1 + tokens :] = _LOUD * direction
    weights["decoder.embed_tokens.weight"][_END_OF_TEXT] = _LEANING * direction


def _maker() -> Any:
    path = shared_path("prototypes", "captions", "whisper_ct2.py")
    assert path
    spec = importlib.util.spec_from_file_location("whisper_ct2", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
