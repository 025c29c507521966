"""Reports: what a member tells the admins about another, who is not told."""

from __future__ import annotations

import secrets

from server.domain import profile
from server.domain import report as rules
from server.domain.contact import DAY_MS
from server.domain.errors import ReportedTooOftenError
from server.domain.ids import MemberId, ReportId, RoomId
from server.domain.member import Member
from server.domain.report import Reason
from server.ports import Clock, MemberStore
from server.service.administration import Administration
from server.service.limits import Limits


class Reporting:
    """Takes reports and hands them to the admins. The reporter is always a member."""

    def __init__(
        self, store: MemberStore, clock: Clock, limits: Limits, administration: Administration
    ) -> None:
        self._store = store
        self._clock = clock
        self._limits = limits
        self._administration = administration

    async def report(
        self,
        reporter: Member,
        reported_id: MemberId,
        reason: Reason,
        statement: str,
        room_id: RoomId | None,
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
        await self._administration.report(report)
