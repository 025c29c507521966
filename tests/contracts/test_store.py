"""What every database must do: one suite, run on SQLite and (by URL) on PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import exc

from server.domain import coming, consent, moderation, room, stage
from server.domain.contact import contact_hash, contact_id, number_hash
from server.domain.ids import ContactHash, ContactId, KnockId, MemberId, RoomId, TapId
from server.domain.knock import Asked, Knock, KnockState, admit, ask, ignore, knock
from server.domain.member import Member, Membership
from server.domain.room import Room
from server.domain.sign_in import new_code
from server.ports import Store
from server.store.sql import SqlStore
from tests.contracts.conftest import NOW_MS, PEPPER, person


def hash_of(holder: Member, newcomer: str) -> ContactHash:
    return contact_hash(PEPPER, holder.member_id, f"+8210{newcomer}")


# ---------------------------------------------------------------- members and sessions


async def test_a_member_is_found_by_id_and_by_number(store: Store, minji: Member) -> None:
    assert await store.member(minji.member_id) == minji
    assert await store.member_by_number(minji.number_hash) == minji


async def test_nobody_is_found_who_was_never_saved(store: Store) -> None:
    stranger = person("stranger")
    assert await store.member(stranger.member_id) is None
    assert await store.member_by_number(stranger.number_hash) is None


async def test_saving_again_updates_the_member(store: Store, newcomer: Member) -> None:
    admitted = replace(newcomer, name="Jun", membership=Membership.MEMBER, is_admin=True)
    await store.save_member(admitted)
    assert await store.member(newcomer.member_id) == admitted


async def test_two_people_never_share_a_number(store: Store, minji: Member) -> None:
    twin = replace(minji, member_id=MemberId("twin"))
    with pytest.raises(exc.IntegrityError):
        await store.save_member(twin)
    assert await store.member_by_number(minji.number_hash) == minji


async def test_only_admitted_people_are_matched_against(
    store: Store, minji: Member, newcomer: Member
) -> None:
    assert list(await store.member_ids()) == [minji.member_id]


async def test_a_session_belongs_to_its_member_until_it_is_deleted(
    store: Store, minji: Member
) -> None:
    await store.save_session(b"token", minji.member_id, NOW_MS)
    assert await store.session_member(b"token") == minji
    assert await store.session_member(b"other") is None
    await store.delete_session(b"token")
    assert await store.session_member(b"token") is None


async def test_a_new_code_replaces_the_older_one(store: Store, minji: Member) -> None:
    old = new_code(minji.number_hash, b"old", NOW_MS)
    await store.save_sign_in_code(old)
    new = replace(new_code(minji.number_hash, b"new", NOW_MS + 1), tries_left=2, used=True)
    await store.save_sign_in_code(new)
    assert await store.sign_in_code(minji.number_hash) == new
    assert await store.sign_in_code(person("stranger").number_hash) is None


async def test_erasing_a_person_leaves_nothing_of_him(
    store: Store, minji: Member, newcomer: Member
) -> None:
    await store.save_session(b"token", newcomer.member_id, NOW_MS)
    await store.save_sign_in_code(new_code(newcomer.number_hash, b"code", NOW_MS))
    asked = (Asked(minji.member_id, ContactId("c")), Asked(newcomer.member_id, ContactId("d")))
    await store.save_knock(knock(KnockId("k"), newcomer.member_id, asked, NOW_MS))
    await store.add_contacts(newcomer.member_id, [hash_of(newcomer, "x")], NOW_MS, NOW_MS + 1)
    opened, _ = coming.open_room(RoomId("r"), "Evening", minji, NOW_MS)
    both, _ = coming.join(opened, replace(newcomer, membership=Membership.MEMBER), NOW_MS)
    await store.save_room(both)

    await store.erase_member(newcomer.member_id)

    assert await store.member(newcomer.member_id) is None
    assert await store.session_member(b"token") is None
    assert await store.sign_in_code(newcomer.number_hash) is None
    assert await store.knock(KnockId("k")) is None
    assert await store.count_contacts(newcomer.member_id) == 0
    (left,) = await store.live_rooms()
    assert list(left.participants) == [minji.member_id]


# ---------------------------------------------------------------- counters and the founder's link


async def test_a_counter_adds_up_in_its_window_and_starts_anew_in_the_next(store: Store) -> None:
    assert await store.add_to_counter(b"codes", 0, 1) == 1
    assert await store.add_to_counter(b"codes", 0, 4) == 5
    assert await store.add_to_counter(b"other", 0, 1) == 1
    assert await store.add_to_counter(b"codes", 60_000, 1) == 1


async def test_a_counter_counts_every_one_of_many_at_once(store: Store) -> None:
    values = await asyncio.gather(*(store.add_to_counter(b"codes", 0, 1) for _ in range(25)))
    assert sorted(values) == list(range(1, 26))


async def test_the_founders_link_works_exactly_once(store: Store) -> None:
    await store.save_founder_link(b"link")
    assert not await store.use_founder_link(b"wrong")
    used = await asyncio.gather(*(store.use_founder_link(b"link") for _ in range(10)))
    assert sorted(used) == [False] * 9 + [True]


async def test_a_new_founders_link_replaces_the_older_one(store: Store) -> None:
    await store.save_founder_link(b"old")
    await store.save_founder_link(b"new")
    assert not await store.use_founder_link(b"old")
    assert await store.use_founder_link(b"new")


# ---------------------------------------------------------------- contacts


async def test_contacts_are_counted_once_each(store: Store, minji: Member) -> None:
    first, second = hash_of(minji, "1"), hash_of(minji, "2")
    assert await store.add_contacts(minji.member_id, [], NOW_MS, NOW_MS + 9) == 0
    assert await store.add_contacts(minji.member_id, [first, first], NOW_MS, NOW_MS + 9) == 1
    assert await store.add_contacts(minji.member_id, [first, second], NOW_MS, NOW_MS + 9) == 2
    assert await store.count_contacts(minji.member_id) == 2


async def test_holders_are_found_among_any_number_of_hashes(store: Store, minji: Member) -> None:
    jun = person("jun")
    await store.save_member(jun)
    for holder in (minji, jun):
        await store.add_contacts(holder.member_id, [hash_of(holder, "x")], NOW_MS, NOW_MS + 9)
    strangers = [ContactHash(number.to_bytes(32, "big")) for number in range(12_000)]
    wanted = [hash_of(minji, "x"), *strangers, hash_of(jun, "x")]
    assert sorted(await store.holders(wanted)) == sorted(
        (holder.member_id, contact_id(hash_of(holder, "x"))) for holder in (minji, jun)
    )
    assert list(await store.holders([])) == []


async def test_contacts_expire_and_a_new_upload_renews_them(store: Store, minji: Member) -> None:
    kept, lost = hash_of(minji, "kept"), hash_of(minji, "lost")
    await store.add_contacts(minji.member_id, [kept, lost], NOW_MS, NOW_MS + 10)
    await store.add_contacts(minji.member_id, [kept], NOW_MS + 5, NOW_MS + 20)
    assert await store.delete_expired_contacts(NOW_MS + 10) == 1
    assert await store.holders([kept, lost]) == [(minji.member_id, contact_id(kept))]


async def test_forgetting_contacts_touches_nobody_elses(store: Store, minji: Member) -> None:
    jun = person("jun")
    await store.save_member(jun)
    for holder in (minji, jun):
        await store.add_contacts(holder.member_id, [hash_of(holder, "x")], NOW_MS, NOW_MS + 9)
    await store.forget_contacts(minji.member_id)
    assert await store.count_contacts(minji.member_id) == 0
    assert await store.count_contacts(jun.member_id) == 1


# ---------------------------------------------------------------- knocks


def knock_for(newcomer: Member, *asked: Member, knock_id: str = "k") -> Knock:
    entries = tuple(Asked(m.member_id, ContactId(f"c-{m.name}")) for m in asked)
    return knock(KnockId(knock_id), newcomer.member_id, entries, NOW_MS)


async def test_a_knock_comes_back_as_it_was_saved(
    store: Store, minji: Member, newcomer: Member
) -> None:
    zoe, abe = person("zoe"), person("abe")
    for member in (zoe, abe):
        await store.save_member(member)
    waiting = knock_for(newcomer, zoe, minji)
    await store.save_knock(waiting)
    assert await store.knock(waiting.knock_id) == waiting
    assert await store.knock_of(newcomer.member_id) == waiting

    changed = ignore(ask(waiting, abe.member_id, ContactId("late")), zoe.member_id)
    await store.save_knock(changed)
    assert await store.knock(waiting.knock_id) == changed


async def test_an_answered_knock_is_kept_but_no_longer_waits(
    store: Store, minji: Member, newcomer: Member
) -> None:
    answered = admit(knock_for(newcomer, minji), minji.member_id)
    await store.save_knock(answered)
    assert await store.knock(answered.knock_id) == answered
    assert answered.admitted_by == minji.member_id
    assert await store.knock_of(newcomer.member_id) is None
    assert list(await store.waiting_knocks(minji.member_id)) == []


async def test_a_member_is_alerted_to_his_own_unanswered_knocks_oldest_first(
    store: Store, minji: Member, newcomer: Member
) -> None:
    jun, late = person("jun"), person("late", Membership.WAITING)
    for member in (jun, late):
        await store.save_member(member)
    first = knock_for(newcomer, minji, jun, knock_id="z-first")
    second = replace(knock_for(late, minji, knock_id="a-second"), knocked_at_ms=NOW_MS + 1)
    for one in (second, first):
        await store.save_knock(one)
    assert list(await store.waiting_knocks(minji.member_id)) == [(first, newcomer), (second, late)]
    assert list(await store.waiting_knocks(jun.member_id)) == [(first, newcomer)]

    await store.save_knock(ignore(first, jun.member_id))
    assert list(await store.waiting_knocks(jun.member_id)) == []
    assert len(await store.waiting_knocks(minji.member_id)) == 2


async def test_only_waiting_knocks_become_stale(
    store: Store, minji: Member, newcomer: Member
) -> None:
    waiting = knock_for(newcomer, minji)
    closed = replace(waiting, knock_id=KnockId("closed"), state=KnockState.WITHDRAWN)
    for one in (waiting, closed):
        await store.save_knock(one)
    assert list(await store.stale_knocks(NOW_MS)) == []
    assert list(await store.stale_knocks(NOW_MS + 1)) == [waiting]


# ---------------------------------------------------------------- rooms


async def full_room(store: Store, people: int = 4) -> Room:
    members = [person(f"p{number}") for number in range(people)]
    for member in members:
        await store.save_member(member)
    evening, _ = coming.open_room(RoomId("evening"), "Evening  talk", members[0], NOW_MS)
    for member in reversed(members):
        evening, _ = coming.join(evening, member, NOW_MS + 1)
    return evening


async def test_a_room_comes_back_with_its_seats_in_order(store: Store) -> None:
    evening = await full_room(store)
    host, _, _, last = evening.participants
    evening, _ = stage.raise_hand(evening, last, True, NOW_MS + 2)
    evening, _ = stage.mute(evening, host, False)
    evening, _ = coming.disconnect(evening, host, NOW_MS + 3)
    await store.save_room(evening)
    (loaded,) = await store.live_rooms()
    assert loaded == evening
    assert list(loaded.participants) == list(evening.participants)


async def test_every_saved_change_of_a_room_is_there(store: Store) -> None:
    evening = await full_room(store)
    await store.save_room(evening)
    host, second, third, _ = evening.participants
    changes: tuple[Callable[[Room], room.Change], ...] = (
        lambda r: stage.raise_hand(r, second, True, NOW_MS),
        lambda r: moderation.invite_to_stage(r, host, second),
        lambda r: stage.mute(r, second, False),
        lambda r: moderation.invite_to_stage(r, host, third),
        lambda r: coming.leave(r, host),
        lambda r: coming.leave(r, third),
        lambda r: consent.switch_captions(r, second, True),
    )
    for change in changes:
        evening, _ = change(evening)
        await store.save_room(evening)
        assert list(await store.live_rooms()) == [evening]


async def test_a_consent_never_survives(store: Store) -> None:
    evening = await full_room(store)
    host = next(iter(evening.participants))
    evening, _ = consent.switch_captions(evening, host, True)
    evening, _ = consent.grant(evening, host, TapId(7), "ko")
    await store.save_room(evening)
    (loaded,) = await store.live_rooms()
    assert loaded.captions_on
    assert loaded.participants[host].consent is None


async def test_an_ended_room_leaves_nothing_behind(store: Store) -> None:
    evening = await full_room(store)
    await store.save_room(evening)
    ended, _ = coming.end(evening, next(iter(evening.participants)))
    await store.save_room(ended)
    await store.save_room(ended)
    assert list(await store.live_rooms()) == []


async def test_a_save_that_was_undone_is_made_good_by_the_next(store: Store) -> None:
    evening = await full_room(store)
    await store.save_room(evening)
    host, second, *_ = evening.participants
    without, _ = coming.leave(evening, second)

    async def leave_and_fail() -> None:
        async with store.transaction():
            await store.save_room(without)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await leave_and_fail()
    assert list(await store.live_rooms()) == [evening]
    muted, _ = stage.mute(without, host, False)
    await store.save_room(muted)
    assert list(await store.live_rooms()) == [muted]


async def test_holds_bans_lock_and_chat_switch_come_back_as_they_were_saved(
    store: Store,
) -> None:
    evening = await full_room(store)
    await store.save_room(evening)
    host, second, third, *_ = evening.participants
    silent, _ = moderation.switch_chat(evening, host, False)
    locked, _ = moderation.lock(silent, host, True)
    held = room.replace_participant(locked, second, held=True, muted=True, unmute_asked_at_ms=7)[0]
    banned, _ = moderation.ban(held, host, third)
    await store.save_room(banned)
    assert list(await store.live_rooms()) == [banned]
    talking, _ = moderation.switch_chat(banned, host, True)
    await store.save_room(talking)
    assert list(await store.live_rooms()) == [talking]
    free, _ = moderation.unban(talking, host, third)
    await store.save_room(free)
    assert list(await store.live_rooms()) == [free]
    ended, _ = coming.end(free, host)
    await store.save_room(ended)
    assert list(await store.live_rooms()) == []


async def test_erasing_a_person_takes_him_off_every_list_of_bans(store: Store) -> None:
    evening = await full_room(store)
    host, second, *_ = evening.participants
    banned, _ = moderation.ban(evening, host, second)
    await store.save_room(banned)
    await store.erase_member(second)
    assert [dict(live.banned) for live in await store.live_rooms()] == [{}]


# ---------------------------------------------------------------- transactions


async def test_a_transaction_happens_whole_or_not_at_all(store: Store, minji: Member) -> None:
    async def write_and_fail() -> None:
        async with store.transaction():
            await store.save_session(b"token", minji.member_id, NOW_MS)
            async with store.transaction():
                await store.save_founder_link(b"link")
            assert await store.session_member(b"token") == minji
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await write_and_fail()
    assert await store.session_member(b"token") is None
    assert not await store.use_founder_link(b"link")


async def test_nobody_sees_a_transaction_before_it_is_over(store: Store, minji: Member) -> None:
    inside, go_on = asyncio.Event(), asyncio.Event()

    async def write() -> None:
        async with store.transaction():
            await store.save_session(b"token", minji.member_id, NOW_MS)
            inside.set()
            await go_on.wait()

    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        tasks.create_task(write())
        await inside.wait()
        assert await store.session_member(b"token") is None
        go_on.set()
    assert await store.session_member(b"token") == minji


async def test_a_task_that_outlives_its_transaction_writes_on_its_own(
    store: Store, minji: Member
) -> None:
    go_on = asyncio.Event()

    async def write_later() -> None:
        await go_on.wait()
        await store.save_session(b"late", minji.member_id, NOW_MS)

    async with store.transaction():
        later = asyncio.create_task(write_later())
    go_on.set()
    await asyncio.wait_for(later, 5)
    assert await store.session_member(b"late") == minji


async def test_a_cancelled_transaction_changes_nothing_and_blocks_nobody(
    store: Store, minji: Member
) -> None:
    inside = asyncio.Event()

    async def write() -> None:
        async with store.transaction():
            await store.save_session(b"token", minji.member_id, NOW_MS)
            inside.set()
            await asyncio.Event().wait()

    writing = asyncio.create_task(write())
    await asyncio.wait_for(inside.wait(), 5)
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    await asyncio.wait_for(store.save_session(b"next", minji.member_id, NOW_MS), 5)
    assert await store.session_member(b"token") is None


async def test_opening_again_finds_everything(url: str) -> None:
    first = SqlStore(url)
    await first.open()
    await first.save_member(person("minji"))
    evening = await full_room(first)
    await first.save_room(evening)
    await first.close()
    again = SqlStore(url)
    await again.open()
    assert await again.member(person("minji").member_id) == person("minji")
    assert list(await again.live_rooms()) == [evening]
    left, _ = coming.leave(evening, list(evening.participants)[2])
    await again.save_room(left)
    assert list(await again.live_rooms()) == [left]
    await again.close()


async def test_newcomers_are_found_by_their_numbers_and_members_are_not(
    store: Store, minji: Member, newcomer: Member
) -> None:
    hashes = [minji.number_hash, newcomer.number_hash]
    hashes += [number_hash(PEPPER, f"+8230{index}") for index in range(6_000)]
    assert list(await store.newcomers(hashes)) == [newcomer]
    assert list(await store.newcomers([])) == []
