"""What each command of a page does: message → service → reply. Decides nothing itself."""

from __future__ import annotations

import asyncio
from typing import assert_never

from aiohttp import web

from protocol import signalling as wire
from protocol.admin import AdminCommand
from protocol.captions import CaptionsCommand
from protocol.hallway import HallwayCommand
from protocol.people import PeopleCommand
from protocol.push import PushCommand
from protocol.reporting import ReportingCommand
from protocol.schedule import ScheduleCommand
from protocol.signalling import ClientMessage, ServerMessage
from protocol.stage import MissedView, StageCommand
from protocol.talk import TalkCommand
from server.domain import coming, moderation, stage
from server.domain.errors import NotAdmittedError
from server.domain.ids import InviteId, KnockId, MemberId, RoomId
from server.domain.kind import Kind
from server.domain.member import Member, Membership, require_admin
from server.service.hub import Connection
from server.web import keys
from server.web.admin_commands import AdminCommands
from server.web.hallway_commands import HallwayCommands
from server.web.people_commands import PeopleCommands
from server.web.push_commands import PushCommands
from server.web.reporting_commands import ReportingCommands
from server.web.schedule_commands import ScheduleCommands
from server.web.scribe_commands import ScribeCommands
from server.web.stage_commands import StageCommands
from server.web.talk_commands import TalkCommands

_Entrance = wire.OpenRoom | wire.JoinRoom | wire.LeaveRoom | wire.SyncRoom
_Media = wire.AnswerMedia | wire.RenewMedia
_Contacts = wire.AddContacts | wire.ForgetContacts | wire.SetAsksMe
_Knocks = wire.Admit | wire.IgnoreKnock
_Invites = wire.CreateInvite | wire.ListInvites | wire.RevokeInvite
_Receipts = wire.ListReceipts
_Own = wire.RaiseHand | wire.AnswerStage | wire.StepDown | wire.Mute
_Moderation = wire.EndRoom | wire.InviteToStage | wire.MoveToAudience | wire.MuteParticipant


class Commands:
    """Carries out the commands of one connection."""

    def __init__(self, app: web.Application, connection: Connection) -> None:
        house = app[keys.HOUSE]
        self._people = house.people
        self._contact_book = house.contacts
        self._admission = self._people.admission
        self._rooms = house.rooms
        self._wishes = house.scribe_wishes
        self._relay = house.relay
        self._receipts = house.receipts
        self._admin = AdminCommands(house.administration)
        self._push = PushCommands(house.push, connection)
        self._about_people = PeopleCommands(house, connection)
        self._in_hallway = HallwayCommands(house, connection)
        self._on_stage = StageCommands(house.rooms, connection)
        self._scribe = ScribeCommands(house, connection)
        self._talk = TalkCommands(house, connection)
        self._reports = ReportingCommands(house, connection)
        self._plans = ScheduleCommands(house, connection)
        self._connection = connection
        self._me = connection.member_id

    async def carry_out(self, command: ClientMessage) -> ServerMessage:
        """Do it and return the reply.

        Raises:
            MasilError: why it was refused.
        """
        if isinstance(command, wire.Ping | TalkCommand):
            return await self._at_once(command)
        member = await self._people.member(self._me)
        if isinstance(command, wire.WithdrawKnock):
            await self._admission.withdraw(member)
            return wire.Ok(id=command.id)
        if isinstance(command, wire.UseInvite):
            await self._people.use_invite(member, command.token)
            self._rooms.hallway.show(member.member_id)
            return wire.Ok(id=command.id)
        if isinstance(command, PushCommand):
            return await self._push.carry_out(command)
        if member.membership is not Membership.MEMBER:
            raise NotAdmittedError
        if isinstance(command, AdminCommand):
            require_admin(member)
            return await self._admin.carry_out(command)
        if isinstance(command, PeopleCommand | ReportingCommand | ScheduleCommand | _Receipts):
            return await self._about(member, command)
        return await self._as_member(member, command) or wire.Ok(id=command.id)

    async def _about(
        self,
        member: Member,
        command: PeopleCommand | ReportingCommand | ScheduleCommand | _Receipts,
    ) -> ServerMessage:
        if isinstance(command, wire.ListReceipts):
            return wire.Receipts(id=command.id, receipts=await self._receipts.of(member))
        if isinstance(command, ScheduleCommand):
            return await self._plans.carry_out(member, command)
        if isinstance(command, ReportingCommand):
            return await self._reports.carry_out(member, command)
        return await self._about_people.carry_out(member, command)

    async def _at_once(self, command: wire.Ping | TalkCommand) -> ServerMessage:
        """Without a look at who it is: thousands may ask at the same time."""
        if isinstance(command, wire.Ping):
            return wire.Ok(id=command.id)
        return await self._talk.carry_out(command)

    async def _as_member(
        self,
        member: Member,
        command: _Entrance
        | _Media
        | _Contacts
        | _Knocks
        | _Invites
        | _Own
        | _Moderation
        | StageCommand
        | CaptionsCommand
        | HallwayCommand,
    ) -> ServerMessage | None:
        if isinstance(command, StageCommand | CaptionsCommand | HallwayCommand):
            return await self._about_room(member, command)
        match command:
            case wire.OpenRoom() | wire.JoinRoom() | wire.LeaveRoom() | wire.SyncRoom():
                return await self._enter(member, command)
            case wire.AnswerMedia() | wire.RenewMedia():
                return await self._media(command)
            case wire.AddContacts() | wire.ForgetContacts() | wire.SetAsksMe():
                return await self._contacts(member, command)
            case wire.Admit() | wire.IgnoreKnock():
                await self._at_door(member, command)
            case wire.CreateInvite() | wire.ListInvites() | wire.RevokeInvite():
                return await self._invite(member, command)
            case wire.RaiseHand() | wire.AnswerStage() | wire.StepDown() | wire.Mute():
                await self._own(command)
            case _:
                await self._moderate(command)
        return None

    async def _about_room(
        self, member: Member, command: StageCommand | CaptionsCommand | HallwayCommand
    ) -> ServerMessage | None:
        if isinstance(command, StageCommand):
            return await self._on_stage.carry_out(command)
        if isinstance(command, CaptionsCommand):
            return await self._scribe.carry_out(command)
        return await self._in_hallway.carry_out(member, command)

    async def _enter(self, member: Member, command: _Entrance) -> ServerMessage | None:
        match command:
            case wire.OpenRoom(id=id_, title=title, kind=kind):
                room_id = await self._rooms.open(self._connection, member, title, Kind(kind))
                return wire.RoomOpened(id=id_, room_id=room_id)
            case wire.JoinRoom(id=id_, room_id=wanted, replaces=replaces):
                view, media_id, sdp = await self._rooms.join(
                    self._connection, member, RoomId(wanted), replaces
                )
                servers = self._relay.servers(self._me) if media_id is not None else []
                # Soon: right after the reply, which is about to be queued.
                asyncio.get_running_loop().call_soon(self._wishes.welcome, self._connection)
                missed = self._rooms.take_missed(self._connection)
                return wire.Joined(
                    id=id_,
                    room=view,
                    media_id=media_id,
                    sdp=sdp,
                    ice_servers=servers,
                    missed=[MissedView(what=what.value, at_ms=at_ms) for what, at_ms in missed],
                )
            case wire.LeaveRoom():
                await self._rooms.leave(self._connection)
            case wire.SyncRoom(id=id_):
                return wire.RoomSnapshot(id=id_, room=self._rooms.view(self._connection))
            case _:
                assert_never(command)
        return None

    async def _media(self, command: _Media) -> ServerMessage | None:
        match command:
            case wire.RenewMedia(id=id_, replaces=replaces):
                new_id, offer = await self._rooms.renew_media(self._connection, replaces)
                servers = self._relay.servers(self._me)
                return wire.MediaOffer(id=id_, media_id=new_id, sdp=offer, ice_servers=servers)
            case wire.AnswerMedia(media_id=media_id, sdp=sdp):
                await self._rooms.answer_media(self._connection, media_id, sdp)
            case _:
                assert_never(command)
        return None

    async def _contacts(self, member: Member, command: _Contacts) -> ServerMessage | None:
        contacts = self._contact_book
        match command:
            case wire.AddContacts():
                return await contacts.add(member, command)
            case wire.ForgetContacts():
                await contacts.forget(member)
            case wire.SetAsksMe(asks_me=asks_me):
                await contacts.set_asks_me(member, asks_me=asks_me)
            case _:
                assert_never(command)
        return None

    async def _at_door(self, member: Member, command: _Knocks) -> None:
        match command:
            case wire.Admit(knock_id=knock_id):
                newcomer_id = await self._admission.admit(member, KnockId(knock_id))
                self._rooms.hallway.show(newcomer_id)
            case wire.IgnoreKnock(knock_id=knock_id):
                await self._admission.ignore(member, KnockId(knock_id))
            case _:
                assert_never(command)

    async def _invite(self, member: Member, command: _Invites) -> ServerMessage | None:
        invites = self._people.invites
        match command:
            case wire.CreateInvite():
                return await invites.create(member, command)
            case wire.ListInvites(id=id_):
                return await invites.listed(member, id_)
            case wire.RevokeInvite(invite_id=invite_id):
                await invites.revoke(member, InviteId(invite_id))
            case _:
                assert_never(command)
        return None

    async def _own(self, command: _Own) -> None:
        me, here, act = self._me, self._connection, self._rooms.act
        match command:
            case wire.RaiseHand(raised=raised):
                await act(here, lambda room, now_ms: stage.raise_hand(room, me, raised, now_ms))
            case wire.AnswerStage(accepted=accepted):
                await act(here, lambda room, _: stage.answer_stage(room, me, accepted))
            case wire.StepDown():
                await act(here, lambda room, _: stage.step_down(room, me))
            case wire.Mute(muted=muted):
                await act(here, lambda room, _: stage.mute(room, me, muted))
            case _:
                assert_never(command)

    async def _moderate(self, command: _Moderation) -> None:
        me, here, act = self._me, self._connection, self._rooms.act
        match command:
            case wire.EndRoom():
                await act(here, lambda room, _: coming.end(room, me))
            case wire.InviteToStage(member_id=other):
                await act(
                    here, lambda room, _: moderation.invite_to_stage(room, me, MemberId(other))
                )
            case wire.MoveToAudience(member_id=other):
                await act(
                    here, lambda room, _: moderation.move_to_audience(room, me, MemberId(other))
                )
            case wire.MuteParticipant(member_id=other):
                await act(
                    here, lambda room, _: moderation.mute_participant(room, me, MemberId(other))
                )
            case _:
                assert_never(command)
