"""Scheduled rooms over real sockets: planned, shown, reminded of, opened; and calendars."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import icalendar
import pytest

from protocol import signalling as wire
from protocol.errors import ErrorCode
from server.domain.ids import MemberId
from server.domain.schedule import (
    HORIZON_MS,
    KEPT_AFTER_MS,
    MINUTE_MS,
    OPENS_BEFORE_MS,
    SCHEDULED_PER_MEMBER,
    SOON_MS,
)
from tests.web.gate import Gate, until
from tests.web.page import Page
from tests.web.test_push import pushed, subscribe

LATER_MS = 60 * MINUTE_MS


async def follow(page: Page, other: Page) -> None:
    await page.ask(wire.Follow, member_id=other.member_id, following=True)


async def plan(
    gate: Gate, page: Page, title: str = "Soup", kind: str = "open", in_ms: int = LATER_MS
) -> str:
    at_ms = gate.clock.now_ms() + in_ms
    planned = await page.ask(wire.ScheduleRoom, title=title, kind=kind, starts_at_ms=at_ms)
    return str(planned.scheduled_id)


async def titles(page: Page) -> list[str]:
    """What a page is shown as planned when it comes anew."""
    await page.disconnect()
    return [each.title for each in (await page.connect()).scheduled]


def is_titled(*wanted: str):  # type: ignore[no-untyped-def]
    return lambda event: [each.title for each in event.scheduled] == list(wanted)


async def remind(page: Page, planned: str, on: bool = True) -> None:
    await page.ask(wire.SetReminder, scheduled_id=planned, on=on)


# ---------------------------------------------------------------- planning


async def test_a_plan_is_shown_to_those_it_is_for_at_once(gate: Gate) -> None:
    host = await gate.founder()
    friend, stranger = await gate.member(1), await gate.member(2)
    await follow(friend, host)
    await plan(gate, host, "For all", in_ms=2 * LATER_MS)
    await stranger.event(wire.ScheduleChanged, is_titled("For all"))
    await plan(gate, host, "For friends", "social")
    await plan(gate, host, "For me", "closed", in_ms=3 * LATER_MS)
    await host.event(wire.ScheduleChanged, is_titled("For friends", "For all", "For me"))
    await friend.event(wire.ScheduleChanged, is_titled("For friends", "For all"))
    assert await titles(stranger) == ["For all"]
    await follow(stranger, host)
    await stranger.event(wire.ScheduleChanged, is_titled("For friends", "For all"))
    await host.ask(wire.Block, member_id=stranger.member_id, blocked=True)
    await stranger.event(wire.ScheduleChanged, is_titled())
    assert await titles(friend) == ["For friends", "For all"]


async def test_its_owner_moves_and_cancels_it_and_nobody_else_does(gate: Gate) -> None:
    host, guest = await gate.founder(), await gate.member(1)
    planned = await plan(gate, host)
    new = {"scheduled_id": planned, "title": "Stew", "kind": "open"}
    at_ms = gate.clock.now_ms() + 2 * LATER_MS
    refused = await guest.refusal(wire.ChangeScheduled, **new, starts_at_ms=at_ms)
    assert refused is ErrorCode.NO_SUCH_SCHEDULED
    await host.ask(wire.ChangeScheduled, **new, starts_at_ms=at_ms)
    shown = await guest.event(wire.ScheduleChanged, is_titled("Stew"))
    assert shown.scheduled[0].starts_at_ms == at_ms
    refused = await guest.refusal(wire.CancelScheduled, scheduled_id=planned)
    assert refused is ErrorCode.NO_SUCH_SCHEDULED
    await host.ask(wire.CancelScheduled, scheduled_id=planned)
    await guest.event(wire.ScheduleChanged, is_titled())
    assert await titles(host) == []


async def test_plans_are_bounded_in_number_and_in_time(gate: Gate) -> None:
    host = await gate.founder()
    for at_ms in (gate.clock.now_ms(), gate.clock.now_ms() + HORIZON_MS + 1):
        refused = await host.refusal(
            wire.ScheduleRoom, title="Soup", kind="open", starts_at_ms=at_ms
        )
        assert refused is ErrorCode.BAD_TIME
    for _ in range(SCHEDULED_PER_MEMBER):
        await plan(gate, host)
    at_ms = gate.clock.now_ms() + LATER_MS
    refused = await host.refusal(wire.ScheduleRoom, title="Soup", kind="open", starts_at_ms=at_ms)
    assert refused is ErrorCode.SCHEDULE_FULL


async def test_an_owners_new_name_is_shown(gate: Gate) -> None:
    host, guest = await gate.founder(), await gate.member(1)
    await plan(gate, host)
    await host.ask(wire.UpdateProfile, name="Hana", bio="")
    await guest.event(wire.ScheduleChanged, lambda e: e.scheduled[0].owner.name == "Hana")


async def test_where_it_cannot_be_saved_nothing_is_planned(gate: Gate) -> None:
    host = await gate.founder()
    at_ms = gate.clock.now_ms() + LATER_MS
    async with gate.locked_database():
        refused = await host.refusal(
            wire.ScheduleRoom, title="Soup", kind="open", starts_at_ms=at_ms
        )
    assert refused is ErrorCode.UNAVAILABLE
    assert await titles(host) == []


# ---------------------------------------------------------------- opening


async def test_its_owner_opens_it_with_one_command_and_it_is_a_room_then(gate: Gate) -> None:
    host, guest = await gate.founder(), await gate.member(1)
    await follow(guest, host)
    planned = await plan(gate, host, "Soup", "social")
    await remind(guest, planned)
    refused = await host.refusal(wire.OpenScheduled, scheduled_id=planned)
    assert refused is ErrorCode.TOO_EARLY
    gate.clock.advance(LATER_MS - OPENS_BEFORE_MS)
    refused = await guest.refusal(wire.OpenScheduled, scheduled_id=planned)
    assert refused is ErrorCode.NO_SUCH_SCHEDULED
    opened = await host.ask(wire.OpenScheduled, scheduled_id=planned)
    view = (await host.join(opened.room_id)).room
    assert (view.title, view.kind) == ("Soup", "social")
    told = await guest.event(wire.Reminded)
    assert (told.news, told.room_id) == ("started", opened.room_id)
    await guest.event(wire.ScheduleChanged, is_titled())
    again = await host.refusal(wire.OpenScheduled, scheduled_id=planned)
    assert again is ErrorCode.NO_SUCH_SCHEDULED
    await guest.join(opened.room_id)


async def test_where_the_room_cannot_be_saved_the_plan_stays(gate: Gate) -> None:
    host = await gate.founder()
    planned = await plan(gate, host)
    gate.clock.advance(LATER_MS)
    async with gate.locked_database():
        refused = await host.refusal(wire.OpenScheduled, scheduled_id=planned)
    assert refused is ErrorCode.UNAVAILABLE
    assert await titles(host) == ["Soup"]
    await host.ask(wire.OpenScheduled, scheduled_id=planned)


async def test_what_nobody_opened_is_gone_after_an_hour(gate: Gate) -> None:
    host = await gate.founder()
    await plan(gate, host)
    gate.clock.advance(LATER_MS + KEPT_AFTER_MS)
    await host.event(wire.ScheduleChanged, is_titled())
    assert list(await gate.store.scheduled()) == []


# ---------------------------------------------------------------- reminders


async def test_who_wants_it_is_reminded_before_and_at_the_start_each_once(gate: Gate) -> None:
    host, guest, other = [await gate.member(n) for n in (1, 2, 3)]
    planned = await plan(gate, host)
    await remind(guest, planned)
    await guest.event(wire.RemindersChanged, lambda e: e.reminders == [planned])
    await remind(other, planned)
    await remind(other, planned, on=False)
    gate.clock.advance(LATER_MS - SOON_MS)
    soon = await guest.event(wire.Reminded)
    assert (soon.scheduled.title, soon.news, soon.room_id) == ("Soup", "soon", None)
    await gate.restart()
    for page in (host, guest, other):
        await page.disconnect()
        assert (await page.connect()).reminders == ([] if page is other else [planned])
    gate.clock.advance(SOON_MS)
    assert (await guest.event(wire.Reminded)).news == "started"
    assert (await host.event(wire.Reminded)).news == "started"
    await gate.house.schedule.remind()
    await gate.house.schedule.remind()
    for page in (host, guest, other):
        await page.ask(wire.Ping)
        assert page.unread(wire.Reminded) == []


async def test_who_has_no_page_open_is_reminded_by_push(gate: Gate) -> None:
    host, guest = await gate.founder(), await gate.member(1)
    planned = await plan(gate, host)
    await remind(guest, planned)
    await subscribe(guest, "guest", "ko")
    await guest.disconnect()
    await until(lambda: not gate.house.hub.of_member(MemberId(guest.member_id)))
    gate.clock.advance(LATER_MS - SOON_MS)
    await until(lambda: gate.push.pushed)
    expected = {
        "type": "reminder_pushed",
        "scheduledId": planned,
        "title": "Soup",
        "roomId": None,
        "news": "soon",
        "language": "ko",
    }
    assert pushed(gate) == [("guest", expected)]


async def test_who_is_reminded_is_told_of_another_time_and_of_a_cancellation(gate: Gate) -> None:
    host, guest, other = [await gate.member(n) for n in (1, 2, 3)]
    planned = await plan(gate, host)
    await remind(guest, planned)
    later = gate.clock.now_ms() + LATER_MS + MINUTE_MS
    changed = {"scheduled_id": planned, "kind": "open", "starts_at_ms": later}
    await host.ask(wire.ChangeScheduled, title="Soup", **changed)
    moved = await guest.event(wire.Reminded)
    assert (moved.news, moved.scheduled.starts_at_ms) == ("moved", later)
    await host.ask(wire.ChangeScheduled, title="Stew", **changed)
    await host.ask(wire.CancelScheduled, scheduled_id=planned)
    cancelled = await guest.event(wire.Reminded)
    assert (cancelled.news, cancelled.scheduled.title) == ("cancelled", "Stew")
    for page in (host, other):
        await page.ask(wire.Ping)
        assert page.unread(wire.Reminded) == []


async def test_a_gate_that_stood_still_skips_what_helps_nobody_any_more(gate: Gate) -> None:
    host = await gate.founder()
    await plan(gate, host)
    gate.clock.advance(LATER_MS + 16 * MINUTE_MS)
    await gate.restart()
    await host.disconnect()
    await host.connect()
    await gate.house.schedule.remind()
    await host.ask(wire.Ping)
    assert host.unread(wire.Reminded) == []
    (kept,) = await gate.store.scheduled()
    assert kept.told.value == "start"


async def test_a_block_ends_reminders_and_a_hidden_plan_cannot_be_asked_about(gate: Gate) -> None:
    host, guest, stranger = [await gate.member(n) for n in (1, 2, 3)]
    open_one, closed = await plan(gate, host), await plan(gate, host, "Secret", "closed")
    await remind(guest, open_one)
    await host.ask(wire.Block, member_id=guest.member_id, blocked=True)
    refused = await stranger.refusal(wire.SetReminder, scheduled_id=closed, on=True)
    assert refused is ErrorCode.NO_SUCH_SCHEDULED
    gate.clock.advance(LATER_MS - SOON_MS)
    await host.event(wire.Reminded)
    await guest.ask(wire.Ping)
    assert guest.unread(wire.Reminded) == []


# ---------------------------------------------------------------- going for good


async def test_an_erased_account_leaves_no_plan_reminder_or_calendar(gate: Gate) -> None:
    host, guest = await gate.founder(), await gate.member(1)
    mine = await plan(gate, guest, "Mine")
    theirs = await plan(gate, host, "Theirs", in_ms=2 * LATER_MS)
    await remind(host, mine)
    await remind(guest, theirs)
    calendar = await guest.ask(wire.MakeCalendar)
    await host.event(wire.ScheduleChanged, is_titled("Mine", "Theirs"))
    answer = await guest.post("/api/erase", {"memberId": guest.member_id})
    assert answer.status == 204
    await host.event(wire.ScheduleChanged, is_titled("Theirs"))
    assert (await host.http.get(gate.base + calendar.path)).status == 404
    assert [each.title for each in await gate.store.scheduled()] == ["Theirs"]
    assert list(await gate.store.reminders()) == [(theirs, host.member_id)]


async def test_a_banned_member_plans_nothing_any_more(gate: Gate) -> None:
    admin, host = await gate.founder(), await gate.member(1)
    await plan(gate, host)
    await admin.event(wire.ScheduleChanged, is_titled("Soup"))
    await admin.ask(wire.BanMember, member_id=host.member_id)
    await admin.event(wire.ScheduleChanged, is_titled())
    assert list(await gate.store.scheduled()) == []


async def test_all_of_it_is_in_ones_own_file(gate: Gate) -> None:
    host = await gate.founder()
    planned = await plan(gate, host)
    await host.ask(wire.MakeCalendar)
    kept = (await (await host.http.get(gate.base + "/api/export")).json())["kept"]
    assert kept["scheduled"][0]["title"] == "Soup"
    assert kept["reminders"] == [{"scheduledId": planned}]
    assert list(kept["calendarAddress"][0]) == ["createdAtMs"]


# ---------------------------------------------------------------- calendars


def lines_of(body: bytes) -> Iterator[bytes]:
    """The lines of a calendar as they travel (RFC 5545 §3.1)."""
    assert body.endswith(b"\r\n")
    yield from body[:-2].split(b"\r\n")


async def test_the_address_gives_a_calendar_that_programs_can_read(gate: Gate) -> None:
    host, guest = await gate.founder(), await gate.member(1)
    title = "Soup; stew, and 국물, 아주아주아주아주아주아주아주아주아주아주 긴 제목"
    planned = await plan(gate, host, title)
    await plan(gate, host, "Secret", "closed")
    made = await guest.ask(wire.MakeCalendar)
    async with gate.page().http.get(gate.base + made.path) as answer:  # no cookie at all
        assert answer.status == 200
        assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
        body = await answer.read()
    lines = list(lines_of(body))
    assert all(len(line) <= 75 for line in lines), "folded at 75 octets (RFC 5545 §3.1)"
    assert b"\n" not in body.replace(b"\r\n", b"")
    calendar = icalendar.Calendar.from_ical(body)
    assert calendar["version"] == "2.0"
    assert calendar["prodid"]
    (event,) = calendar.walk("VEVENT")
    assert str(event["summary"]) == title
    assert str(event["uid"]).startswith(planned + "@")
    start = datetime.fromtimestamp((gate.clock.now_ms() + LATER_MS) / 1000, UTC)
    assert event.decoded("dtstart") == start
    assert event.decoded("duration") == timedelta(hours=1)
    assert event.decoded("dtstamp") == datetime.fromtimestamp(gate.clock.now_ms() / 1000, UTC)
    assert int(event["sequence"]) == 0
    assert event.errors == []


async def test_a_change_reaches_calendars_with_a_higher_sequence(gate: Gate) -> None:
    host = await gate.founder()
    planned = await plan(gate, host)
    made = await host.ask(wire.MakeCalendar)
    at_ms = gate.clock.now_ms() + 2 * LATER_MS
    await host.ask(
        wire.ChangeScheduled, scheduled_id=planned, title="Soup", kind="open", starts_at_ms=at_ms
    )
    body = await (await host.http.get(gate.base + made.path)).read()
    (event,) = icalendar.Calendar.from_ical(body).walk("VEVENT")
    assert int(event["sequence"]) == 1
    assert event.decoded("dtstart").timestamp() * 1000 == at_ms


async def test_an_address_is_void_when_replaced_and_when_taken_back(gate: Gate) -> None:
    host = await gate.founder()
    assert (await host.ask(wire.GetCalendar)).since_ms is None
    first = await host.ask(wire.MakeCalendar)
    second = await host.ask(wire.MakeCalendar)
    statuses = [(await host.http.get(gate.base + each.path)).status for each in (first, second)]
    assert statuses == [404, 200]
    known = await host.ask(wire.GetCalendar)
    assert (known.since_ms, known.path) == (gate.clock.now_ms(), None)
    assert (await host.ask(wire.RevokeCalendar)).since_ms is None
    assert (await host.http.get(gate.base + second.path)).status == 404


async def test_the_database_holds_no_calendar_address(gate: Gate) -> None:
    host = await gate.founder()
    made = await host.ask(wire.MakeCalendar)
    token = made.path.removeprefix("/calendar/").removesuffix(".ics").encode()
    files = [path for path in gate.directory.iterdir() if path.name.startswith("masil.sqlite3")]
    assert files
    assert all(token not in path.read_bytes() for path in files)


@pytest.mark.parametrize("kind", ["open", "closed"])
async def test_one_plan_is_a_file_for_those_it_is_for(gate: Gate, kind: str) -> None:
    host, guest = await gate.founder(), await gate.member(1)
    planned = await plan(gate, host, kind=kind)
    address = f"{gate.base}/api/scheduled/{planned}.ics"
    async with host.http.get(address) as answer:
        assert answer.status == 200
        assert "masil.ics" in answer.headers["Content-Disposition"]
        (event,) = icalendar.Calendar.from_ical(await answer.read()).walk("VEVENT")
        assert str(event["summary"]) == "Soup"
    assert (await guest.http.get(address)).status == (200 if kind == "open" else 404)
    assert (await gate.page().http.get(address)).status == 401
