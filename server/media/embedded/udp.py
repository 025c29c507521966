"""The one UDP port of a worker: reads datagrams, sends datagrams, knows its own addresses.

Never looks into a datagram.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Callable, Sequence
from typing import TypeAlias

import ifaddr

from server.media.embedded.counters import Counters

Address: TypeAlias = tuple[str, int] | tuple[str, int, int, int]
"""As the socket gives it: IPv4 (host, port), IPv6 with flow and scope."""

MAX_DATAGRAM_BYTES = 1500
_BUFFER_BYTES = 4 * 1024 * 1024
_READS_A_TURN = 128
"""Datagrams read before other tasks of the loop have their turn."""


class UdpPort:
    """A non-blocking socket in the running loop."""

    def __init__(self, host: str, port: int, counters: Counters) -> None:
        self.family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.socket = socket.socket(self.family, socket.SOCK_DGRAM)
        self._counters = counters
        self._host = host
        try:
            self.socket.setblocking(False)
            for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
                self.socket.setsockopt(socket.SOL_SOCKET, option, _BUFFER_BYTES)
            if self.family == socket.AF_INET6:
                self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
            self.socket.bind((host, port))
        except OSError:
            self.socket.close()
            raise
        self.port: int = self.socket.getsockname()[1]

    def start(self, on_datagram: Callable[[bytes, Address], None]) -> None:
        """Hand every datagram to `on_datagram` from now on."""
        self._on_datagram = on_datagram
        asyncio.get_running_loop().add_reader(self.socket.fileno(), self._read)

    def close(self) -> None:
        """Stop reading and free the port."""
        asyncio.get_running_loop().remove_reader(self.socket.fileno())
        self.socket.close()

    def send(self, data: bytes, address: Address) -> None:
        """Send at once, or count it as dropped: a voice is never sent late."""
        try:
            self.socket.sendto(data, address)
        except OSError:
            self._counters.dropped_send += 1

    def advertised(self, configured: Sequence[str]) -> list[str]:
        """The IP addresses for the offer: as configured, else where this socket can be reached."""
        if configured:
            return [str(ipaddress.ip_address(address)) for address in configured]
        if not ipaddress.ip_address(self._host).is_unspecified:
            return [self._host]
        return own_addresses(with_ipv6=self.family == socket.AF_INET6)

    def _read(self) -> None:
        receive = self.socket.recvfrom
        for _ in range(_READS_A_TURN):
            try:
                data, address = receive(MAX_DATAGRAM_BYTES + 1)
            except BlockingIOError:
                return
            except OSError:  # an ICMP error of an earlier send; the socket itself is well
                self._counters.dropped_send += 1
                continue
            self._on_datagram(data, address)


def own_addresses(*, with_ipv6: bool) -> list[str]:
    """All addresses of this machine, the loopback one last; no link-local IPv6 ones."""
    found: set[str] = set()
    for adapter in ifaddr.get_adapters():
        for ip in adapter.ips:
            text = ip.ip if isinstance(ip.ip, str) else ip.ip[0]
            address = ipaddress.ip_address(text)
            if address.version == 6 and (not with_ipv6 or address.is_link_local):
                continue
            found.add(str(address))
    return sorted(found, key=lambda text: (ipaddress.ip_address(text).is_loopback, text))


def seen_at(address: Address) -> tuple[str, int]:
    """The sender's address in plain form: an IPv4 sender on an IPv6 socket is shown as IPv4."""
    host = ipaddress.ip_address(address[0].partition("%")[0])
    if isinstance(host, ipaddress.IPv6Address) and host.ipv4_mapped:
        return str(host.ipv4_mapped), address[1]
    return str(host), address[1]
