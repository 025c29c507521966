"""Reports over real sockets: they reach the admins, and only them."""

from __future__ import annotations

from typing import Any

import pytest

from protocol import signalling as wire
from protocol.errors import ErrorCode
from server.domain.ids import MemberId
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


# ---------------------------------------------------------------- with what happened in the room


async def test_what_is_sent_of_a_room_is_what_the_reporter_was_shown_and_no_word_of_it(
    gate: Gate,
) -> None:
    admin, ann, bea = await gate.founder(), await gate.member(1), await gate.member(2)
    await ann.join(await bea.open_room("Secret plans"))
    await bea.ask(wire.Mute, muted=False)
    await bea.ask(wire.WriteLine, text="the shed password is rosebud")
    shown = (await ann.ask(wire.GetRoomLog)).entries
    assert [(entry.what, entry.person.name) for entry in shown if entry.person] == [
        ("joined", "Member 1"),
        ("unmuted", "Member 2"),
        ("host_here", "Member 2"),
    ]
    await bea.ask(wire.Mute, muted=True)  # after it was shown: not sent
    await ann.ask(wire.ReportMember, **about(bea, in_room=True, with_log=True))
    listed = await admin.ask(wire.ListReports)
    (report,) = listed.reports
    assert report.events == shown
    assert not report.whole_room
    assert "rosebud" not in repr(listed)
    assert "Secret plans" not in repr(listed)


async def test_a_room_is_reported_with_its_host_who_answers_for_it(gate: Gate) -> None:
    admin, ann, bea = await gate.founder(), await gate.member(1), await gate.member(2)
    room_id = await bea.open_room()
    await ann.join(room_id)
    await ann.ask(wire.GetRoomLog)
    said = {"reason": "hate", "statement": "They cheer at it.", "with_log": True}
    await ann.ask(wire.ReportRoom, **said)
    (report,) = (await admin.ask(wire.ListReports)).reports
    assert (report.whole_room, report.reported.member_id) == (True, bea.member_id)
    assert (report.room_id, report.statement) == (room_id, "They cheer at it.")
    assert [entry.what for entry in report.events] == ["joined", "host_here"]
    assert (await admin.event(wire.ReportsWaiting)).count == 1
    # Closing it changes nothing of what it tells.
    await admin.ask(wire.CloseReport, report_id=report.report_id)
    (closed,) = (await admin.ask(wire.ListReports, closed=True)).reports
    assert closed.events == report.events


async def test_nobody_reports_a_room_he_alone_hosts_or_sends_what_he_has_not_seen(
    gate: Gate,
) -> None:
    ann, bea = await gate.member(1), await gate.member(2)
    plain: dict[str, Any] = {"reason": "spam", "statement": "", "with_log": False}
    assert await ann.refusal(wire.ReportRoom, **plain) is ErrorCode.NOT_IN_ROOM
    assert await ann.refusal(wire.GetRoomLog) is ErrorCode.NOT_IN_ROOM
    await ann.join(await bea.open_room())
    assert await bea.refusal(wire.ReportRoom, **plain) is ErrorCode.WRONG_STATE
    with_log = {**plain, "with_log": True}
    assert await ann.refusal(wire.ReportRoom, **with_log) is ErrorCode.WRONG_STATE
    await ann.ask(wire.GetRoomLog)
    await ann.join(await (await gate.member(3)).open_room())
    # What was shown of another room is not sent about this one.
    assert await ann.refusal(wire.ReportRoom, **with_log) is ErrorCode.WRONG_STATE
    await ann.ask(wire.ReportRoom, **plain)


async def test_whoever_erases_his_account_is_a_nobody_in_the_reports_of_others(gate: Gate) -> None:
    admin, ann, bea = await gate.founder(), await gate.member(1), await gate.member(2)
    cid = await gate.member(3)
    room_id = await bea.open_room()
    await ann.join(room_id)
    await cid.join(room_id)
    await ann.ask(wire.GetRoomLog)
    await ann.ask(wire.ReportMember, **about(bea, in_room=True, with_log=True))
    await gate.store.erase_member(MemberId(cid.member_id))
    (report,) = (await admin.ask(wire.ListReports)).reports
    joined = [
        entry.person and entry.person.name for entry in report.events if entry.what == "joined"
    ]
    assert joined == ["Member 1", None]
    assert cid.member_id not in repr(report)


async def test_the_log_of_a_room_dies_with_it(gate: Gate) -> None:
    ann, bea = await gate.member(1), await gate.member(2)
    await ann.join(await bea.open_room())
    await ann.ask(wire.GetRoomLog)
    await bea.ask(wire.EndRoom)
    assert gate.house.room_logs.remembered() == 0
