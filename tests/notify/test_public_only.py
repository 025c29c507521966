"""Nothing but the public Internet is connected to, whatever a name says at that moment."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import aiohttp
import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from server.notify.public_only import NotPublicError, public_connector

INSIDE = (
    *("127.0.0.1", "::1", "10.0.0.1", "169.254.169.254", "100.64.0.1", "fe80::1", "fd00::1"),
    *("::ffff:127.0.0.1", "224.0.0.1", "0.0.0.0", "64:ff9b::7f00:1"),
)


@dataclass
class Listener:
    """A service inside, which counts whoever comes."""

    port: int = 0
    connects: int = 0
    writers: list[asyncio.StreamWriter] = field(default_factory=list)

    async def serve(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connects += 1
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        writer.close()


@pytest.fixture
async def inside() -> AsyncIterator[Listener]:
    listener = Listener()
    server = await asyncio.start_server(listener.serve, "127.0.0.1")
    listener.port = server.sockets[0].getsockname()[1]
    async with server:
        yield listener


class LyingResolver(AbstractResolver):
    """A name server of somebody who wants in: each question gets the next answer."""

    def __init__(self, *answers: list[str]) -> None:
        self._answers = list(answers)
        self.asked = 0

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        self.asked += 1
        addresses = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in addresses
        ]

    async def close(self) -> None:
        """Nothing is open."""


async def reach(connector: aiohttp.TCPConnector, host: str, port: int) -> None:
    timeout = aiohttp.ClientTimeout(total=2)
    async with (
        aiohttp.ClientSession(connector=connector, timeout=timeout) as session,
        session.get(f"http://{host}:{port}/", allow_redirects=False),
    ):
        pass


async def test_the_service_inside_can_be_reached_by_whoever_does_not_look(inside: Listener) -> None:
    resolver = LyingResolver(["127.0.0.1"])
    await reach(aiohttp.TCPConnector(resolver=resolver), "push.example", inside.port)
    await reach(aiohttp.TCPConnector(), "127.0.0.1", inside.port)
    assert inside.connects == 2


@pytest.mark.parametrize("address", INSIDE)
async def test_a_name_that_leads_inside_is_not_followed(inside: Listener, address: str) -> None:
    with pytest.raises(aiohttp.ClientConnectorError) as refusal:
        await reach(
            public_connector(4, resolver=LyingResolver([address])), "push.example", inside.port
        )
    assert isinstance(refusal.value.os_error, NotPublicError)
    assert inside.connects == 0


async def test_a_name_with_several_addresses_does_not_lead_inside_either(
    inside: Listener,
) -> None:
    resolver = LyingResolver(["127.0.0.1", "::1", "10.0.0.1"])
    with pytest.raises(aiohttp.ClientError):
        await reach(public_connector(4, resolver=resolver), "push.example", inside.port)
    assert inside.connects == 0


async def test_a_name_that_changes_its_mind_is_looked_at_again(inside: Listener) -> None:
    """Rebinding: the check sees a public address, the connection would get a private one."""
    resolver = LyingResolver(["8.8.8.8"], ["127.0.0.1"])
    checked = await resolver.resolve("push.example", inside.port)
    assert checked[0]["host"] == "8.8.8.8"
    connector = public_connector(4, resolver=resolver)
    with pytest.raises(aiohttp.ClientConnectorError):
        await reach(connector, "push.example", inside.port)
    assert (resolver.asked, inside.connects) == (2, 0)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "127.1", "2130706433", "0x7f000001", "localhost"],
)
async def test_an_address_written_out_is_looked_at_too(inside: Listener, host: str) -> None:
    with pytest.raises(aiohttp.ClientError):
        await reach(public_connector(4), host, inside.port)
    assert inside.connects == 0
