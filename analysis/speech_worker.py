"""The process that runs the speech model: `python -m analysis.speech_worker FD[,FD…] PARENT_PID`.

Started by `speech_process` with one end of a socket pair for each lane; ends with its parent. Does
one job at a time on each lane, cannot write files, and overwrites the audio of a job before it
answers.
"""

from __future__ import annotations

import contextlib
import os
import resource
import socket
import sys
import threading
from collections.abc import Sequence
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

    return WhisperTranscriber(
        Path(load.model_dir), load.device, load.threads, load.window_s, load.lanes
    )


class Lane:
    """One end of a socket pair, over which one thing at a time is asked and answered."""

    def __init__(self, parent: socket.socket) -> None:
        self._parent = parent
        self._audio = np.zeros(MAX_AUDIO_S * SAMPLE_RATE_HZ, np.float32)

    def load(self) -> Load:
        """Read what is to be loaded.

        Raises:
            EOFError: the parent went.
            TypeError, ValueError: it said what no parent says.
        """
        load, _ = self._receive()
        if not isinstance(load, Load):
            raise TypeError("load expected")
        return load

    def serve(self, transcriber: Transcriber) -> None:
        """Transcribe until the parent goes; raises as `load` does."""
        while True:
            task, samples = self._receive()
            if not isinstance(task, Transcribe):
                raise TypeError("transcribe expected")
            self.send(self._answer(transcriber, task, samples))

    def send(self, message: FromWorker) -> None:
        """Answer."""
        text = bytearray(encode(message))
        try:
            self._parent.sendall(HEAD.pack(len(text), 0))
            self._parent.sendall(text)
        finally:
            text[:] = bytes(len(text))

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


def work(parents: Sequence[socket.socket]) -> None:
    """Load what the first lane is told to, then serve all of them, each in a thread of its own.

    Raises:
        EOFError: the parent went.
        TypeError, ValueError: it said what no parent says.
    """
    first, *others = [Lane(parent) for parent in parents]
    load = first.load()
    _limit_memory(load)
    try:
        transcriber = open_transcriber(load)
    except ModelUnavailableError as error:
        first.send(Unavailable(str(error)))
        return
    except MemoryError:
        first.send(Unavailable("the model needs more memory than it may take"))
        return
    for lane in others:
        # A lane ends with its socket, and the process with the first of them.
        threading.Thread(target=_serve_beside, args=(lane, transcriber), daemon=True).start()
    engine = transcriber.engine
    first.send(Loaded(engine.name, engine.device, list(engine.languages)))
    first.serve(transcriber)


def _serve_beside(lane: Lane, transcriber: Transcriber) -> None:
    with contextlib.suppress(EOFError, ConnectionError):
        lane.serve(transcriber)


def _limit_memory(load: Load) -> None:
    """A second fence: what the parent's look at the resident size would see too late."""
    if load.memory_mb and load.device == "cpu":
        # RLIMIT_DATA counts what is mapped, which is more than what is resident (threads' stacks).
        limit = 2 * load.memory_mb * 1024 * 1024
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


def main(arguments: list[str]) -> int:
    """Run the worker; returns its exit code."""
    if len(arguments) != 2:
        sys.stderr.write("usage: python -m analysis.speech_worker FD[,FD...] PARENT_PID\n")
        return _EXIT_USAGE
    try:
        die_with_parent(int(arguments[1]))
    except ProcessLookupError:
        return 0
    os.nice(NICENESS)
    confine()
    parents = [socket.socket(fileno=int(number)) for number in arguments[0].split(",")]
    try:
        work(parents)
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
