"""The thread that finds words, which would block the event loop.

One job at a time; what waits for it is bounded in `session`. Speech has a process of its own
(`speech_process`).
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import structlog

from analysis.word_queue import WordsJob
from analysis.words import Analysers, Words

_log = structlog.get_logger()


class Workers:
    """The analysers, in a thread of their own."""

    def __init__(self) -> None:
        self._analysers = Analysers()
        self._words = ThreadPoolExecutor(1, "words")

    def preload_words(self, language: str) -> None:
        """Begin to load a language's analyser, so that the first topics need not wait for it."""
        self._words.submit(self._analysers.preload, language)

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
        """Let the thread end after what it is doing."""
        self._words.shutdown(wait=False, cancel_futures=True)
