"""What each command about the house does: message → service → reply.

Whoever hands a command over has made sure that it comes from an admin or from the operator.
"""

from __future__ import annotations

from typing import assert_never

from protocol import admin as wire
from protocol.signalling import Ok
from server.domain.ids import MemberId, ReportId
from server.service.administration import Administration


class AdminCommands:
    """Carries out the commands of admins and of the operator."""

    def __init__(self, administration: Administration) -> None:
        self._house = administration

    async def carry_out(self, command: wire.AdminCommand) -> wire.AdminReply | Ok:
        """Do it and return the reply.

        Raises:
            MasilError: why it was refused.
        """
        match command:
            case wire.ListMembers() | wire.ListReports() | wire.GiveInvite() | wire.ExportMember():
                return await self._tell(command)
            case wire.EraseMember(member_id=member_id):
                await self._house.erase(MemberId(member_id))
            case wire.BanMember(member_id=member_id, reason=reason):
                await self._house.ban(MemberId(member_id), reason)
            case wire.UnbanMember(member_id=member_id):
                await self._house.unban(MemberId(member_id))
            case wire.SetAdmin(member_id=member_id, is_admin=is_admin):
                await self._house.set_admin(MemberId(member_id), is_admin=is_admin)
            case wire.CloseReport(report_id=report_id):
                await self._house.close_report(ReportId(report_id))
            case _:
                assert_never(command)
        return Ok(id=command.id)

    async def _tell(
        self, question: wire.ListMembers | wire.ListReports | wire.GiveInvite | wire.ExportMember
    ) -> wire.AdminReply:
        match question:
            case wire.ListMembers(id=id_, query=query, after=after):
                members, more = await self._house.members(query, after)
                return wire.MembersListed(id=id_, members=members, more=more)
            case wire.ListReports(id=id_, closed=closed):
                reports = await self._house.reports(closed=closed)
                return wire.ReportsListed(id=id_, reports=reports)
            case wire.GiveInvite(id=id_):
                return await self._house.give_invite(id_)
            case wire.ExportMember(id=id_, member_id=member_id):
                account = await self._house.export(MemberId(member_id))
                return wire.MemberExported(id=id_, account=account)
            case _:
                assert_never(question)
