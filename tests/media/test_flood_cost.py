"""What strangers send costs the same however many people there are, and leaves nothing behind.

Operations are counted, not timed: the calls of functions, Python's and C's, for one datagram.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterator
from types import FrameType
from typing import Any

import pytest

from server.config import Settings
from server.domain.ids import MediaId
from server.media.embedded.receivers import pack_sockaddr
from tests.fakes.rtc import RtcPeer, malformed_stun
from tests.media.conftest import House, seat

FEW, MANY = 2, 60
STRANGER = pack_sockaddr(("192.0.2.77", 4242))


def kinds(peer: RtcPeer) -> Iterator[tuple[str, bytes]]:
    """Datagrams that nobody has vouched for; a `peer` lends what an eavesdropper can see."""
    for n, data in enumerate(malformed_stun()):
        yield f"malformed STUN {n}", data
    yield "a check of nobody", peer.check(ufrag="nobody")
    yield "a check with a wrong password", peer.check(password="a wrong password, long enough")
    yield "a ClientHello", b"\x16\xfe\xff" + os.urandom(180)
    yield "DTLS data", b"\x17\xfe\xfd" + os.urandom(60)
    yield "RTP", b"\x80\x6f" + os.urandom(100)
    yield "RTP with the SSRC of a slot", b"\x90\x6f\0\1\0\0\0\0\x4d\x53\x4c\0" + os.urandom(60)
    yield "RTCP", b"\x80\xc9" + os.urandom(60)
    yield "a large datagram", b"\x80\x6f" + bytes(1600)
    yield "nothing we know", b"\xff" * 40
    yield "an empty one", b""


def operations(house: House, data: bytes) -> int:
    """Calls while the worker takes one datagram of a stranger."""
    count = 0

    def on_event(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    ingress = house.worker.engine._ingress
    sys.setprofile(on_event)
    try:
        ingress.on_datagram(data, STRANGER)
    finally:
        sys.setprofile(None)
    return count


async def test_each_kind_costs_the_same_with_few_people_and_with_many(settings: Settings) -> None:
    costs: list[dict[str, int]] = []
    async with House(settings) as house:
        first = await house.enter(seat("p0"))
        datagrams = list(kinds(first))
        for people in (FEW, MANY):
            for n in range(len(house.worker.engine._sessions), people):
                await house.link.open_seat(seat(f"p{n}", csrc=n + 1, role="listener"))
            for _, data in datagrams:
                operations(house, data)  # whatever is done once is done now
            costs.append({name: operations(house, data) for name, data in datagrams})
    assert costs[0] == costs[1]
    assert max(costs[1].values()) < 300


async def test_each_is_counted_once_and_nothing_of_it_is_kept(house: House) -> None:
    peer = await house.enter(seat("a"))
    peer.checking = False
    engine = house.worker.engine
    for name, data in kinds(peer):
        before = house.worker.counters.as_dict()
        sources, tasks = len(engine._ingress._by_source), len(asyncio.all_tasks())
        engine._ingress.on_datagram(data, STRANGER)
        after = house.worker.counters.as_dict()
        changed = {key for key in after if after[key] != before[key]}
        assert len(changed) == 2, name
        assert all(key == "datagrams_in" or key.startswith("dropped_") for key in changed), name
        assert all(after[key] == before[key] + 1 for key in changed), name
        assert (len(engine._ingress._by_source), len(asyncio.all_tasks())) == (sources, tasks)
    assert engine._sessions[MediaId("a")].sources == [pack_sockaddr(peer.socket.getsockname()[:2])]


@pytest.mark.parametrize("kind", ["ClientHello", "DTLS data"])
async def test_dtls_from_forged_addresses_starts_no_handshake(house: House, kind: str) -> None:
    """Only an address that a check has proven may shake hands; ten thousand others cost nothing."""
    peer = await house.enter(seat("a"))
    data = next(data for name, data in kinds(peer) if kind in name)
    tasks = len(asyncio.all_tasks())
    before = await house.count("dropped_source")
    for n in range(10_000):
        source = pack_sockaddr((f"198.51.{n // 250 % 250}.{n % 250}", 1024 + n))
        house.worker.engine._ingress.on_datagram(data, source)
    assert await house.count("dropped_source") == before + 10_000
    assert len(asyncio.all_tasks()) <= tasks + 1
    other = await house.enter(seat("b", csrc=2))
    peer.speak(1, b"as if nothing had been")
    assert (await other.hears(1))[0].payload == b"as if nothing had been"
