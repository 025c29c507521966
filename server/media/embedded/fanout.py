"""THE HOT PATH: one packet of a room, sealed for every listener and sent.

Per listener and packet: one AES-128-GCM and his share of a sendmmsg(2); no logging, no await, no
allocation. What can be made once for all listeners or once for many packets comes from audience.py.
The loop over the listeners is there twice, with the same outcome: in C (fanout_native.py), and in
Python (fanout_python.py) for machines on which it could not be compiled. Here is what both have in
common: listeners on the older AES-CM/SHA-1 profile, and the few packets around a wrap that not
everybody may get, are sealed one by one in the same pass. Never decides who hears whom. Why it is
built so: docs/decisions/0008-hot-path.md.
"""

from __future__ import annotations

import errno
from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any

from server.media.embedded.audience import Audience, Nonces
from server.media.embedded.counters import Counters
from server.media.embedded.mmsg import ffi, sendmmsg
from server.media.embedded.receivers import GcmReceiver, Receiver
from server.media.embedded.slots import SlotPacket

CHUNK = 64
"""Packets a system call; small enough that the first listener does not wait for the last."""
STRIDE = 1536


class Lane:
    """CHUNK buffers and the kernel's description of them."""

    def __init__(self) -> None:
        memory = bytearray(CHUNK * STRIDE)
        view = memoryview(memory)
        self.buffers = [view[n * STRIDE : (n + 1) * STRIDE] for n in range(CHUNK)]
        self.vectors = ffi.new("struct iovec[]", CHUNK)
        self._base = ffi.from_buffer(memory)
        for n in range(CHUNK):
            self.vectors[n].iov_base = self._base + n * STRIDE


class Fanout(ABC):
    """The way of one socket to all listeners; one per worker, used by one thread."""

    def __init__(self, fileno: int, counters: Counters) -> None:
        self._fileno = fileno
        self._counters = counters
        self._single = Lane()
        self._messages = ffi.new("struct mmsghdr[]", CHUNK)
        for n in range(CHUNK):
            self._messages[n].msg_hdr.msg_iov = self._single.vectors + n
            self._messages[n].msg_hdr.msg_iovlen = 1

    def send(self, packet: SlotPacket, audience: Audience, skipped: Receiver | None = None) -> None:
        """Seal the packet for all of these but one; what the kernel refuses is counted."""
        if audience.layout is None:
            audience.lay_out(self._lay_out)
        receivers = audience.receivers
        hole = audience.positions.get(skipped, len(receivers))
        nonces = audience.nonces(packet, hole)
        if nonces is None:  # one must not get it
            self.send_singly(packet, (r for r in receivers if r is not skipped))
        else:
            self._send_together(packet, audience, nonces, hole)
        if audience.others:
            self.send_singly(packet, (r for r in audience.others if r is not skipped))

    def send_singly(self, packet: SlotPacket, receivers: Iterable[Receiver]) -> None:
        """Seal the packet for each of these by itself; who must not get it is left out."""
        used = 0
        names: list[Any] = []
        for receiver in receivers:
            length = receiver.seal(packet, self._single.buffers[used])
            if not length:
                continue
            self._single.vectors[used].iov_len = length
            header = self._messages[used].msg_hdr
            names.append(ffi.from_buffer(receiver.sockaddr))
            header.msg_name = names[-1]
            header.msg_namelen = len(receiver.sockaddr)
            used += 1
            if used == CHUNK:
                self._flush(self._messages, used)
                used = 0
                names.clear()
        if used:
            self._flush(self._messages, used)

    @abstractmethod
    def _lay_out(self, receivers: list[GcmReceiver]) -> Any:
        """What the loop needs to know of these listeners, until one of them changes."""

    @abstractmethod
    def _send_together(
        self, packet: SlotPacket, audience: Audience, nonces: Nonces, hole: int
    ) -> None:
        """Seal and send the packet for all GCM listeners but the one at `hole`, in order."""

    def _flush(self, messages: Any, used: int) -> None:
        """Send `used` messages; a full socket drops the rest, a bad address only its own."""
        done = 0
        while done < used:
            sent = sendmmsg(self._fileno, messages + done, used - done, 0)
            if sent > 0:
                done += sent
                self._counters.rtp_forwarded += sent
            elif ffi.errno == errno.EAGAIN:
                self._counters.dropped_send += used - done
                return
            elif ffi.errno != errno.EINTR:
                self._counters.dropped_send += 1
                done += 1
