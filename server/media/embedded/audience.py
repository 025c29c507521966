"""The listeners of one room, laid out so that a packet for all of them costs the least.

What depends on the listeners only is made when they change, not for every packet: the kernel's
message headers, and per slot the part of each listener's nonce that stays the same for 65,536
packets. Owns no listener; never seals, never sends.
"""

from __future__ import annotations

from typing import Any

from server.media.embedded.mmsg import MAX_SOCKADDR_BYTES, ffi
from server.media.embedded.receivers import NONCE_BYTES, CmReceiver, GcmReceiver, Receiver
from server.media.embedded.slots import SlotPacket


class Nonces:
    """The nonces of one slot and rollover counter for all GCM listeners, sequence number 0.

    They differ from those of a packet in the last two bytes, which are exclusive-ored with its
    sequence number; these bytes are kept apart, a column for each.
    """

    __slots__ = ("counter", "high", "low", "prefixes", "waiting")

    def __init__(self, receivers: list[GcmReceiver], packet: SlotPacket) -> None:
        self.counter = packet.packet_index >> 16
        self.prefixes = bytearray(NONCE_BYTES * len(receivers))
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

    __slots__ = (
        "_listeners",
        "_names",
        "_nonces",
        "encrypts",
        "messages",
        "others",
        "positions",
        "receivers",
    )

    def __init__(self) -> None:
        self._listeners: dict[Receiver, None] = {}
        self.messages: Any = None
        """`struct mmsghdr[]`, one a GCM listener, without buffers; None: to be laid out anew."""

    def __len__(self) -> int:
        """How many listen."""
        return len(self._listeners)

    def add(self, receiver: Receiver) -> None:
        """He hears the room from the next packet on."""
        self._listeners[receiver] = None
        self.messages = None

    def remove(self, receiver: Receiver) -> None:
        """He hears nothing more."""
        self._listeners.pop(receiver, None)
        self.messages = None

    def moved(self) -> None:
        """Somebody has another address."""
        self.messages = None

    def lay_out(self, vectors: Any, chunk: int) -> None:
        """Make the message headers; the buffers of the n-th are `vectors[n % chunk]`.

        At most once a packet, and a fraction of what sealing and sending it costs.
        """
        self.receivers = [r for r in self._listeners if isinstance(r, GcmReceiver)]
        self.others = [r for r in self._listeners if isinstance(r, CmReceiver)]
        """Listeners that are sealed one by one."""
        self.positions = {receiver: at for at, receiver in enumerate(self.receivers)}
        self.encrypts = [receiver.encrypt_into for receiver in self.receivers]
        self._nonces: dict[int, Nonces] = {}
        count = len(self.receivers)
        names = b"".join(r.sockaddr.ljust(MAX_SOCKADDR_BYTES, b"\0") for r in self.receivers)
        self._names = ffi.new("unsigned char[]", names)
        self.messages = ffi.new("struct mmsghdr[]", count)
        for at, receiver in enumerate(self.receivers):
            header = self.messages[at].msg_hdr
            header.msg_name = self._names + MAX_SOCKADDR_BYTES * at
            header.msg_namelen = len(receiver.sockaddr)
            header.msg_iov = vectors + at % chunk
            header.msg_iovlen = 1

    def nonces(self, packet: SlotPacket, skipped: int) -> Nonces | None:
        """What seals this packet for all but the skipped one, or None: one must not get it."""
        found = self._nonces.get(packet.slot)
        counter = packet.packet_index >> 16
        if found is None or found.counter < counter:
            found = self._nonces[packet.slot] = Nonces(self.receivers, packet)
        elif found.counter > counter:  # late, from before the wrap
            return None
        if found.waiting and not found.complete(self.receivers, packet, skipped):
            return None
        return found
