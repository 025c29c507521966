"""One WebSocket: who may open it, its pace, its end. What a command does is in `commands.py`."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import aiohttp
import msgspec
import structlog
from aiohttp import WSCloseCode, web

from protocol import signalling as wire
from protocol.errors import ErrorCode
from protocol.wire import MAX_MESSAGE_BYTES, Id
from server.domain.errors import MasilError, NotSignedInError
from server.domain.member import Member, Membership, is_admin
from server.service import render
from server.service.hub import Connection
from server.service.sessions import token_hash
from server.web import keys
from server.web.bodies import problem
from server.web.commands import Commands
from server.web.errors import MESSAGE, code_of

log = structlog.get_logger(__name__)

HEARTBEAT_S = 20.0
MESSAGES_PER_S = 20.0
MESSAGES_BURST = 40.0
REFUSALS_MAX = 20
"""Undecodable or too many messages, after which the connection is closed."""
SEND_TIMEOUT_S = 10.0
CLOSE_TIMEOUT_S = 0.75
"""How long a page that is let go may take to read why: who is put out is gone within a second."""
WELCOME_TIMEOUT_S = 10.0


class _Id(msgspec.Struct):
    id: Id | None = None


@dataclass(slots=True)
class Allowance:
    """A token bucket: 20 messages a second, 40 at once."""

    left: float
    at_ms: int

    def take(self, now_ms: int) -> bool:
        """Whether one more message is allowed now."""
        gained = (now_ms - self.at_ms) * MESSAGES_PER_S / 1000
        self.left = min(MESSAGES_BURST, self.left + gained)
        self.at_ms = now_ms
        if self.left < 1:
            return False
        self.left -= 1
        return True


async def websocket(request: web.Request) -> web.StreamResponse:
    """`GET /ws`: 403 for a foreign page, 401 without a session."""
    door = request.app[keys.DOOR]
    if not door.is_our_page(request):
        return problem(ErrorCode.BAD_ORIGIN)
    token = door.token(request)
    if token is None:
        raise NotSignedInError
    member = await request.app[keys.HOUSE].sessions.member(token)
    socket = web.WebSocketResponse(
        heartbeat=HEARTBEAT_S,
        timeout=CLOSE_TIMEOUT_S,
        max_msg_size=MAX_MESSAGE_BYTES,
        compress=False,
    )
    await socket.prepare(request)
    await Visit(request, socket, member, token).run()
    return socket


class Visit:
    """One connection, from its welcome to its end.

    The reader carries out one command after the other and is never interrupted in one; the
    writer alone writes. Whoever wants the connection to end says so to one of them.
    """

    def __init__(
        self, request: web.Request, socket: web.WebSocketResponse, member: Member, token: str
    ) -> None:
        self._app = request.app
        self._transport = request.transport
        self._socket = socket
        self._token = token
        self._clock = self._app[keys.HOUSE].clock
        self._allowance = Allowance(MESSAGES_BURST, self._clock.monotonic_ms())
        self._refusals = 0
        self._close_code = WSCloseCode.OK
        self._last_call: asyncio.TimerHandle | None = None
        self._connection = Connection(
            member.member_id,
            token_hash(token),
            cut=self._cut,
            close=self._close_soon,
            unsent=self._unsent,
        )
        self._commands = Commands(self._app, self._connection)

    async def run(self) -> None:
        """Serve until the browser goes, misbehaves or is let go."""
        hub = self._app[keys.HOUSE].hub
        attached = hub.attach(self._connection)
        writer = None
        try:
            if attached:
                await self._welcome()
            else:
                self._finish(ErrorCode.RATE_LIMITED, WSCloseCode.POLICY_VIOLATION)
            writer = asyncio.create_task(self._write())
            await self._read()
        finally:
            await self._leave()
            self._connection.end()
            if writer:
                await asyncio.wait([writer], timeout=SEND_TIMEOUT_S)
                writer.cancel()
            if self._last_call:
                self._last_call.cancel()

    # ------------------------------------------------------------ the beginning

    async def _welcome(self) -> None:
        try:
            async with asyncio.timeout(WELCOME_TIMEOUT_S):
                self._connection.send(await self._fresh_welcome())
                if self._connection.admitted:
                    self._app[keys.HOUSE].captions.tell_trending(self._connection)
        except (MasilError, TimeoutError) as error:
            refusal = code_of(error) if isinstance(error, MasilError) else ErrorCode.UNAVAILABLE
            self._finish(refusal, WSCloseCode.TRY_AGAIN_LATER)

    async def _fresh_welcome(self) -> wire.Welcome:
        """The welcome is the first message, so it holds whatever happened while it was read."""
        house = self._app[keys.HOUSE]
        people, rooms = house.people, house.rooms
        while True:
            self._connection.forget()
            member = await house.sessions.member(self._token)
            inside = member.membership is Membership.MEMBER
            knocks = await people.admission.knocks_for(member) if inside else []
            reports = await house.administration.reports_waiting() if is_admin(member) else 0
            contacts = await house.contacts.of(member)
            if self._connection.forget():
                continue
            self._connection.admitted = inside
            agenda = house.schedule.agenda
            return wire.Welcome(
                me=render.me(member),
                rooms=rooms.hallway.cards_for(member.member_id) if inside else [],
                knocks=knocks,
                contacts=contacts,
                media_up=rooms.media_news.up,
                captions=render.engine(house.captions.engine),
                default_region=self._app[keys.SETTINGS].default_region,
                reports_waiting=reports,
                push_key=house.push.public_key,
                scheduled=agenda.view_for(member.member_id) if inside else [],
                reminders=agenda.reminders_of(member.member_id),
            )

    # ------------------------------------------------------------ reading

    async def _read(self) -> None:
        async for frame in self._socket:
            if self._connection.has_ended or frame.type is aiohttp.WSMsgType.ERROR:
                return
            if frame.type is not aiohttp.WSMsgType.TEXT:
                self._refuse(None, ErrorCode.BAD_MESSAGE)
            elif not self._allowance.take(self._clock.monotonic_ms()):
                self._refuse(_id_of(frame.data), ErrorCode.RATE_LIMITED)
            else:
                await self._handle(frame.data)
            # What was typed must not stay here until the next command.
            del frame
            if self._refusals >= REFUSALS_MAX:
                self._finish(None, WSCloseCode.POLICY_VIOLATION)
                return
            await self._connection.answered()

    async def _handle(self, text: str) -> None:
        try:
            command = wire.decode_client.decode(text)
        except msgspec.MsgspecError:
            self._refuse(_id_of(text), ErrorCode.BAD_MESSAGE)
            return
        try:
            reply = await self._commands.carry_out(command)
        except MasilError as error:
            self._error(command.id, code_of(error))
        except Exception:
            # A fault of ours ends one command, not the visit.
            log.exception("command failed", command=type(command).__name__)
            self._error(command.id, ErrorCode.INTERNAL)
        else:
            self._connection.send(reply)

    def _refuse(self, id_: int | None, code: ErrorCode) -> None:
        self._refusals += 1
        self._error(id_, code)

    def _error(self, id_: int | None, code: ErrorCode) -> None:
        self._connection.send(wire.Error(id=id_, code=code, message=MESSAGE[code]))

    # ------------------------------------------------------------ writing

    async def _write(self) -> None:
        try:
            while (encoded := await self._connection.next()) is not None:
                async with asyncio.timeout(SEND_TIMEOUT_S):
                    await self._socket.send_frame(encoded, aiohttp.WSMsgType.TEXT)
                # A caption must not stay here until somebody says the next one.
                del encoded
            async with asyncio.timeout(SEND_TIMEOUT_S):
                await self._socket.close(code=self._close_code)
        except (TimeoutError, ConnectionError):
            self._connection.end()
            self._connection.forget()
            self._cut()

    # ------------------------------------------------------------ the end

    def _unsent(self) -> int:
        transport = self._transport
        return 0 if transport is None else transport.get_write_buffer_size()

    def _cut(self) -> None:
        # A reader who does not read would not read a close frame either.
        if self._transport is not None:
            self._transport.abort()

    def _close_soon(self, why: ErrorCode | None) -> None:
        # Soon: the reply to the command that ends the connection is about to be queued.
        loop = asyncio.get_running_loop()
        loop.call_soon(self._finish, why, WSCloseCode.GOING_AWAY)
        self._last_call = self._last_call or loop.call_later(CLOSE_TIMEOUT_S, self._cut)

    def _finish(self, why: ErrorCode | None, close_code: WSCloseCode) -> None:
        if why is not None:
            self._error(None, why)
        self._close_code = close_code
        self._connection.end()

    async def _leave(self) -> None:
        try:
            await self._app[keys.HOUSE].rooms.disconnected(self._connection)
        except MasilError as error:
            log.warning("disconnect not saved yet", reason=type(error).__name__)


def _id_of(text: str) -> int | None:
    """The id in a message that cannot be decoded otherwise: the page learns which it was."""
    try:
        return msgspec.json.decode(text, type=_Id).id
    except msgspec.MsgspecError:
        return None
