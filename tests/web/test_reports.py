"""Reports over real sockets: they reach the admins, and only them."""

from __future__ import annotations

from typing import Any

import pytest

from protocol import signalling as wire
from protocol.errors import ErrorCode
from server.domain.report import REPORTS_A_DAY, Reason
from tests.web.gate import Gate
from tests.web.page import Page


def about(person: Page, **more: Any) -> dict[str, Any]:
    return {
        "member_id": person.member_id,
        "reason": "harassment",
        "statement": "",
        "in_room": False,
        **more,
    }


async def test_a_report_from_a_room_reaches_the_admins_and_the_reported_hears_nothing(
    gate: Gate,
) -> None:
    admin, ann, bea = await gate.founder(), await gate.member(1), await gate.member(2)
    room_id = await bea.open_room()
    await ann.join(room_id)
    statement = " She would\n not stop. "
    await ann.ask(wire.ReportMember, **about(bea, statement=statement, in_room=True))
    assert (await admin.event(wire.ReportsWaiting)).count == 1
    (report,) = (await admin.ask(wire.ListReports)).reports
    assert report.reporter == wire.PersonView(member_id=ann.member_id, name="Member 1")
    assert report.reported.member_id == bea.member_id
    assert (report.reason, report.statement) == ("harassment", "She would not stop.")
    assert report.room_id == room_id
    await bea.ask(wire.Ping)
    heard = {type(event) for event in bea.unread(object)}  # type: ignore[type-var]
    assert heard <= {wire.ParticipantChanged, wire.Hallway}


async def test_the_room_is_told_only_where_the_reporter_says_so_and_is_there(gate: Gate) -> None:
    admin, ann, bea = await gate.founder(), await gate.member(1), await gate.member(2)
    await ann.ask(wire.ReportMember, **about(bea, in_room=True))
    await ann.join(await bea.open_room())
    await ann.ask(wire.ReportMember, **about(bea))
    reports = (await admin.ask(wire.ListReports)).reports
    assert [report.room_id for report in reports] == [None, None]


@pytest.mark.parametrize("reason", [reason.value for reason in Reason])
async def test_every_reason_of_the_rules_can_be_sent(gate: Gate, reason: str) -> None:
    admin, ann = await gate.founder(), await gate.member(1)
    await admin.ask(wire.ReportMember, **about(ann, reason=reason))
    assert [report.reason for report in (await admin.ask(wire.ListReports)).reports] == [reason]


async def test_a_block_stops_no_report(gate: Gate) -> None:
    admin, ann, bea = await gate.founder(), await gate.member(1), await gate.member(2)
    await bea.ask(wire.Block, member_id=ann.member_id, blocked=True)
    await ann.ask(wire.ReportMember, **about(bea))
    await bea.ask(wire.ReportMember, **about(ann))
    assert len((await admin.ask(wire.ListReports)).reports) == 2


async def test_ten_reports_a_day_and_not_one_more(gate: Gate) -> None:
    admin, ann, bea = await gate.founder(), await gate.member(1), await gate.member(2)
    for _ in range(REPORTS_A_DAY):
        await ann.ask(wire.ReportMember, **about(bea))
    refused = await ann.refusal(wire.ReportMember, **about(bea))
    assert refused is ErrorCode.REPORTED_TOO_OFTEN
    assert len((await admin.ask(wire.ListReports)).reports) == REPORTS_A_DAY
    await bea.ask(wire.ReportMember, **about(ann))
    gate.clock.advance(24 * 3600 * 1000)
    await ann.ask(wire.ReportMember, **about(bea))


async def test_a_report_that_cannot_be_taken_is_refused_and_not_counted(gate: Gate) -> None:
    ann = await gate.member(1)
    bea = await gate.member(2)
    newcomer = gate.page()
    await newcomer.sign_in(7, "Newcomer")
    ask = ann.refusal
    for _ in range(REPORTS_A_DAY):
        assert await ask(wire.ReportMember, **about(ann)) is ErrorCode.WRONG_STATE
    too_long = about(bea, statement="x" * 1_001)
    assert await ask(wire.ReportMember, **too_long) is ErrorCode.BAD_STATEMENT
    assert await ask(wire.ReportMember, **about(newcomer)) is ErrorCode.NO_SUCH_MEMBER
    await ann.ask(wire.ReportMember, **about(bea))
