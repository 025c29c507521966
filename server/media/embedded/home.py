"""A room on its home: the one worker that decides whose voice is in which slot.

Owns the room's slots, so every index is handed out here and once (nonce safety). A packet is
rewritten once, handed once to each worker that has further listeners of the room (a "branch"), and
sent to those here. Speakers whose seats are on a branch are placed in slots like those here. What a
branch passes on was allowed there: roles and consents are checked where a voice arrives.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

from server.media.embedded.counters import Counters
from server.media.embedded.fanout import Fanout
from server.media.embedded.hop import Hushed, Lost, Message, Spoken, pack_placed, pack_told
from server.media.embedded.loss import STALE_MS, Share, to_relay
from server.media.embedded.receivers import Receiver
from server.media.embedded.room import Room
from server.media.embedded.rtcp import Sent
from server.media.embedded.rtp import RtpPacket
from server.media.embedded.session import MAX_STREAMS, Session
from server.media.embedded.slots import SlotPacket, SpeakerSlots, Stream, Voice

MAX_GUESTS = 256
"""Speakers on branches who are remembered; a stage has 50 seats."""
_TURN = 0xFFFFFFFF


class _Guest:
    """A speaker whose seat is on a branch, from his first packet until he is hushed."""

    __slots__ = ("number", "streams", "voice")

    def __init__(self, number: int, csrc: int) -> None:
        self.number = number
        self.voice = Voice(csrc)
        self.streams: dict[int, Stream] = {}


class HomeRoom(Room):
    """A room whose slots are this worker's."""

    def __init__(
        self,
        room_id: str,
        slots: SpeakerSlots,
        fanout: Fanout,
        counters: Counters,
        send: Callable[[int, bytes], None],
    ) -> None:
        super().__init__(room_id, len(slots.slots), fanout)
        self._slots = slots
        self._counters = counters
        self._send = send
        self.branches: frozenset[int] = frozenset()
        self._turns = [0] * self.slot_count
        """By slot, how often a voice was silenced there: what was said before is not repeated."""
        self._guests: dict[tuple[int, int], _Guest] = {}
        """By branch and CSRC."""
        self._lost: dict[int, tuple[int, Mapping[int, Share]]] = {}
        """By branch: when it told what its listeners lose, and on which slot how much."""

    @property
    def is_over(self) -> bool:
        """Neither here nor on a branch is anybody left."""
        return super().is_over and not self.branches

    def set_branches(self, workers: Collection[int]) -> None:
        """These other workers, and no others, have seats of the room from now on."""
        gone = self.branches - frozenset(workers)
        self.branches = frozenset(workers)
        for key in [key for key in self._guests if key[0] in gone]:
            self._forget_guest(key)
        for worker in gone:
            self._lost.pop(worker, None)

    # ------------------------------------------------------------ voices

    def speak(self, session: Session, stream: Stream, packet: RtpPacket, now_ms: int) -> None:
        """See `Room`."""
        self._place(session.voice, stream, packet, now_ms, session.receiver)

    def on_message(self, worker: int, message: Message, now_ms: int) -> bool:
        """See `Room`; only its branches have a say."""
        if worker not in self.branches:
            return False
        match message:
            case Spoken():
                self._on_spoken(worker, message, now_ms)
            case Hushed(csrc, number):
                guest = self._guests.get((worker, csrc))
                if guest is not None and guest.number == number:
                    self._forget_guest((worker, csrc))
            case Lost(shares):
                self._lost[worker] = now_ms, shares
            case _:
                return False
        return True

    def silence(self, voice: Voice) -> None:
        """See `Room`."""
        if voice.slot is not None:
            number = voice.slot.number
            self._redundancy[number].forget()
            self._turns[number] = self._turns[number] + 1 & _TURN
        self._slots.release(voice)

    def spoken(self) -> Iterable[Sent]:
        """See `Room`."""
        return [slot for slot in self._slots.slots if slot.packets]

    def _on_spoken(self, branch: int, spoken: Spoken, now_ms: int) -> None:
        key = branch, spoken.csrc
        guest = self._guests.get(key)
        if guest is None or guest.number != spoken.number:
            guest = self._welcome(key, spoken.number)
        ssrc = spoken.packet.ssrc
        stream = guest.streams.get(ssrc)
        if stream is None:
            if len(guest.streams) >= MAX_STREAMS:
                self._counters.dropped_ssrc += 1
                return
            stream = guest.streams[ssrc] = Stream()
        self._place(guest.voice, stream, spoken.packet, now_ms, None)

    def _place(
        self,
        voice: Voice,
        stream: Stream,
        packet: RtpPacket,
        now_ms: int,
        own: Receiver | None,
    ) -> None:
        slot = self._slots.place(voice, packet, now_ms)
        if slot is None:
            self._counters.dropped_no_slot += 1
            return
        opening = slot.opening(now_ms)
        if opening is not None:
            self._spread(opening, own, now_ms)
        rewritten = slot.rewrite(stream, packet, now_ms)
        if rewritten is None:
            self._counters.dropped_late += 1
            return
        self._spread(rewritten, own, now_ms)

    def _spread(self, packet: SlotPacket, own: Receiver | None, now_ms: int) -> None:
        """To everybody, here and on branches."""
        if self.branches:  # first, so that they seal while we do
            frame = pack_placed(self.room_id, packet, self._turns[packet.slot])
            for worker in self.branches:
                self._send(worker, frame)
        self._deliver(packet, own, now_ms)

    def _welcome(self, key: tuple[int, int], number: int) -> _Guest:
        """A guest who speaks for the first time, or after a silence whose end we missed."""
        if key in self._guests:
            self._forget_guest(key)
        elif len(self._guests) >= MAX_GUESTS:
            silent = (k for k, guest in self._guests.items() if guest.voice.slot is None)
            self._forget_guest(next(silent))  # there are fewer slots than guests
        guest = self._guests[key] = _Guest(number, key[1])
        return guest

    def _forget_guest(self, key: tuple[int, int]) -> None:
        self.silence(self._guests.pop(key).voice)

    # ------------------------------------------------------------ loss

    def lost_behind_us(self, speaker: Session, now_ms: int) -> int:
        """See `Room`."""
        slot = speaker.voice.slot
        return 0 if slot is None else self._fraction(slot.number, speaker.voice.csrc, now_ms)

    def tell_losses(self, now_ms: int) -> None:
        """See `Room`."""
        fractions = bytearray(self.slot_count)
        for guest in self._guests.values():
            if guest.voice.slot is not None:
                number = guest.voice.slot.number
                fractions[number] = self._fraction(number, guest.voice.csrc, now_ms)
        for worker in {worker for worker, _ in self._guests}:
            self._send(worker, pack_told(self.room_id, bytes(fractions)))

    def _fraction(self, slot: int, csrc: int, now_ms: int) -> int:
        elsewhere = [
            shares[slot]
            for told_ms, shares in self._lost.values()
            if slot in shares and now_ms - told_ms < STALE_MS
        ]
        return to_relay(self._losses(slot, csrc, now_ms), elsewhere)
