"""What every database must do for one's own account: sessions, passkeys, all that is kept."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from server.domain import coming
from server.domain.ban import Ban
from server.domain.entry import Entry, Way
from server.domain.ids import (
    ContactHash,
    ContactId,
    CredentialId,
    KnockId,
    MemberId,
    ReportId,
    RoomId,
)
from server.domain.knock import Asked, knock
from server.domain.member import Member, Membership
from server.domain.passkey import Passkey, use
from server.domain.report import Reason, Report
from server.domain.session import session_id_of
from server.domain.sign_in import new_code
from server.ports import Store
from tests.contracts.conftest import NOW_MS, person

HOUR_MS = 3600 * 1000


def passkey_of(member: Member, name: bytes = b"key", sign_count: int = 0) -> Passkey:
    return Passkey(
        CredentialId(name), member.member_id, b"public", sign_count, "Chrome on Android", NOW_MS
    )


async def seen(store: Store, member: Member) -> dict[bytes, int]:
    return {s.token_hash: s.last_seen_at_ms for s in await store.sessions_of(member.member_id)}


# ---------------------------------------------------------------- sessions


async def test_a_persons_sessions_are_listed_newest_first(
    store: Store, minji: Member, newcomer: Member
) -> None:
    await store.save_session(b"old", minji.member_id, NOW_MS, "Safari on Mac")
    await store.save_session(b"new", minji.member_id, NOW_MS + 1)
    await store.save_session(b"other", newcomer.member_id, NOW_MS)
    new, old = await store.sessions_of(minji.member_id)
    assert (new.token_hash, new.device) == (b"new", "")
    assert (old.session_id, old.device) == (session_id_of(b"old"), "Safari on Mac")
    assert (old.created_at_ms, old.last_seen_at_ms) == (NOW_MS, NOW_MS)


async def test_a_session_unused_for_too_long_is_nobodys(store: Store, minji: Member) -> None:
    await store.save_session(b"token", minji.member_id, NOW_MS)
    assert await store.session_member(b"token", NOW_MS) == minji
    assert await store.session_member(b"token", NOW_MS + 1) is None


async def test_a_session_is_seen_only_where_it_was_not_seen_of_late(
    store: Store, minji: Member
) -> None:
    await store.save_session(b"idle", minji.member_id, NOW_MS)
    await store.save_session(b"fresh", minji.member_id, NOW_MS + HOUR_MS)
    later = NOW_MS + HOUR_MS + 5
    both = [b"idle", b"fresh", b"unknown"]
    assert await store.see_sessions(both, later, later - HOUR_MS)
    assert not await store.see_sessions(both, later + 1, later + 1 - HOUR_MS)
    assert await seen(store, minji) == {b"idle": later, b"fresh": NOW_MS + HOUR_MS}


async def test_unused_sessions_are_deleted_and_counted(store: Store, minji: Member) -> None:
    await store.save_session(b"over", minji.member_id, NOW_MS)
    await store.save_session(b"used", minji.member_id, NOW_MS + 1)
    assert await store.delete_sessions_unused_since(NOW_MS + 1) == 1
    assert await seen(store, minji) == {b"used": NOW_MS + 1}


# ---------------------------------------------------------------- passkeys


async def test_a_passkey_is_found_by_its_credential_and_by_its_owner(
    store: Store, minji: Member
) -> None:
    first, second = passkey_of(minji), replace(passkey_of(minji, b"k2"), created_at_ms=NOW_MS + 1)
    assert await store.add_passkey(second)
    assert await store.add_passkey(first)
    assert await store.passkey(first.credential_id) == first
    assert list(await store.passkeys_of(minji.member_id)) == [first, second]
    await store.delete_passkey(first.credential_id)
    assert await store.passkey(first.credential_id) is None


async def test_a_passkey_that_is_known_stays_with_its_owner(
    store: Store, minji: Member, newcomer: Member
) -> None:
    assert await store.add_passkey(passkey_of(minji))
    assert not await store.add_passkey(passkey_of(newcomer))
    assert list(await store.passkeys_of(newcomer.member_id)) == []


async def test_a_counter_goes_on_for_one_of_many_at_once(store: Store, minji: Member) -> None:
    before = passkey_of(minji, sign_count=4)
    await store.add_passkey(before)
    after = use(before, 5, NOW_MS + 1)
    went_on = await asyncio.gather(*(store.use_passkey(before, after) for _ in range(10)))
    assert sorted(went_on) == [False] * 9 + [True]
    assert await store.passkey(before.credential_id) == after


async def test_a_passkey_that_is_gone_is_not_used(store: Store, minji: Member) -> None:
    never_saved = passkey_of(minji)
    assert not await store.use_passkey(never_saved, use(never_saved, 0, NOW_MS))


# ---------------------------------------------------------------- all that is kept


async def test_all_that_is_kept_about_a_person_is_told_and_nothing_of_others(
    store: Store, minji: Member, newcomer: Member
) -> None:
    jun = replace(person("jun"), bio="walks at night")
    await store.save_member(jun)
    await store.save_entry(Entry(jun.member_id, minji.member_id, Way.KNOCK, NOW_MS))
    await store.save_session(b"secret-token-hash", jun.member_id, NOW_MS, "Chrome on Android")
    await store.add_passkey(passkey_of(jun, b"secret-credential"))
    hashes = [ContactHash(bytes([n]) * 32) for n in range(3)]
    await store.add_contacts(jun.member_id, hashes[:2], NOW_MS, NOW_MS + 9)
    await store.add_contacts(jun.member_id, hashes[2:], NOW_MS, NOW_MS + 10)
    asked = (Asked(jun.member_id, ContactId("c"), ignored=True),)
    await store.save_knock(knock(KnockId("k"), newcomer.member_id, asked, NOW_MS))
    mine = Report(
        ReportId("mine"), jun.member_id, minji.member_id, Reason.SPAM, "again", None, NOW_MS
    )
    await store.save_report(mine)
    await store.save_report(
        replace(mine, report_id=ReportId("about"), reporter_id=None, reported_id=jun.member_id)
    )
    await store.save_sign_in_code(new_code(jun.number_hash, b"secret-code", NOW_MS))
    await store.save_ban(Ban(jun.number_hash, NOW_MS, "the admins' reason"))
    opened, _ = coming.open_room(RoomId("r"), "Evening", jun, NOW_MS)
    await store.save_room(opened)

    kept = await store.kept_about(jun.member_id)

    (account,) = kept.sections["account"]
    assert (account["name"], account["bio"]) == ("jun", "walks at night")
    assert kept.sections["entry"] == [{"way": "knock", "admitted_at_ms": NOW_MS}]
    (session,) = kept.sections["sessions"]
    assert session["device"] == "Chrome on Android"
    (passkey,) = kept.sections["passkeys"]
    assert passkey["created_at_ms"] == NOW_MS
    assert kept.sections["contacts"] == [
        {"count": 2, "added_at_ms": NOW_MS, "expires_at_ms": NOW_MS + 9},
        {"count": 1, "added_at_ms": NOW_MS, "expires_at_ms": NOW_MS + 10},
    ]
    assert kept.sections["asked"] == [{"knock_id": "k", "ignored": True}]
    (report,) = kept.sections["reports"]
    assert (report["report_id"], report["reported_name"]) == ("mine", "minji")
    (seat,) = kept.sections["seats"]
    assert (seat["room_id"], seat["role"]) == ("r", "moderator")
    assert kept.sections["codes"] == [{"created_at_ms": NOW_MS, "tries_left": 5, "used": False}]
    assert kept.sections["bans"] == [{"banned_at_ms": NOW_MS}]
    told = repr(kept.sections)
    for secret in ("secret", "newcomer", "admins' reason", "about", "b'"):
        assert secret not in told, secret
    assert kept.left_out["account.number_hash"]


async def test_about_a_stranger_nothing_is_kept(store: Store, minji: Member) -> None:
    await store.save_session(b"token", minji.member_id, NOW_MS)
    kept = await store.kept_about(MemberId("stranger"))
    assert all(rows == [] for rows in kept.sections.values())
    assert "passkeys" in kept.sections


async def test_of_an_erased_person_nothing_is_kept_but_a_ban(store: Store) -> None:
    jun = person("jun", Membership.BANNED)
    await store.save_member(jun)
    await store.save_session(b"token", jun.member_id, NOW_MS)
    await store.add_passkey(passkey_of(jun))
    await store.save_ban(Ban(jun.number_hash, NOW_MS, "threats"))
    await store.erase_member(jun.member_id)
    assert all(rows == [] for rows in (await store.kept_about(jun.member_id)).sections.values())
    assert await store.ban_of(jun.number_hash) is not None
    assert await store.forget_traces()
