"""What every database must know of whom to ask about a newcomer, and of how long contacts stay."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import insert

from server.domain.contact import ContactsKept, contact_hash, contact_id
from server.domain.ids import KnockId, MemberId
from server.domain.knock import Asked, knock
from server.domain.member import Member, Membership
from server.ports import Store
from server.store import tables
from server.store.sql import SqlStore
from tests.contracts.conftest import NOW_MS, PEPPER, person


async def save(store: Store, *people: Member) -> None:
    for one in people:
        await store.save_member(one)


async def block(store: Store, blocker: Member, blocked: Member) -> None:
    """A row as blocking leaves it."""
    assert isinstance(store, SqlStore)
    row = {"blocker_id": blocker.member_id, "blocked_id": blocked.member_id, "since_ms": NOW_MS}
    async with store.transaction(), store._write() as transaction:
        await transaction.connection.execute(insert(tables.block).values(row))


async def test_only_members_who_want_to_be_asked_are(store: Store, newcomer: Member) -> None:
    willing = person("willing")
    unwilling = replace(person("unwilling"), asks_me=False)
    waiting = person("waiting", Membership.WAITING)
    banned = person("banned", Membership.BANNED)
    people = [willing, unwilling, waiting, banned]
    await save(store, *people)
    asked = [one.member_id for one in people] + [MemberId("nobody")]
    assert await store.may_be_asked(newcomer.member_id, asked) == {willing.member_id}
    assert await store.may_be_asked(newcomer.member_id, []) == set()


async def test_nobody_is_asked_about_somebody_apart_from_him(
    store: Store, newcomer: Member
) -> None:
    blocker, blocked, other = person("blocker"), person("blocked"), person("other")
    await save(store, blocker, blocked, other)
    await block(store, blocker, newcomer)
    await block(store, newcomer, blocked)
    await block(store, other, blocker)
    asked = [blocker.member_id, blocked.member_id, other.member_id]
    assert await store.may_be_asked(newcomer.member_id, asked) == {other.member_id}


async def test_thousands_may_be_asked_at_once(
    store: Store, newcomer: Member, minji: Member
) -> None:
    many = [MemberId(f"nobody-{n}") for n in range(3_000)]
    found = await store.may_be_asked(newcomer.member_id, [*many, minji.member_id])
    assert found == {minji.member_id}


async def test_alerts_are_away_while_one_does_not_want_to_be_asked_or_is_apart(
    store: Store, newcomer: Member, minji: Member
) -> None:
    contact = contact_id(contact_hash(PEPPER, minji.member_id, "+821012345678"))
    at_door = knock(KnockId("k"), newcomer.member_id, (Asked(minji.member_id, contact),), NOW_MS)
    await store.save_knock(at_door)
    assert list(await store.waiting_knocks(minji.member_id)) == [(at_door, newcomer)]
    await store.save_member(replace(minji, asks_me=False))
    assert list(await store.waiting_knocks(minji.member_id)) == []
    await store.save_member(minji)
    assert list(await store.waiting_knocks(minji.member_id)) == [(at_door, newcomer)]
    await block(store, minji, newcomer)
    assert list(await store.waiting_knocks(minji.member_id)) == []


async def test_contacts_are_counted_with_the_first_and_last_end(
    store: Store, minji: Member
) -> None:
    assert await store.contacts_kept(minji.member_id) == ContactsKept(0, None, None)
    hashes = [contact_hash(PEPPER, minji.member_id, f"+82102000000{n}") for n in range(3)]
    await store.add_contacts(minji.member_id, hashes[:2], NOW_MS, NOW_MS + 100)
    await store.add_contacts(minji.member_id, hashes[1:], NOW_MS, NOW_MS + 300)
    kept = await store.contacts_kept(minji.member_id)
    assert kept == ContactsKept(3, NOW_MS + 100, NOW_MS + 300)
    await store.delete_expired_contacts(NOW_MS + 100)
    kept = await store.contacts_kept(minji.member_id)
    assert kept == ContactsKept(2, NOW_MS + 300, NOW_MS + 300)
