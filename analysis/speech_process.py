"""The parent's side of the speech worker: starts it, feeds it, kills it, starts it again.

Owns the one child process and its sockets. A worker that dies, hangs or takes too much memory is
replaced, and what waits in the queues waits on; it never decides whose speech is transcribed.
"""

from __future__ import annotations

import asyncio
import os
import resource
import socket
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import structlog

from analysis.decoder import Samples
from analysis.speech_wire import (
    HEAD,
    FromWorker,
    Heard,
    Load,
    Loaded,
    NotHeard,
    ToWorker,
    Transcribe,
    Unavailable,
    decode_from_worker,
    encode,
    lengths,
)
from analysis.transcriber import Engine, ModelUnavailableError, Transcript

PROJECT_DIR = Path(__file__).resolve().parents[1]
LOAD_S = 120.0
"""A worker that has not loaded its model by then is killed."""
READY_WAIT_S = 5.0
"""How long a job that lost its worker waits for the next one."""
WATCH_EVERY_S = 0.25
EXIT_S = 5.0
DEATHS_IN_A_ROW = 4
"""So many without one transcription between them: the engine is given up."""
MALLOC = {
    "MALLOC_MMAP_MAX_": "0",
    "MALLOC_TRIM_THRESHOLD_": str(1 << 30),
    "MALLOC_TOP_PAD_": str(64 << 20),
}
"""mallopt(3), for the worker: keep what an encoder pass took for the next one. Else glibc gives
each 54 MB of attention back and faults them in anew, a third of the time of a 30 s window."""
BLAS = {"OPENBLAS_NUM_THREADS": "1"}
"""Whisper's mel filters are a small product; its threads would spin for a tenth of the CPU time."""
RESTART_AFTER_S = 0.5
"""Times the deaths in a row before; the first restart is at once."""

_log = structlog.get_logger()

OnChange = Callable[[Engine | None, str | None], None]
"""Told (None, None) when a worker is started, its engine when that is ready, (None, reason) when
it cannot be had."""


class WorkerEndedError(Exception):
    """The worker ended while it was waited for."""


class SpeechProcess:
    """Transcribes in a process of its own, which `run` keeps alive once it is wanted."""

    def __init__(
        self,
        load: Callable[[], Load],
        deadline_s: float,
        counters: Counter[str],
        on_change: OnChange,
    ) -> None:
        """Start nothing yet.

        Args:
            load: what the next worker is to load; asked anew for each.
            deadline_s: what one transcription may take; then the worker is killed.
            counters: `worker_deaths`, `worker_deadlines`, `worker_over_memory` and
                `worker_abandoned` are counted there.
            on_change: see `OnChange`; called on the event loop.
        """
        self._load = load
        self._deadline_s = deadline_s
        self._counters = counters
        self._on_change = on_change
        self._wanted = asyncio.Event()
        self._ready = asyncio.Event()
        self._worker: _Worker | None = None
        self._deaths_in_a_row = 0
        self._died_loading = False
        self._at_work: set[int] = set()
        """Audio that is being transcribed, by id."""
        self._abandoned: set[int] = set()

    @property
    def ready(self) -> bool:
        """Whether an engine is loaded."""
        return self._ready.is_set()

    @property
    def pid(self) -> int | None:
        """The worker's process id, while there is one."""
        return self._worker.pid if self._worker else None

    def want(self) -> None:
        """Have a worker from now on."""
        self._wanted.set()

    async def run(self) -> None:
        """Keep a worker while one is wanted; ends when it is cancelled, and the worker with it."""
        while True:
            await self._wanted.wait()
            try:
                await self._one_worker()
            except ModelUnavailableError as error:
                self._wanted.clear()
                self._deaths_in_a_row = 0
                self._on_change(None, str(error))

    async def transcribe(self, audio: Samples, languages: tuple[str, ...]) -> Transcript | None:
        """Transcribe 16 kHz audio; None: the engine failed on it, twice or for too long.

        The audio is left as it is; a worker that died is no reason to lose it. What is more than
        the worker has lanes waits, and that counts as its time.
        """
        key = id(audio)
        self._at_work.add(key)
        try:
            return await self._transcribe(audio, languages, key)
        finally:
            self._at_work.discard(key)
            self._abandoned.discard(key)

    async def _transcribe(
        self, audio: Samples, languages: tuple[str, ...], key: int
    ) -> Transcript | None:
        for _ in range(2):
            worker = await self._ready_worker()
            if worker is None:
                return None
            try:
                async with asyncio.timeout(self._deadline_s):
                    heard = await worker.transcribe(audio, languages)
            except TimeoutError:
                self._counters["worker_deadlines"] += 1
                _log.error("a transcription took too long: worker killed")
                self._lose(worker)
                return None
            except WorkerEndedError:
                self._lose(worker)
                if key in self._abandoned:
                    return None
                continue
            self._deaths_in_a_row = 0
            return heard
        return None

    def abandon(self, audio: Samples | None = None) -> None:
        """Give up what is being transcribed, all or this, and kill the worker, which holds it.

        That `transcribe` returns None; the next worker does what others had in theirs, and what
        comes next.
        """
        if self._worker:
            self._abandoned |= self._at_work if audio is None else {id(audio)} & self._at_work
            self._counters["worker_abandoned"] += 1
            self._worker.abandoned = True
            self._lose(self._worker)

    def _lose(self, worker: _Worker) -> None:
        worker.kill()
        if self._worker is worker:
            self._worker = None
            self._ready.clear()

    async def _ready_worker(self) -> _Worker | None:
        try:
            async with asyncio.timeout(READY_WAIT_S):
                await self._ready.wait()
        except TimeoutError:
            return None
        return self._worker

    async def _one_worker(self) -> None:
        """Start a worker and see it to its end.

        Raises:
            ModelUnavailableError: it will not be better with the next one.
        """
        if self._deaths_in_a_row >= DEATHS_IN_A_ROW:
            raise ModelUnavailableError(self._why_it_ends())
        await asyncio.sleep(RESTART_AFTER_S * max(0, self._deaths_in_a_row - 1))
        self._on_change(None, None)
        load = self._load()
        worker = await _Worker.start(load.lanes)
        watch = asyncio.create_task(worker.watch(load.memory_mb))
        try:
            engine = await self._loaded(worker, load)
            if engine is not None:
                self._worker = worker
                self._ready.set()
                self._on_change(engine, None)
                await watch
        finally:
            self._lose(worker)
            await worker.ended()
            watch.cancel()
            await asyncio.gather(watch, return_exceptions=True)
        if worker.over_memory:
            self._counters["worker_over_memory"] += 1
            if engine is None:
                raise ModelUnavailableError(
                    f"the model needs more memory than {load.memory_mb} MB "
                    "(MASIL_WHISPER_MEMORY_MB)"
                )
        if worker.abandoned:
            return
        self._counters["worker_deaths"] += 1
        self._deaths_in_a_row += 1
        self._died_loading = engine is None
        _log.warning("the speech worker ended", over_memory=worker.over_memory)

    def _why_it_ends(self) -> str:
        why = "the speech worker ends again and again"
        memory_mb = self._load().memory_mb
        if self._died_loading and memory_mb:
            # Its own fence stops it by whatever error it was mapping memory for.
            why += f" while it loads: it may need more memory than {memory_mb} MB"
            why += " (MASIL_WHISPER_MEMORY_MB)"
        return why

    async def _loaded(self, worker: _Worker, load: Load) -> Engine | None:
        try:
            async with asyncio.timeout(LOAD_S):
                return await worker.load(load)
        except TimeoutError:
            raise ModelUnavailableError("the model took too long to load") from None
        except WorkerEndedError:
            return None


class _Worker:
    """One child process and this end of its sockets, each of which carries one job at a time."""

    def __init__(self, child: asyncio.subprocess.Process, ends: list[socket.socket]) -> None:
        self.over_memory = False
        self.abandoned = False
        """Killed by us for what it held; nothing is wrong with its model."""
        self._child = child
        self._ends = ends
        self._free: asyncio.LifoQueue[socket.socket] = asyncio.LifoQueue()
        for end in reversed(ends):  # the first is told what to load
            self._free.put_nowait(end)
        self.pid = child.pid

    @staticmethod
    async def start(lanes: int) -> _Worker:
        """Start a process; it loads nothing yet."""
        pairs = [socket.socketpair() for _ in range(lanes)]
        ours, theirs = ([pair[side] for pair in pairs] for side in (0, 1))
        for end in ours:
            end.setblocking(False)
        numbers = [end.fileno() for end in theirs]
        paths = filter(None, (str(PROJECT_DIR), os.environ.get("PYTHONPATH", "")))
        try:
            child = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "analysis.speech_worker",
                ",".join(map(str, numbers)),
                str(os.getpid()),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                env=MALLOC | BLAS | os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
                pass_fds=numbers,
            )
        except BaseException:
            _close(ours)
            raise
        finally:
            _close(theirs)
        return _Worker(child, ours)

    async def load(self, load: Load) -> Engine:
        """Have it load an engine.

        Raises:
            ModelUnavailableError: it says that it cannot.
            WorkerEndedError: it ended instead.
        """
        answer = await self._ask(load, None)
        if isinstance(answer, Unavailable):
            raise ModelUnavailableError(answer.reason)
        if not isinstance(answer, Loaded):
            raise WorkerEndedError
        return Engine(answer.name, answer.device, tuple(answer.languages))

    async def transcribe(self, audio: Samples, languages: tuple[str, ...]) -> Transcript | None:
        """Have it transcribe; None: it failed on this audio.

        Raises:
            WorkerEndedError: it ended instead.
        """
        answer = await self._ask(Transcribe(languages), audio)
        if isinstance(answer, NotHeard):
            _log.error("transcription failed", error=answer.error)
            return None
        if not isinstance(answer, Heard):
            raise WorkerEndedError
        return Transcript(
            answer.text,
            answer.language,
            answer.no_speech_probability,
            answer.avg_logprob,
            answer.compression_ratio,
            answer.token_cap_hit,
        )

    async def watch(self, memory_mb: int) -> None:
        """Return when the process has ended; kill it where it takes too much memory."""
        exited = asyncio.ensure_future(self._child.wait())
        try:
            while not (await asyncio.wait([exited], timeout=WATCH_EVERY_S))[0]:
                if memory_mb and _resident_mb(self.pid) > memory_mb:
                    self.over_memory = True
                    self.kill()
        finally:
            exited.cancel()

    def kill(self) -> None:
        """Kill it now; nothing of what it holds is left."""
        if self._child.returncode is None:
            self._child.kill()

    async def ended(self) -> None:
        """Wait until the process is gone, and close the socket."""
        async with asyncio.timeout(EXIT_S):
            await self._child.wait()
        _close(self._ends)

    async def _ask(self, message: ToWorker, audio: Samples | None) -> FromWorker:
        end = await self._free.get()
        try:
            return await self._ask_on(end, message, audio)
        finally:
            self._free.put_nowait(end)

    async def _ask_on(
        self, end: socket.socket, message: ToWorker, audio: Samples | None
    ) -> FromWorker:
        loop = asyncio.get_running_loop()
        text = encode(message)
        sound = audio.data.cast("B") if audio is not None else memoryview(b"")
        try:
            await loop.sock_sendall(end, HEAD.pack(len(text), len(sound)) + text)
            # From where it lies: no copy is left behind.
            await loop.sock_sendall(end, sound)
            head = await _receive(end, HEAD.size)
            answer = await _receive(end, lengths(head)[0])
        except (OSError, ValueError) as error:
            raise WorkerEndedError from error
        try:
            return decode_from_worker.decode(answer)
        except ValueError as error:  # msgspec's errors are ones
            raise WorkerEndedError from error
        finally:
            answer[:] = bytes(len(answer))


async def _receive(end: socket.socket, size: int) -> bytearray:
    loop = asyncio.get_running_loop()
    received = bytearray(size)
    view = memoryview(received)
    while view:
        count = await loop.sock_recv_into(end, view)
        if not count:
            raise WorkerEndedError
        view = view[count:]
    return received


def _close(ends: list[socket.socket]) -> None:
    for end in ends:
        end.close()


def _resident_mb(pid: int) -> float:
    """What a process holds in memory, as statm(5) tells; 0 where it has ended."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return 0.0
    return pages * resource.getpagesize() / (1024 * 1024)
