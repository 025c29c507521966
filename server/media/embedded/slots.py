"""Speaker slots of one room: who speaks now is mapped onto a few RTP streams that never end.

Every listener of a room receives the same slots, so a packet is rewritten once per room. A slot's
sequence and timestamp run on over changes of voice; the CSRC says whose voice it is. Sans I/O:
time comes in as an argument. Never encrypts and never sends.

Nonce safety starts here: a slot hands out every index (rollover counter and sequence number) at
most once in its life, whatever sequence numbers a sender makes up.
"""

from __future__ import annotations

from typing import NamedTuple

from server.media.embedded.rtp import (
    CLOCK_RATE_HZ,
    LEVEL_SILENCE,
    LEVEL_UNKNOWN,
    RtpPacket,
    slot_header,
)

FIRST_SSRC = 0x4D534C00
"""Slot n (from 0) has the SSRC FIRST_SSRC + n, in every room and in every offer."""
VOICE_LEVEL = 60
"""At most this RFC 6464 level (−dBov) counts as speaking, …"""
VOICE_MARGIN = 9.0
"""… and only if it is so much louder than what the person's microphone gives all the time."""
_FLOOR_RISE = 0.06
"""Decibels a packet by which a sound that goes on becomes background: 3 a second."""
_FLOOR_FALL = 0.25
"""Share of the difference by which the background follows a quieter packet."""
HANGOVER_MS = 500
"""A slot whose voice was silent for so long may be given to another voice that speaks."""
STILL_SPEAKS_MS = 100
"""Who waits for a slot and tried so lately goes first, if he has waited longer."""
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
SILENCE = b"\xf8\xff\xfe"
"""20 ms of silence, as only Opus's CELT layer makes it (RFC 6716 §3.1, §4.5.1)."""


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

    __slots__ = ("_floor", "csrc", "slot")

    def __init__(self, csrc: int) -> None:
        self.csrc = csrc
        self.slot: Slot | None = None
        self._floor: float = VOICE_LEVEL
        """How loud his microphone is while he says nothing, −dBov."""

    def speaks(self, packet: RtpPacket) -> bool:
        """Whether this packet is speech: by its level (RFC 6464), or by its size without one.

        A fan or a street is as loud as a quiet voice, but goes on; speech has pauses.
        """
        level = packet.level
        if level == LEVEL_UNKNOWN:
            return len(packet.payload) > _DTX_BYTES
        floor = self._floor
        speaks = level <= VOICE_LEVEL and level <= floor - VOICE_MARGIN
        if level > floor:
            self._floor = floor + _FLOOR_FALL * (level - floor)
        else:
            self._floor = floor - _FLOOR_RISE
        return speaks


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
        "heard_csrc",
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
        self.heard_csrc = 0
        """Whose voice the last packet was; 0: there was none."""
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

    def opening(self, now_ms: int) -> SlotPacket | None:
        """A moment of silence before the first packet of another voice; None where none is needed.

        Opus predicts each frame from the last one, here of another voice: a click. A decoder that
        comes from a CELT frame begins anew (RFC 6716 §4.5.2), with what that frame was: silence.
        """
        csrc = self.voice.csrc if self.voice else 0
        before, self.heard_csrc = self.heard_csrc, csrc
        if before in (0, csrc):
            return None
        elapsed = (now_ms - self.last_sent_ms) * _TICKS_PER_MS
        timestamp = (self.last_timestamp + max(elapsed - _FRAME_TICKS, _FRAME_TICKS)) & 0xFFFFFFFF
        index = self.highest + 1
        self.take(index)
        self.last_timestamp, self.last_sent_ms = timestamp, now_ms
        self.packets += 1
        self.octets += len(SILENCE)
        header = slot_header(
            marker=False,
            sequence=index & 0xFFFF,
            timestamp=timestamp,
            ssrc=self.ssrc,
            csrc=csrc,
            level=LEVEL_SILENCE,
        )
        return SlotPacket(self.number, index, self.ssrc, header, SILENCE)

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

    __slots__ = ("_waiting", "slots")

    def __init__(self, count: int, first_index: int = 1) -> None:
        self.slots = [Slot(number, first_index) for number in range(count)]
        self._waiting: dict[Voice, tuple[int, int]] = {}
        """Who speaks and is not heard: since when, and when he last tried. As many as the stage."""

    def place(self, voice: Voice, packet: RtpPacket, now_ms: int) -> Slot | None:
        """The slot that carries this voice now, or None: it is not heard.

        A voice keeps its slot until another voice speaks, all slots are taken and it was silent
        itself for HANGOVER_MS. Who has waited longest gets it.
        """
        speaking = voice.speaks(packet)
        slot = voice.slot or self._free(voice, speaking, now_ms)
        if slot is None:
            if speaking:
                since_ms, _ = self._waiting.get(voice, (now_ms, now_ms))
                self._waiting[voice] = since_ms, now_ms
            return None
        if slot.voice is not voice:
            if slot.voice:
                slot.voice.slot = None
            slot.voice = voice
            voice.slot = slot
            slot.last_voice_ms = now_ms
            self._waiting.pop(voice, None)
        elif speaking:
            slot.last_voice_ms = now_ms
        return slot

    def release(self, voice: Voice) -> None:
        """The voice was muted or left: its slot is free."""
        self._waiting.pop(voice, None)
        if voice.slot:
            voice.slot.voice = None
            voice.slot = None

    def _free(self, voice: Voice, speaking: bool, now_ms: int) -> Slot | None:
        oldest = min(self.slots, key=_busyness)
        taken = oldest.voice is not None
        if taken and not (speaking and now_ms - oldest.last_voice_ms >= HANGOVER_MS):
            return None
        return oldest if self._is_first(voice, now_ms) else None

    def _is_first(self, voice: Voice, now_ms: int) -> bool:
        """Whether nobody who still speaks has waited longer; his next packet is on its way."""
        mine, _ = self._waiting.get(voice, (now_ms, now_ms))
        return all(
            since_ms >= mine or now_ms - tried_ms > STILL_SPEAKS_MS
            for since_ms, tried_ms in self._waiting.values()
        )


def _busyness(slot: Slot) -> tuple[bool, int]:
    return slot.voice is not None, slot.last_voice_ms
