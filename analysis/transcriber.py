"""Speech to text of one utterance: the port, and faster-whisper behind it.

Never reaches for the network: a model directory is complete or refused.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from analysis.decoder import SAMPLE_RATE_HZ, Samples

REQUIRED_FILES = ("config.json", "model.bin", "tokenizer.json")
"""Without tokenizer.json faster-whisper would ask the hub for one."""
TOKENS_BASE = 8
TOKENS_PER_S = 12
WINDOW_S = 30


class ModelUnavailableError(Exception):
    """The model cannot be loaded; the message is for people."""


@dataclass(frozen=True, slots=True)
class Transcript:
    """What a model made of an utterance, and how sure it was."""

    text: str
    language: str
    """ISO 639-1."""
    no_speech_probability: float
    avg_logprob: float
    compression_ratio: float
    token_cap_hit: bool


class Transcriber(Protocol):
    """Turns utterances into text; called from one thread only."""

    def transcribe(self, audio: Samples, language: str | None) -> Transcript:
        """Transcribe at most 30 s; `language` None: detect it.

        Raises:
            RuntimeError: the engine failed on this audio.
        """


def check_model_dir(path: Path) -> None:
    """Make sure that the directory holds a whole model.

    Raises:
        ModelUnavailableError: it does not.
    """
    if not path.is_dir():
        raise ModelUnavailableError(f"no such model directory: {path.name}")
    missing = [name for name in REQUIRED_FILES if not (path / name).is_file()]
    if missing:
        raise ModelUnavailableError(f"the model directory lacks {', '.join(missing)}")


class WhisperTranscriber:
    """faster-whisper: greedy, no fallback temperatures, no memory of earlier text, no timestamps.

    One encoder pass serves language detection and decoding; the library's own `transcribe`
    encodes twice.
    """

    def __init__(self, path: Path, device: str, threads: int) -> None:
        """Load the model; takes seconds.

        Raises:
            ModelUnavailableError: the directory is incomplete or no Whisper model.
        """
        check_model_dir(path)
        from faster_whisper import WhisperModel  # slow to import: only where it is needed

        try:
            self._model: Any = WhisperModel(
                str(path),
                device=device,
                compute_type="int8" if device == "cpu" else "default",
                cpu_threads=threads,
                local_files_only=True,
            )
        except (RuntimeError, ValueError, OSError) as error:
            raise ModelUnavailableError("the model could not be loaded") from error
        self._tokenizer = self._model.hf_tokenizer
        self._end_of_text = self._token("<|endoftext|>")

    def transcribe(self, audio: Samples, language: str | None) -> Transcript:
        """Transcribe one utterance."""
        encoded = self._encode(audio)
        language = self._language(encoded, language)
        cap = TOKENS_BASE + int(TOKENS_PER_S * len(audio) / SAMPLE_RATE_HZ)
        prompt = self._prompt(language)
        result = self._model.model.generate(
            encoded,
            [prompt],
            beam_size=1,
            max_length=min(len(prompt) + cap, self._model.max_length),
            return_scores=True,
            return_no_speech_prob=True,
            suppress_blank=True,
            suppress_tokens=[-1],
        )[0]
        tokens = result.sequences_ids[0]
        text = self._tokenizer.decode([t for t in tokens if t < self._end_of_text]).strip()
        raw = text.encode()
        return Transcript(
            text=text,
            language=language,
            no_speech_probability=float(result.no_speech_prob),
            avg_logprob=float(result.scores[0]) * len(tokens) / (len(tokens) + 1),
            compression_ratio=len(raw) / max(1, len(zlib.compress(raw))),
            token_cap_hit=len(tokens) >= cap,
        )

    def _encode(self, audio: Samples) -> Any:
        features = self._model.feature_extractor(audio)[:, : WINDOW_S * 100]
        features = np.pad(features, ((0, 0), (0, WINDOW_S * 100 - features.shape[1])))
        return self._model.encode(features)

    def _language(self, encoded: Any, pinned: str | None) -> str:
        if not self._model.model.is_multilingual:
            return "en"
        if pinned and self._tokenizer.token_to_id(f"<|{pinned}|>") is not None:
            return pinned
        best: tuple[str, float] = self._model.model.detect_language(encoded)[0][0]
        return best[0].strip("<|>")

    def _prompt(self, language: str) -> list[int]:
        names = ["<|startoftranscript|>"]
        if self._model.model.is_multilingual:
            names += [f"<|{language}|>", "<|transcribe|>"]
        return [self._token(name) for name in (*names, "<|notimestamps|>")]

    def _token(self, name: str) -> int:
        token = self._tokenizer.token_to_id(name)
        if token is None:
            raise ModelUnavailableError("the tokenizer is not Whisper's")
        return int(token)
