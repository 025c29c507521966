"""What every database must do with invitations, and with how members came in."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from server.domain.entry import Entry, Way
from server.domain.ids import InviteId, MemberId
from server.domain.invite import Invite
from server.domain.member import Member
from server.ports import Store
from tests.contracts.conftest import NOW_MS, person


def invite_of(member: Member, number: int = 1) -> Invite:
    return Invite(
        InviteId(f"inv-{number}"),
        bytes([number]) * 32,
        member.member_id,
        False,
        NOW_MS + number,
        NOW_MS + 1_000,
    )


async def test_an_invitation_is_found_by_its_token_and_its_giver(
    store: Store, minji: Member
) -> None:
    first, second = invite_of(minji, 1), invite_of(minji, 2)
    await store.save_invite(first)
    await store.save_invite(second)
    assert await store.invite_by_token(first.token_hash) == first
    assert await store.invite_by_token(b"another") is None
    assert await store.invite(second.invite_id) == second
    assert list(await store.invites_of(minji.member_id)) == [second, first]


async def test_of_a_hundred_who_claim_it_at_once_one_gets_it(store: Store, minji: Member) -> None:
    invite = invite_of(minji)
    await store.save_invite(invite)
    guests = [person(f"guest{n}") for n in range(100)]
    for guest in guests:
        await store.save_member(guest)
    claims = await asyncio.gather(
        *(
            store.claim_invite(replace(invite, used_by=guest.member_id, used_at_ms=NOW_MS + 5))
            for guest in guests
        )
    )
    assert sum(claims) == 1
    winner = guests[claims.index(True)]
    kept = await store.invite(invite.invite_id)
    assert kept is not None
    assert kept.used_by == winner.member_id


async def test_one_that_was_taken_back_cannot_be_claimed(store: Store, minji: Member) -> None:
    invite = replace(invite_of(minji), revoked_at_ms=NOW_MS)
    await store.save_invite(invite)
    used = replace(invite, used_by=minji.member_id, used_at_ms=NOW_MS)
    assert await store.claim_invite(used) is False


async def test_whoever_erases_himself_leaves_a_used_invitation_used(
    store: Store, minji: Member
) -> None:
    guest = person("guest")
    await store.save_member(guest)
    await store.save_invite(invite_of(minji))
    await store.claim_invite(replace(invite_of(minji), used_by=guest.member_id, used_at_ms=NOW_MS))
    await store.erase_member(guest.member_id)
    (kept,) = await store.invites_of(minji.member_id)
    assert (kept.used_by, kept.used_at_ms) == (None, NOW_MS)
    await store.erase_member(minji.member_id)
    assert await store.invite(kept.invite_id) is None


async def test_how_somebody_came_in_is_kept_until_he_goes(store: Store, minji: Member) -> None:
    guest = person("guest")
    await store.save_member(guest)
    entry = Entry(guest.member_id, minji.member_id, Way.INVITE, NOW_MS)
    await store.save_entry(entry)
    assert await store.entry_of(guest.member_id) == entry
    assert await store.entry_of(MemberId("nobody")) is None
    await store.erase_member(minji.member_id)
    assert await store.entry_of(guest.member_id) == replace(entry, admitted_by=None)
    await store.erase_member(guest.member_id)
    assert await store.entry_of(guest.member_id) is None
