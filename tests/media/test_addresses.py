"""Where browsers are told to send, and what happens when they are somewhere else later."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import AsyncIterator

import pytest

from server.config import Settings
from server.domain.ids import MediaId
from server.media.embedded.receivers import pack_sockaddr
from server.media.embedded.session import MAX_SOURCES
from server.ports import SeatLost
from tests.fakes.nat import Nat
from tests.media.conftest import House, seat


def has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


needs_ipv6 = pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6 loopback")


def candidates(offer: str) -> set[tuple[str, int]]:
    found = re.findall(r"a=candidate:\d+ 1 udp \d+ (\S+) (\d+) typ host", offer)
    return {(host, int(port)) for host, port in found}


@pytest.fixture
async def nat() -> AsyncIterator[Nat]:
    made = Nat()
    yield made
    made.close()


# ---------------------------------------------------------------- IPv6


@needs_ipv6
async def test_voices_over_ipv6(settings: Settings) -> None:
    six = settings.model_copy(update={"media_host": "::1"})
    async with House(six) as house:
        a = await house.enter(seat("a"), host="::1")
        b = await house.enter(seat("b", csrc=2), host="::1")
        assert candidates(a.offer) == {("::1", house.worker.port)}
        a.speak(1, b"over six")
        b.speak(1, b"back over six")
        assert (await b.hears(1))[0].payload == b"over six"
        assert (await a.hears(1))[0].payload == b"back over six"


@needs_ipv6
async def test_one_room_holds_both_families(settings: Settings) -> None:
    if not socket.has_dualstack_ipv6():
        pytest.skip("this machine has no dual-stack sockets")
    addresses = ["127.0.0.1", "::1"]
    both = settings.model_copy(update={"media_host": "::", "media_advertise": addresses})
    async with House(both) as house:
        four = await house.enter(seat("four"))
        six = await house.enter(seat("six", csrc=2), host="::1")
        assert candidates(four.offer) == {(host, house.worker.port) for host in addresses}
        four.speak(1, b"from four")
        six.speak(1, b"from six")
        assert (await six.hears(1))[0].payload == b"from four"
        assert (await four.hears(1))[0].payload == b"from six"


# ---------------------------------------------------------------- behind a NAT


async def test_browsers_are_told_the_port_that_the_nat_has_outside(
    settings: Settings, nat: Nat
) -> None:
    behind = settings.model_copy(update={"media_advertise_port": nat.port})
    async with House(behind) as house:
        nat.server = ("127.0.0.1", house.worker.port)
        assert nat.port != house.worker.port
        a = await house.enter(seat("a"))
        b = await house.enter(seat("b", csrc=2))
        assert candidates(a.offer) == {("127.0.0.1", nat.port)}
        a.speak(1, b"through the wall")
        assert (await b.hears(1))[0].payload == b"through the wall"


async def test_a_live_session_moves_when_the_nat_maps_it_anew(settings: Settings, nat: Nat) -> None:
    """The browser notices nothing: its next check moves both directions, without a handshake."""
    behind = settings.model_copy(update={"media_advertise_port": nat.port})
    async with House(behind) as house:
        nat.server = ("127.0.0.1", house.worker.port)
        a = await house.enter(seat("a"))
        b = await house.enter(seat("b", csrc=2))
        for turn in range(1, 4):
            nat.rebind()
            await asyncio.gather(a.checked(), b.checked())
            a.speak(turn, b"from a")
            b.speak(turn, b"from b")
            await asyncio.gather(a.hears(turn), b.hears(turn))
        assert await house.count("sessions_connected") == 2
        assert not any(isinstance(event, SeatLost) for event in house.seen)


# ---------------------------------------------------------------- many addresses


async def test_checks_from_many_addresses_never_push_out_the_one_in_use(house: House) -> None:
    """A laptop with networks, tunnels and relays tries more pairs than we remember."""
    a = await house.enter(seat("a"))
    b = await house.enter(seat("b", csrc=2))
    b.checking = False
    for _ in range(2 * MAX_SOURCES):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            other.bind(("127.0.0.1", 0))
            checks = await house.count("stun_in")
            other.sendto(b.check(nominate=False), b.server)
            await house.counted("stun_in", checks + 1)
    b.speak(1, b"still here")
    a.speak(1, b"still there")
    assert (await a.hears(1))[0].payload == b"still here"
    assert (await b.hears(1))[0].payload == b"still there"
    assert len(house.worker.engine._sessions[MediaId("b")].sources) <= MAX_SOURCES


async def test_an_address_that_another_session_took_over_stays_his(house: House) -> None:
    """A port that the first browser gave up and the second got is the second's voice."""
    a = await house.enter(seat("a"))
    b = await house.enter(seat("b", csrc=2))
    b.checking = False
    shared = pack_sockaddr(b.socket.getsockname()[:2])
    sessions = house.worker.engine._sessions
    sessions[MediaId("a")].sources.insert(0, shared)  # as if it had been a's before
    for _ in range(MAX_SOURCES):
        checks = await house.count("stun_in")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            other.bind(("127.0.0.1", 0))
            other.sendto(a.check(nominate=False), a.server)
            await house.counted("stun_in", checks + 1)
    assert shared not in sessions[MediaId("a")].sources
    b.speak(1, b"mine now")
    assert (await a.hears(1))[0].payload == b"mine now"
