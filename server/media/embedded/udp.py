"""The one UDP port of a worker: reads datagrams, sends datagrams, knows its own addresses.

Never looks into a datagram.
"""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import socket
import struct
from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

import ifaddr

from server.media.embedded.counters import Counters
from server.media.embedded.mmsg import MAX_SOCKADDR_BYTES, ffi, recvmmsg

Address: TypeAlias = tuple[str, int] | tuple[str, int, int, int]
"""As the socket gives it: IPv4 (host, port), IPv6 with flow and scope."""

MAX_DATAGRAM_BYTES = 1500
_BUFFER_BYTES = 4 * 1024 * 1024
_BATCH = 32
"""Datagrams a system call."""
_BATCHES_A_TURN = 4
"""Read before other tasks of the loop have their turn, …"""
_TURN_S = 0.02
"""… or as soon as a turn takes so long: one packet for a thousand listeners costs milliseconds, and
a worker that does not answer the gate meanwhile is taken for hung."""
_STRIDE = 1536
_MESSAGE_WORDS = ffi.sizeof("struct mmsghdr") // 4
_LENGTH_WORD = ffi.offsetof("struct mmsghdr", "msg_len") // 4


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
        self._loop = asyncio.get_running_loop()
        self._rest: Iterator[tuple[tuple[memoryview, memoryview], int]] | None = None
        """What was read and not taken yet."""
        self._again: asyncio.Handle | None = None
        self._lay_out()

    def _lay_out(self) -> None:
        """Buffers that every read uses anew."""
        memory, names = bytearray(_BATCH * _STRIDE), bytearray(_BATCH * MAX_SOCKADDR_BYTES)
        base, name = ffi.from_buffer(memory), ffi.from_buffer(names)
        self._messages = ffi.new("struct mmsghdr[]", _BATCH)
        vectors = ffi.new("struct iovec[]", _BATCH)
        self._kept = base, name, vectors
        # The kernel writes this very length back after each read: a socket has one family.
        size = 28 if self.family == socket.AF_INET6 else 16
        for n in range(_BATCH):
            vectors[n].iov_base, vectors[n].iov_len = base + n * _STRIDE, _STRIDE
            header = self._messages[n].msg_hdr
            header.msg_name, header.msg_namelen = name + n * MAX_SOCKADDR_BYTES, size
            header.msg_iov, header.msg_iovlen = vectors + n, 1
        data, sources = memoryview(memory), memoryview(names)
        words = memoryview(ffi.buffer(self._messages)).cast("B").cast("I")
        self._lengths = words[_LENGTH_WORD::_MESSAGE_WORDS]
        self._places = [
            (
                data[n * _STRIDE : (n + 1) * _STRIDE],
                sources[n * MAX_SOCKADDR_BYTES : n * MAX_SOCKADDR_BYTES + size],
            )
            for n in range(_BATCH)
        ]

    def start(self, on_datagram: Callable[[bytes, bytes], None]) -> None:
        """Hand every datagram and its raw source to `on_datagram` from now on."""
        self._on_datagram = on_datagram
        self._loop.add_reader(self.socket.fileno(), self._on_readable)

    def close(self) -> None:
        """Stop reading and free the port."""
        self._loop.remove_reader(self.socket.fileno())
        if self._again is not None:
            self._again.cancel()
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

    def _on_readable(self) -> None:
        if self._rest is None:  # else the next turn is due already
            self._read()

    def _read(self) -> None:
        """Take what is there, for a turn; what was read and not taken waits for the next one."""
        fileno, messages, on_datagram = self.socket.fileno(), self._messages, self._on_datagram
        now_s = self._loop.time
        until_s = now_s() + _TURN_S
        for _ in range(_BATCHES_A_TURN):
            rest, self._rest = self._rest, None
            got = _BATCH
            if rest is None:
                got = recvmmsg(fileno, messages, _BATCH, socket.MSG_DONTWAIT, ffi.NULL)
                if got < 0:
                    if ffi.errno == errno.EAGAIN:
                        return
                    # An ICMP error of an earlier send, or a signal; the socket itself is well.
                    self._counters.dropped_send += ffi.errno != errno.EINTR
                    continue
                rest = zip(self._places[:got], self._lengths, strict=False)
            for (data, source), length in rest:
                on_datagram(data[:length].tobytes(), source.tobytes())
                if now_s() > until_s:
                    self._rest, self._again = rest, self._loop.call_soon(self._read)
                    return
            if got < _BATCH or fileno != self.socket.fileno():
                return


def read_sockaddr(source: bytes) -> Address:
    """The address in a `struct sockaddr_in` or `sockaddr_in6`; see ip(7), ipv6(7)."""
    (port,) = struct.unpack_from("!H", source, 2)
    if len(source) == 16:
        return socket.inet_ntoa(source[4:8]), port
    (flow,) = struct.unpack_from("!I", source, 4)
    (scope,) = struct.unpack_from("=I", source, 24)
    return socket.inet_ntop(socket.AF_INET6, source[8:24]), port, flow, scope


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
