"""Settings of the analysis process, from the same `MASIL_…` variables as the gate's.

It shares no code with the gate, so defaults stand here a second time; a test compares them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Read once at start and passed on; nothing else reads the environment."""

    model_config = SettingsConfigDict(
        env_prefix="MASIL_", env_file=".env", extra="ignore", frozen=True
    )

    state_dir: Path = Path("var")
    """Where models/ and run/ are; this process only reads there."""
    analysis_url: str = ""
    """Where to listen: `unix:PATH` or ws://HOST:PORT. Default: a socket in `state_dir`/run."""
    analysis_token: str = ""
    """What a peer must say in `Hello`; empty: any, which is allowed on local sockets only."""
    transcriber: Literal["whisper", "pocketsphinx"] = "whisper"
    """What turns speech into text; `pocketsphinx`: English only, nothing to fetch."""
    whisper_model: str = "base"
    """A faster-whisper size (looked for in `state_dir`/models) or a local model directory."""
    whisper_device: Literal["cpu", "cuda"] = "cpu"
    whisper_threads: int = Field(default=1, ge=1, le=64)
    """CPU threads of one transcription. With Whisper tiny two make the encoder faster and the
    decoder slower, at a third more of CPU time; larger models were not measured."""
    whisper_parallel: int = Field(default=2, ge=1, le=16)
    """Transcriptions at a time, of different speakers; they share the weights."""
    whisper_window_s: str = Field(default="auto", pattern=r"^(auto|[1-9]|[12]\d|30)$")
    """How much sound is encoded at least: 30, fewer seconds, or `auto`: as few as an evaluation
    on these weights allows (`masil eval-captions --windows`), else 30."""
    whisper_memory_mb: int = Field(default=0, ge=0)
    """What the speech worker may take; 0: by the size of the model."""
    whisper_deadline_s: float = Field(default=8.0, gt=0, le=120)
    """A transcription that takes longer is given up, and the worker replaced."""
    caption_languages: str = Field(default="en,ko", pattern=r"^([a-z]{2,3}(,[a-z]{2,3})*)?$")
    """What is spoken here, ISO 639-1: among these the language of a speaker is detected who chose
    none, and among those that others in his room chose. Empty: among all that the model knows."""
    log_format: Literal["console", "json"] = "console"

    def resolved_analysis_url(self) -> str:
        """Where to listen."""
        return self.analysis_url or f"unix:{self.state_dir / 'run' / 'analysis.sock'}"

    def spoken_languages(self) -> tuple[str, ...]:
        """`caption_languages`, one by one."""
        return tuple(filter(None, self.caption_languages.split(",")))

    def models_dir(self) -> Path:
        """Where `python -m analysis.fetch` puts models."""
        return self.state_dir / "models"
