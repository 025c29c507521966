"""Sessions: where one is signed in, and how each of them ends."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from protocol import signalling as wire
from server.domain.errors import NotSignedInError, StoreUnavailableError
from server.domain.ids import MemberId, RoomId
from server.domain.session import SEEN_EVERY_MS, SESSION_LIFETIME_MS
from server.service.sessions import EXPIRE_SESSIONS
from tests.web.gate import Gate, until
from tests.web.page import Page

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"


async def another_browser(gate: Gate, index: int) -> Page:
    """The same person signs in anew, in a browser of his own."""
    page = gate.page()
    page.http.headers["User-Agent"] = FIREFOX
    await page.sign_in(index, "")
    await page.connect()
    return page


async def sessions(gate: Gate, page: Page) -> list[dict[str, Any]]:
    response = await page.http.get(gate.base + "/api/sessions")
    assert response.status == 200
    return list((await response.json())["sessions"])


async def status(gate: Gate, page: Page) -> int:
    return (await page.http.get(gate.base + "/api/session")).status


async def test_one_sees_where_one_is_signed_in(gate: Gate) -> None:
    first = await gate.member(1)
    gate.clock.advance(SEEN_EVERY_MS)
    second = await another_browser(gate, 1)
    await first.disconnect()
    await until(lambda: len(gate.house.hub.of_member(MemberId(first.member_id))) == 1)
    newest, oldest = await sessions(gate, second)
    assert (newest["browser"], newest["system"]) == ("Firefox", "Linux")
    assert (newest["isThis"], newest["isOpen"]) == (True, True)
    assert (oldest["browser"], oldest["isThis"], oldest["isOpen"]) == ("", False, False)
    assert newest["createdAtMs"] - oldest["createdAtMs"] == SEEN_EVERY_MS
    stranger = await gate.member(2)
    assert len(await sessions(gate, stranger)) == 1


async def test_when_a_device_was_last_seen_is_kept_by_the_hour_only(gate: Gate) -> None:
    page = await gate.member(1)
    began = gate.clock.now_ms()
    for minutes in (1, 20, 38):
        gate.clock.advance(minutes * 60_000)
        assert await status(gate, page) == 200
    assert [s["lastSeenAtMs"] for s in await sessions(gate, page)] == [began]
    gate.clock.advance(2 * 60_000)
    assert await status(gate, page) == 200
    assert [s["lastSeenAtMs"] for s in await sessions(gate, page)] == [gate.clock.now_ms()]


async def test_signing_out_there_ends_that_device_and_no_other(gate: Gate) -> None:
    here = await gate.member(1)
    there, third = await another_browser(gate, 1), await another_browser(gate, 1)
    (gone,) = [s for s in await sessions(gate, there) if s["isThis"]]
    for _ in range(2):
        body = {"sessionId": gone["sessionId"]}
        assert (await here.post("/api/sessions/end", body)).status == 204
    error = await there.event(wire.Error)
    assert (error.id, error.code.value) == (None, "not_signed_in")
    await there.closed()
    assert await status(gate, there) == 204
    assert await status(gate, third) == await status(gate, here) == 200
    assert (await third.ask(wire.Ping)).id


async def test_nobody_signs_out_somebody_else(gate: Gate) -> None:
    mine, other = await gate.member(1), await gate.member(2)
    (target,) = await sessions(gate, other)
    body = {"sessionId": target["sessionId"]}
    assert (await mine.post("/api/sessions/end", body)).status == 204
    assert await status(gate, other) == 200
    response = await gate.page().post("/api/sessions/end", body)
    assert response.status == 401
    foreign = await other.post("/api/sessions/end", body, Origin="https://evil.example")
    assert foreign.status == 403
    assert await status(gate, other) == 200


async def test_signing_out_everywhere_else_leaves_this_device_only(gate: Gate) -> None:
    here = await gate.member(1)
    others = [await another_browser(gate, 1) for _ in range(3)]
    assert (await here.post("/api/sessions/end-others", b"")).status == 204
    await asyncio.gather(*(page.closed() for page in others))
    assert {await status(gate, page) for page in others} == {204}
    (left,) = await sessions(gate, here)
    assert left["isThis"]


async def test_a_session_unused_for_ninety_days_is_over_whatever_the_cookie_says(
    gate: Gate,
) -> None:
    used, unused = await gate.member(1), await gate.member(2)
    await unused.disconnect()
    gate.clock.advance(SESSION_LIFETIME_MS)
    assert await status(gate, used) == 200
    gate.clock.advance(1)
    assert await status(gate, unused) == 204
    assert await status(gate, used) == 200


async def test_sessions_that_are_over_are_forgotten_and_open_ones_are_seen(gate: Gate) -> None:
    open_one, unused = await gate.member(1), await gate.member(2)
    await unused.disconnect()
    gate.clock.advance(SESSION_LIFETIME_MS + 1)
    await gate.house.sessions.tidy()
    assert await gate.store.sessions_of(MemberId(unused.member_id)) == []
    (kept,) = await gate.store.sessions_of(MemberId(open_one.member_id))
    assert kept.last_seen_at_ms == gate.clock.now_ms()
    assert (EXPIRE_SESSIONS, gate.clock.now_ms(), 1) in await gate.store.job_runs()


async def test_the_cookies_age_counts_from_the_last_use(gate: Gate) -> None:
    page = await gate.member(1)
    response = await page.http.get(gate.base + "/api/session")
    assert "Set-Cookie" not in response.headers
    gate.clock.advance(SEEN_EVERY_MS + 1)
    response = await page.http.get(gate.base + "/api/session")
    cookie = response.headers["Set-Cookie"]
    assert "Max-Age=7776000" in cookie
    assert cookie.split(";")[0] == "masil=token-of-1", "the same session goes on"


async def test_a_locked_database_refuses_nobody_who_is_signed_in(gate: Gate) -> None:
    page = await gate.member(1)
    gate.clock.advance(SEEN_EVERY_MS + 1)
    async with gate.locked_database():
        assert await status(gate, page) == 200
        assert (await page.post("/api/sign-out", b"")).status == 503
    assert await status(gate, page) == 200


async def test_a_page_that_does_not_hear_why_it_is_let_go_is_cut_within_a_second(
    gate: Gate,
) -> None:
    page = await gate.member(1)
    await page.disconnect()
    await page.http.ws_connect(gate.base + "/ws", headers={"Origin": gate.origin})
    member_id = MemberId(page.member_id)
    await until(lambda: gate.house.hub.of_member(member_id))
    began = time.monotonic()
    assert (await page.post("/api/sign-out", b"")).status == 204
    await until(lambda: not gate.house.hub.of_member(member_id))
    assert time.monotonic() - began < 1.0


# ---------------------------------------------------------------- the seat of a session that ends


async def test_who_signs_out_leaves_his_room_at_once(gate: Gate) -> None:
    host, guest = await gate.founder(), await gate.member(1)
    await guest.join(await host.open_room())
    assert len(gate.media.seats) == 2
    assert (await guest.post("/api/sign-out", b"")).status == 204
    await host.event(wire.ParticipantLeft, lambda e: e.member_id == guest.member_id)
    assert len(gate.media.seats) == 1


async def test_signing_out_another_device_leaves_the_seat_to_the_one_that_holds_it(
    gate: Gate,
) -> None:
    host = await gate.founder()
    room_id = await host.open_room()
    phone, laptop = await gate.member(1), await another_browser(gate, 1)
    await phone.join(room_id)
    await laptop.join(room_id)
    seats = dict(gate.media.seats)
    (old,) = [s for s in await sessions(gate, laptop) if not s["isThis"]]
    assert (await laptop.post("/api/sessions/end", {"sessionId": old["sessionId"]})).status == 204
    await phone.closed()
    assert gate.media.seats == seats
    assert (await laptop.ask(wire.SyncRoom)).room.room_id == room_id


async def test_a_voice_ends_with_its_session_even_where_the_socket_was_lost_before(
    gate: Gate,
) -> None:
    host, thief = await gate.founder(), await gate.member(1)
    await thief.join(await host.open_room())
    owner = await another_browser(gate, 1)
    await thief.disconnect()
    await until(lambda: len(gate.house.hub.of_member(MemberId(thief.member_id))) == 1)
    assert len(gate.media.seats) == 2, "a voice goes on while its socket comes back"
    assert (await owner.post("/api/sessions/end-others", b"")).status == 204
    assert len(gate.media.seats) == 1
    await host.event(wire.ParticipantLeft, lambda e: e.member_id == thief.member_id)


async def test_signing_in_anew_keeps_the_seat_in_the_browsers_other_tab(gate: Gate) -> None:
    host = await gate.founder()
    room_id = await host.open_room()
    tab = await gate.member(1)
    await tab.join(room_id)
    await tab.sign_in(1, "")
    await tab.closed()
    assert len(gate.media.seats) == 2
    await tab.disconnect()
    await tab.connect()
    await tab.join(room_id)
    assert (await tab.post("/api/sign-out", b"")).status == 204
    await host.event(wire.ParticipantLeft, lambda e: e.member_id == tab.member_id)


async def test_a_seat_passed_on_ends_with_the_new_session_too(gate: Gate) -> None:
    host = await gate.founder()
    tab = await gate.member(1)
    await tab.join(await host.open_room())
    await tab.sign_in(1, "")
    assert (await tab.post("/api/sign-out", b"")).status == 204
    await host.event(wire.ParticipantLeft, lambda e: e.member_id == tab.member_id)
    assert len(gate.media.seats) == 1


async def test_somebody_else_who_signs_in_ends_the_voice_of_who_was_here(gate: Gate) -> None:
    host = await gate.founder()
    shared, other = await gate.member(1), await gate.member(2)
    member_id = shared.member_id
    await shared.join(await host.open_room())
    await other.disconnect()
    await shared.sign_in(2, "")
    await host.event(wire.ParticipantLeft, lambda e: e.member_id == member_id)
    assert len(gate.media.seats) == 1


async def test_a_voice_ends_first_even_where_the_seat_cannot_be_saved(gate: Gate) -> None:
    host, guest = await gate.founder(), await gate.member(1)
    await guest.join(await host.open_room())
    async with gate.locked_database():
        with pytest.raises(StoreUnavailableError):
            await gate.house.rooms.put_out(MemberId(guest.member_id))
        assert len(gate.media.seats) == 1


async def test_a_command_under_way_when_the_session_ends_takes_no_seat(gate: Gate) -> None:
    host, guest = await gate.founder(), await gate.member(1)
    room_id = RoomId(await host.open_room())
    token = guest.http.cookie_jar.filter_cookies(gate.url)["masil"].value
    member = await gate.house.sessions.member(token)
    (connection,) = gate.house.hub.of_member(member.member_id)
    rooms = gate.house.rooms
    await gate.house.sessions.sign_out(token)
    # As a command does that read who asks just before, and waited for its turn since.
    for late in (rooms.join(connection, member, room_id), rooms.open(connection, member, "Late")):
        with pytest.raises(NotSignedInError):
            await late
    assert len(gate.media.seats) == 1
    assert [room.room_id for room in await gate.store.live_rooms()] == [room_id]
