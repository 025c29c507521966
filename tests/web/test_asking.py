"""Whom the house asks about a newcomer, and what a member's own contacts page is told."""

from __future__ import annotations

import aiosqlite

from protocol import signalling as wire
from protocol.errors import ErrorCode
from server.domain.contact import CONTACT_LIFETIME_MS, DAY_MS
from tests.web.gate import DATABASE, Gate
from tests.web.page import Page


async def newcomer(gate: Gate, index: int) -> Page:
    page = gate.page()
    await page.sign_in(index, f"Newcomer {index}")
    await page.connect()
    return page


async def reconnected(page: Page) -> wire.Welcome:
    await page.disconnect()
    return await page.connect()


async def test_a_member_who_does_not_want_to_be_asked_is_not(gate: Gate) -> None:
    host, quiet = await gate.founder(), await gate.member(1)
    await host.add_contacts(9)
    await quiet.add_contacts(9)
    await quiet.ask(wire.SetAsksMe, asks_me=False)
    await newcomer(gate, 9)
    knock_id = (await host.event(wire.Knocked)).knock.knock_id
    welcome = await reconnected(quiet)
    assert (welcome.knocks, welcome.contacts.asks_me) == ([], False)
    assert await quiet.refusal(wire.Admit, knock_id=knock_id) is ErrorCode.NOT_ASKED


async def test_nor_is_one_who_adds_the_number_while_the_newcomer_waits(gate: Gate) -> None:
    quiet = await gate.founder()
    await quiet.ask(wire.SetAsksMe, asks_me=False)
    await newcomer(gate, 9)
    await quiet.add_contacts(9)
    assert (await reconnected(quiet)).knocks == []


async def test_open_alerts_go_and_come_back_with_the_wish_to_be_asked(gate: Gate) -> None:
    host = await gate.founder()
    await host.add_contacts(8, 9)
    first, second = await newcomer(gate, 8), await newcomer(gate, 9)
    knocks = [(await host.event(wire.Knocked)).knock for _ in range(2)]
    await host.ask(wire.IgnoreKnock, knock_id=knocks[1].knock_id)
    await host.event(wire.KnockClosed)
    phone = await gate.device(host)
    await host.ask(wire.SetAsksMe, asks_me=False)
    for device in (host, phone):
        assert (await device.event(wire.KnockClosed)).knock_id == knocks[0].knock_id
    await phone.ask(wire.SetAsksMe, asks_me=True)
    for device in (host, phone):
        assert (await device.event(wire.Knocked)).knock == knocks[0]
        assert device.unread(wire.Knocked) == []
    await host.ask(wire.Admit, knock_id=knocks[0].knock_id)
    await first.event(wire.Admitted)
    assert second.unread(wire.Admitted) == []


async def test_a_newcomer_may_choose_nothing_of_the_kind(gate: Gate) -> None:
    await gate.founder()
    minji = await newcomer(gate, 1)
    assert await minji.refusal(wire.SetAsksMe, asks_me=False) is ErrorCode.NOT_ADMITTED


async def test_whoever_blocked_the_newcomer_is_not_asked_about_him(gate: Gate) -> None:
    host, other = await gate.founder(), await gate.member(1)
    minji = await newcomer(gate, 9)
    async with aiosqlite.connect(gate.directory / DATABASE) as database:
        row = (host.member_id, minji.member_id, 0)
        await database.execute("INSERT INTO block VALUES (?, ?, ?)", row)
        await database.commit()
    await host.add_contacts(9)
    await other.add_contacts(9)
    await other.event(wire.Knocked)
    assert (await reconnected(host)).knocks == []


async def test_every_device_is_told_how_many_are_kept_and_until_when(gate: Gate) -> None:
    host = await gate.founder()
    phone = await gate.device(host)
    first_ms = gate.clock.now_ms() + CONTACT_LIFETIME_MS
    await host.add_contacts(1, 2)
    told = (await phone.event(wire.ContactsChanged)).contacts
    assert told == wire.ContactsView(
        kept=2, first_expires_at_ms=first_ms, last_expires_at_ms=first_ms, asks_me=True
    )
    gate.clock.advance(DAY_MS)
    await host.add_contacts(3)
    told = (await phone.event(wire.ContactsChanged)).contacts
    assert (told.kept, told.first_expires_at_ms) == (3, first_ms)
    assert told.last_expires_at_ms == first_ms + DAY_MS
    assert (await reconnected(host)).contacts == told
    await phone.ask(wire.ForgetContacts)
    told = (await host.event(wire.ContactsChanged)).contacts
    assert (told.kept, told.first_expires_at_ms, told.last_expires_at_ms) == (0, None, None)
