"""What is heard right, and what is invented: fixture clips, clips without speech, long noises."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.evaluation import evaluate, read_manifest, totals
from analysis.listen_file import listen
from analysis.transcriber import Transcriber
from tests.shared_material import shared

RATE_HZ = 48_000
PIECE_S = 60
"""Sounds are made and listened to in pieces, so that 10 minutes need little memory."""


def fixture_words(engine: Transcriber, loss: float) -> dict[str, Any]:
    """The 12 clips that the fixture recites, through Opus and the live path."""
    path = shared("data", "speech", "manifest-fixture.json")
    summed = totals(list(evaluate(read_manifest(path), path.parent, engine, loss, pin=True)))
    return {"loss": loss, **{name: summed[name] for name in ("speech_clips", "exact", "wer")}}


def non_speech(engine: Transcriber) -> dict[str, Any]:
    """The clips in which nobody speaks; this engine recites on whatever reaches it."""
    path = shared("data", "speech", "manifest.json")
    clips = [clip for clip in read_manifest(path) if not clip.speech]
    summed = totals(list(evaluate(clips, path.parent, engine, 0.0, pin=True)))
    return {"clips": summed["non_speech_clips"], "lines": summed["lines_on_non_speech"]}


def long_sounds(engine: Transcriber, minutes: float) -> dict[str, Any]:
    """So many minutes of silence, noise and music, each a quarter of it."""
    told = dict.fromkeys(("silence", "room noise", "loud noise", "music"), 0)
    left_s = minutes * 60 / len(told)
    while left_s > 0:
        seconds = min(PIECE_S, left_s)
        for name, sound in _sounds(seconds).items():
            told[name] += sum(bool(line.text) for line in listen(sound, engine, "en"))
        left_s -= seconds
    return {"minutes": minutes, "lines": sum(told.values()), "by_sound": told}


def _sounds(length_s: float) -> dict[str, NDArray[np.float32]]:
    chance = np.random.default_rng(5)
    seconds = np.arange(int(RATE_HZ * length_s)) / RATE_HZ
    beat = 0.5 + 0.5 * np.sign(np.sin(2 * np.pi * 2 * seconds))
    chords = np.array([(220, 277.2, 329.6), (246.9, 311.1, 370), (196, 246.9, 293.7)])
    now = chords[(seconds // 2).astype(int) % len(chords)]
    tones = sum(0.12 * np.sin(2 * np.pi * now[:, n] * seconds) for n in range(3))
    sounds = {
        "silence": np.zeros(len(seconds)),
        "room noise": chance.normal(0, 0.003, len(seconds)),
        "loud noise": chance.normal(0, 0.15, len(seconds)),
        "music": tones * beat + chance.normal(0, 0.01, len(seconds)),
    }
    return {name: sound.astype(np.float32) for name, sound in sounds.items()}
