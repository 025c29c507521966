"""The house's order: who lives here, who is put out, what was reported. For admins only.

Does not ask who asks: the page's commands and the operator's socket do, each in its own way.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol

from protocol import admin as wire
from protocol import door, people
from protocol.account import AccountExport
from server.domain import ban as bans
from server.domain import knock as knocks
from server.domain import report as reports
from server.domain.errors import NoSuchMemberError, NoSuchReportError, WrongStateError
from server.domain.ids import MemberId, ReportId
from server.domain.knock import Knock
from server.domain.member import Member, Membership
from server.domain.report import Report
from server.ports import Clock, Store
from server.service import render
from server.service.account import Account
from server.service.admission import Admission
from server.service.hub import Hub
from server.service.invites import Invites


class Evictor(Protocol):
    """Whoever holds people in memory: rooms and plans of a running gate."""

    async def put_out(self, member_id: MemberId) -> None:
        """Out of the room, and his voice with him."""


class Administration:
    """Members, bans and reports."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        hub: Hub,
        admission: Admission,
        invites: Invites,
        evictor: Evictor,
        account: Account,
    ) -> None:
        self._store = store
        self._clock = clock
        self._hub = hub
        self._admission = admission
        self._invites = invites
        self._evictor = evictor
        self._account = account
        self._deciding = asyncio.Lock()
        """Two admins must not take each other's role at the same moment."""

    async def members(self, query: str, after: str | None) -> tuple[list[wire.MemberRow], bool]:
        """A page of people, and whether there are more.

        Raises:
            StoreUnavailableError
        """
        last = MemberId(after) if after else None
        found = await self._store.members_named(query.strip(), last, wire.MEMBERS_A_PAGE + 1)
        rows = [_row(member) for member in found[: wire.MEMBERS_A_PAGE]]
        return rows, len(found) > wire.MEMBERS_A_PAGE

    async def ban(self, member_id: MemberId, reason: str) -> None:
        """Put somebody out for good: his number, his sessions, his seat in a room.

        Raises:
            NoSuchMemberError, StoreUnavailableError
            WrongStateError: he is an admin: take the role first.
        """
        async with self._deciding, self._admission.door:
            member = await self._member(member_id)
            banned, entry = bans.ban(member, reason, self._clock.now_ms())
            async with self._store.transaction():
                at_door = await self._close_knock(member_id)
                await self._store.save_member(banned)
                await self._store.save_ban(entry)
                await self._store.put_out(member_id)
        if at_door is not None:
            self._admission.close_alerts(at_door)
        self._hub.close_member(member_id)
        await self._evictor.put_out(member_id)

    async def unban(self, member_id: MemberId) -> None:
        """Let somebody come back; he signs in anew.

        Raises:
            NoSuchMemberError, WrongStateError, StoreUnavailableError
        """
        async with self._deciding, self._admission.door:
            member = bans.unban(await self._member(member_id))
            async with self._store.transaction():
                await self._store.save_member(member)
                await self._store.delete_ban(member.number_hash)

    async def set_admin(self, member_id: MemberId, *, is_admin: bool) -> None:
        """Give or take the admin's role.

        Raises:
            NoSuchMemberError, StoreUnavailableError
            WrongStateError: not a member, or the last admin of the house.
        """
        async with self._deciding, self._admission.door:
            member = await self._member(member_id)
            if member.membership is not Membership.MEMBER:
                raise WrongStateError
            if not is_admin and list(await self._store.admins()) == [member_id]:
                raise WrongStateError
            changed = replace(member, is_admin=is_admin)
            await self._store.save_member(changed)
        self._hub.to_member(member_id, people.MeChanged(me=render.me(changed)))

    async def export(self, member_id: MemberId) -> AccountExport:
        """Everything kept about a person, for the operator to hand to him.

        Raises:
            NoSuchMemberError, StoreUnavailableError
        """
        return await self._account.export(member_id)

    async def erase(self, member_id: MemberId) -> None:
        """Erase a person at once, as he could himself. A ban of his number stays.

        Raises:
            NoSuchMemberError, StoreUnavailableError
            WrongStateError: he is an admin: take the role first.
        """
        async with self._deciding:
            if (await self._member(member_id)).is_admin:
                raise WrongStateError
            await self._account.erase(member_id)

    async def give_invite(self, id_: int) -> wire.InviteGiven:
        """An invitation in the name of the admin who has been here longest.

        Raises:
            NoSuchMemberError: the house has no admin yet: become its founder first.
            StoreUnavailableError
        """
        admins = [await self._member(member_id) for member_id in await self._store.admins()]
        if not admins:
            raise NoSuchMemberError
        first = min(admins, key=lambda admin: (admin.created_at_ms, admin.member_id))
        made = await self._invites.create(first, door.CreateInvite(id=id_))
        return wire.InviteGiven(
            id=id_,
            link=self._invites.link(made.token),
            expires_at_ms=made.invite.expires_at_ms,
        )

    # ------------------------------------------------------------ reports

    async def report(self, report: Report) -> None:
        """Keep what a member tells about another, and tell the admins that it waits.

        Raises:
            StoreUnavailableError
        """
        await self._store.save_report(report)
        await self._tell_admins()

    async def reports(self, *, closed: bool) -> list[wire.ReportView]:
        """Open or closed reports, newest first.

        Raises:
            StoreUnavailableError
        """
        views: list[wire.ReportView] = []
        for report in await self._store.reports(closed=closed):
            reported = await self._store.member(report.reported_id)
            if reported is None:
                continue  # erased a moment ago, and the report with him
            reporter = report.reporter_id and await self._store.member(report.reporter_id)
            names = await self._names(report)
            views.append(_report(report, reported, reporter or None, names))
        return views

    async def _names(self, report: Report) -> dict[MemberId, str]:
        """Of those in its log, as they are called today."""
        ids = {event.member_id for event in report.events if event.member_id is not None}
        people = [await self._store.member(member_id) for member_id in ids]
        return {person.member_id: person.name for person in people if person is not None}

    async def close_report(self, report_id: ReportId) -> None:
        """It was dealt with; closing again changes nothing.

        Raises:
            NoSuchReportError, StoreUnavailableError
        """
        report = await self._store.report(report_id)
        if report is None:
            raise NoSuchReportError
        await self._store.save_report(reports.close(report, self._clock.now_ms()))
        await self._tell_admins()

    async def reports_waiting(self) -> int:
        """How many reports are open.

        Raises:
            StoreUnavailableError
        """
        return await self._store.count_open_reports()

    async def _tell_admins(self) -> None:
        count = await self._store.count_open_reports()
        for member_id in await self._store.admins():
            self._hub.to_member(member_id, wire.ReportsWaiting(count=count))

    async def _member(self, member_id: MemberId) -> Member:
        member = await self._store.member(member_id)
        if member is None:
            raise NoSuchMemberError
        return member

    async def _close_knock(self, member_id: MemberId) -> Knock | None:
        at_door = await self._store.knock_of(member_id)
        if at_door is not None:
            await self._store.save_knock(knocks.withdraw(at_door))
        return at_door


def _row(member: Member) -> wire.MemberRow:
    return wire.MemberRow(
        member_id=member.member_id,
        name=member.name,
        membership=member.membership.value,
        is_admin=member.is_admin,
        created_at_ms=member.created_at_ms,
    )


def _report(
    report: Report,
    reported: Member,
    reporter: Member | None,
    names: Mapping[MemberId, str],
) -> wire.ReportView:
    return wire.ReportView(
        report_id=report.report_id,
        reporter=people.PersonView(member_id=reporter.member_id, name=reporter.name)
        if reporter
        else None,
        reported=_row(reported),
        reason=report.reason.value,
        statement=report.statement,
        room_id=report.room_id,
        created_at_ms=report.created_at_ms,
        closed_at_ms=report.closed_at_ms,
        whole_room=report.whole_room,
        events=render.room_log(report.events, names),
    )
