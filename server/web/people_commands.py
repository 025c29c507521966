"""What each command about people does: message → service → reply. Decides nothing itself.

Whoever hands a command over has made sure that it comes from a member.
"""

from __future__ import annotations

from typing import assert_never

from protocol import people as wire
from protocol.signalling import Ok
from server.domain.ids import MemberId
from server.domain.member import Member
from server.domain.report import Reason
from server.service import render
from server.service.house import House
from server.service.hub import Connection

_Look = wire.GetProfile | wire.GetOwnProfile | wire.ListPeople
_Own = wire.UpdateProfile | wire.SetPreferences


class PeopleCommands:
    """Carries out the commands about people of one connection."""

    def __init__(self, house: House, connection: Connection) -> None:
        self._profiles = house.profiles
        self._reporting = house.reporting
        self._connection = connection

    async def carry_out(self, member: Member, command: wire.PeopleCommand) -> wire.PeopleReply | Ok:
        """Do it and return the reply.

        Raises:
            MasilError: why it was refused.
        """
        match command:
            case wire.GetProfile() | wire.GetOwnProfile() | wire.ListPeople():
                return await self._look(member, command)
            case wire.UpdateProfile() | wire.SetPreferences():
                await self._own(member, command)
            case wire.Follow(member_id=other, following=following):
                await self._profiles.follow(member, MemberId(other), following=following)
            case wire.Block(member_id=other, blocked=blocked):
                await self._profiles.block(member, MemberId(other), blocked=blocked)
            case wire.ReportMember():
                await self._report(member, command)
            case _:
                assert_never(command)
        return Ok(id=command.id)

    async def _look(self, member: Member, command: _Look) -> wire.PeopleReply:
        match command:
            case wire.GetProfile(id=id_, member_id=other):
                seen = await self._profiles.profile(member, MemberId(other))
                return wire.Profile(id=id_, profile=render.profile(seen))
            case wire.GetOwnProfile(id=id_):
                seen = await self._profiles.profile(member, member.member_id)
                return render.own_profile(id_, seen)
            case wire.ListPeople(id=id_, which=which, after=after):
                found, more = await self._profiles.people(member, which, after)
                people = [render.person(one) for one in found]
                return wire.PeopleListed(id=id_, people=people, more=more)
            case _:
                assert_never(command)

    async def _own(self, member: Member, command: _Own) -> None:
        match command:
            case wire.UpdateProfile(name=name, bio=bio):
                await self._profiles.update(member, name, bio)
            case wire.SetPreferences(shows_admitter=shows, shown_as_admitter=shown):
                await self._profiles.prefer(member, shows_admitter=shows, shown_as_admitter=shown)
            case _:
                assert_never(command)

    async def _report(self, member: Member, command: wire.ReportMember) -> None:
        about, reason = MemberId(command.member_id), Reason(command.reason)
        if command.in_room:
            await self._reporting.report_here(
                member,
                self._connection,
                about,
                reason,
                command.statement,
                with_log=command.with_log,
            )
        else:
            await self._reporting.report(member, about, reason, command.statement, None)
