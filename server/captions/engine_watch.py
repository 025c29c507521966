"""What the gate says about the speech engine, and the fetch of a model that is missing.

Owns the one fetch at a time and its retries; knows nothing of rooms and consents.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import structlog

from protocol.analysis import EngineState
from server.captions.model_fetch import FetchFailedError, fetch_model
from server.ports import EngineChanged

AWAY = EngineChanged("unavailable", "the captions process is not running")
RETRY_AFTER_S = 60.0

_log = structlog.get_logger()


class EngineWatch:
    """The engine's state as people should see it: analysis's own, or how the fetch goes."""

    def __init__(
        self,
        state_dir: Path | None,
        publish: Callable[[EngineChanged], None],
        load_model: Callable[[], Awaitable[object]],
    ) -> None:
        """Fetch into `state_dir`/models; None: never fetch. `load_model` is called after it."""
        self._state_dir = state_dir
        self._publish = publish
        self._load_model = load_model
        self._engine: EngineState | None = None
        self._task: asyncio.Task[None] | None = None
        self._fetching: EngineChanged | None = None
        self._failed: EngineChanged | None = None
        self._again_at_s = 0.0
        self._load_asked = False

    def heard(self, engine: EngineState | None) -> None:
        """Analysis told its state, or (None) went away."""
        self._engine = engine
        if engine and self._load_asked:
            self._load_asked = False
            self._fetching = None
            if engine.state == "missing":
                self._fail("the model was downloaded, but not where analysis looks for it")
        self._publish(self._effective())

    def fetch_if_missing(self) -> None:
        """Somebody consents: fetch a missing model, unless that failed within the last minute."""
        missing = self._engine and self._engine.state == "missing" and self._engine.fetch
        if not missing or self._state_dir is None or _now_s() < self._again_at_s:
            return
        if self._task is None or self._task.done():
            self._progress(missing, 0.0)
            self._task = asyncio.create_task(self._fetch(missing, self._state_dir))

    async def close(self) -> None:
        """Stop a running fetch."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _fetch(self, size: str, state_dir: Path) -> None:
        try:
            await fetch_model(size, state_dir, lambda value: self._progress(size, value))
        except FetchFailedError as error:
            self._fail(str(error))
            self._publish(self._effective())
        except OSError:
            self._fail("the download could not be started")
            self._publish(self._effective())
        else:
            self._failed = None
            self._load_asked = True
            self._progress(size, 1.0)
            await self._load_model()

    def _effective(self) -> EngineChanged:
        if self._engine is None:
            return AWAY
        engine = self._engine
        own = EngineChanged(
            engine.state,
            engine.detail,
            device=engine.device,
            languages=tuple(engine.languages),
        )
        if engine.state == "missing":
            return self._fetching or self._failed or own
        return own

    def _progress(self, size: str, value: float) -> None:
        self._fetching = EngineChanged("fetching", size, value)
        self._publish(self._effective())

    def _fail(self, reason: str) -> None:
        _log.warning("the speech model could not be fetched", reason=reason)
        self._fetching = None
        self._failed = EngineChanged("unavailable", reason)
        self._again_at_s = _now_s() + RETRY_AFTER_S


def _now_s() -> float:
    return asyncio.get_running_loop().time()
