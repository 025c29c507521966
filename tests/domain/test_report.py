"""What a report is, and when it is refused."""

from __future__ import annotations

import pytest

from server.domain.errors import BadStatementError, WrongStateError
from server.domain.ids import ReportId, RoomId
from server.domain.report import STATEMENT_MAX_CHARS, Reason, Report, close, report
from tests.domain.people import HOST, LISTENER, NOW_MS


def a_report(statement: str = "") -> Report:
    room_id = RoomId("room")
    by, about = LISTENER.member_id, HOST.member_id
    return report(ReportId("r"), by, about, Reason.HATE, statement, room_id, NOW_MS)


def test_a_statement_is_one_clean_paragraph_and_may_be_missing() -> None:
    assert a_report(" He\nwould not\u200b stop. ").statement == "He would not stop."
    assert a_report().statement == ""
    assert a_report().closed_at_ms is None


def test_a_statement_has_an_end() -> None:
    assert len(a_report("x" * STATEMENT_MAX_CHARS).statement) == STATEMENT_MAX_CHARS
    with pytest.raises(BadStatementError):
        a_report("x" * (STATEMENT_MAX_CHARS + 1))


def test_nobody_reports_himself() -> None:
    me = HOST.member_id
    with pytest.raises(WrongStateError):
        report(ReportId("r"), me, me, Reason.OTHER, "", None, NOW_MS)


def test_a_report_is_closed_once() -> None:
    closed = close(a_report(), NOW_MS + 1)
    assert closed.closed_at_ms == NOW_MS + 1
    assert close(closed, NOW_MS + 2) == closed
