"""Admins over their sockets: members, bans, roles, reports."""

from __future__ import annotations

import asyncio
import time

import msgspec

from protocol import signalling as wire
from protocol.errors import ErrorCode
from server.domain import report as reports
from server.domain.contact import CONTACT_LIFETIME_MS
from server.domain.ids import InviteId, MemberId, ReportId
from server.domain.invite import Invite
from server.service.admission import EXPIRE_KNOCKS, FORGET_CONTACTS
from server.service.sessions import EXPIRE_SESSIONS
from tests.web.gate import Gate, until
from tests.web.page import Page, e164_of


async def a_report(gate: Gate, by: Page, about: Page, name: str = "rep-1") -> None:
    await gate.house.administration.report(
        reports.report(
            ReportId(name),
            MemberId(by.member_id),
            MemberId(about.member_id),
            reports.Reason.HARASSMENT,
            "  She would \n not stop. ",
            None,
            gate.clock.now_ms(),
        )
    )


async def test_an_admin_finds_people_by_a_part_of_their_name(gate: Gate) -> None:
    admin = await gate.founder()
    await gate.member(1)
    await gate.member(22)
    listed = await admin.ask(wire.ListMembers, query="ember 2")
    assert [row.name for row in listed.members] == ["Member 22"]
    assert listed.more is False
    everybody = await admin.ask(wire.ListMembers)
    assert {row.name for row in everybody.members} == {"Founder", "Member 1", "Member 22"}


async def test_only_admins_may_keep_order(gate: Gate) -> None:
    admin = await gate.founder()
    member = await gate.member(1)
    refused = [
        await member.refusal(wire.ListMembers),
        await member.refusal(wire.BanMember, member_id=admin.member_id),
        await member.refusal(wire.SetAdmin, member_id=member.member_id, is_admin=True),
        await member.refusal(wire.ListReports),
        await member.refusal(wire.ExportMember, member_id=admin.member_id),
        await member.refusal(wire.EraseMember, member_id=admin.member_id),
    ]
    assert set(refused) == {ErrorCode.NOT_ADMIN}


async def test_who_is_banned_is_out_of_everything_within_a_second(gate: Gate) -> None:
    admin, target = await gate.founder(), await gate.member(1)
    room_id = await admin.open_room()
    await target.join(room_id)
    phone = await gate.device(target)
    seats = len(gate.media.seats)
    began = time.monotonic()
    await admin.ask(wire.BanMember, member_id=target.member_id, reason="threats")
    await asyncio.gather(target.closed(), phone.closed())
    await admin.event(wire.ParticipantLeft, lambda e: e.member_id == target.member_id)
    await until(lambda: len(gate.media.seats) == seats - 1)
    assert time.monotonic() - began < 1.0
    assert (await target.http.get(gate.base + "/api/session")).status == 204


async def test_a_banned_number_cannot_come_back_until_the_ban_is_lifted(gate: Gate) -> None:
    admin, target = await gate.founder(), await gate.member(1)
    await admin.ask(wire.BanMember, member_id=target.member_id)
    returns = gate.page()
    await returns.ask_code(1)
    refused = await returns.verify(1, gate.sender.codes[e164_of(1)], name="Somebody else")
    assert refused.status == 403
    assert (await refused.json())["code"] == "banned"
    await admin.ask(wire.UnbanMember, member_id=target.member_id)
    again = gate.page()
    await again.sign_in(1, "")
    assert again.me is not None
    assert again.me.membership == "member"


async def test_a_banned_newcomer_waits_no_more(gate: Gate) -> None:
    admin = await gate.founder()
    await admin.add_contacts(5)
    newcomer = gate.page()
    await newcomer.sign_in(5, "Newcomer")
    await newcomer.connect()
    knock = (await admin.event(wire.Knocked)).knock
    await admin.ask(wire.BanMember, member_id=newcomer.member_id)
    await admin.event(wire.KnockClosed, lambda e: e.knock_id == knock.knock_id)
    assert await newcomer.closed()
    assert await admin.refusal(wire.Admit, knock_id=knock.knock_id) is ErrorCode.KNOCK_CLOSED


async def test_an_admin_is_not_banned_before_the_role_is_taken(gate: Gate) -> None:
    admin, other = await gate.founder(), await gate.member(1)
    await admin.ask(wire.SetAdmin, member_id=other.member_id, is_admin=True)
    assert (await other.event(wire.MeChanged)).me.is_admin is True
    refused = await admin.refusal(wire.BanMember, member_id=other.member_id)
    assert refused is ErrorCode.WRONG_STATE
    await other.ask(wire.SetAdmin, member_id=admin.member_id, is_admin=False)
    assert await admin.refusal(wire.ListMembers) is ErrorCode.NOT_ADMIN


async def test_two_admins_cannot_take_each_others_role(gate: Gate) -> None:
    admin, other = await gate.founder(), await gate.member(1)
    await admin.ask(wire.SetAdmin, member_id=other.member_id, is_admin=True)
    await asyncio.gather(
        admin.ask(wire.SetAdmin, member_id=other.member_id, is_admin=False),
        other.ask(wire.SetAdmin, member_id=admin.member_id, is_admin=False),
        return_exceptions=True,
    )
    assert len(await gate.store.admins()) == 1
    left = (await gate.store.admins())[0]
    page = admin if left == admin.member_id else other
    refused = await page.refusal(wire.SetAdmin, member_id=left, is_admin=False)
    assert refused is ErrorCode.WRONG_STATE


async def test_nobody_is_banned_who_is_not_there(gate: Gate) -> None:
    admin = await gate.founder()
    assert await admin.refusal(wire.BanMember, member_id="nobody") is ErrorCode.NO_SUCH_MEMBER
    assert await admin.refusal(wire.UnbanMember, member_id="nobody") is ErrorCode.NO_SUCH_MEMBER
    assert await admin.refusal(wire.UnbanMember, member_id=admin.member_id) is ErrorCode.WRONG_STATE
    assert await admin.refusal(wire.CloseReport, report_id="no") is ErrorCode.NO_SUCH_REPORT


async def test_an_invitation_in_the_name_of_the_first_admin_lets_somebody_in(gate: Gate) -> None:
    admin = await gate.founder()
    given = await admin.ask(wire.GiveInvite)
    token = given.link.partition("#")[2]
    guest = gate.page()
    await guest.ask_code(9)
    code = gate.sender.codes[e164_of(9)]
    response = await guest.verify(9, code, name="Guest", inviteToken=token)
    assert (await response.json())["me"]["membership"] == "member"
    assert (await admin.event(wire.InviteChanged)).invite.state == "used"


async def test_a_report_waits_for_the_admins_until_it_is_closed(gate: Gate) -> None:
    admin, about, by = await gate.founder(), await gate.member(1), await gate.member(2)
    await a_report(gate, by, about)
    assert (await admin.event(wire.ReportsWaiting)).count == 1
    assert about.unread(wire.ReportsWaiting) == []
    (view,) = (await admin.ask(wire.ListReports)).reports
    assert view.statement == "She would not stop."
    assert view.reported.member_id == about.member_id
    assert view.reporter is not None
    assert view.reporter.member_id == by.member_id
    await admin.ask(wire.CloseReport, report_id=view.report_id)
    assert (await admin.event(wire.ReportsWaiting)).count == 0
    assert (await admin.ask(wire.ListReports)).reports == []
    (closed,) = (await admin.ask(wire.ListReports, closed=True)).reports
    assert closed.closed_at_ms is not None


async def test_the_welcome_of_an_admin_tells_how_many_reports_wait(gate: Gate) -> None:
    admin, about, by = await gate.founder(), await gate.member(1), await gate.member(2)
    await a_report(gate, by, about)
    await admin.disconnect()
    assert (await admin.connect()).reports_waiting == 1
    await by.disconnect()
    assert (await by.connect()).reports_waiting == 0


async def test_jobs_leave_a_note_of_what_they_forgot(gate: Gate) -> None:
    host = await gate.founder()
    await host.add_contacts(7, 8)
    gate.clock.advance(CONTACT_LIFETIME_MS + 1)
    await gate.house.people.admission.tidy()
    await gate.house.sessions.tidy()
    runs = {job: affected for job, _, affected in await gate.store.job_runs()}
    assert runs == {FORGET_CONTACTS: 2, EXPIRE_KNOCKS: 0, EXPIRE_SESSIONS: 0}


async def test_an_admin_hands_a_person_his_data_and_erases_him(gate: Gate) -> None:
    admin, target = await gate.founder(), await gate.member(1)
    told = await admin.ask(wire.ExportMember, member_id=target.member_id)
    own = await (await target.http.get(gate.base + "/api/export")).json()
    assert msgspec.to_builtins(told.account)["kept"] == own["kept"]
    assert told.account.kept["account"][0]["memberId"] == target.member_id
    await admin.ask(wire.EraseMember, member_id=target.member_id)
    await target.closed()
    assert await gate.store.member(MemberId(target.member_id)) is None
    gone = await admin.refusal(wire.ExportMember, member_id=target.member_id)
    assert gone is ErrorCode.NO_SUCH_MEMBER


async def test_an_admin_is_not_erased_by_another_before_the_role_is_taken(gate: Gate) -> None:
    admin, other = await gate.founder(), await gate.member(1)
    await admin.ask(wire.SetAdmin, member_id=other.member_id, is_admin=True)
    refused = await admin.refusal(wire.EraseMember, member_id=other.member_id)
    assert refused is ErrorCode.WRONG_STATE
    await admin.ask(wire.SetAdmin, member_id=other.member_id, is_admin=False)
    await admin.ask(wire.EraseMember, member_id=other.member_id)


async def test_the_export_of_a_person_with_thousands_of_rows_reaches_the_page(gate: Gate) -> None:
    admin, target = await gate.founder(), MemberId((await gate.member(1)).member_id)
    async with gate.store.transaction():
        for index in range(3_000):
            invite_id = InviteId(f"invite-{index:06}-{'x' * 100}")
            await gate.store.save_invite(
                Invite(invite_id, index.to_bytes(32, "big"), target, False, 1, 2)
            )
    told = await admin.ask(wire.ExportMember, member_id=target)
    assert len(told.account.kept["invitations"]) == 3_000
