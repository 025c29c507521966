"""Settings of the analysis process, from the same `MASIL_…` variables as the gate's.

It shares no code with the gate, so defaults stand here a second time; a test compares them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

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
    whisper_model: str = "base"
    """A faster-whisper size (looked for in `state_dir`/models) or a local model directory."""
    whisper_device: Literal["cpu", "cuda"] = "cpu"
    whisper_threads: int = 2
    """CPU threads of one transcription."""
    log_format: Literal["console", "json"] = "console"

    def resolved_analysis_url(self) -> str:
        """Where to listen."""
        return self.analysis_url or f"unix:{self.state_dir / 'run' / 'analysis.sock'}"

    def models_dir(self) -> Path:
        """Where `python -m analysis.fetch` puts models."""
        return self.state_dir / "models"
