"""Speaker slots of one room: who speaks now is mapped onto a few RTP streams that never end.

Every listener of a room receives the same slots, so a packet is rewritten once per room. A slot's
sequence and timestamp run on over changes of voice; the CSRC says whose voice it is. Sans I/O:
time comes in as an argument. Never encrypts and never sends.

Nonce safety starts here: a slot hands out every index (rollover counter and sequence number) at
most once in its life, whatever sequence numbers a sender makes up.
"""

from __future__ import annotations

from typing import NamedTuple

from server.media.embedded.rtp import CLOCK_RATE_HZ, LEVEL_UNKNOWN, RtpPacket, slot_header

FIRST_SSRC = 0x4D534C00
"""Slot n (from 0) has the SSRC FIRST_SSRC + n, in every room and in every offer."""
VOICE_LEVEL = 60
"""At most this RFC 6464 level (−dBov) counts as speaking."""
HANGOVER_MS = 500
"""A slot whose voice was silent for so long may be given to another voice that speaks."""
MAX_GAP = 100
"""Sequence numbers beyond this jump are taken as a restart, not as loss."""
WINDOW = 128
"""How far back a reordered packet may still be put in its place."""
_WINDOW_BITS = (1 << WINDOW) - 1
MAX_DRIFT_TICKS = 2 * CLOCK_RATE_HZ
_TICKS_PER_MS = CLOCK_RATE_HZ // 1000
_FRAME_TICKS = 20 * _TICKS_PER_MS
_DTX_BYTES = 3
"""An Opus packet this short carries no sound (RFC 6716 §3.1, RFC 7587 §3.1.3)."""


_new = tuple.__new__
"""Makes a named tuple without the detour through a function of Python's."""


class SlotPacket(NamedTuple):
    """One packet of a room, the same for every listener."""

    slot: int
    packet_index: int
    """65536 × rollover counter + sequence number; never repeated in a slot."""
    ssrc: int
    header: bytes
    payload: bytes


class Stream:
    """One SSRC of one sender: extends its 16-bit sequence numbers."""

    __slots__ = ("highest",)

    def __init__(self) -> None:
        self.highest = -1

    def extend(self, sequence: int) -> int:
        """The sequence number without wraps; a step of less than 2¹⁵ either way is assumed."""
        if self.highest < 0:
            self.highest = 0x10000 + sequence
            return self.highest
        step = ((sequence - self.highest + 0x8000) & 0xFFFF) - 0x8000
        extended = self.highest + step
        self.highest = max(extended, self.highest)
        return extended


class Voice:
    """One person's voice in the room, whichever streams carry it."""

    __slots__ = ("csrc", "slot")

    def __init__(self, csrc: int) -> None:
        self.csrc = csrc
        self.slot: Slot | None = None


class Indexes:
    """The indexes of one slot, each used at most once (nonce safety)."""

    __slots__ = ("_floor", "_used", "highest")

    def __init__(self, highest: int) -> None:
        self.highest = highest
        """The highest index used; those up to here count as used."""
        self._floor = highest
        self._used = 1
        """Bit n: index `highest` − n was used."""

    def take(self, index: int) -> bool:
        """Mark an index as used; False where it was before, or cannot be known."""
        ahead = index - self.highest
        if ahead > 0:
            # The shift is bounded by WINDOW, not by whoever says the index.
            self._used = ((self._used << min(ahead, WINDOW)) | 1) & _WINDOW_BITS
            self.highest = index
            return True
        bit = 1 << -ahead if -ahead < WINDOW else 0
        if index <= self._floor or not bit or self._used & bit:
            return False
        self._used |= bit
        return True


class Slot(Indexes):
    """One outgoing stream: a sequence and a timestamp that never jump back."""

    __slots__ = (
        "_index_offset",
        "_stream",
        "_time_offset",
        "last_sent_ms",
        "last_timestamp",
        "last_voice_ms",
        "number",
        "octets",
        "packets",
        "ssrc",
        "voice",
    )

    def __init__(self, number: int, first_index: int) -> None:
        super().__init__(first_index - 1)
        self.number = number
        self.ssrc = FIRST_SSRC + number
        self.voice: Voice | None = None
        self.last_sent_ms = 0
        self.last_voice_ms = 0
        self.last_timestamp = 0
        self.packets = 0
        self.octets = 0
        self._stream: Stream | None = None
        self._index_offset = 0
        self._time_offset = 0

    def rewrite(self, stream: Stream, packet: RtpPacket, now_ms: int) -> SlotPacket | None:
        """Put a packet of the slot's voice in order; None where it comes too late for that."""
        extended = stream.extend(packet.sequence)
        index = extended + self._index_offset
        switched = stream is not self._stream or index > self.highest + MAX_GAP
        if switched:
            self._stream = stream
            index = self.highest + 1
            self._index_offset = index - extended
            self._floor = self.highest
        if not self.take(index):
            return None
        timestamp, moved = self._timestamp(packet.timestamp, now_ms, switched)
        if index == self.highest:
            self.last_timestamp = timestamp
            self.last_sent_ms = now_ms
        self.packets += 1
        self.octets += len(packet.payload)
        voice = self.voice
        header = slot_header(
            marker=packet.marker or moved,
            sequence=index & 0xFFFF,
            timestamp=timestamp,
            ssrc=self.ssrc,
            csrc=voice.csrc if voice else 0,
            level=packet.level,
        )
        return _new(SlotPacket, (self.number, index, self.ssrc, header, packet.payload))

    def _timestamp(self, source: int, now_ms: int, switched: bool) -> tuple[int, bool]:
        """The outgoing timestamp: the sender's own clock, joined on at a switch by wall time."""
        elapsed = max((now_ms - self.last_sent_ms) * _TICKS_PER_MS, _FRAME_TICKS)
        due = (self.last_timestamp + elapsed) & 0xFFFFFFFF
        timestamp = (source + self._time_offset) & 0xFFFFFFFF
        drift = ((timestamp - due + 0x80000000) & 0xFFFFFFFF) - 0x80000000
        if switched or abs(drift) > MAX_DRIFT_TICKS:
            self._time_offset = due - source
            return due, True
        return timestamp, False


class SpeakerSlots:
    """All slots of one room."""

    __slots__ = ("slots",)

    def __init__(self, count: int, first_index: int = 1) -> None:
        self.slots = [Slot(number, first_index) for number in range(count)]

    def place(self, voice: Voice, packet: RtpPacket, now_ms: int) -> Slot | None:
        """The slot that carries this voice now, or None: it is not heard.

        A voice keeps its slot until another voice speaks, all slots are taken and it was silent
        itself for HANGOVER_MS.
        """
        speaking = is_speaking(packet)
        slot = voice.slot or self._free(speaking, now_ms)
        if slot is None:
            return None
        if slot.voice is not voice:
            if slot.voice:
                slot.voice.slot = None
            slot.voice = voice
            voice.slot = slot
            slot.last_voice_ms = now_ms
        elif speaking:
            slot.last_voice_ms = now_ms
        return slot

    def release(self, voice: Voice) -> None:
        """The voice was muted or left: its slot is free."""
        if voice.slot:
            voice.slot.voice = None
            voice.slot = None

    def _free(self, speaking: bool, now_ms: int) -> Slot | None:
        oldest = min(self.slots, key=_busyness)
        if oldest.voice is None:
            return oldest
        if speaking and now_ms - oldest.last_voice_ms >= HANGOVER_MS:
            return oldest
        return None


def is_speaking(packet: RtpPacket) -> bool:
    """By the sender's level (RFC 6464) or, where he does not tell, by whether there is sound."""
    if packet.level == LEVEL_UNKNOWN:
        return len(packet.payload) > _DTX_BYTES
    return packet.level <= VOICE_LEVEL


def _busyness(slot: Slot) -> tuple[bool, int]:
    return slot.voice is not None, slot.last_voice_ms
