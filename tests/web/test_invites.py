"""Invitations over HTTP and the socket: given, looked at, used once, taken back."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

from protocol import signalling as wire
from protocol.errors import ErrorCode
from server.domain.contact import DAY_MS
from server.domain.entry import Entry, Way
from server.domain.ids import MemberId
from tests.web.gate import Gate
from tests.web.page import Page, e164_of, number_of


async def come_with(gate: Gate, index: int, token: str, name: str = "Guest") -> Page:
    """Sign in with an invitation."""
    page = gate.page()
    await page.ask_code(index)
    code = gate.sender.codes[e164_of(index)]
    response = await page.verify(index, code, name=name, inviteToken=token)
    assert response.status == 200, await response.text()
    await page.connect()
    return page


async def look(page: Page, token: str) -> tuple[int, dict[str, object]]:
    response = await page.post("/api/invite", {"token": token})
    return response.status, await response.json()


async def test_whoever_has_an_invitation_is_in_at_once(gate: Gate) -> None:
    host = await gate.member(1)
    given = await host.ask(wire.CreateInvite)
    assert (given.left, given.invite.state) == (0, "open")
    stranger = gate.page()
    assert await look(stranger, given.token) == (
        200,
        {"state": "open", "inviterName": "Member 1"},
    )
    guest = await come_with(gate, 7, given.token)
    assert guest.me is not None
    assert guest.me.membership == "member"
    changed = await host.event(wire.InviteChanged)
    assert (changed.left, changed.invite.state) == (0, "used")
    assert changed.invite.used_by is not None
    assert changed.invite.used_by.name == "Guest"
    entry = await gate.store.entry_of(MemberId(guest.member_id))
    assert entry == Entry(
        MemberId(guest.member_id), MemberId(host.member_id), Way.INVITE, gate.clock.now_ms()
    )


async def test_of_a_hundred_who_use_it_at_once_one_comes_in(
    tmp_path: Path, fresh_database: Path
) -> None:
    shutil.copy(fresh_database, tmp_path)
    async with Gate(tmp_path, busy_timeout_ms=30_000) as gate:
        await a_hundred_come_at_once(gate)


async def a_hundred_come_at_once(gate: Gate) -> None:
    host = await gate.member(1)
    token = (await host.ask(wire.CreateInvite)).token
    pages = [gate.page() for _ in range(100)]
    # Codes are limited by address and by range of numbers: each comes from another one.
    numbers = range(100_000, 200_000, 1_000)
    for number in numbers:
        await gate.house.people.send_code(number_of(number), "KR", f"10.0.{number // 1_000}.1")
    responses = await asyncio.gather(
        *(
            page.verify(
                number,
                gate.sender.codes[e164_of(number)],
                name=f"Guest {number}",
                inviteToken=token,
            )
            for number, page in zip(numbers, pages, strict=True)
        )
    )
    codes = [
        "in" if response.status == 200 else (await response.json())["code"]
        for response in responses
    ]
    assert sorted(set(codes)) == ["in", "invite_used"]
    assert codes.count("in") == 1


async def test_a_link_says_what_became_of_it(gate: Gate) -> None:
    host = await gate.member(1)
    stranger = gate.page()
    first = await host.ask(wire.CreateInvite)
    await host.ask(wire.RevokeInvite, invite_id=first.invite.invite_id)
    assert (await host.event(wire.InviteChanged)).left == 1
    assert await look(stranger, first.token) == (200, {"state": "revoked", "inviterName": None})
    second = await host.ask(wire.CreateInvite)
    gate.clock.advance(15 * DAY_MS)
    assert await look(stranger, second.token) == (200, {"state": "expired", "inviterName": None})
    status, problem = await look(stranger, "never-given")
    assert (status, problem["code"]) == (404, "invite_unknown")


async def test_an_invitation_that_is_over_leaves_the_code_good(gate: Gate) -> None:
    host = await gate.member(1)
    given = await host.ask(wire.CreateInvite)
    await host.ask(wire.RevokeInvite, invite_id=given.invite.invite_id)
    page = gate.page()
    await page.ask_code(7)
    code = gate.sender.codes[e164_of(7)]
    refused = await page.verify(7, code, name="Guest", inviteToken=given.token)
    assert refused.status == 410
    assert (await refused.json())["code"] == "invite_revoked"
    knocking = await page.verify(7, code, name="Guest")
    assert knocking.status == 200
    assert (await knocking.json())["me"]["membership"] == "waiting"


async def test_a_newcomer_who_waits_gets_in_by_an_invitation(gate: Gate) -> None:
    host = await gate.member(1)
    await host.add_contacts(7)
    waiting = gate.page()
    await waiting.sign_in(7, "Guest")
    await waiting.connect()
    knock = (await host.event(wire.Knocked)).knock
    token = (await host.ask(wire.CreateInvite)).token
    await come_with(gate, 7, token)
    assert (await waiting.event(wire.Admitted)).me.membership == "member"
    await host.event(wire.KnockClosed, lambda e: e.knock_id == knock.knock_id)


async def test_a_newcomer_who_waits_uses_an_invitation_without_another_code(gate: Gate) -> None:
    host = await gate.member(1)
    await host.add_contacts(7)
    room_id = await host.open_room()
    waiting = gate.page()
    await waiting.sign_in(7, "Guest")
    await waiting.connect()
    knock = (await host.event(wire.Knocked)).knock
    token = (await host.ask(wire.CreateInvite)).token
    assert await waiting.refusal(wire.UseInvite, token="guess") is ErrorCode.INVITE_UNKNOWN
    await waiting.ask(wire.UseInvite, token=token)
    assert (await waiting.event(wire.Admitted)).me.membership == "member"
    assert [card.room_id for card in (await waiting.event(wire.Hallway)).rooms] == [room_id]
    await host.event(wire.KnockClosed, lambda e: e.knock_id == knock.knock_id)
    assert (await host.event(wire.InviteChanged)).invite.state == "used"
    assert await waiting.refusal(wire.UseInvite, token=token) is ErrorCode.KNOCK_CLOSED


async def test_a_member_who_opens_a_link_does_not_use_it_up(gate: Gate) -> None:
    host = await gate.member(1)
    await gate.member(2)
    token = (await host.ask(wire.CreateInvite)).token
    await come_with(gate, 2, token)
    assert (await look(gate.page(), token))[1]["state"] == "open"


async def test_one_invitation_a_member_and_any_number_for_admins(gate: Gate) -> None:
    host, admin = await gate.member(1), await gate.founder()
    await host.ask(wire.CreateInvite)
    assert await host.refusal(wire.CreateInvite) is ErrorCode.NO_INVITES_LEFT
    for _ in range(3):
        assert (await admin.ask(wire.CreateInvite)).left is None
    listed = await admin.ask(wire.ListInvites)
    assert (len(listed.invites), listed.left, listed.by_mail) == (3, None, True)


async def test_nobody_takes_back_the_invitation_of_another(gate: Gate) -> None:
    host, other = await gate.member(1), await gate.member(2)
    invite_id = (await host.ask(wire.CreateInvite)).invite.invite_id
    assert await other.refusal(wire.RevokeInvite, invite_id=invite_id) is ErrorCode.INVITE_UNKNOWN
    await host.ask(wire.RevokeInvite, invite_id=invite_id)


async def test_an_invitation_goes_out_by_mail_with_its_link(gate: Gate) -> None:
    host = await gate.member(1)
    given = await host.ask(wire.CreateInvite, email=" mina@example.org ", language="ko")
    assert given.invite.by_mail is True
    (mail,) = gate.mail.sent
    assert mail.address == "mina@example.org"
    assert mail.link == f"{gate.origin}/invite#{given.token}"
    assert (mail.inviter, mail.language) == ("Member 1", "ko")


async def test_a_mail_that_cannot_be_sent_costs_no_invitation(gate: Gate) -> None:
    host = await gate.member(1)
    gate.mail.broken = True
    refused = await host.refusal(wire.CreateInvite, email="mina@example.org")
    assert refused is ErrorCode.MAIL_NOT_SENT
    assert (await host.ask(wire.ListInvites)).left == 1
    for wrong in ("mina", "a@b", "two@example.org, three@example.org", "a b@example.org"):
        assert await host.refusal(wire.CreateInvite, email=wrong) is ErrorCode.BAD_MAIL_ADDRESS


async def test_mails_are_limited_by_the_day(gate: Gate) -> None:
    admin = await gate.founder()
    for number in range(10):
        await admin.ask(wire.CreateInvite, email=f"guest{number}@example.org")
    refused = await admin.refusal(wire.CreateInvite, email="eleven@example.org")
    assert refused is ErrorCode.MAIL_TOO_OFTEN
