"""Which engine the settings mean, where its model is, and what to say when it is not there.

Reads directories only; loads nothing.
"""

from __future__ import annotations

from pathlib import Path

from analysis.config import Settings
from analysis.speech_wire import Load
from analysis.sphinx import NAME as POCKETSPHINX
from analysis.sphinx import available as pocketsphinx_available
from analysis.transcriber import ModelUnavailableError
from analysis.whisper import MAX_WINDOW_S, check_model_dir
from analysis.windows import allowed_window_s
from protocol.analysis import EngineState

POCKETSPHINX_MEMORY_MB = 1_000


def model_path(settings: Settings) -> Path:
    """Return the directory that should hold the model."""
    named = Path(settings.whisper_model)
    return named if is_directory_name(settings.whisper_model) else settings.models_dir() / named


def is_directory_name(whisper_model: str) -> bool:
    """Whether the setting means a directory of the operator's and not a size to fetch."""
    return "/" in whisper_model or Path(whisper_model).is_dir()


def engine_at_rest(settings: Settings) -> EngineState:
    """Return the state of the engine while nothing is loaded."""
    if settings.transcriber == "pocketsphinx":
        if not pocketsphinx_available():
            return EngineState(
                state="unavailable",
                detail="PocketSphinx is not installed (the extra `pocketsphinx`)",
            )
        return EngineState(state="ready", detail=POCKETSPHINX, device="cpu", languages=["en"])
    path = model_path(settings)
    try:
        check_model_dir(path)
    except ModelUnavailableError as error:
        if is_directory_name(settings.whisper_model):
            return EngineState(state="unavailable", detail=str(error))
        return EngineState(
            state="missing", detail=settings.whisper_model, fetch=settings.whisper_model
        )
    return EngineState(state="ready", detail=path.name, device=settings.whisper_device)


def load_order(settings: Settings) -> Load:
    """Return what a speech worker is told to load.

    Raises:
        ModelUnavailableError: the model is not there.
    """
    if settings.transcriber == "pocketsphinx":
        memory_mb = settings.whisper_memory_mb or POCKETSPHINX_MEMORY_MB
        return Load("pocketsphinx", "", "cpu", 1, 1, MAX_WINDOW_S, memory_mb)
    path = model_path(settings)
    check_model_dir(path)
    window = settings.whisper_window_s
    return Load(
        transcriber="whisper",
        model_dir=str(path.resolve()),
        device=settings.whisper_device,
        threads=settings.whisper_threads,
        lanes=lanes(settings),
        window_s=allowed_window_s(path) if window == "auto" else int(window),
        memory_mb=settings.whisper_memory_mb or _memory_mb(path, lanes(settings)),
    )


def lanes(settings: Settings) -> int:
    """How many transcriptions go on at a time; a decoder of PocketSphinx does one."""
    return 1 if settings.transcriber == "pocketsphinx" else settings.whisper_parallel


def _memory_mb(path: Path, lanes: int) -> int:
    """Four times what a model was seen to take at most (research: captions), and the lanes'."""
    return 850 + 150 * lanes + 4 * (path / "model.bin").stat().st_size // (1024 * 1024)
