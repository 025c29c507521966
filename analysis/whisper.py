"""faster-whisper's models behind the port, in windows as short as they proved to bear."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from analysis.decoder import SAMPLE_RATE_HZ, Samples
from analysis.transcriber import MAX_AUDIO_S, Engine, ModelUnavailableError, Transcript

REQUIRED_FILES = ("config.json", "model.bin", "tokenizer.json")
"""Without tokenizer.json faster-whisper would ask the hub for one."""
TOKENS_BASE = 8
TOKENS_PER_S = 12
MAX_WINDOW_S = 30
"""What Whisper was trained on."""
WINDOW_MARGIN_S = 1
"""Silence after the speech that a shorter window holds at least."""
_FRAMES_PER_S = 100
_ENGLISH = ("en",)


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
    encodes twice, and pads each utterance to 30 s.
    """

    def __init__(
        self,
        path: Path,
        device: str,
        threads: int,
        window_s: int = MAX_WINDOW_S,
        lanes: int = 1,
    ) -> None:
        """Load the model; takes seconds.

        Args:
            path: a directory with a model of CTranslate2.
            device: `cpu` or `cuda`.
            threads: of the processor, for one transcription.
            window_s: what is encoded at least, 1 to 30 s. Below 30 only where an evaluation on
                these weights allows it (`analysis.windows`).
            lanes: from how many threads `transcribe` is called at a time; more only wait.

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
                num_workers=lanes,
                local_files_only=True,
            )
        except (RuntimeError, ValueError, OSError) as error:
            raise ModelUnavailableError("the model could not be loaded") from error
        self._tokenizer = self._model.hf_tokenizer
        self._end_of_text = self._token("<|endoftext|>")
        self._window_s = window_s
        self._multilingual = bool(self._model.model.is_multilingual)
        self.engine = Engine(path.name, device, () if self._multilingual else _ENGLISH)

    def transcribe(self, audio: Samples, languages: Sequence[str] = ()) -> Transcript:
        """Transcribe one utterance."""
        if not 0 < len(audio) <= MAX_AUDIO_S * SAMPLE_RATE_HZ:
            raise ValueError("audio of impossible length")
        encoded = self._encode(audio)
        language = self._language(encoded, languages)
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
        # All at once: a syllable of Hangul may be spread over tokens.
        text = self._tokenizer.decode([t for t in tokens if t < self._end_of_text]).strip()
        return Transcript(
            text=text,
            language=language,
            no_speech_probability=float(result.no_speech_prob),
            avg_logprob=float(result.scores[0]) * len(tokens) / (len(tokens) + 1),
            compression_ratio=compression_ratio(text),
            token_cap_hit=len(tokens) >= cap,
        )

    def _encode(self, audio: Samples) -> Any:
        seconds = -(-len(audio) // SAMPLE_RATE_HZ) + WINDOW_MARGIN_S
        frames = min(MAX_WINDOW_S, max(self._window_s, seconds)) * _FRAMES_PER_S
        features = self._model.feature_extractor(audio)[:, :frames]
        features = np.pad(features, ((0, 0), (0, frames - features.shape[1])))
        try:
            return self._model.encode(features)
        finally:
            features.fill(0)

    def _language(self, encoded: Any, languages: Sequence[str]) -> str:
        if not self._multilingual:
            return "en"
        known = [one for one in languages if self._tokenizer.token_to_id(f"<|{one}|>") is not None]
        if len(known) == 1:
            return known[0]
        # Likeliest first, all that the model knows.
        ranked: list[str] = [
            token.strip("<|>") for token, _ in self._model.model.detect_language(encoded)[0]
        ]
        return next((one for one in ranked if one in known), ranked[0])

    def _prompt(self, language: str) -> list[int]:
        names = ["<|startoftranscript|>"]
        if self._multilingual:
            names += [f"<|{language}|>", "<|transcribe|>"]
        return [self._token(name) for name in (*names, "<|notimestamps|>")]

    def _token(self, name: str) -> int:
        token = self._tokenizer.token_to_id(name)
        if token is None:
            raise ModelUnavailableError("the tokenizer is not Whisper's")
        return int(token)


def compression_ratio(text: str) -> float:
    """How well a text compresses: above 2.4 it is a loop (openai/whisper's threshold)."""
    raw = text.encode()
    return len(raw) / max(1, len(zlib.compress(raw)))
