"""The listeners of one room, laid out so that a packet for all of them costs the least.

What depends on the listeners only is made when they change, not for every packet: the layout that
the fan-out reads, and per slot the part of each listener's nonce that stays the same for 65,536
packets. Owns no listener; never seals, never sends.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from server.media.embedded.mmsg import ffi
from server.media.embedded.receivers import NONCE_BYTES, CmReceiver, GcmReceiver, Receiver
from server.media.embedded.slots import SlotPacket


class Nonces:
    """The nonces of one slot and rollover counter for all GCM listeners, sequence number 0.

    They differ from those of a packet in the last two bytes, which are exclusive-ored with its
    sequence number; these bytes are kept apart, a column for each.
    """

    __slots__ = ("counter", "high", "low", "pointer", "prefixes", "waiting")

    def __init__(self, receivers: list[GcmReceiver], packet: SlotPacket) -> None:
        self.counter = packet.packet_index >> 16
        self.prefixes = bytearray(NONCE_BYTES * len(receivers))
        self.pointer = ffi.from_buffer(self.prefixes)
        """The same bytes, for C."""
        self.high = bytearray(len(receivers))
        self.low = bytearray(len(receivers))
        self.waiting = list(range(len(receivers)))
        """Whose counter of this slot is not known, because he got no packet of it yet."""

    def complete(self, receivers: list[GcmReceiver], packet: SlotPacket, skipped: int) -> bool:
        """Count this packet for all but the skipped one; False where one must not get it."""
        left: list[int] = []
        for at in self.waiting:
            receiver = receivers[at]
            if at == skipped and not receiver.has_begun(packet.slot):
                left.append(at)
                continue
            counter = receiver.rebase(packet.slot, packet.packet_index)
            if counter < 0:
                left.append(at)
            else:
                nonce = receiver.nonce(packet.ssrc, counter, 0)
                self.prefixes[NONCE_BYTES * at : NONCE_BYTES * (at + 1)] = nonce
                self.high[at], self.low[at] = nonce[-2:]
        self.waiting = left
        return not left or left == [skipped]


class Audience:
    """A changing set of listeners."""

    __slots__ = ("_listeners", "_nonces", "layout", "others", "positions", "receivers")

    def __init__(self) -> None:
        self._listeners: dict[Receiver, None] = {}
        self.moved()

    def __len__(self) -> int:
        """How many listen."""
        return len(self._listeners)

    def __contains__(self, receiver: object) -> bool:
        """Whether he hears this."""
        return receiver in self._listeners

    def add(self, receiver: Receiver) -> None:
        """He hears the room from the next packet on."""
        self._listeners[receiver] = None
        self.moved()

    def remove(self, receiver: Receiver) -> None:
        """He hears nothing more, and nothing of him is kept."""
        self._listeners.pop(receiver, None)
        self.moved()

    def moved(self) -> None:
        """Somebody has another address, or came or went: all is to be laid out anew."""
        self.layout: Any = None
        """What the fan-out made of the GCM listeners, or None."""
        self.receivers: list[GcmReceiver] = []
        self.others: list[CmReceiver] = []
        """Listeners that are sealed one by one."""
        self.positions: dict[Receiver | None, int] = {}
        self._nonces: dict[int, Nonces] = {}

    def lay_out(self, make: Callable[[list[GcmReceiver]], Any]) -> None:
        """Sort the listeners and have the layout of those on GCM made.

        At most once a packet, and a fraction of what sealing and sending it costs.
        """
        self.receivers = [r for r in self._listeners if isinstance(r, GcmReceiver)]
        self.others = [r for r in self._listeners if isinstance(r, CmReceiver)]
        self.positions = {r: n for n, r in enumerate(self.receivers)}
        self.layout = make(self.receivers)

    def nonces(self, packet: SlotPacket, skipped: int) -> Nonces | None:
        """What seals this packet for all but the skipped one, or None: one must not get it."""
        found = self._nonces.get(packet.slot)
        counter = packet.packet_index >> 16
        if found is None or found.counter < counter:
            found = self._nonces[packet.slot] = Nonces(self.receivers, packet)
        elif found.counter > counter:  # late, from before the wrap
            return None
        # A speaker waits on the slot of his own voice for as long as he speaks.
        if not found.waiting or found.waiting == [skipped]:
            return found
        return found if found.complete(self.receivers, packet, skipped) else None
