"""What every database must do for the house's order: lists, bans, reports, jobs."""

from __future__ import annotations

from dataclasses import replace

from server.domain.ban import Ban
from server.domain.ids import MemberId, ReportId, RoomId
from server.domain.member import Member, Membership
from server.domain.report import Reason, Report, close
from server.domain.room_log import Happening, LogEntry
from server.ports import Store
from tests.contracts.conftest import NOW_MS, person


def report_about(reported: Member, reporter: Member | None, number: int = 1) -> Report:
    return Report(
        ReportId(f"rep-{number}"),
        reporter.member_id if reporter else None,
        reported.member_id,
        Reason.SPAM,
        "again and again",
        RoomId("r-1"),
        NOW_MS + number,
    )


async def test_people_are_listed_by_a_part_of_their_name_a_page_at_a_time(store: Store) -> None:
    people = [replace(person(f"kim{n:02}"), created_at_ms=NOW_MS + n // 2) for n in range(7)]
    for member in [*people, person("lee"), person("kimwaits", Membership.WAITING)]:
        await store.save_member(member)
    first = await store.members_named("KIM", None, 3)
    second = await store.members_named("KIM", first[-1].member_id, 10)
    assert [member.name for member in [*first, *second]] == [member.name for member in people]


async def test_signs_of_patterns_in_a_name_are_only_letters(store: Store) -> None:
    for name in ("100%", "under_score", "back\\slash", "plain"):
        await store.save_member(person(name))
    for part in ("%", "_", "\\"):
        assert len(await store.members_named(part, None, 10)) == 1


async def test_banned_people_are_listed_and_not_matched_against(
    store: Store, minji: Member
) -> None:
    await store.save_member(replace(minji, membership=Membership.BANNED))
    assert [m.membership for m in await store.members_named("", None, 10)] == [Membership.BANNED]
    assert list(await store.member_ids()) == []


async def test_only_members_with_the_role_are_admins(store: Store, minji: Member) -> None:
    await store.save_member(replace(minji, is_admin=True))
    await store.save_member(replace(person("jun"), is_admin=True, membership=Membership.BANNED))
    assert list(await store.admins()) == [minji.member_id]


async def test_a_ban_outlives_the_account_until_it_is_lifted(store: Store, minji: Member) -> None:
    ban = Ban(minji.number_hash, NOW_MS, "threats")
    await store.save_ban(ban)
    await store.erase_member(minji.member_id)
    assert await store.ban_of(minji.number_hash) == ban
    await store.delete_ban(minji.number_hash)
    assert await store.ban_of(minji.number_hash) is None


async def test_who_is_put_out_keeps_no_session(store: Store, minji: Member) -> None:
    await store.save_session(b"token", minji.member_id, NOW_MS)
    await store.put_out(minji.member_id)
    assert await store.session_member(b"token") is None
    assert await store.member(minji.member_id) == minji


async def test_reports_are_open_until_they_are_closed_newest_first(
    store: Store, minji: Member
) -> None:
    jun = person("jun")
    await store.save_member(jun)
    older, newer = report_about(jun, minji, 1), report_about(jun, minji, 2)
    for report in (older, newer):
        await store.save_report(report)
    assert list(await store.reports(closed=False)) == [newer, older]
    assert await store.count_open_reports() == 2
    await store.save_report(close(older, NOW_MS + 9))
    assert list(await store.reports(closed=False)) == [newer]
    assert list(await store.reports(closed=True)) == [close(older, NOW_MS + 9)]
    assert await store.report(newer.report_id) == newer
    assert await store.report(ReportId("nothing")) is None


async def test_a_report_stays_without_a_name_when_the_reporter_erases_himself(
    store: Store, minji: Member
) -> None:
    jun = person("jun")
    await store.save_member(jun)
    await store.save_report(report_about(jun, minji))
    await store.erase_member(minji.member_id)
    (left,) = await store.reports(closed=False)
    assert left.reporter_id is None
    await store.erase_member(MemberId(jun.member_id))
    assert await store.count_open_reports() == 0


async def test_the_last_run_of_a_job_is_kept(store: Store) -> None:
    await store.save_job_run("expire contacts", NOW_MS, 3)
    await store.save_job_run("expire contacts", NOW_MS + 1, 0)
    await store.save_job_run("another", NOW_MS, 1)
    assert list(await store.job_runs()) == [
        ("another", NOW_MS, 1),
        ("expire contacts", NOW_MS + 1, 0),
    ]


async def test_a_report_keeps_what_happened_in_the_room_but_not_who_has_gone(
    store: Store, minji: Member
) -> None:
    jun, hana = person("jun"), person("hana")
    for member in (minji, jun, hana):
        await store.save_member(member)
    events = (
        LogEntry(NOW_MS, Happening.JOINED, hana.member_id),
        LogEntry(NOW_MS + 1, Happening.CAPTIONS_ON, None),
        LogEntry(NOW_MS + 2, Happening.MUTED, jun.member_id),
    )
    report = replace(report_about(jun, minji), whole_room=True, events=events)
    await store.save_report(report)
    assert list(await store.reports(closed=False)) == [report]
    await store.save_report(close(report, NOW_MS + 9))
    assert await store.report(report.report_id) == close(report, NOW_MS + 9)
    await store.erase_member(hana.member_id)
    left = await store.report(report.report_id)
    assert left
    assert [event.member_id for event in left.events] == [None, None, jun.member_id]
    await store.erase_member(jun.member_id)  # whom it is about
    assert await store.report(report.report_id) is None
