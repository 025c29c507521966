"""Who gets a slot, and what a slot makes of packets. Time is an argument here."""

from __future__ import annotations

import struct

from server.media.embedded.rtp import RtpPacket
from server.media.embedded.slots import HANGOVER_MS, Slot, SlotPacket, SpeakerSlots, Stream, Voice


def packet(
    sequence: int, timestamp: int = 0, level: int = 30, payload: bytes = b"x" * 40
) -> RtpPacket:
    return RtpPacket(False, 111, sequence, timestamp, 1, level, payload)


def head(made: SlotPacket | None) -> tuple[int, int]:
    """Sequence and timestamp."""
    assert made is not None
    sequence, timestamp = struct.unpack_from("!HI", made.header, 2)
    return sequence, timestamp


def numbers(slot: Slot | None) -> int:
    assert slot is not None
    return slot.number


def test_a_voice_keeps_its_slot_through_silence() -> None:
    slots = SpeakerSlots(2)
    a = Voice(1)
    first = slots.place(a, packet(1), 0)
    assert slots.place(a, packet(2, level=127), 60_000) is first


def test_a_free_slot_is_given_even_to_a_quiet_voice() -> None:
    slots = SpeakerSlots(1)
    assert slots.place(Voice(1), packet(1, level=127), 0) is not None


def test_a_silent_holder_gives_way_to_a_speaker_after_the_hang_over_only() -> None:
    slots = SpeakerSlots(2)
    a, b, c = Voice(1), Voice(2), Voice(3)
    slots.place(a, packet(1), 0)
    slots.place(b, packet(1), 100)
    assert slots.place(c, packet(1), HANGOVER_MS - 1) is None
    assert slots.place(c, packet(1, level=100), HANGOVER_MS) is None
    assert numbers(slots.place(c, packet(1), HANGOVER_MS)) == 0
    assert slots.place(a, packet(1), HANGOVER_MS) is None
    assert numbers(slots.place(a, packet(1), 100 + HANGOVER_MS)) == 1


def test_without_levels_sound_is_told_by_size() -> None:
    slots = SpeakerSlots(1)
    slots.place(Voice(1), packet(1), 0)
    newcomer = Voice(2)
    assert slots.place(newcomer, packet(1, level=255, payload=b"\0"), HANGOVER_MS) is None
    assert slots.place(newcomer, packet(1, level=255), HANGOVER_MS) is not None


def test_a_released_voice_frees_its_slot_at_once() -> None:
    slots = SpeakerSlots(1)
    a, b = Voice(1), Voice(2)
    slots.place(a, packet(1), 0)
    slots.release(a)
    slots.release(a)
    assert slots.place(b, packet(1, level=127), 1) is not None


def test_loss_and_reordering_of_the_sender_are_kept() -> None:
    slot = SpeakerSlots(1).slots[0]
    stream = Stream()
    made = [
        head(slot.rewrite(stream, packet(n, n * 960), n * 20)) for n in (65_530, 65_533, 65_531)
    ]
    assert [sequence - made[0][0] for sequence, _ in made] == [0, 3, 1]
    assert [(t - made[0][1]) & 0xFFFFFFFF for _, t in made] == [0, 3 * 960, 960]


def test_a_duplicate_or_late_packet_is_refused() -> None:
    slot = SpeakerSlots(1).slots[0]
    stream = Stream()
    assert slot.rewrite(stream, packet(500), 0)
    assert slot.rewrite(stream, packet(500), 0) is None
    assert slot.rewrite(stream, packet(499), 0) is None  # before the switch to this stream
    for n in range(501, 700):
        assert slot.rewrite(stream, packet(n, n * 960), n * 20)
    assert slot.rewrite(stream, packet(505), 0) is None


def test_time_goes_on_by_the_wall_clock_at_a_switch() -> None:
    slot = SpeakerSlots(1).slots[0]
    first = slot.rewrite(Stream(), packet(7, 1_000_000), 1_000)
    second = slot.rewrite(Stream(), packet(60_000, 5), 1_500)
    assert (head(second)[1] - head(first)[1]) & 0xFFFFFFFF == 500 * 48
    assert head(second)[0] == head(first)[0] + 1
    assert second is not None
    assert second.header[1] & 0x80, "a marker begins the talk spurt"


def test_a_made_up_timestamp_cannot_drag_the_slot_along() -> None:
    slot = SpeakerSlots(1).slots[0]
    stream = Stream()
    first = head(slot.rewrite(stream, packet(1, 0), 0))[1]
    second = head(slot.rewrite(stream, packet(2, 0x7FFF0000), 20))[1]
    third = head(slot.rewrite(stream, packet(3, 0x7FFF0000 + 960), 40))[1]
    assert [(second - first) & 0xFFFFFFFF, (third - second) & 0xFFFFFFFF] == [960, 960]


def test_silence_of_dtx_keeps_the_senders_clock() -> None:
    slot = SpeakerSlots(1).slots[0]
    stream = Stream()
    first = head(slot.rewrite(stream, packet(1, 0), 0))[1]
    later = slot.rewrite(stream, packet(2, 48 * 400), 395)
    assert (head(later)[1] - first) & 0xFFFFFFFF == 48 * 400
    assert later is not None
    assert not later.header[1] & 0x80
