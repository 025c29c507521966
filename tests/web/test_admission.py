"""The door: knocks, live alerts, letting in, ignoring, going home; contacts."""

from __future__ import annotations

import asyncio

from protocol import signalling as wire
from protocol.errors import ErrorCode
from server.domain.contact import CONTACT_LIFETIME_MS, CONTACTS_PER_DAY_MAX, DAY_MS
from server.domain.knock import KNOCK_LIFETIME_MS
from tests.web.gate import Gate
from tests.web.page import Page, number_of


async def newcomer(gate: Gate, index: int) -> Page:
    page = gate.page()
    await page.sign_in(index, f"Newcomer {index}")
    await page.connect()
    return page


async def test_newcomer_is_alerted_live_let_in_and_sees_the_hallway(gate: Gate) -> None:
    host = await gate.founder()
    room_id = await host.open_room()
    added = await host.add_contacts(1)
    minji = await newcomer(gate, 1)
    assert minji.me is not None
    assert minji.me.membership == "waiting"
    knock = (await host.event(wire.Knocked)).knock
    assert knock.name == "Newcomer 1"
    assert knock.contact_id == added.added[0].contact_id
    await host.ask(wire.Admit, knock_id=knock.knock_id)
    assert (await minji.event(wire.Admitted)).me.membership == "member"
    assert [card.room_id for card in (await minji.event(wire.Hallway)).rooms] == [room_id]
    assert (await minji.join(room_id)).room.room_id == room_id


async def test_everybody_who_holds_the_number_is_asked_and_nobody_else(gate: Gate) -> None:
    host = await gate.founder()
    second, stranger = await gate.member(1), await gate.member(2)
    await host.add_contacts(9)
    await second.add_contacts(9)
    await newcomer(gate, 9)
    mine = (await host.event(wire.Knocked)).knock
    his = (await second.event(wire.Knocked)).knock
    assert mine.knock_id == his.knock_id
    assert mine.contact_id != his.contact_id
    await second.ask(wire.Admit, knock_id=his.knock_id)
    closed = await host.event(wire.KnockClosed, lambda c: c.knock_id == mine.knock_id)
    assert closed.knock_id == mine.knock_id
    assert stranger.unread(wire.Knocked) == []
    assert await stranger.refusal(wire.Admit, knock_id=mine.knock_id) is ErrorCode.NOT_ASKED


async def test_of_a_hundred_parallel_admissions_one_succeeds(gate: Gate) -> None:
    host = await gate.founder()
    await host.add_contacts(1)
    await newcomer(gate, 1)
    knock_id = (await host.event(wire.Knocked)).knock.knock_id
    member = await gate.house.people.member(host.member_id)  # type: ignore[arg-type]

    async def admit() -> str:
        try:
            await gate.house.people.admission.admit(member, knock_id)  # type: ignore[arg-type]
        except Exception as error:  # noqa: BLE001  what it is, is asserted below
            return type(error).__name__
        return "admitted"

    outcomes = await asyncio.gather(*(admit() for _ in range(100)))
    assert sorted(outcomes) == ["KnockClosedError"] * 99 + ["admitted"]


async def test_waiting_newcomer_may_only_go_home(gate: Gate) -> None:
    host = await gate.founder()
    room_id = await host.open_room()
    await host.add_contacts(1)
    minji = await newcomer(gate, 1)
    knock_id = (await host.event(wire.Knocked)).knock.knock_id
    refused = [
        await minji.refusal(wire.OpenRoom, title="Mine"),
        await minji.refusal(wire.JoinRoom, room_id=room_id),
        await minji.refusal(wire.AddContacts, numbers=[], region="KR"),
        await minji.refusal(wire.Admit, knock_id=knock_id),
        await minji.refusal(wire.Mute, muted=False),
    ]
    assert set(refused) == {ErrorCode.NOT_ADMITTED}
    await minji.ask(wire.WithdrawKnock)
    assert (await minji.event(wire.Error)).code is ErrorCode.NOT_SIGNED_IN
    await minji.closed()
    await host.event(wire.KnockClosed, lambda closed: closed.knock_id == knock_id)
    assert (await minji.http.get(gate.base + "/api/session")).status == 204
    assert await host.refusal(wire.Admit, knock_id=knock_id) is ErrorCode.KNOCK_CLOSED


async def test_member_has_no_knock_to_withdraw(gate: Gate) -> None:
    host = await gate.founder()
    assert await host.refusal(wire.WithdrawKnock) is ErrorCode.KNOCK_CLOSED


async def test_ignoring_is_silent(gate: Gate) -> None:
    host = await gate.founder()
    second = await gate.member(1)
    await host.add_contacts(9)
    await second.add_contacts(9)
    late = await newcomer(gate, 9)
    knock_id = (await second.event(wire.Knocked)).knock.knock_id
    await second.ask(wire.IgnoreKnock, knock_id=knock_id)
    await second.event(wire.KnockClosed, lambda closed: closed.knock_id == knock_id)
    await second.disconnect()
    assert (await second.connect()).knocks == []
    assert [k.knock_id for k in (await reconnected(host)).knocks] == [knock_id]
    assert late.unread(wire.Admitted) == []
    await host.ask(wire.Admit, knock_id=knock_id)
    assert (await late.event(wire.Admitted)).me.membership == "member"


async def reconnected(page: Page) -> wire.Welcome:
    await page.disconnect()
    return await page.connect()


async def test_contact_added_later_asks_about_who_waits_already(gate: Gate) -> None:
    host = await gate.founder()
    minji = await newcomer(gate, 1)
    assert host.unread(wire.Knocked) == []
    await host.add_contacts(1)
    await host.admit_next()
    await minji.event(wire.Admitted)


async def test_asking_again_does_not_ring_twice(gate: Gate) -> None:
    host = await gate.founder()
    minji = gate.page()
    await host.add_contacts(1)
    await minji.sign_in(1, "Minji")
    await host.event(wire.Knocked)
    await minji.sign_in(1, "")
    await host.add_contacts(1)
    assert len((await reconnected(host)).knocks) == 1
    assert host.unread(wire.Knocked) == []


async def test_uploaded_numbers_are_judged_one_by_one(gate: Gate) -> None:
    host = await gate.founder()
    numbers = [number_of(1), "nobody", "+82 " + number_of(1)[1:], "010-2000-0003 ext 4"]
    added = await host.ask(wire.AddContacts, numbers=numbers, region="KR")
    assert [a.index for a in added.added] == [0, 2]
    assert added.added[0].contact_id == added.added[1].contact_id
    assert [(r.index, r.code) for r in added.rejected] == [
        (1, ErrorCode.BAD_NUMBER),
        (3, ErrorCode.BAD_NUMBER),
    ]
    assert added.kept == 1
    assert added.expires_at_ms == gate.clock.now_ms() + CONTACT_LIFETIME_MS
    await host.ask(wire.ForgetContacts)
    assert (await reconnected(host)).contacts.kept == 0


async def test_a_member_may_add_a_thousand_contacts_a_day(gate: Gate) -> None:
    host = await gate.founder()
    for start in range(0, CONTACTS_PER_DAY_MAX, 500):
        await host.add_contacts(*range(start, start + 500))
    numbers = [number_of(CONTACTS_PER_DAY_MAX)]
    refusal = await host.refusal(wire.AddContacts, numbers=numbers, region="KR")
    assert refusal is ErrorCode.CONTACTS_FULL
    # Known ones may be sent again: their expiry is renewed.
    assert (await host.add_contacts(1)).kept == CONTACTS_PER_DAY_MAX
    gate.clock.advance(DAY_MS)
    assert (await host.add_contacts(CONTACTS_PER_DAY_MAX)).kept == CONTACTS_PER_DAY_MAX + 1


async def test_old_contacts_and_knocks_are_forgotten(gate: Gate) -> None:
    host = await gate.founder()
    await host.add_contacts(1)
    minji = await newcomer(gate, 1)
    knock_id = (await host.event(wire.Knocked)).knock.knock_id
    gate.clock.advance(max(KNOCK_LIFETIME_MS + 1, CONTACT_LIFETIME_MS))
    await gate.house.people.admission.tidy()
    await host.event(wire.KnockClosed, lambda closed: closed.knock_id == knock_id)
    welcome = await reconnected(host)
    assert (welcome.contacts.kept, welcome.knocks) == (0, [])
    # He may knock again.
    await host.add_contacts(1)
    await minji.sign_in(1, "")
    await host.event(wire.Knocked, lambda knocked: knocked.knock.knock_id != knock_id)


async def test_database_holds_no_number_no_name_of_a_contact_and_no_token(gate: Gate) -> None:
    host = await gate.founder()
    await host.add_contacts(1, 2)
    await gate.page().sign_in(1, "Minji")
    cookies = {cookie.value for cookie in host.http.cookie_jar}
    content = b"".join(path.read_bytes() for path in gate.directory.glob("masil.sqlite3*"))
    for index in (0, 1, 2):
        for written in (number_of(index), number_of(index).replace("-", "")[1:]):
            assert written.encode() not in content
    assert cookies
    assert not any(value.encode() in content for value in cookies)


async def test_unknown_knock_is_closed(gate: Gate) -> None:
    host = await gate.founder()
    assert await host.refusal(wire.Admit, knock_id="nothing") is ErrorCode.KNOCK_CLOSED
    assert await host.refusal(wire.IgnoreKnock, knock_id="nothing") is ErrorCode.KNOCK_CLOSED
