"""Taking everything home, and erasing it, over plain HTTP."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import aiosqlite
import msgspec
import pytest
from aiohttp import ClientResponse

from protocol import signalling as wire
from protocol.account import AccountExport
from server.domain.contact import number_hash
from server.domain.errors import NoSuchMemberError
from server.domain.ids import MemberId
from server.domain.member import Membership
from tests.web.gate import DATABASE, PEPPER, Gate, until
from tests.web.page import Page, e164_of

NAME = "Zebulon-with-a-name-to-grep-for"


async def export(gate: Gate, page: Page) -> AccountExport:
    response = await page.http.get(gate.base + "/api/export")
    assert response.status == 200
    assert response.headers["Content-Disposition"] == 'attachment; filename="masil-account.json"'
    assert response.headers["Cache-Control"] == "no-store"
    return msgspec.json.decode(await response.read(), type=AccountExport)


async def erase(page: Page, member_id: str) -> ClientResponse:
    return await page.post("/api/erase", {"memberId": member_id})


async def newcomer_inside(gate: Gate, index: int, name: str) -> Page:
    """Somebody who registered, was let in by the founder, and is connected."""
    host = await gate.founder()
    await host.add_contacts(index)
    page = gate.page()
    await page.sign_in(index, name)
    await page.connect()
    await host.admit_next()
    await page.event(wire.Admitted)
    return page


def rows(exported: AccountExport, section: str) -> list[dict[str, Any]]:
    return list(exported.kept[section])


# ---------------------------------------------------------------- export


async def test_what_is_taken_home_is_all_that_was_done_and_nothing_of_others(gate: Gate) -> None:
    page = await newcomer_inside(gate, 1, NAME)
    other = await gate.member(2)
    await page.add_contacts(7, 8, 9)
    await page.ask(wire.CreateInvite)
    await page.open_room("Evening walk")
    taken = await export(gate, page)
    (account,) = rows(taken, "account")
    assert (account["name"], account["memberId"]) == (NAME, page.member_id)
    assert [row["way"] for row in rows(taken, "entry")] == ["knock"]
    assert [row["count"] for row in rows(taken, "contacts")] == [3]
    assert len(rows(taken, "sessions")) == len(rows(taken, "invitations")) == 1
    assert [row["role"] for row in rows(taken, "seats")] == ["moderator"]
    assert [row["state"] for row in rows(taken, "knocks")] == ["admitted"]
    assert rows(taken, "passkeys") == rows(taken, "blocks") == []
    text = msgspec.json.encode(taken.kept).decode()
    token = page.http.cookie_jar.filter_cookies(gate.url)["masil"].value
    digest = number_hash(PEPPER, e164_of(1))
    for secret in (token, digest.hex(), "Founder", "Member 2", other.member_id, e164_of(1)):
        assert secret not in text
    assert taken.left_out["account.numberHash"]


async def test_the_file_is_made_for_people_to_read(gate: Gate) -> None:
    page = await gate.member(1)
    response = await page.http.get(gate.base + "/api/export")
    text = await response.text()
    assert text.startswith('{\n  "format": "masil-account-1",\n')
    assert response.content_type == "application/json"


async def test_only_the_person_himself_takes_it_home(gate: Gate) -> None:
    assert (await gate.page().http.get(gate.base + "/api/export")).status == 401
    waiting = gate.page()
    await waiting.sign_in(5, "Newcomer")
    (account,) = rows(await export(gate, waiting), "account")
    assert account["membership"] == "waiting"


# ---------------------------------------------------------------- erasure


async def test_an_erased_person_is_out_of_everything_within_a_second(gate: Gate) -> None:
    host, page = await gate.founder(), await gate.member(1)
    phone = await gate.device(page)
    await page.join(await host.open_room())
    began = time.monotonic()
    assert (await erase(page, page.member_id)).status == 204
    await asyncio.gather(page.closed(), phone.closed())
    await host.event(wire.ParticipantLeft, lambda e: e.member_id == page.member_id)
    await until(lambda: len(gate.media.seats) == 1)
    assert time.monotonic() - began < 1.0
    error = await phone.event(wire.Error)
    assert error.code.value == "not_signed_in"
    assert (await page.http.get(gate.base + "/api/session")).status == 204
    assert await gate.store.member(MemberId(page.member_id)) is None


async def test_an_erased_number_is_free_and_knows_nothing_of_before(gate: Gate) -> None:
    page = await newcomer_inside(gate, 1, NAME)
    assert (await erase(page, page.member_id)).status == 204
    again = gate.page()
    await again.sign_in(1, "Another")
    assert again.me is not None
    assert again.me.member_id != page.member_id
    assert (again.me.membership, again.me.name) == ("waiting", "Another")


async def test_nothing_of_an_erased_person_is_left_in_the_files(gate: Gate) -> None:
    page = await newcomer_inside(gate, 1, NAME)
    await page.add_contacts(7, 8, 9)
    await page.open_room("A room of his")
    member_id = page.member_id
    digest = number_hash(PEPPER, e164_of(1))
    traces = (NAME.encode(), member_id.encode(), bytes(digest))
    assert all(any(trace in part for part in files(gate)) for trace in traces), "it was there"
    assert (await erase(page, member_id)).status == 204
    await page.closed()
    for trace in traces:
        assert not any(trace in part for part in files(gate)), trace


def files(gate: Gate) -> list[bytes]:
    """The database with its log, byte by byte."""
    return [path.read_bytes() for path in gate.directory.glob(f"{DATABASE}*")]


async def test_traces_that_a_reader_held_up_are_overwritten_at_the_next_tidying(
    gate: Gate,
) -> None:
    page = await newcomer_inside(gate, 1, NAME)
    async with aiosqlite.connect(gate.directory / DATABASE, isolation_level=None) as backup:
        await backup.execute("BEGIN")
        await backup.execute_fetchall("SELECT name FROM member")
        assert (await erase(page, page.member_id)).status == 204
        assert await gate.store.member(MemberId(page.member_id)) is None
        assert any(NAME.encode() in part for part in files(gate)), "the backup still reads it"
        await backup.execute("ROLLBACK")
    await gate.house.account.tidy()
    assert not any(NAME.encode() in part for part in files(gate))


async def test_where_it_cannot_be_saved_nothing_is_erased(gate: Gate) -> None:
    page = await gate.member(1)
    async with gate.locked_database():
        assert (await erase(page, page.member_id)).status == 503
    assert await gate.store.member(MemberId(page.member_id)) is not None
    assert (await page.http.get(gate.base + "/api/session")).status == 200


async def test_a_page_that_shows_somebody_else_erases_nobody(gate: Gate) -> None:
    page, other = await gate.member(1), await gate.member(2)
    refused = await erase(page, other.member_id)
    assert refused.status == 409
    assert (await refused.json())["code"] == "another_account"
    foreign = await page.post(
        "/api/erase", {"memberId": page.member_id}, Origin="https://evil.example"
    )
    assert foreign.status == 403
    for one in (page, other):
        assert await gate.store.member(MemberId(one.member_id)) is not None


async def test_a_newcomer_who_is_erased_waits_no_more(gate: Gate) -> None:
    host = await gate.founder()
    await host.add_contacts(5)
    newcomer = gate.page()
    await newcomer.sign_in(5, "Newcomer")
    knock = (await host.event(wire.Knocked)).knock
    assert newcomer.me is not None
    assert (await erase(newcomer, newcomer.me.member_id)).status == 204
    await host.event(wire.KnockClosed, lambda e: e.knock_id == knock.knock_id)


async def test_erasing_does_not_lift_a_ban(gate: Gate) -> None:
    admin, target = await gate.founder(), await gate.member(1)
    await admin.ask(wire.BanMember, member_id=target.member_id)
    await gate.house.account.erase(MemberId(target.member_id))
    returns = gate.page()
    await returns.ask_code(1)
    refused = await returns.verify(1, gate.sender.codes[e164_of(1)], name="Somebody else")
    assert refused.status == 403


async def test_a_room_goes_on_when_its_opener_is_erased(gate: Gate) -> None:
    heir, opener = await gate.founder(), await gate.member(1)
    room_id = await opener.open_room()
    await heir.join(room_id)
    await opener.ask(wire.InviteToStage, member_id=heir.member_id)
    await heir.ask(wire.AnswerStage, accepted=True)
    assert (await erase(opener, opener.member_id)).status == 204
    await heir.event(wire.ParticipantLeft, lambda e: e.member_id == opener.member_id)
    await heir.ask(wire.Mute, muted=True)
    (room,) = await gate.store.live_rooms()
    assert [(p.member_id, p.role.value) for p in room.participants.values()] == [
        (heir.member_id, "moderator")
    ]


async def test_nobody_is_exported_or_erased_who_is_not_there(gate: Gate) -> None:
    for asked in (gate.house.account.export, gate.house.account.erase):
        with pytest.raises(NoSuchMemberError):
            await asked(MemberId("nobody"))


async def test_a_role_given_at_the_same_moment_brings_nobody_back(gate: Gate) -> None:
    await gate.founder()
    for turns in range(10):
        member = MemberId((await gate.member(1)).member_id)
        erasing = asyncio.create_task(gate.house.account.erase(member))
        for _ in range(3 * turns):
            await asyncio.sleep(0)
        giving = gate.house.administration.set_admin(member, is_admin=True)
        await asyncio.gather(erasing, giving, return_exceptions=True)
        assert await gate.store.member(member) is None


async def test_the_export_tells_a_ban_to_the_operator_who_asks_for_the_person(gate: Gate) -> None:
    admin, target = await gate.founder(), await gate.member(1)
    await admin.ask(wire.BanMember, member_id=target.member_id, reason="threats")
    taken = await gate.house.account.export(MemberId(target.member_id))
    (account,) = rows(taken, "account")
    assert account["membership"] == Membership.BANNED.value
    assert rows(taken, "bans") == [{"bannedAtMs": gate.clock.now_ms()}]
    assert "threats" not in msgspec.json.encode(taken).decode()


async def test_a_newcomer_who_goes_home_leaves_nothing_in_the_files(gate: Gate) -> None:
    newcomer = gate.page()
    await newcomer.sign_in(5, NAME)
    await newcomer.connect()
    assert any(NAME.encode() in part for part in files(gate))
    await newcomer.ask(wire.WithdrawKnock)
    await newcomer.closed()
    assert not any(NAME.encode() in part for part in files(gate))
