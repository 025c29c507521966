"""The fan-out's loop in C (native/fan_out.c): one call a packet, for however many listeners.

Never decides who gets a packet or under which nonce; never compiles.
"""

from __future__ import annotations

import struct
from typing import Any, NamedTuple

from server.media.embedded.accelerator import Accelerator, ffi
from server.media.embedded.audience import Audience, Nonces
from server.media.embedded.counters import Counters
from server.media.embedded.fanout import Fanout
from server.media.embedded.fanout_python import PythonFanout
from server.media.embedded.mmsg import MAX_SOCKADDR_BYTES
from server.media.embedded.receivers import GcmReceiver
from server.media.embedded.slots import SlotPacket

_LISTENER = struct.Struct(f"@PI{MAX_SOCKADDR_BYTES}s0P")


class _Layout(NamedTuple):
    """The listeners of one audience."""

    listeners: Any
    """`struct listener[]`."""
    contexts: list[Any]
    """What it points to, kept for as long as it does."""


class NativeFanout(Fanout):
    """The C loop on one socket."""

    def __init__(self, fileno: int, counters: Counters, accelerator: Accelerator) -> None:
        super().__init__(fileno, counters)
        self._accelerator = accelerator
        self._fan_out = accelerator.fan_out
        self._evp = accelerator.evp

    def _lay_out(self, receivers: list[GcmReceiver]) -> _Layout:
        for receiver in receivers:
            if receiver.context is None:
                receiver.context = self._accelerator.context(receiver.key)
        listeners = ffi.new("struct listener[]", len(receivers))
        ffi.buffer(listeners)[:] = b"".join(
            _LISTENER.pack(int(ffi.cast("uintptr_t", r.context)), len(r.sockaddr), r.sockaddr)
            for r in receivers
        )
        return _Layout(listeners, [receiver.context for receiver in receivers])

    def _send_together(
        self, packet: SlotPacket, audience: Audience, nonces: Nonces, hole: int
    ) -> None:
        count = len(audience.receivers)
        header, payload = packet.header, packet.payload
        sent = self._fan_out(
            self._evp,
            self._fileno,
            audience.layout.listeners,
            nonces.pointer,
            count,
            hole,
            header,
            len(header),
            payload,
            len(payload),
            packet.packet_index & 0xFFFF,
        )
        self._counters.rtp_forwarded += sent
        self._counters.dropped_send += count - (hole < count) - sent


def open_fanout(fileno: int, counters: Counters, accelerator: Accelerator | None) -> Fanout:
    """The loop in C where there is one, else in Python; the counters say which."""
    counters.native_fanout = int(accelerator is not None)
    if accelerator is None:
        return PythonFanout(fileno, counters)
    return NativeFanout(fileno, counters, accelerator)
