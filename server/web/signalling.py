"""One WebSocket: decode → match → service → reply. Decides nothing itself."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from typing import assert_never

import aiohttp
import msgspec
import structlog
from aiohttp import web

from protocol import signalling as wire
from protocol.errors import ErrorCode
from protocol.signalling import ClientMessage, ServerMessage
from protocol.wire import MAX_MESSAGE_BYTES
from server.domain import consent
from server.domain import room as rules
from server.domain.errors import MasilError, NotAdmittedError, NotSignedInError
from server.domain.ids import KnockId, MediaId, MemberId, RoomId
from server.domain.member import Member, Membership
from server.ports import Clock
from server.service import render
from server.service.captions import Captions
from server.service.hub import Connection, Hub
from server.service.people import People
from server.service.rooms import Rooms
from server.web import keys
from server.web.errors import MESSAGE, code_of
from server.web.routes import problem

log = structlog.get_logger()

HEARTBEAT_S = 20.0
MESSAGES_PER_S = 20.0
MESSAGES_BURST = 40.0
REFUSALS_MAX = 20
SEND_TIMEOUT_S = 10.0


class _Id(msgspec.Struct):
    id: int | None = None


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
    """`GET /ws`."""
    app = request.app
    door = app[keys.DOOR]
    if not door.is_our_page(request):
        return problem(ErrorCode.BAD_ORIGIN)
    token = door.token(request)
    if token is None:
        raise NotSignedInError
    people = app[keys.PEOPLE]
    member = await people.session(token)
    socket = web.WebSocketResponse(
        heartbeat=HEARTBEAT_S, max_msg_size=MAX_MESSAGE_BYTES, compress=False
    )
    await socket.prepare(request)
    visit = Visit(
        socket,
        member,
        people.token_hash(token),
        app[keys.HUB],
        people,
        app[keys.ROOMS],
        app[keys.CAPTIONS],
        app[keys.CLOCK],
        app[keys.SETTINGS].default_region,
    )
    await visit.run(request)
    return socket


class Visit:
    """One connection, from its welcome to its end."""

    def __init__(  # noqa: PLR0913  the services that commands go to
        self,
        socket: web.WebSocketResponse,
        member: Member,
        token_hash: bytes,
        hub: Hub,
        people: People,
        rooms: Rooms,
        captions: Captions,
        clock: Clock,
        default_region: str,
    ) -> None:
        self._socket = socket
        self._hub = hub
        self._people = people
        self._rooms = rooms
        self._captions = captions
        self._clock = clock
        self._default_region = default_region
        self._allowance = Allowance(MESSAGES_BURST, clock.monotonic_ms())
        self._refusals = 0
        self._cut = asyncio.Event()
        admitted = member.membership is Membership.MEMBER
        self._connection = Connection(
            member.member_id, token_hash, self._cut.set, admitted=admitted
        )
        self._member_id: MemberId = member.member_id

    async def run(self, request: web.Request) -> None:
        """Serve until the browser goes, misbehaves or is cut."""
        self._hub.attach(self._connection)
        writer = asyncio.create_task(self._write())
        reader = asyncio.create_task(self._read())
        cutter = asyncio.create_task(self._cut.wait())
        try:
            await self._welcome()
            await asyncio.wait({writer, reader, cutter}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (writer, reader, cutter):
                task.cancel()
            await asyncio.gather(writer, reader, cutter, return_exceptions=True)
            await asyncio.shield(self._leave())
            if self._cut.is_set() and request.transport is not None:
                # A reader who does not read would not read a close frame either.
                request.transport.abort()
            else:
                with contextlib.suppress(TimeoutError, ConnectionError):
                    await asyncio.wait_for(self._socket.close(), SEND_TIMEOUT_S)

    async def _leave(self) -> None:
        try:
            await self._rooms.disconnected(self._connection)
        except MasilError as error:
            # The seat stays as it was; the expiry of the next seconds does not see it away.
            log.warning("disconnect not saved", reason=type(error).__name__)

    async def _welcome(self) -> None:
        member = await self._people.member(self._member_id)
        inside = member.membership is Membership.MEMBER
        self._connection.send(
            wire.Welcome(
                me=render.me(member),
                rooms=self._rooms.cards() if inside else [],
                knocks=await self._people.knocks_for(member) if inside else [],
                contacts_kept=await self._people.contacts_kept(member),
                media_up=self._rooms.media_up,
                captions=render.engine(self._captions.engine),
                default_region=self._default_region,
            )
        )

    async def _write(self) -> None:
        while True:
            encoded = await self._connection.next()
            await asyncio.wait_for(self._socket.send_str(encoded), SEND_TIMEOUT_S)

    async def _read(self) -> None:
        async for frame in self._socket:
            if frame.type is not aiohttp.WSMsgType.TEXT:
                self._refuse(None, ErrorCode.BAD_MESSAGE)
            elif not self._allowance.take(self._clock.monotonic_ms()):
                self._refuse(_id_of(frame.data), ErrorCode.RATE_LIMITED)
            else:
                await self._handle(frame.data)
            if self._refusals >= REFUSALS_MAX:
                await self._socket.close(code=aiohttp.WSCloseCode.POLICY_VIOLATION)
                return

    def _refuse(self, id_: int | None, code: ErrorCode) -> None:
        self._refusals += 1
        self._error(id_, code)

    def _error(self, id_: int | None, code: ErrorCode) -> None:
        self._connection.send(wire.Error(id=id_, code=code, message=MESSAGE[code]))

    async def _handle(self, text: str) -> None:
        try:
            command = wire.decode_client.decode(text)
        except msgspec.MsgspecError:
            self._refuse(_id_of(text), ErrorCode.BAD_MESSAGE)
            return
        try:
            reply = await self._carry_out(command)
        except MasilError as error:
            self._error(command.id, code_of(error))
        else:
            self._connection.send(reply or wire.Ok(id=command.id))

    async def _carry_out(  # noqa: C901  one arm a command
        self, command: ClientMessage
    ) -> ServerMessage | None:
        member = await self._people.member(self._member_id)
        if isinstance(command, wire.WithdrawKnock):
            await self._people.withdraw(member)
            self._hub.cut_member(self._member_id)
            return None
        if member.membership is not Membership.MEMBER:
            raise NotAdmittedError
        self._connection.admitted = True
        match command:
            case wire.OpenRoom() | wire.JoinRoom() | wire.RenewMedia() | wire.SyncRoom():
                return await self._enter(member, command)
            case wire.AddContacts():
                return await self._people.add_contacts(member, command)
            case wire.ForgetContacts():
                await self._people.forget_contacts(member)
            case wire.Admit(knock_id=knock_id):
                await self._people.admit(member, KnockId(knock_id))
            case wire.IgnoreKnock(knock_id=knock_id):
                await self._people.ignore(member, KnockId(knock_id))
            case wire.AnswerMedia(media_id=media_id, sdp=sdp):
                await self._rooms.answer_media(self._connection, MediaId(media_id), sdp)
            case wire.LeaveRoom():
                await self._rooms.leave(self._connection)
            case wire.Consent():
                await self._rooms.set_consent(self._connection, command)
            case _:
                await self._act(command)
        return None

    async def _enter(
        self,
        member: Member,
        command: wire.OpenRoom | wire.JoinRoom | wire.RenewMedia | wire.SyncRoom,
    ) -> ServerMessage:
        match command:
            case wire.OpenRoom(id=id_, title=title):
                return wire.RoomOpened(id=id_, room_id=await self._rooms.open(member, title))
            case wire.JoinRoom(id=id_, room_id=room_id):
                view, media_id, sdp = await self._rooms.join(
                    self._connection, member, RoomId(room_id)
                )
                return wire.Joined(id=id_, room=view, media_id=media_id, sdp=sdp)
            case wire.RenewMedia(id=id_):
                new_id, offer = await self._rooms.renew_media(self._connection)
                return wire.MediaOffer(id=id_, media_id=new_id, sdp=offer)
            case wire.SyncRoom(id=id_):
                return wire.RoomSnapshot(id=id_, room=self._rooms.view(self._connection))
            case _:
                assert_never(command)

    async def _act(self, command: _RoomCommand) -> None:  # noqa: C901  one arm a command
        me = self._member_id
        act = self._rooms.act
        here = self._connection
        match command:
            case wire.EndRoom():
                await act(here, lambda room, _: rules.end(room, me))
            case wire.RaiseHand(raised=raised):
                await act(here, lambda room, now_ms: rules.raise_hand(room, me, raised, now_ms))
            case wire.InviteToStage(member_id=other):
                await act(here, lambda room, _: rules.invite_to_stage(room, me, MemberId(other)))
            case wire.AnswerStage(accepted=accepted):
                await act(here, lambda room, _: rules.answer_stage(room, me, accepted))
            case wire.StepDown():
                await act(here, lambda room, _: rules.step_down(room, me))
            case wire.MoveToAudience(member_id=other):
                await act(here, lambda room, _: rules.move_to_audience(room, me, MemberId(other)))
            case wire.Mute(muted=muted):
                await act(here, lambda room, _: rules.mute(room, me, muted))
            case wire.MuteParticipant(member_id=other):
                await act(here, lambda room, _: rules.mute_participant(room, me, MemberId(other)))
            case wire.SwitchCaptions(on=on):
                await act(here, lambda room, _: consent.switch_captions(room, me, on))
            case _:
                assert_never(command)


_RoomCommand = (
    wire.EndRoom
    | wire.RaiseHand
    | wire.InviteToStage
    | wire.AnswerStage
    | wire.StepDown
    | wire.MoveToAudience
    | wire.Mute
    | wire.MuteParticipant
    | wire.SwitchCaptions
)


def _id_of(text: str) -> int | None:
    """The id in a message that cannot be decoded otherwise: the page learns which it was."""
    try:
        return msgspec.json.decode(text, type=_Id).id
    except msgspec.MsgspecError:
        return None
