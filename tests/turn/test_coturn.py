"""The real TURN server takes our passwords, and relays to the house's own voices only."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
from aioice import stun, turn

from protocol.signalling import IceServer
from server.clock import SystemClock
from server.domain.ids import MemberId
from server.service.relay import LIFETIME_S, Relay
from tests.coturn import SECRET, coturn, needs_coturn
from tests.fakes.clock import FakeClock

pytestmark = needs_coturn
MEDIA, STRANGER = ("127.0.0.1", 9), ("192.0.2.1", 9)


@pytest.fixture(scope="module")
def turn_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with coturn(tmp_path_factory.mktemp("coturn"), '["127.0.0.1", "203.0.113.7"]') as port:
        yield port


@asynccontextmanager
async def relayed(port: int, server: IceServer) -> AsyncIterator[turn.TurnClientUdpProtocol]:
    """One allocation."""
    address = ("127.0.0.1", port)
    transport, client = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: turn.TurnClientUdpProtocol(
            address, server.username, server.credential, lifetime=600, channel_refresh_time=500
        ),
        remote_addr=address,
    )
    try:
        async with asyncio.timeout(5):
            await client.connect()
            yield client
            await client.delete()
    finally:
        transport.close()


def credentials(clock: SystemClock | FakeClock, secret: str = SECRET) -> IceServer:
    (server,) = Relay(["turn:unused"], secret.encode(), clock).servers(MemberId("hana"))
    return server


async def test_coturn_relays_to_a_media_address(turn_port: int) -> None:
    async with relayed(turn_port, credentials(SystemClock())) as client:
        await client.channel_bind(0x4000, MEDIA)


async def test_coturn_relays_to_no_other_address(turn_port: int) -> None:
    async with relayed(turn_port, credentials(SystemClock())) as client:
        with pytest.raises(stun.TransactionFailed) as refused:
            await client.channel_bind(0x4000, STRANGER)
    assert refused.value.response.attributes["ERROR-CODE"][0] == 403


async def test_an_expired_or_forged_password_opens_no_relay(turn_port: int) -> None:
    long_ago = FakeClock(SystemClock().now_ms() - (LIFETIME_S + 60) * 1000)
    for server in (credentials(long_ago), credentials(SystemClock(), "another secret of ours")):
        with pytest.raises(stun.TransactionFailed) as refused:
            async with relayed(turn_port, server):
                raise AssertionError
        assert refused.value.response.attributes["ERROR-CODE"][0] == 401
