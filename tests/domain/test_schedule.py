"""Scheduled rooms: when they may be planned, moved and opened, and what is told once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from server.domain import schedule as rules
from server.domain.errors import (
    BadTimeError,
    BadTitleError,
    NoSuchScheduledError,
    NotAdmittedError,
    ScheduleFullError,
    TooEarlyError,
)
from server.domain.ids import MemberId, ScheduledId
from server.domain.kind import Kind
from server.domain.schedule import HORIZON_MS, MINUTE_MS, Scheduled, Told
from tests.domain.people import HOST, LISTENER, NOW_MS, newcomer

AT_MS = NOW_MS + 60 * MINUTE_MS


def planned(at_ms: int = AT_MS, title: str = "Soup", kind: Kind = Kind.OPEN) -> Scheduled:
    return rules.plan(ScheduledId("s"), HOST, title, kind, at_ms, NOW_MS)


def test_a_plan_has_a_clean_title_and_a_time_within_the_horizon() -> None:
    assert planned(title=" Soup\n on Sunday ").title == "Soup on Sunday"
    assert planned(NOW_MS + HORIZON_MS).starts_at_ms == NOW_MS + HORIZON_MS
    for at_ms in (NOW_MS, NOW_MS - 1, NOW_MS + HORIZON_MS + 1):
        with pytest.raises(BadTimeError):
            planned(at_ms)
    with pytest.raises(BadTitleError):
        planned(title=" ")
    with pytest.raises(NotAdmittedError):
        rules.plan(ScheduledId("s"), newcomer("n"), "Soup", Kind.OPEN, AT_MS, NOW_MS)


def test_places_are_bounded_for_each_and_for_all() -> None:
    rules.require_place(rules.SCHEDULED_PER_MEMBER - 1, rules.SCHEDULED_MAX - 1)
    for mine, everybodys in ((rules.SCHEDULED_PER_MEMBER, 0), (0, rules.SCHEDULED_MAX)):
        with pytest.raises(ScheduleFullError):
            rules.require_place(mine, everybodys)


def test_only_its_owner_changes_it_and_calendars_can_tell() -> None:
    before = planned()
    args = ("Soup", Kind.OPEN, AT_MS)
    assert rules.change(before, HOST.member_id, *args, NOW_MS + 1) is before
    after = rules.change(before, HOST.member_id, "Stew", Kind.SOCIAL, AT_MS, NOW_MS + 1)
    assert (after.title, after.kind) == ("Stew", Kind.SOCIAL)
    assert (after.sequence, after.changed_at_ms) == (1, NOW_MS + 1)
    with pytest.raises(NoSuchScheduledError):
        rules.change(before, LISTENER.member_id, *args, NOW_MS)


def test_another_time_is_told_of_anew_and_another_title_is_not() -> None:
    told = replace(planned(), told=Told.SOON)
    renamed = rules.change(told, HOST.member_id, "Stew", Kind.OPEN, AT_MS, NOW_MS)
    assert renamed.told is Told.SOON
    moved = rules.change(told, HOST.member_id, "Soup", Kind.OPEN, AT_MS + 1, NOW_MS)
    assert moved.told is Told.NOTHING
    with pytest.raises(BadTimeError):
        rules.change(told, HOST.member_id, "Soup", Kind.OPEN, NOW_MS - 1, NOW_MS)


def test_a_title_may_still_be_changed_when_the_time_has_come() -> None:
    late = rules.change(planned(), HOST.member_id, "Stew", Kind.OPEN, AT_MS, AT_MS + 1)
    assert late.title == "Stew"


def test_its_owner_opens_it_from_a_quarter_of_an_hour_before_to_an_hour_after() -> None:
    first = AT_MS - rules.OPENS_BEFORE_MS
    with pytest.raises(TooEarlyError):
        rules.require_opening(planned(), HOST.member_id, first - 1)
    for at_ms in (first, AT_MS, AT_MS + rules.KEPT_AFTER_MS - 1):
        rules.require_opening(planned(), HOST.member_id, at_ms)
        with pytest.raises(NoSuchScheduledError):
            rules.require_opening(planned(), LISTENER.member_id, at_ms)
    with pytest.raises(NoSuchScheduledError):
        rules.require_opening(planned(), HOST.member_id, AT_MS + rules.KEPT_AFTER_MS)


def test_two_reminders_are_due_one_after_the_other_and_each_once() -> None:
    room, told = planned(), []
    for minute in range(121):
        now_ms = NOW_MS + minute * MINUTE_MS
        due = rules.due(room, now_ms)
        if due is not room.told:
            told.append((minute, due))
            room = replace(room, told=due)
    assert told == [(50, Told.SOON), (60, Told.START)]


def test_after_a_standstill_the_first_is_left_out_and_a_late_start_helps_nobody() -> None:
    assert rules.due(planned(), AT_MS) is Told.START
    assert rules.is_worth_telling(planned(), AT_MS + rules.TOLD_LATE_MS)
    assert not rules.is_worth_telling(planned(), AT_MS + rules.TOLD_LATE_MS + 1)


def test_it_is_for_those_whom_its_kind_lets_in_and_always_for_its_owner() -> None:
    nobody: frozenset[MemberId] = frozenset()
    social, closed = planned(kind=Kind.SOCIAL), planned(kind=Kind.CLOSED)
    assert social.is_for(LISTENER.member_id, {LISTENER.member_id})
    assert not social.is_for(LISTENER.member_id, nobody)
    assert not closed.is_for(LISTENER.member_id, {LISTENER.member_id})
    assert planned().is_for(LISTENER.member_id, nobody)
    assert closed.is_for(HOST.member_id, nobody)
