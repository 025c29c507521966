"""A media process: a UDP port for browsers, a Unix socket for the gate, one for other workers.

Sessions belong to the gate's connection: when it closes, every session is closed, and a gate that
comes back starts with an empty worker. The newest connection is the gate's; an older one is cut.
A worker that is told to stop asks the gate to take its rooms elsewhere first.
Never writes a file (confinement) and never decodes a voice.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from pathlib import Path
from typing import assert_never

import msgspec
import structlog

from confinement import confine
from protocol.errors import ErrorCode
from protocol.media import (
    AnswerSession,
    CloseRoom,
    CloseSession,
    Done,
    Draining,
    Failed,
    GetStats,
    MediaCommand,
    MediaEvent,
    OpenSession,
    SessionOpened,
    SetBranches,
    SetRole,
    Stats,
    decode_command,
    encoder,
)
from server.clock import SystemClock
from server.config import Settings
from server.domain.errors import (
    MasilError,
    MediaUnavailableError,
    SdpInvalidError,
    SdpTooLargeError,
)
from server.media.embedded.accelerator import Accelerator
from server.media.embedded.counters import Counters
from server.media.embedded.dtls import Certificate
from server.media.embedded.engine import Engine, SessionEvent
from server.media.embedded.garbage import collect_in_silence, postpone_full_collections
from server.media.embedded.options import Options, Timing
from server.media.embedded.tap import Tap
from server.media.embedded.udp import UdpPort
from server.media.frames import FrameTooLargeError, frame, read_frame, until_closed

MAX_UNREAD_BYTES = 4 * 1024 * 1024
"""A gate that leaves so much unread is cut off; it comes back and starts anew."""
DRAIN_S = 2.0
"""How long a worker that is told to stop waits for its sessions to go elsewhere."""

_log = structlog.get_logger(__name__)


async def run_worker(
    settings: Settings, index: int = 0, accelerator: Accelerator | None = None
) -> None:
    """Serve until SIGTERM or SIGINT; nothing can be written to a file from then on."""
    confine()
    postpone_full_collections()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with Worker(settings, index=index, accelerator=accelerator) as worker:
        fanout = "python" if accelerator is None else "native"
        _log.info("media ready", port=worker.port, addresses=len(worker.addresses), fanout=fanout)
        await worker.run_until(stop)
        await worker.drain()
    _log.info("media stopped")


class Worker:
    """Everything of a media process but its confinement and its signals."""

    def __init__(
        self,
        settings: Settings,
        timing: Timing | None = None,
        first_index: int = 1,
        index: int = 0,
        accelerator: Accelerator | None = None,
    ) -> None:
        self._settings = settings
        self._index = index
        self._timing = timing or Timing()
        self._first_index = first_index
        self._accelerator = accelerator
        self.counters = Counters()
        self._tap = Tap(settings.resolved_analysis_url(), settings.analysis_token, self.counters)
        self._gate: asyncio.StreamWriter | None = None
        self._draining = False
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Worker:
        settings = self._settings
        port = UdpPort(settings.media_host, settings.worker_port(self._index), self.counters)
        self.port = port.port
        self.addresses = port.advertised(settings.media_advertise)
        self.engine = Engine(
            port,
            Certificate(),
            self._tap,
            self.counters,
            SystemClock(),
            self._emit,
            Options(
                addresses=self.addresses,
                slots=settings.slots,
                index=self._index,
                hop_socket=settings.hop_socket,
                port=settings.advertised_worker_port(self._index),
                timing=self._timing,
                first_index=self._first_index,
                accelerator=self._accelerator,
            ),
        )
        self._server = await _listen(settings.media_socket(self._index), self._serve_gate)
        self.engine.start()
        self._tasks = [
            asyncio.create_task(self._tap.run()),
            asyncio.create_task(self.engine.rounds.run()),
            asyncio.create_task(collect_in_silence(self.counters)),
            asyncio.create_task(self.engine.rounds.beat()),
        ]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        gate = self._gate
        if gate is not None:
            gate.close()
            await until_closed(gate)
        for task in self._tasks:
            task.cancel()
        await asyncio.wait(self._tasks, timeout=2.0)
        await self.engine.close()

    async def run_until(self, stop: asyncio.Event) -> None:
        """Return when told to stop; a task of the worker that fails takes the process with it."""
        stopping = asyncio.create_task(stop.wait())
        done, _ = await asyncio.wait([stopping, *self._tasks], return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        for task in done - {stopping}:
            task.result()

    async def drain(self) -> None:
        """Take no more sessions and wait until all have gone, for two seconds at most."""
        self._draining = True
        self._server.close()
        self._emit(Draining())
        await self.engine.drained(DRAIN_S)

    async def _serve_gate(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._gate is not None:
            self._gate.close()
        self.engine.close_all()
        self._gate = writer
        _log.info("gate connected")
        try:
            while True:
                command = decode_command.decode(await read_frame(reader))
                if self._gate is not writer:
                    break  # what an older connection still had to say is void
                self._carry_out(command)
        except (asyncio.IncompleteReadError, ConnectionError):
            _log.info("gate disconnected")
        except (msgspec.DecodeError, FrameTooLargeError) as error:
            _log.warning("gate broke the protocol", error=type(error).__name__)
        finally:
            writer.close()
            if self._gate is writer:
                self._gate = None
                self.engine.close_all()

    def _carry_out(self, command: MediaCommand) -> None:
        match command:
            case OpenSession():
                self._emit(self._open(command))
            case AnswerSession():
                self._emit(self._answer(command))
            case SetRole():
                self.engine.set_role(command)
            case CloseSession():
                self.engine.close_session(command.media_id)
            case SetBranches():
                self.engine.set_branches(command)
            case CloseRoom():
                self.engine.close_room(command.room_id)
            case GetStats():
                self._emit(Stats(request=command.request, counters=self.counters.as_dict()))
            case _:
                assert_never(command)

    def _open(self, command: OpenSession) -> SessionOpened | Failed:
        if self._draining:
            code = ErrorCode.MEDIA_UNAVAILABLE
            return Failed(request=command.request, code=code, message="this worker ends")
        sdp = self.engine.open(command)
        return SessionOpened(request=command.request, media_id=command.media_id, sdp=sdp)

    def _answer(self, command: AnswerSession) -> Done | Failed:
        try:
            self.engine.answer(command)
        except (SdpTooLargeError, SdpInvalidError, MediaUnavailableError) as error:
            return Failed(request=command.request, code=_code(error), message=str(error))
        return Done(request=command.request)

    def _emit(self, event: MediaEvent | SessionEvent) -> None:
        gate = self._gate
        if gate is None or gate.is_closing():
            return
        if gate.transport.get_write_buffer_size() > MAX_UNREAD_BYTES:
            _log.warning("gate does not read")
            gate.transport.abort()
            return
        gate.write(frame(encoder.encode(event)))


def _code(error: MasilError) -> ErrorCode:
    if isinstance(error, SdpTooLargeError):
        return ErrorCode.SDP_TOO_LARGE
    if isinstance(error, SdpInvalidError):
        return ErrorCode.SDP_INVALID
    return ErrorCode.MEDIA_UNAVAILABLE


async def _listen(
    path: Path, serve: Callable[[asyncio.StreamReader, asyncio.StreamWriter], object]
) -> asyncio.Server:
    """Listen on a Unix socket that only this user may open."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.unlink(missing_ok=True)  # noqa: ASYNC240
    server = await asyncio.start_unix_server(serve, path)  # type: ignore[arg-type]
    path.chmod(0o600)  # noqa: ASYNC240
    return server
