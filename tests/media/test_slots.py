"""Who gets a slot, and what a slot makes of packets. Time is an argument here."""

from __future__ import annotations

import struct
from itertools import pairwise
from random import Random

from server.media.embedded.rtp import RtpPacket
from server.media.embedded.slots import (
    HANGOVER_MS,
    SILENCE,
    Slot,
    SlotPacket,
    SpeakerSlots,
    Stream,
    Voice,
)


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


def test_background_noise_does_not_take_a_slot_from_anybody_for_long() -> None:
    """A fan at −50 dBov for a minute, beside a person who talks with pauses, and one slot."""
    slots = SpeakerSlots(1)
    fan, person = Voice(1), Voice(2)
    heard = {fan: 0, person: 0}
    for n in range(3_000):
        now_ms = 20 * n
        if slots.place(fan, packet(n, level=50), now_ms):
            heard[fan] += 1
        if now_ms >= 2_000:
            level = 30 if now_ms % 3_000 < 2_000 else 80  # two seconds of speech, one of silence
            speaks = level == 30
            placed = slots.place(person, packet(n, level=level), now_ms) is not None
            heard[person] += placed and speaks
            assert placed or not speaks or now_ms < 2_500
    assert fan.slot is None
    assert heard[person] >= 1_900
    assert heard[fan] <= 160


def test_a_fan_that_begins_later_gets_no_slot_of_those_who_talk() -> None:
    slots = SpeakerSlots(1)
    person, fan = Voice(1), Voice(2)
    for n in range(3_000):
        pause = 40 if n % 50 < 40 else 90  # the short pauses between words
        slots.place(person, packet(n, level=pause), 20 * n)
        if n > 100:
            assert slots.place(fan, packet(n, level=52), 20 * n) is None


def test_a_long_note_is_a_voice() -> None:
    slots = SpeakerSlots(1)
    singer = Voice(1)
    for n in range(250):  # five seconds
        assert singer.speaks(packet(n, level=25))
    for n in range(10):
        slots.place(singer, packet(n, level=90), n)
    assert singer.speaks(packet(0, level=40))


def test_a_short_pause_keeps_the_slot_however_many_wait() -> None:
    slots = SpeakerSlots(1)
    speaker, waiting = Voice(1), [Voice(2 + n) for n in range(5)]
    for n in range(1_000):
        now_ms = 20 * n
        pausing = n % 40 >= 40 - (HANGOVER_MS // 20 - 1)  # just shorter than the hang-over
        assert slots.place(speaker, packet(n, level=80 if pausing else 30), now_ms)
        for other in waiting:
            assert slots.place(other, packet(n, level=20), now_ms) is None


def test_more_speakers_than_slots_all_have_their_turn() -> None:
    """Ten people talk as people do, at two slots, for five minutes: nobody waits half of one."""
    random = Random(7)
    slots = SpeakerSlots(2)
    people = [Voice(n) for n in range(10)]
    until = dict.fromkeys(people, 0)
    talks = dict.fromkeys(people, False)
    last_heard = dict.fromkeys(people, 0)
    for n in range(5 * 60 * 50):
        now_ms = 20 * n
        for voice in people:
            if now_ms >= until[voice]:
                talks[voice] = not talks[voice]
                seconds = random.uniform(1.0, 4.0) if talks[voice] else random.uniform(0.3, 3.0)
                until[voice] = now_ms + int(1000 * seconds)
            if slots.place(voice, packet(n, level=32 if talks[voice] else 85), now_ms):
                last_heard[voice] = now_ms
            assert now_ms - last_heard[voice] < 30_000
    assert {slot.voice for slot in slots.slots} <= set(people)


def test_another_voice_opens_with_a_moment_of_silence_under_its_own_name() -> None:
    slots = SpeakerSlots(1)
    a, b, stream = Voice(7), Voice(9), Stream()
    slot = slots.place(a, packet(1), 0)
    assert slot is not None
    assert slot.opening(0) is None, "no decoder heard anything before"
    first = slot.rewrite(stream, packet(1, 960), 0)
    assert slot.opening(20) is None
    slots.release(a)
    slots.place(b, packet(500), 100)
    other = Stream()
    opening = slot.opening(100)
    voice = slot.rewrite(other, packet(500, 77), 100)
    assert opening is not None
    assert opening.payload == SILENCE
    assert [int.from_bytes(made.header[12:16], "big") for made in (opening, voice) if made] == [
        9,
        9,
    ]
    heads = [head(made) for made in (first, opening, voice)]
    steps = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(heads)]
    # On the listener's clock the voice is where it belongs, one frame after the silence.
    assert steps == [(1, 80 * 48), (1, 20 * 48)]


def test_a_voice_that_comes_back_to_its_own_slot_needs_no_opening() -> None:
    slots = SpeakerSlots(1)
    voice = Voice(7)
    slot = slots.place(voice, packet(1), 0)
    assert slot is not None
    assert slot.opening(0) is None
    slots.release(voice)
    assert slots.place(voice, packet(50), 1_000) is slot
    assert slot.opening(1_000) is None


def test_the_opening_of_a_voice_right_after_another_one_never_steps_back_in_time() -> None:
    slots = SpeakerSlots(1)
    a, b = Voice(1), Voice(2)
    slot = slots.place(a, packet(1), 1_000)
    assert slot is not None
    assert slot.opening(1_000) is None
    first = slot.rewrite(Stream(), packet(1), 1_000)
    slots.release(a)
    slots.place(b, packet(9), 1_003)
    made = [first, slot.opening(1_003), slot.rewrite(Stream(), packet(9), 1_003)]
    steps = [(b - a) & 0xFFFFFFFF for (_, a), (_, b) in pairwise(map(head, made))]
    assert steps == [960, 960]


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
