"""A room whose home is another worker: its voices come from there, its speakers go there.

Owns no slots. What the home placed in a slot is sealed for the listeners here as it came, each
index at most once, whatever the home does (nonce safety). Roles and consents of those who sit here
were checked before a packet gets this far, and a packet that may be heard goes to the home first,
even where its listeners sit here too: who is in which slot is decided there only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from server.media.embedded.fanout import Fanout
from server.media.embedded.hop import (
    Message,
    Placed,
    Told,
    pack_hushed,
    pack_lost,
    pack_spoken,
)
from server.media.embedded.loss import STALE_MS, share
from server.media.embedded.room import Room
from server.media.embedded.rtcp import Sent
from server.media.embedded.rtp import RtpPacket
from server.media.embedded.session import Session
from server.media.embedded.slots import FIRST_SSRC, Indexes, Stream, Voice

_NUMBER = 0xFFFFFFFF


class BranchSlot(Indexes):
    """What this worker heard of one of the home's slots."""

    __slots__ = (
        "csrc",
        "last_sent_ms",
        "last_timestamp",
        "number",
        "octets",
        "packets",
        "ssrc",
        "turn",
    )

    def __init__(self, number: int) -> None:
        super().__init__(-1)
        self.number = number
        self.ssrc = FIRST_SSRC + number
        self.csrc = 0
        """Whose voice came last."""
        self.turn = 0
        self.packets = 0
        self.octets = 0
        self.last_timestamp = 0
        self.last_sent_ms = 0

    def note(self, placed: Placed, now_ms: int) -> None:
        """A packet that was not here before is sent on now."""
        self.packets += 1
        self.octets += len(placed.packet.payload)
        if placed.packet.packet_index == self.highest:
            self.csrc = placed.csrc
            self.last_timestamp = placed.timestamp
            self.last_sent_ms = now_ms


class BranchRoom(Room):
    """A room whose slots are another worker's."""

    def __init__(
        self,
        room_id: str,
        home: int,
        slot_count: int,
        fanout: Fanout,
        send: Callable[[int, bytes], None],
    ) -> None:
        super().__init__(room_id, slot_count, fanout)
        self.home = home
        self._send = send
        self._slots = [BranchSlot(number) for number in range(slot_count)]
        self._by_csrc: dict[int, Session] = {}
        """Who is connected here, to know whom a voice is not sent to."""
        self._talking: dict[Voice, int] = {}
        """Each voice that the home heard of, with a number that it has until it is silenced."""
        self._last_number = 0
        self._told = bytes(slot_count)
        self._told_ms = -STALE_MS

    def add(self, session: Session) -> None:
        """See `Room`."""
        super().add(session)
        self._by_csrc[session.voice.csrc] = session

    def remove(self, session: Session) -> None:
        """See `Room`."""
        super().remove(session)
        if self._by_csrc.get(session.voice.csrc) is session:
            del self._by_csrc[session.voice.csrc]

    # ------------------------------------------------------------ voices

    def speak(self, session: Session, stream: Stream, packet: RtpPacket, now_ms: int) -> None:
        """See `Room`; the home tells streams apart by their SSRC."""
        voice = session.voice
        number = self._talking.get(voice)
        if number is None:
            number = self._last_number = self._last_number + 1 & _NUMBER
            self._talking[voice] = number
        self._send(self.home, pack_spoken(self.room_id, voice.csrc, number, packet))

    def hand_over(self, older: Session, newer: Session) -> None:
        """See `Room`; he begins anew, as the home takes a few streams of one voice and no more."""

    def silence(self, voice: Voice) -> None:
        """See `Room`; where word of it is lost, the next number tells the home the same."""
        number = self._talking.pop(voice, None)
        if number is not None:
            self._send(self.home, pack_hushed(self.room_id, voice.csrc, number))

    def on_message(self, worker: int, message: Message, now_ms: int) -> bool:
        """See `Room`; only the home has a say."""
        if worker != self.home:
            return False
        match message:
            case Placed():
                return self._on_placed(message, now_ms)
            case Told(fractions) if len(fractions) == self.slot_count:
                self._told, self._told_ms = fractions, now_ms
                return True
            case _:
                return False

    def spoken(self) -> Iterable[Sent]:
        """See `Room`."""
        return [slot for slot in self._slots if slot.packets]

    def _on_placed(self, placed: Placed, now_ms: int) -> bool:
        """Seal it for everybody here; False where it must not be, as the index was used."""
        packet = placed.packet
        slot = self._slots[packet.slot] if packet.slot < self.slot_count else None
        if slot is None or not slot.take(packet.packet_index):
            return False
        slot.note(placed, now_ms)
        if slot.turn != placed.turn:
            slot.turn = placed.turn
            self._redundancy[slot.number].forget()
        speaker = self._by_csrc.get(placed.csrc)
        self._deliver(packet, speaker.receiver if speaker else None, now_ms)
        return True

    # ------------------------------------------------------------ loss

    def lost_behind_us(self, speaker: Session, now_ms: int) -> int:
        """See `Room`."""
        if speaker.voice not in self._talking or now_ms - self._told_ms >= STALE_MS:
            return 0
        carrying = [slot for slot in self._slots if slot.csrc == speaker.voice.csrc]
        newest = max(carrying, key=lambda slot: slot.last_sent_ms, default=None)
        return 0 if newest is None else self._told[newest.number]

    def tell_losses(self, now_ms: int) -> None:
        """See `Room`."""
        shares = {
            slot.number: share(self._losses(slot.number, slot.csrc, now_ms))
            for slot in self._slots
            if slot.packets and now_ms - slot.last_sent_ms < STALE_MS
        }
        if shares:
            self._send(self.home, pack_lost(self.room_id, shares))
