"""The threads that do what would block the event loop: transcribing, and finding words.

One thread each, one job at a time each; what waits for them is bounded in `session`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import structlog

from analysis.session import WordsJob
from analysis.speaker import Job
from analysis.transcriber import Transcriber, Transcript
from analysis.words import Analysers, Words

_log = structlog.get_logger()


class Workers:
    """The transcriber and the analysers, each in a thread of its own."""

    def __init__(self, load_transcriber: Callable[[], Transcriber]) -> None:
        self._load_transcriber = load_transcriber
        self._transcriber: Transcriber | None = None
        self._analysers = Analysers()
        self._speech = ThreadPoolExecutor(1, "transcriber")
        self._words = ThreadPoolExecutor(1, "words")

    @property
    def loaded(self) -> bool:
        """Whether the model is in memory."""
        return self._transcriber is not None

    async def load(self) -> None:
        """Load the model.

        Raises:
            ModelUnavailableError: it cannot be loaded.
        """
        loop = asyncio.get_running_loop()
        self._transcriber = await loop.run_in_executor(self._speech, self._load_transcriber)

    def preload_words(self, language: str) -> None:
        """Begin to load a language's analyser, so that the first topics need not wait for it."""
        self._words.submit(self._analysers.preload, language)

    async def transcribe(self, job: Job) -> Transcript | None:
        """Transcribe one utterance; None: the engine failed on it."""
        transcriber = self._transcriber
        if transcriber is None:
            return None
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(
                self._speech, transcriber.transcribe, job.utterance.audio, job.language
            )
        except (RuntimeError, ValueError) as error:
            _log.error("transcription failed", error=type(error).__name__)
            return None

    async def words(self, job: WordsJob) -> Words:
        """Find the words of one final; loads a language the first time. None where that fails."""
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(
                self._words, self._analysers.words, job.text, job.language
            )
        except (RuntimeError, ValueError, OSError) as error:
            _log.error("words could not be found", error=type(error).__name__)
            return ()

    def close(self) -> None:
        """Let the threads end after what they are doing."""
        self._speech.shutdown(wait=False, cancel_futures=True)
        self._words.shutdown(wait=False, cancel_futures=True)
