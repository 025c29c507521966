"""Outboxes: bounded, in order, and never waited for by a broadcast."""

from __future__ import annotations

import asyncio

from protocol import signalling as wire
from server.domain.ids import MemberId
from server.service.hub import OUTBOX_MAX_BYTES, OUTBOX_MAX_MESSAGES, Connection, Hub


class Peer:
    """A connection whose end is watched."""

    def __init__(self) -> None:
        self.cut = False
        self.connection = Connection(MemberId("m"), b"session", cut=self._cut, close=lambda _: None)

    def _cut(self) -> None:
        self.cut = True


def of_size(size: int) -> bytes:
    return b"x" * size


async def test_messages_leave_in_order_and_make_room_for_more() -> None:
    peer = Peer()
    for index in range(3 * OUTBOX_MAX_MESSAGES):
        peer.connection.put(str(index).encode())
        assert await peer.connection.next() == str(index).encode()
    assert not peer.cut


async def test_a_pile_of_messages_cuts_the_slow_reader() -> None:
    peer = Peer()
    for _ in range(OUTBOX_MAX_MESSAGES):
        peer.connection.put(of_size(1))
    assert not peer.cut
    peer.connection.put(of_size(1))
    assert peer.cut
    assert await peer.connection.next() is None


async def test_a_pile_of_bytes_cuts_the_slow_reader() -> None:
    peer = Peer()
    peer.connection.put(of_size(OUTBOX_MAX_BYTES))
    assert not peer.cut
    peer.connection.put(of_size(1))
    assert peer.cut


async def test_one_large_event_alone_is_no_sign_of_slowness() -> None:
    peer = Peer()
    peer.connection.put(of_size(4 * OUTBOX_MAX_BYTES))
    assert not peer.cut
    assert len(await peer.connection.next() or b"") == 4 * OUTBOX_MAX_BYTES


async def test_large_replies_hold_up_the_own_commands_only() -> None:
    peer = Peer()
    view = wire.RoomView(
        room_id="r",
        title="x" * OUTBOX_MAX_BYTES,
        revision=1,
        opened_at_ms=0,
        captions_on=False,
        participants=[],
        topics=[],
        locked=False,
        banned=0,
        hostless=False,
        asked=None,
        kind="open",
        captions_kept_min=5,
        hidden_words=[],
    )
    peer.connection.send(wire.RoomSnapshot(id=1, room=view))
    peer.connection.put(of_size(1))
    assert not peer.cut
    waiting = asyncio.create_task(peer.connection.answered())
    await asyncio.sleep(0)
    assert not waiting.done()
    await peer.connection.next()
    await waiting


async def test_who_waits_for_the_outbox_is_let_go_when_it_ends() -> None:
    peer = Peer()
    peer.connection.send(wire.Ok(id=1))
    waiting = asyncio.create_task(peer.connection.answered())
    await asyncio.sleep(0)
    peer.connection.end()
    await waiting
    assert await peer.connection.next() == b'{"type":"ok","id":1}'
    assert await peer.connection.next() is None


async def test_slow_one_does_not_keep_a_broadcast_from_the_others() -> None:
    hub, slow, quick = Hub(), Peer(), Peer()
    hub.attach(slow.connection)
    hub.attach(quick.connection)
    for _ in range(2 * OUTBOX_MAX_MESSAGES):
        hub.to_everybody(wire.MediaUp(up=True))
        await quick.connection.next()
    assert (slow.cut, quick.cut) == (True, False)


async def test_what_waits_for_a_reader_who_lags_is_dropped_and_he_is_cut() -> None:
    hub = Hub()
    lagging, brisk = Peer(), Peer()
    for peer in (lagging, brisk):
        hub.attach(peer.connection)
        peer.connection.put(b"words that are over")
    assert await brisk.connection.next() == b"words that are over"
    await hub.flush()
    assert (lagging.cut, brisk.cut) == (True, False)
    assert await lagging.connection.next() is None


async def test_what_the_socket_has_not_sent_yet_waits_too() -> None:
    hub = Hub()
    peer = Peer()
    peer.connection.unsent = lambda: 1
    hub.attach(peer.connection)
    peer.connection.put(b"words that are over")
    assert await peer.connection.next() == b"words that are over"
    await hub.flush()
    assert peer.cut
