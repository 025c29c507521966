"""One browser's PeerConnection as the worker sees it.

Owns who he is in the room, what his voice may do, how he is reached and what he sent. Never a
name, never an account; never reads a socket.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from server.captions.gate import Permission
from server.media.embedded.dtls import DtlsServer
from server.media.embedded.loss import Downlink
from server.media.embedded.receivers import CmReceiver, GcmReceiver, Receiver, set_address
from server.media.embedded.red import Recovery
from server.media.embedded.rtcp import Reception
from server.media.embedded.sdp import NO_ANSWER, Answer
from server.media.embedded.slots import Stream, Voice
from server.media.embedded.srtp import SrtpContext, SrtpKeys, inbound, outbound
from server.media.embedded.udp import Address, read_sockaddr

if TYPE_CHECKING:
    from server.media.embedded.room import Room

MAX_STREAMS = 4
MAX_SOURCES = 4
"""Addresses of one session that a check has proven; the oldest that is not in use gives way."""
PACKETS_A_SECOND = 400
"""Four times what a microphone with 10 ms frames sends."""

CHECKS_A_SECOND = 100
"""A browser that tries many pairs at once sends about 20."""
DTLS_A_SECOND = 100
"""A whole handshake is about 10 datagrams. Apart from the checks, as anybody who can forge an
address can send these."""


class Incoming:
    """One SSRC that a session sends with."""

    __slots__ = ("reception", "recovery", "stream")

    def __init__(self, ssrc: int) -> None:
        self.stream = Stream()
        self.recovery = Recovery()
        self.reception = Reception(ssrc)


@dataclass(slots=True, eq=False)
class Session:
    """Everything of one PeerConnection."""

    media_id: str
    room: Room
    voice: Voice
    permission: Permission
    ufrag: str
    password: str = field(repr=False)
    dtls: DtlsServer
    last_check_ms: int
    replaces: str | None = None
    """The same person's older session, until this one is connected."""
    address: Address | None = None
    """Where to send: the last address the browser nominated."""
    source: bytes | None = None
    """The same as the raw `sockaddr` that datagrams from there come with."""
    sources: list[bytes] = field(default_factory=list)
    answer: Answer = NO_ANSWER
    """Set once."""
    answered: asyncio.Event = field(default_factory=asyncio.Event)
    proven: asyncio.Event = field(default_factory=asyncio.Event)
    """Set by the first valid check: there is an address to send to."""
    receive: SrtpContext | None = None
    report: SrtpContext | None = None
    """Seals our RTCP."""
    receiver: Receiver | None = None
    incoming: dict[int, Incoming] = field(default_factory=dict)
    downlink: Downlink = field(default_factory=Downlink)
    budget: int = PACKETS_A_SECOND
    """Packets it may still send in this second."""
    checks: int = CHECKS_A_SECOND
    """Connectivity checks that are still answered in this second."""
    dtls_left: int = DTLS_A_SECOND
    """DTLS datagrams that are still looked at in this second."""

    def connect(self, keys: SrtpKeys) -> None:
        """The handshake is done: packets can be opened and sealed from now on."""
        self.receive = inbound(keys)
        self.report = outbound(keys)
        slots = self.room.slot_count
        # Its own libsrtp session: RTP and RTCP of it share no stream with the reports' one.
        self.receiver = (
            GcmReceiver(keys, slots) if keys.is_gcm else CmReceiver(outbound(keys), slots)
        )
        if self.address is not None:
            set_address(self.receiver, self.address)
        self.room.add(self)

    @property
    def repeats(self) -> int:
        """How many earlier frames he gets in each packet."""
        return self.downlink.depth if self.answer.red else 0

    def refill(self) -> None:
        """A new second has begun."""
        self.budget = PACKETS_A_SECOND
        self.checks = CHECKS_A_SECOND
        self.dtls_left = DTLS_A_SECOND

    def prove(self, source: bytes) -> bytes | None:
        """Remember an address that a check has proven; returns the one that gave way to it."""
        if source not in self.sources:
            self.sources.append(source)
        if len(self.sources) <= MAX_SOURCES:
            return None
        oldest = next(known for known in self.sources if known != self.source)
        self.sources.remove(oldest)
        return oldest

    def move_to(self, source: bytes) -> None:
        """Send here from now on."""
        self.source = source
        self.address = address = read_sockaddr(source)
        if self.receiver is not None:
            set_address(self.receiver, address)
            self.room.audience_of(self).moved()
