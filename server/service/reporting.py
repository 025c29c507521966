"""Reports: what a member tells the admins about another, or about a room; no word said there."""

from __future__ import annotations

import secrets
from dataclasses import replace

from server.domain import profile
from server.domain import report as rules
from server.domain.contact import DAY_MS
from server.domain.errors import ReportedTooOftenError
from server.domain.ids import MemberId, ReportId, RoomId
from server.domain.member import Member
from server.domain.report import Reason
from server.domain.roles import Command
from server.domain.room import authorise
from server.domain.room_log import LogEntry
from server.ports import Clock, MemberStore
from server.service.administration import Administration
from server.service.hub import Connection
from server.service.limits import Limits
from server.service.room_logs import RoomLogs
from server.service.rooms import Rooms


class Reporting:
    """Takes reports and hands them to the admins. The reporter is always a member."""

    def __init__(
        self,
        store: MemberStore,
        clock: Clock,
        limits: Limits,
        administration: Administration,
        rooms: Rooms,
        logs: RoomLogs,
    ) -> None:
        self._store = store
        self._clock = clock
        self._limits = limits
        self._administration = administration
        self._rooms = rooms
        self._logs = logs

    async def report(
        self,
        reporter: Member,
        reported_id: MemberId,
        reason: Reason,
        statement: str,
        room_id: RoomId | None,
        *,
        whole_room: bool = False,
        events: tuple[LogEntry, ...] = (),
    ) -> None:
        """Keep it for the admins. A block between the two, or a ban, does not stop a report.

        Raises:
            NoSuchMemberError, BadStatementError, ReportedTooOftenError, StoreUnavailableError
            WrongStateError: nobody reports himself.
        """
        profile.require_another(reporter.member_id, reported_id)
        report = rules.report(
            ReportId(secrets.token_hex(8)),
            reporter.member_id,
            reported_id,
            reason,
            statement,
            room_id,
            self._clock.now_ms(),
        )
        profile.known(await self._store.member(reported_id))
        await self._limits.require(
            b"reports\0" + reporter.member_id.encode(),
            DAY_MS,
            at_most=rules.REPORTS_A_DAY,
            refusal=ReportedTooOftenError,
        )
        await self._administration.report(replace(report, whole_room=whole_room, events=events))

    async def report_here(
        self,
        reporter: Member,
        here: Connection,
        reported_id: MemberId,
        reason: Reason,
        statement: str,
        *,
        with_log: bool,
    ) -> None:
        """The same about somebody, and about the room one is in, where one is in a room.

        Raises:
            As `report` does, and WrongStateError: the log was never shown.
        """
        events = self._logs.shown(here) if with_log else ()
        await self.report(reporter, reported_id, reason, statement, here.room_id, events=events)

    async def report_room(
        self, reporter: Member, here: Connection, reason: Reason, statement: str, *, with_log: bool
    ) -> None:
        """A report about the room one is in.

        Raises:
            As `report` does, and NotInRoomError; WrongStateError: the log was never shown, or the
            reporter is the only host.
        """
        room = self._rooms.of(here)
        authorise(room, Command.REPORT_ROOM, reporter.member_id)
        events = self._logs.shown(here) if with_log else ()
        await self.report(
            reporter,
            rules.answers_for(room, reporter.member_id),
            reason,
            statement,
            room.room_id,
            whole_room=True,
            events=events,
        )
