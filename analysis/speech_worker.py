"""The process that runs the speech model: `python -m analysis.speech_worker FD PARENT_PID`.

Started by `speech_process` with one end of a socket pair; ends with its parent. Does one job at a
time, cannot write files, and overwrites the audio of a job before it answers.
"""

from __future__ import annotations

import os
import resource
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

from analysis.decoder import SAMPLE_RATE_HZ
from analysis.speech_wire import (
    HEAD,
    SAMPLE_BYTES,
    FromWorker,
    Heard,
    Load,
    Loaded,
    NotHeard,
    Transcribe,
    Unavailable,
    decode_to_worker,
    encode,
    lengths,
)
from analysis.transcriber import MAX_AUDIO_S, ModelUnavailableError, Transcriber
from confinement import confine
from confinement.parent import die_with_parent

NICENESS = 5
"""Added to the parent's: voices and audio go first."""
_EXIT_USAGE = 2


def open_transcriber(load: Load) -> Transcriber:
    """Load an engine; takes seconds.

    Raises:
        ModelUnavailableError: it cannot be loaded.
    """
    if load.transcriber == "pocketsphinx":
        from analysis.sphinx import PocketSphinxTranscriber

        return PocketSphinxTranscriber()
    from analysis.whisper import WhisperTranscriber

    return WhisperTranscriber(Path(load.model_dir), load.device, load.threads, load.window_s)


class Worker:
    """One end of the socket pair, and the engine."""

    def __init__(
        self, parent: socket.socket, opener: Callable[[Load], Transcriber] = open_transcriber
    ) -> None:
        self._parent = parent
        self._open = opener
        self._audio = np.zeros(MAX_AUDIO_S * SAMPLE_RATE_HZ, np.float32)

    def run(self) -> None:
        """Load, then transcribe until the parent goes.

        Raises:
            EOFError: the parent went.
            TypeError, ValueError: it said what no parent says.
        """
        load, _ = self._receive()
        if not isinstance(load, Load):
            raise TypeError("load expected")
        _limit_memory(load)
        try:
            transcriber = self._open(load)
        except ModelUnavailableError as error:
            self._send(Unavailable(str(error)))
            return
        except MemoryError:
            self._send(Unavailable("the model needs more memory than it may take"))
            return
        engine = transcriber.engine
        self._send(Loaded(engine.name, engine.device, list(engine.languages)))
        while True:
            task, samples = self._receive()
            if not isinstance(task, Transcribe):
                raise TypeError("transcribe expected")
            self._send(self._answer(transcriber, task, samples))

    def _answer(self, transcriber: Transcriber, task: Transcribe, samples: int) -> FromWorker:
        try:
            heard = transcriber.transcribe(self._audio[:samples], task.languages)
        except (RuntimeError, ValueError) as error:
            return NotHeard(type(error).__name__)
        finally:
            self._audio[:samples] = 0
        return Heard(
            heard.text,
            heard.language,
            heard.no_speech_probability,
            heard.avg_logprob,
            heard.compression_ratio,
            heard.token_cap_hit,
        )

    def _receive(self) -> tuple[object, int]:
        head = bytearray(HEAD.size)
        self._receive_into(memoryview(head))
        message_bytes, audio_bytes = lengths(head)
        message = bytearray(message_bytes)
        self._receive_into(memoryview(message))
        self._receive_into(self._audio.data.cast("B")[:audio_bytes])
        return decode_to_worker.decode(message), audio_bytes // SAMPLE_BYTES

    def _receive_into(self, view: memoryview) -> None:
        while view:
            count = self._parent.recv_into(view)
            if not count:
                raise EOFError
            view = view[count:]

    def _send(self, message: FromWorker) -> None:
        text = bytearray(encode(message))
        try:
            self._parent.sendall(HEAD.pack(len(text), 0))
            self._parent.sendall(text)
        finally:
            text[:] = bytes(len(text))


def _limit_memory(load: Load) -> None:
    """A second fence: what the parent's look at the resident size would see too late."""
    if load.memory_mb and load.device == "cpu":
        # RLIMIT_DATA counts what is mapped, which is more than what is resident (threads' stacks).
        limit = 2 * load.memory_mb * 1024 * 1024
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


def main(arguments: list[str]) -> int:
    """Run the worker; returns its exit code."""
    if len(arguments) != 2:
        sys.stderr.write("usage: python -m analysis.speech_worker FD PARENT_PID\n")
        return _EXIT_USAGE
    try:
        die_with_parent(int(arguments[1]))
    except ProcessLookupError:
        return 0
    os.nice(NICENESS)
    confine()
    with socket.socket(fileno=int(arguments[0])) as parent:
        try:
            Worker(parent).run()
        except (EOFError, ConnectionError):
            return 0
        except (TypeError, ValueError):  # msgspec's errors are ValueErrors
            sys.stderr.write("the speech worker was told what it does not understand\n")
            return 1
    return 0


if __name__ == "__main__":
    code = main(sys.argv[1:])
    sys.stderr.flush()
    # Threads of the engine's may be at work; they hold nothing that must be finished.
    os._exit(code)
