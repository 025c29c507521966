"""The gate's side of one media worker: `ports.MediaEngine` over a Unix socket.

Connects, notices within a second that the worker hangs, reconnects, and turns replies into results.
Holds no seats: a worker that comes back is empty and the rooms' services open their seats again.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import msgspec
import structlog

from protocol.errors import ErrorCode
from protocol.media import (
    AnswerSession,
    CloseSession,
    Done,
    Draining,
    Failed,
    GetStats,
    MediaCommand,
    MediaEvent,
    OpenSession,
    SessionConnected,
    SessionLost,
    SessionOpened,
    SetBranches,
    SetRole,
    Stats,
    decode_event,
    encoder,
)
from server.domain.errors import MediaUnavailableError, SdpInvalidError, SdpTooLargeError
from server.domain.ids import MediaId, RoomId
from server.media.embedded.sdp import check_size
from server.media.frames import FrameTooLargeError, frame, read_frame, until_closed
from server.ports import MediaEngineEvent, MediaUpChanged, Seat, SeatConnected, SeatLost

CALL_TIMEOUT_S = 5.0
FIRST_BACKOFF_S = 0.1
LAST_BACKOFF_S = 1.0
PING_EVERY_S = 0.15
PATIENCE_PINGS = 4
"""A worker that is silent for so many pings hangs: its rooms must move within a second."""
QUEUE_EVENTS = 8192
MAX_UNSENT_BYTES = 8 * 1024 * 1024

_GONE = (asyncio.IncompleteReadError, ConnectionError)
_BROKEN = (msgspec.DecodeError, FrameTooLargeError)
Reply = SessionOpened | Done | Failed | Stats
_log = structlog.get_logger(__name__)


class MediaLink:
    """Implements `ports.MediaEngine`."""

    def __init__(self, socket_path: Path, patience_pings: int = PATIENCE_PINGS) -> None:
        self._path = socket_path
        self._patience_pings = patience_pings
        self._writer: asyncio.StreamWriter | None = None
        self._pending: dict[int, asyncio.Future[Reply]] = {}
        self._last_request = 0
        self._heard = False
        self._draining = False
        self._events: asyncio.Queue[MediaEngineEvent] = asyncio.Queue(QUEUE_EVENTS)
        self._consumed = False
        self._task: asyncio.Task[None] | None = None

    @property
    def is_up(self) -> bool:
        """The worker is there and takes new seats."""
        return self.is_connected and not self._draining

    @property
    def is_connected(self) -> bool:
        """The worker is there; if it is not up, its seats still work for a moment."""
        return self._writer is not None

    async def start(self) -> None:
        """Connect in the background; `events` tells when the worker is there."""
        self._task = asyncio.create_task(self.run())

    async def close(self) -> None:
        """Disconnect for good; the worker closes all sessions."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task], timeout=CALL_TIMEOUT_S)
            self._task = None

    async def run(self) -> None:
        """Connect, read, reconnect; until cancelled."""
        backoff_s = FIRST_BACKOFF_S
        while True:
            try:
                async with asyncio.timeout(CALL_TIMEOUT_S):
                    reader, writer = await asyncio.open_unix_connection(self._path)
            except (OSError, TimeoutError):
                await asyncio.sleep(backoff_s)
                backoff_s = min(2 * backoff_s, LAST_BACKOFF_S)
                continue
            try:
                if await self._is_alive(reader, writer):
                    backoff_s = FIRST_BACKOFF_S
                    self._go_up(writer)
                    await self._serve(reader, writer)
            finally:
                self._go_down(writer)
                await until_closed(writer)
            await asyncio.sleep(backoff_s)

    # ------------------------------------------------------------ ports.MediaEngine

    async def open_seat(self, seat: Seat, home: int | None = None) -> str:
        """See `ports.MediaEngine`; `home` is the worker that places voices, if not this one."""
        if not self.is_up:
            raise MediaUnavailableError
        reply = await self._call(
            OpenSession(
                request=self._next_request(),
                media_id=seat.media_id,
                room_id=seat.room_id,
                home=home,
                csrc=seat.csrc,
                role=seat.role,
                muted=seat.muted,
                tap_id=seat.tap_id,
                replaces=seat.replaces,
            )
        )
        if not isinstance(reply, SessionOpened):
            raise MediaUnavailableError
        return reply.sdp

    async def answer_seat(self, media_id: MediaId, sdp: str) -> None:
        """See `ports.MediaEngine`."""
        check_size(sdp)
        reply = await self._call(
            AnswerSession(request=self._next_request(), media_id=media_id, sdp=sdp)
        )
        if isinstance(reply, Failed):
            match reply.code:
                case ErrorCode.SDP_TOO_LARGE:
                    raise SdpTooLargeError
                case ErrorCode.SDP_INVALID:
                    raise SdpInvalidError(reply.message)
                case _:
                    raise MediaUnavailableError

    async def set_seat(self, seat: Seat) -> None:
        """See `ports.MediaEngine`."""
        self._tell(
            SetRole(media_id=seat.media_id, role=seat.role, muted=seat.muted, tap_id=seat.tap_id)
        )

    async def close_seat(self, media_id: MediaId) -> None:
        """See `ports.MediaEngine`."""
        self._tell(CloseSession(media_id=media_id))

    def set_branches(self, room_id: RoomId, workers: Sequence[int]) -> None:
        """Let a room's home know which other workers have seats of it. Never raises."""
        self._tell(SetBranches(room_id=room_id, workers=tuple(workers)))

    async def events(self) -> AsyncIterator[MediaEngineEvent]:
        """See `ports.MediaEngine`."""
        self._clear_events()
        self._consumed = True
        try:
            yield MediaUpChanged(self.is_up)
            while True:
                yield await self._events.get()
        finally:
            self._consumed = False

    async def counters(self) -> dict[str, int]:
        """The worker's counters by name (see embedded/counters.py).

        Raises:
            MediaUnavailableError
        """
        reply = await self._call(GetStats(request=self._next_request()))
        if not isinstance(reply, Stats):
            raise MediaUnavailableError
        return reply.counters

    # ------------------------------------------------------------ the connection

    def _next_request(self) -> int:
        self._last_request += 1
        return self._last_request

    async def _call(self, command: OpenSession | AnswerSession | GetStats) -> Reply:
        future: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._pending[command.request] = future
        try:
            if not self._tell(command):
                raise MediaUnavailableError
            async with asyncio.timeout(CALL_TIMEOUT_S):
                return await future
        except TimeoutError:
            raise MediaUnavailableError from None
        finally:
            self._pending.pop(command.request, None)

    def _tell(self, command: MediaCommand) -> bool:
        """Send without waiting; False where the worker is away or does not read."""
        writer = self._writer
        if writer is None or writer.is_closing():
            return False
        if writer.transport.get_write_buffer_size() > MAX_UNSENT_BYTES:
            _log.warning("media worker does not read")
            writer.transport.abort()
            return False
        writer.write(frame(encoder.encode(command)))
        return True

    async def _is_alive(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Ask before calling it up: the socket of a process that is dying still connects."""
        try:
            async with asyncio.timeout(CALL_TIMEOUT_S):
                writer.write(frame(encoder.encode(GetStats(request=self._next_request()))))
                decode_event.decode(await read_frame(reader))
        except (*_GONE, *_BROKEN, TimeoutError):
            return False
        return True

    def _go_up(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self._draining = False
        _log.info("media worker connected")
        self._push(MediaUpChanged(True))

    def _go_down(self, writer: asyncio.StreamWriter) -> None:
        writer.close()
        if self._writer is None:
            return
        self._writer = None
        _log.warning("media worker disconnected")
        for future in self._pending.values():
            if not future.done():
                future.set_exception(MediaUnavailableError())
        self._push(MediaUpChanged(False))

    def _drain(self) -> None:
        """The worker says that it ends: to those who look for one it is away already."""
        if not self._draining:
            self._draining = True
            _log.info("media worker drains")
            self._push(MediaUpChanged(False))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        watching = asyncio.create_task(self._watch(writer))
        try:
            await self._read(reader)
        finally:
            watching.cancel()

    async def _watch(self, writer: asyncio.StreamWriter) -> None:
        """Ping, and cut a worker off that says nothing; a killed one is known by its socket."""
        now = asyncio.get_running_loop().time
        unanswered = 0
        while unanswered < self._patience_pings:
            self._heard = False
            self._tell(GetStats(request=self._next_request()))
            asked_s = now()
            await asyncio.sleep(PING_EVERY_S)
            # Where this process itself was held up, the answer may lie here unread.
            held_up = now() - asked_s > 2 * PING_EVERY_S
            unanswered = 0 if self._heard or held_up else unanswered + 1
        _log.warning("media worker hangs")
        writer.transport.abort()

    async def _read(self, reader: asyncio.StreamReader) -> None:
        try:
            while True:
                event = decode_event.decode(await read_frame(reader))
                self._heard = True
                self._on_event(event)
        except (*_GONE, _EventsUnreadError) as error:
            _log.info("media worker gone", error=type(error).__name__)
        except _BROKEN as error:
            _log.warning("media worker broke the protocol", error=type(error).__name__)

    def _on_event(self, event: MediaEvent) -> None:
        match event:
            case SessionConnected():
                self._push(SeatConnected(MediaId(event.media_id)))
            case SessionLost():
                self._push(SeatLost(MediaId(event.media_id), event.reason))
            case Draining():
                self._drain()
            case _:
                future = self._pending.get(event.request)
                if future is not None and not future.done():
                    future.set_result(event)

    def _push(self, event: MediaEngineEvent) -> None:
        """Queue for the consumer; where he fell hopelessly behind, start him anew with `down`."""
        if not self._consumed:
            return
        if self._events.full():
            self._clear_events()
            if not isinstance(event, MediaUpChanged):
                raise _EventsUnreadError
        self._events.put_nowait(event)

    def _clear_events(self) -> None:
        while not self._events.empty():
            self._events.get_nowait()


class _EventsUnreadError(Exception):
    """The consumer of events is too slow: disconnect, so that he starts from an empty worker."""
