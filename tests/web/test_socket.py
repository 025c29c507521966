"""The WebSocket itself: who may open it, pace, size, slow readers, the end."""

from __future__ import annotations

import asyncio
import socket

import pytest
from aiohttp import ClientWebSocketResponse, WSMsgType, WSServerHandshakeError

from protocol import signalling as wire
from protocol.errors import ErrorCode
from protocol.wire import MAX_MESSAGE_BYTES
from server.domain.ids import MemberId
from server.service.hub import CONNECTIONS_PER_MEMBER_MAX
from server.web.signalling import MESSAGES_BURST, REFUSALS_MAX
from tests.web.gate import Gate, until
from tests.web.page import Page

LISTENERS = 50
BROADCASTS = 150


async def test_socket_of_a_foreign_page_is_refused(gate: Gate) -> None:
    page = await gate.founder()
    foreign = ["https://evil.example", "null", "http://localhost", f"https://localhost:{gate.port}"]
    for headers in [*({"Origin": origin} for origin in foreign), {}]:
        with pytest.raises(WSServerHandshakeError) as refused:
            await page.http.ws_connect(gate.base + "/ws", headers=headers)
        assert refused.value.status == 403


async def test_both_names_of_this_machine_are_ours(gate: Gate) -> None:
    page = await gate.founder()
    for host in ("localhost", "127.0.0.1"):
        headers = {"Origin": f"http://{host}:{gate.port}"}
        async with page.http.ws_connect(gate.base + "/ws", headers=headers) as opened:
            assert (await opened.receive()).type is WSMsgType.TEXT


async def test_socket_needs_a_session(gate: Gate) -> None:
    http = gate.page().http
    for cookie in ({}, {"Cookie": "masil=nothing"}):
        with pytest.raises(WSServerHandshakeError) as refused:
            await http.ws_connect(gate.base + "/ws", headers={"Origin": gate.origin, **cookie})
        assert refused.value.status == 401


async def test_welcome_is_first_and_tells_all_outside_rooms(gate: Gate) -> None:
    page = await gate.founder()
    await page.add_contacts(1, 2)
    room_id = await page.open_room("Evening walk")
    other = await gate.member(1)
    await other.disconnect()
    welcome = await other.connect()
    assert welcome.me.name == "Member 1"
    assert [(card.room_id, card.title) for card in welcome.rooms] == [(room_id, "Evening walk")]
    assert welcome.media_up
    assert welcome.captions == wire.CaptionsEngine(state="ready", detail="fake")
    assert welcome.default_region == "KR"


async def test_what_is_no_message_gets_an_error_and_the_connection_goes_on(gate: Gate) -> None:
    page = await gate.founder()
    cases: list[tuple[str | bytes, int | None]] = [
        ("not json", None),
        ("[]", None),
        ('{"type":"unknown","id":70}', 70),
        ('{"type":"mute","id":71}', 71),
        ('{"type":"mute","id":72,"muted":"yes"}', 72),
        ('{"type":"mute","id":73,"muted":true,"more":1}', 73),
        ('{"type":"mute","id":-1,"muted":true}', None),
        ('{"type":"mute","id":99999999999999999999,"muted":true}', None),
        (b"binary", None),
    ]
    for raw, id_ in cases:
        await page.send(raw)
        error = await (page.event(wire.Error) if id_ is None else page.reply(id_))
        assert isinstance(error, wire.Error)
        assert (error.id, error.code) == (id_, ErrorCode.BAD_MESSAGE)
    assert await page.refusal(wire.LeaveRoom) is ErrorCode.NOT_IN_ROOM


async def test_who_goes_on_sending_rubbish_is_closed(gate: Gate) -> None:
    page = await gate.founder()
    for _ in range(REFUSALS_MAX):
        await page.send("rubbish")
    assert await page.closed() == 1008
    assert len(page.unread(wire.Error)) == REFUSALS_MAX


async def test_flood_is_refused_and_then_closed(gate: Gate) -> None:
    page = await gate.founder()
    for index in range(int(MESSAGES_BURST) + REFUSALS_MAX):
        await page.send(f'{{"type":"leave_room","id":{1000 + index}}}')
    assert await page.closed() == 1008
    last = await page.reply(1000 + int(MESSAGES_BURST))
    assert isinstance(last, wire.Error)
    assert last.code is ErrorCode.RATE_LIMITED
    before = await page.reply(1000 + int(MESSAGES_BURST) - 1)
    assert isinstance(before, wire.Error)
    assert before.code is ErrorCode.NOT_IN_ROOM


async def test_allowance_comes_back_with_time(gate: Gate) -> None:
    page = await gate.founder()
    for _ in range(3):
        for _ in range(int(MESSAGES_BURST)):
            assert await page.refusal(wire.LeaveRoom) is ErrorCode.NOT_IN_ROOM
        gate.clock.advance(2_000)


async def test_oversized_message_closes_that_socket_only(gate: Gate) -> None:
    page = await gate.founder()
    other = await gate.member(1)
    await page.send("x" * (MAX_MESSAGE_BYTES + 1))
    assert await page.closed() == 1009
    assert await other.refusal(wire.LeaveRoom) is ErrorCode.NOT_IN_ROOM


async def test_a_person_has_sixteen_sockets_at_most(gate: Gate) -> None:
    page = await gate.founder()
    headers = {"Origin": gate.origin}
    kept = [await open_socket(gate, page) for _ in range(CONNECTIONS_PER_MEMBER_MAX - 1)]
    for extra in kept:
        assert isinstance(wire.decode_server.decode((await extra.receive()).data), wire.Welcome)
    one_more = await page.http.ws_connect(gate.base + "/ws", headers=headers)
    refusal = wire.decode_server.decode((await one_more.receive()).data)
    assert isinstance(refusal, wire.Error)
    assert refusal.code is ErrorCode.RATE_LIMITED
    assert (await one_more.receive()).type is WSMsgType.CLOSE
    await page.disconnect()
    await page.connect()


async def test_slow_reader_is_cut_and_fifty_others_hear_everything(gate: Gate) -> None:
    host = await gate.founder()
    others = [host, *[await gate.member(index) for index in (1, 2, 3)]]
    extra = [await open_socket(gate, others[i % 4]) for i in range(LISTENERS - len(others))]
    slow = await gate.member(4)
    await slow.disconnect()
    counts = [asyncio.create_task(count_broadcasts(socket)) for socket in extra]
    with await stalled_socket(gate, slow):
        for _ in range(BROADCASTS):
            gate.house.hub.to_everybody(hallway("small"))
            gate.house.hub.to_member(MemberId(slow.member_id), hallway("x" * 64_000))
            for _ in range(3):
                await asyncio.sleep(0)
        await until(lambda: not gate.house.hub.of_member(MemberId(slow.member_id)))
    assert await asyncio.gather(*counts) == [BROADCASTS] * len(extra)
    for page in others:
        for _ in range(BROADCASTS):
            await page.event(wire.Hallway, is_broadcast)


def hallway(title: str) -> wire.Hallway:
    card = wire.RoomCard(
        room_id="broadcast",
        title=title,
        opened_at_ms=0,
        kind="open",
        locked=False,
        stage=[],
        listeners=0,
        captions_on=False,
        topics=[],
    )
    return wire.Hallway(rooms=[card])


def is_broadcast(message: wire.Hallway) -> bool:
    return [card.room_id for card in message.rooms] == ["broadcast"]


async def open_socket(gate: Gate, page: Page) -> ClientWebSocketResponse:
    return await page.http.ws_connect(gate.base + "/ws", headers={"Origin": gate.origin})


async def count_broadcasts(socket: ClientWebSocketResponse) -> int:
    count = 0
    while count < BROADCASTS:
        message = wire.decode_server.decode((await socket.receive(5)).data)
        count += isinstance(message, wire.Hallway) and is_broadcast(message)
    return count


async def stalled_socket(gate: Gate, page: Page) -> socket.socket:
    """A WebSocket that never reads."""
    cookie = next(iter(page.http.cookie_jar))
    stalled = socket.socket()
    stalled.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    stalled.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(stalled, ("127.0.0.1", gate.port))
    request = (
        f"GET /ws HTTP/1.1\r\nHost: localhost\r\nOrigin: {gate.origin}\r\n"
        f"Cookie: {cookie.key}={cookie.value}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: c2xvdyByZWFkZXIgc2xvdw==\r\n\r\n"
    )
    await loop.sock_sendall(stalled, request.encode())
    await until(lambda: gate.house.hub.of_member(MemberId(page.member_id)))
    return stalled


async def test_locked_database_is_told_and_the_connection_goes_on(gate: Gate) -> None:
    page = await gate.founder()
    room_id = await page.open_room()
    async with gate.locked_database():
        assert await page.refusal(wire.Mute, muted=False) is ErrorCode.UNAVAILABLE
        assert await page.refusal(wire.EndRoom) is ErrorCode.UNAVAILABLE
    snapshot = await page.ask(wire.SyncRoom)
    assert [p.muted for p in snapshot.room.participants] == [True]
    assert (await page.ask(wire.Mute, muted=False)).id
    assert snapshot.room.room_id == room_id


async def test_when_the_gate_stops_pages_are_let_go_and_come_back_to_the_next_one(
    gate: Gate,
) -> None:
    page = await gate.founder()
    await gate.restart()
    assert await page.closed() == 1001
    assert page.unread(wire.Error) == []
    await page.disconnect()
    assert (await page.connect()).me.member_id == page.member_id
