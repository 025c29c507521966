"""Where the speech model is, and what to say when it is not there. Reads directories only."""

from __future__ import annotations

from pathlib import Path

from analysis.config import Settings
from analysis.transcriber import ModelUnavailableError, check_model_dir
from protocol.analysis import EngineState


def model_path(settings: Settings) -> Path:
    """Return the directory that should hold the model."""
    named = Path(settings.whisper_model)
    return named if is_directory_name(settings.whisper_model) else settings.models_dir() / named


def is_directory_name(whisper_model: str) -> bool:
    """Whether the setting means a directory of the operator's and not a size to fetch."""
    return "/" in whisper_model or Path(whisper_model).is_dir()


def engine_at_rest(settings: Settings) -> EngineState:
    """Return the state of the engine while nothing is loaded."""
    path = model_path(settings)
    try:
        check_model_dir(path)
    except ModelUnavailableError as error:
        if is_directory_name(settings.whisper_model):
            return EngineState(state="unavailable", detail=str(error))
        return EngineState(
            state="missing", detail=settings.whisper_model, fetch=settings.whisper_model
        )
    return EngineState(state="ready", detail=path.name)
