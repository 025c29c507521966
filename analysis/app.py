"""The shell around `session`: a websockets server, the clock, and the loops that feed the workers.

Owns connections and outboxes; takes no decision on consent, rooms or words.
"""

from __future__ import annotations

import asyncio
import hmac
import itertools
import secrets
import time
from contextlib import AbstractAsyncContextManager
from urllib.parse import urlsplit

import msgspec
import structlog
from websockets.asyncio.server import Server, ServerConnection, serve, unix_serve
from websockets.exceptions import ConnectionClosed

from analysis.config import Settings
from analysis.model import engine_at_rest, lanes, load_order
from analysis.pressure import Pressure
from analysis.session import Session
from analysis.speaker import Job
from analysis.speech_process import SpeechProcess
from analysis.transcriber import Engine
from analysis.vad import SileroDetector
from analysis.word_queue import WordsJob
from analysis.workers import Workers
from protocol.analysis import AnalysisToGate, EngineState, Hello, decode_from_gate, encoder

MAX_MESSAGE_BYTES = 64 * 1024
HELLO_TIMEOUT_S = 5.0
TICK_S = 0.1
ABANDON_S = 0.4
"""So long may a transcription go on whose consent is over; then its worker is killed."""
OUTBOX_MESSAGES = 1024
"""A gate that reads so little is cut off, and its rooms are purged."""

_POLICY_VIOLATION = 1008
_LOOPBACK = frozenset(("localhost", "127.0.0.1", "::1"))
_log = structlog.get_logger()


class BadAddressError(Exception):
    """The address cannot be listened on; the message is for the operator."""


class App:
    """One analysis process."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._workers = Workers()
        self._session = Session(
            engine_at_rest(settings),
            SileroDetector,
            secrets.randbits(40),
            settings.spoken_languages(),
        )
        self._speech = SpeechProcess(
            lambda: load_order(settings),
            settings.whisper_deadline_s,
            self._session.counters,
            self._engine_changed,
        )
        self._lanes = lanes(settings)
        self._pressure = Pressure(self._lanes)
        self._peers = itertools.count(1)
        self._outboxes: dict[int, asyncio.Queue[AnalysisToGate]] = {}
        self._connections: dict[int, ServerConnection] = {}
        self._at_work: dict[int, Job] = {}
        """By consent: of each there is one at a time."""
        self._speech_waits = asyncio.Event()
        self._words_wait = asyncio.Event()

    def listen(self) -> AbstractAsyncContextManager[Server]:
        """Listen while the context is open.

        Raises:
            BadAddressError: the address is malformed, or open to the network without a token.
        """
        url = self._settings.resolved_analysis_url()
        if url.startswith("unix:"):
            return unix_serve(
                self._serve, url.removeprefix("unix:"), max_size=MAX_MESSAGE_BYTES, compression=None
            )
        address = urlsplit(url)
        if address.scheme != "ws" or not address.hostname or not address.port:
            raise BadAddressError("MASIL_ANALYSIS_URL must be unix:PATH or ws://HOST:PORT")
        if address.hostname not in _LOOPBACK and not self._settings.analysis_token:
            raise BadAddressError("set MASIL_ANALYSIS_TOKEN to listen on a network")
        # Browsers send an Origin, gates and media processes do not: no page gets in.
        return serve(
            self._serve,
            address.hostname,
            address.port,
            origins=[None],
            max_size=MAX_MESSAGE_BYTES,
            compression=None,
        )

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set; the server must be listening."""
        async with asyncio.TaskGroup() as tasks:
            loops = [
                tasks.create_task(loop)
                for loop in (
                    self._speech.run(),
                    self._tick(),
                    *(self._transcribe() for _ in range(self._lanes)),
                    self._find_words(),
                )
            ]
            await stop.wait()
            for task in loops:
                task.cancel()
        self._workers.close()

    # -------------------------------------------------------------- connections

    async def _serve(self, connection: ServerConnection) -> None:
        try:
            hello = await self._hello(connection)
            if hello is None:
                self._session.counters["hellos_refused"] += 1
                await connection.close(_POLICY_VIOLATION, "hello expected")
            elif hello.peer == "gate":
                await self._serve_gate(connection)
            else:
                await self._serve_media(connection)
        except ConnectionClosed:
            _log.info("peer went away")

    async def _hello(self, connection: ServerConnection) -> Hello | None:
        try:
            async with asyncio.timeout(HELLO_TIMEOUT_S):
                hello = decode_from_gate.decode(await connection.recv())
        except (TimeoutError, msgspec.DecodeError, UnicodeDecodeError):
            return None
        if not isinstance(hello, Hello):
            return None
        expected = self._settings.analysis_token
        if expected and not hmac.compare_digest(hello.token.encode(), expected.encode()):
            return None
        return hello

    async def _serve_gate(self, connection: ServerConnection) -> None:
        peer = next(self._peers)
        self._outboxes[peer] = asyncio.Queue(OUTBOX_MESSAGES)
        self._connections[peer] = connection
        self._session.connect(peer)
        self._pump()
        writer = asyncio.create_task(self._write(connection, self._outboxes[peer]))
        try:
            async for frame in connection:
                self._take_message(peer, frame)
                del frame
        finally:
            writer.cancel()
            self._session.disconnect(peer)
            self._abandon()
            del self._outboxes[peer], self._connections[peer]
            self._pump()

    def _take_message(self, peer: int, frame: str | bytes) -> None:
        if isinstance(frame, bytes):  # gates speak text
            self._session.counters["messages_malformed"] += 1
            return
        try:
            message = decode_from_gate.decode(frame)
        except msgspec.DecodeError:
            self._session.counters["messages_malformed"] += 1
            return
        self._session.handle(peer, message, _now_ms())
        self._abandon()
        self._pump()

    async def _serve_media(self, connection: ServerConnection) -> None:
        async for frame in connection:
            if isinstance(frame, bytes):
                self._session.audio(frame, _now_ms())
                self._pump()
            else:
                self._session.counters["messages_malformed"] += 1

    async def _write(
        self, connection: ServerConnection, outbox: asyncio.Queue[AnalysisToGate]
    ) -> None:
        try:
            while True:
                message = await outbox.get()
                await connection.send(encoder.encode(message).decode())
                del message
        except ConnectionClosed:
            _log.info("gate went away while it was written to")

    def _pump(self) -> None:
        """Hand out what the session has to say, and wake the loops."""
        for peer, message in self._session.drain():
            outbox = self._outboxes[peer]
            if outbox.full():
                _log.warning("gate does not read: cut off")
                self._connections[peer].transport.abort()
                continue
            outbox.put_nowait(message)
        # Not with every packet: looking for a job means to look at every speaker.
        if self._session.speech_waits or self._session.model_wanted:
            self._speech_waits.set()
        self._words_wait.set()

    # -------------------------------------------------------------- loops

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            self._session.tick(_now_ms())
            self._pump()

    async def _transcribe(self) -> None:
        while True:
            if self._session.model_wanted:
                self._load()
            elif job := self._session.next_job(self._pressure.allowed(_now_ms())):
                await self._transcribe_one(job)
                # Words must not stay here until the next ones come.
                del job
            else:
                self._speech_waits.clear()
                await self._speech_waits.wait()

    async def _transcribe_one(self, job: Job) -> None:
        began_ms = _now_ms()
        self._at_work[job.tap_id] = job
        transcript = await self._speech.transcribe(job.utterance.audio, job.languages)
        del self._at_work[job.tap_id]
        self._pressure.took(_now_ms() - began_ms, _now_ms())
        self._session.transcribing_ms = self._pressure.slowest_ms
        self._session.finish_job(job, transcript, _now_ms())
        self._pump()

    def _abandon(self) -> None:
        """See to it that nothing is transcribed for long whose consent is over."""
        for job in self._at_work.values():
            if not self._session.consents(job.tap_id):
                job.utterance.wipe()
                asyncio.get_running_loop().call_later(ABANDON_S, self._kill_for, job)

    def _kill_for(self, job: Job) -> None:
        if self._at_work.get(job.tap_id) is job:
            self._speech.abandon(job.utterance.audio)

    async def _find_words_of(self, job: WordsJob) -> None:
        words = await self._workers.words(job)
        self._session.finish_words(job, words, _now_ms())
        self._pump()

    async def _find_words(self) -> None:
        while True:
            if job := self._session.next_words():
                await self._find_words_of(job)
                del job
            else:
                self._words_wait.clear()
                await self._words_wait.wait()

    # -------------------------------------------------------------- the model

    def _load(self) -> None:
        self._session.model_wanted = False
        for language in self._session.languages_wanted:
            self._workers.preload_words(language)
        self._session.languages_wanted.clear()
        if self._speech.ready:
            return
        at_rest = engine_at_rest(self._settings)
        if at_rest.state != "ready":
            self._set_engine(at_rest)
            return
        self._speech.want()

    def _engine_changed(self, engine: Engine | None, reason: str | None) -> None:
        at_rest = engine_at_rest(self._settings)
        if reason is not None:
            _log.error("speech model unavailable", reason=reason)
            self._set_engine(EngineState(state="unavailable", detail=reason))
        elif engine is None:
            self._set_engine(msgspec.structs.replace(at_rest, state="loading"))
        else:
            state = msgspec.structs.replace(
                at_rest, state="ready", detail=engine.name, languages=list(engine.languages)
            )
            self._set_engine(state)

    def _set_engine(self, engine: EngineState) -> None:
        self._session.set_engine(engine)
        self._pump()


def _now_ms() -> int:
    return time.monotonic_ns() // 1_000_000
