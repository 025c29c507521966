"""One room on one worker: who of it is here, and how a packet of a slot reaches them.

Owns the sessions and what is sealed for them. Which voice is in which slot is decided in home.py
only; where the home is another worker, branch.py passes on what arrives from there. Never reads a
socket.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator

from server.media.embedded.audience import Audience
from server.media.embedded.fanout import Fanout
from server.media.embedded.hop import Message
from server.media.embedded.receivers import Receiver, in_place_of
from server.media.embedded.red import MAX_DEPTH, Redundancy, wrap
from server.media.embedded.rtcp import Sent
from server.media.embedded.rtp import RtpPacket
from server.media.embedded.session import Session
from server.media.embedded.slots import SlotPacket, Stream, Voice


class Room(ABC):
    """The sessions of one room that are on this worker."""

    def __init__(self, room_id: str, slot_count: int, fanout: Fanout) -> None:
        self.room_id = room_id
        self.slot_count = slot_count
        self._fanout = fanout
        self.sessions: set[Session] = set()
        """Connected or not."""
        self._audiences = [Audience() for _ in range(MAX_DEPTH + 1)]
        """By how many earlier frames are repeated; the first one gets Opus as it is."""
        self._redundancy = [Redundancy() for _ in range(slot_count)]
        self.delivered_ms = 0
        """When the last packet of a voice was sent."""

    # ------------------------------------------------------------ who is here

    @property
    def is_over(self) -> bool:
        """Nobody needs it any more."""
        return not self.sessions

    def audience_of(self, session: Session) -> Audience:
        """The one audience in which a session is now.

        Nonce safety: a packet goes to each audience once and a session changes over between
        packets only, so each listener gets one payload under an index.
        """
        return self._audiences[session.repeats]

    def add(self, session: Session) -> None:
        """A session is connected: it hears the room from now on."""
        if session.receiver is not None:
            self.audience_of(session).add(session.receiver)

    def remove(self, session: Session) -> None:
        """Forget a session and silence its voice."""
        self.sessions.discard(session)
        if session.receiver is not None:
            self.audience_of(session).remove(session.receiver)
        self.silence(session.voice)

    # ------------------------------------------------------------ voices

    def hand_over(self, older: Session, newer: Session) -> None:
        """A person has a new connection: his voice goes on in the slot in which it is."""
        newer.voice, older.voice = older.voice, newer.voice

    @abstractmethod
    def speak(self, session: Session, stream: Stream, packet: RtpPacket, now_ms: int) -> None:
        """A session here sent a packet that may be heard."""

    @abstractmethod
    def silence(self, voice: Voice) -> None:
        """The voice was muted or left: its slot is free and its last frames are forgotten."""

    @abstractmethod
    def on_message(self, worker: int, message: Message, now_ms: int) -> bool:
        """Another worker says something about the room; False: it is none of its business."""

    @abstractmethod
    def spoken(self) -> Iterable[Sent]:
        """Slots that carried something, for sender reports."""

    def _deliver(self, packet: SlotPacket, own: Receiver | None, now_ms: int) -> None:
        """Send a voice to everybody here but the speaker himself."""
        self.delivered_ms = now_ms
        earlier = self._redundancy[packet.slot].follow(packet)
        for depth, audience in enumerate(self._audiences):
            if audience:
                copy = wrap(packet, earlier[:depth]) if depth else packet
                self._fanout.send(copy, audience, own)
        if own is not None and (silence := in_place_of(packet, own)) is not None:
            self._fanout.send_singly(silence, (own,))

    # ------------------------------------------------------------ loss

    def reported(self, session: Session, slot: int, fraction: int, now_ms: int) -> None:
        """A listener told what he lost of a slot, in 256ths: he gets as much again as he needs."""
        before = self.audience_of(session)
        session.downlink.reported(slot, fraction, now_ms)
        after = self.audience_of(session)
        if after is not before and session.receiver is not None:
            before.remove(session.receiver)
            after.add(session.receiver)

    @abstractmethod
    def lost_behind_us(self, speaker: Session, now_ms: int) -> int:
        """What the listeners of a voice cannot make up for, as the fraction of a report block."""

    @abstractmethod
    def tell_losses(self, now_ms: int) -> None:
        """Tell the other workers of this room what they need to know of losses."""

    def _losses(self, slot: int, csrc: int, now_ms: int) -> Iterator[float]:
        """What each listener here but the slot's own speaker cannot make up for."""
        return (
            other.downlink.loss(slot, now_ms) ** (1 + other.repeats)
            for other in self.sessions
            if other.voice.csrc != csrc and other.receiver is not None
        )
