"""Redundant audio (RFC 2198): who gets it, what it repairs, and what it must never repeat."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.errors import SdpInvalidError
from server.media.embedded.red import (
    MAX_OUT_BYTES,
    RED_PAYLOAD_TYPE,
    Block,
    Recovery,
    RedInvalidError,
    Redundancy,
    make_red,
    parse_red,
    unwrap,
    wrap,
)
from server.media.embedded.rtp import RtpPacket, slot_header
from server.media.embedded.sdp import OfferParts, make_offer, parse_answer
from server.media.embedded.slots import FIRST_SSRC, SlotPacket
from tests.fakes.rtc import CM, GCM, RtcPeer
from tests.media.conftest import House, seat
from tests.media.test_tap import Listener, analysis

__all__ = ["analysis"]

REPEATED = st.builds(Block, st.integers(0, 0x3FFF), st.binary(max_size=200))
MALFORMED = [
    b"",
    b"\x6f",  # no frame
    b"\x00frame",  # not Opus
    b"\xef\x0f",  # half a head
    b"\xef\x0f\x00\x05\x6fabc",  # shorter than it says
    b"\xef\x0f\x00\x03\x6fabc",  # nothing left for its own frame
    b"\xe0\x0f\x00\x01\x6fabc",  # another codec in it
    b"\xef\x00\x00\x00" * 9 + b"\x6fabc",  # too many frames
]


def red(*payloads: bytes) -> bytes:
    """A packet's payload: frames 20 ms apart, the packet's own last."""
    last = len(payloads) - 1
    return make_red([Block(960 * (last - n), payload) for n, payload in enumerate(payloads)])


def say_red(peer: RtcPeer, sequence: int, *, depth: int = 1) -> None:
    """A packet with frame names for payloads, repeating the `depth` frames before."""
    names = [b"frame %d" % n for n in range(sequence - depth, sequence + 1)]
    peer.speak(sequence, red(*names), payload_type=RED_PAYLOAD_TYPE)


# ---------------------------------------------------------------- the format


@given(st.lists(REPEATED, max_size=7), st.binary(min_size=1, max_size=300))
def test_what_is_wrapped_is_what_is_unwrapped(repeated: list[Block], own: bytes) -> None:
    blocks = [*repeated, Block(0, own)]
    assert parse_red(make_red(blocks)) == blocks


@given(st.binary(max_size=60), st.integers(0, 30), st.binary(max_size=4))
def test_any_payload_is_read_or_refused(noise: bytes, at: int, spoilt: bytes) -> None:
    good = red(b"one frame", b"another")
    for payload in (noise, good[:at] + noise, good[:at] + spoilt + good[at + len(spoilt) :]):
        try:
            blocks = parse_red(payload)
        except RedInvalidError:
            continue
        assert blocks[-1].payload
        assert sum(len(block.payload) for block in blocks) < len(payload)


@pytest.mark.parametrize("payload", MALFORMED)
def test_malformed_payloads_are_refused(payload: bytes) -> None:
    with pytest.raises(RedInvalidError):
        parse_red(payload)


def test_repeats_are_counted_back_from_the_packet() -> None:
    packet = RtpPacket(True, 63, 1, 500, 9, 30, red(b"a", b"", b"c", b"d"))
    own, repeats = unwrap(packet)
    assert own == RtpPacket(True, 111, 1, 500, 9, 30, b"d")
    assert [(r.sequence, r.timestamp, r.payload) for r in repeats] == [
        (0, (500 - 960) & 0xFFFFFFFF, b"c"),
        (0xFFFE, (500 - 3 * 960) & 0xFFFFFFFF, b"a"),
    ]


# ---------------------------------------------------------------- filling in


@given(st.lists(st.tuples(st.integers(-8, 12), st.integers(0, 4), st.booleans()), max_size=80))
def test_every_packet_is_passed_on_once_however_it_comes(
    plan: list[tuple[int, int, bool]],
) -> None:
    recovery, number = Recovery(), 70_000
    grant, passed, forbidden = object(), set[int](), set[int]()
    for step, depth, changes in plan:
        number += step
        if changes:
            grant = object()
            forbidden = set(range(69_000, number))
            passed = set()
        packet = RtpPacket(False, 111, number & 0xFFFF, 0, 1, 30, b"x")
        repeats = [packet._replace(sequence=(number - n) & 0xFFFF) for n in range(1, depth + 1)]
        new = [
            number - ((number - repeat.sequence) & 0xFFFF)
            for repeat in recovery.missing(number, packet, repeats, grant)
        ]
        assert new == sorted(new)
        assert not forbidden & set(new), "repeated from before the grant"
        new += [number] if recovery.take(number, grant) else []
        assert not passed & {n for n in new if number - n < 64 and max(passed, default=0) - n < 64}
        passed |= set(new)


async def test_a_lost_packet_is_filled_in_for_everybody(house: House) -> None:
    a = await house.enter(seat("a"), red=True)
    plain = await house.enter(seat("p", csrc=2, role="listener"))
    for n in (10, 11, 13, 14, 18):  # 12 is repeated by 13, 17 by 18; 15 and 16 are gone
        say_red(a, n)
    heard = await plain.hears(7)
    assert [h.payload for h in heard] == [b"frame %d" % n for n in (10, 11, 12, 13, 14, 17, 18)]
    first = heard[0]
    assert [h.sequence - first.sequence for h in heard] == [0, 1, 2, 3, 4, 7, 8]
    assert [(h.timestamp - first.timestamp) // 960 for h in heard] == [0, 1, 2, 3, 4, 7, 8]
    assert await house.count("rtp_recovered") == 2


async def test_a_packet_that_comes_after_its_repeat_is_not_heard_twice(house: House) -> None:
    a = await house.enter(seat("a"), red=True)
    b = await house.enter(seat("b", csrc=2))
    for n in (10, 12, 11, 13):
        say_red(a, n)
    heard = await b.hears(4)
    assert [h.payload for h in heard] == [b"frame %d" % n for n in (10, 11, 12, 13)]
    assert await house.count("dropped_late") == 1
    assert b.undecryptable == 0


async def test_what_was_said_while_muted_is_not_repeated_afterwards(house: House) -> None:
    a = await house.enter(seat("a"), red=True)
    b = await house.enter(seat("b", csrc=2), red=True)
    say_red(a, 10)
    await b.hears(1)
    await house.link.set_seat(seat("a", muted=True))
    await house.count("rtp_in")
    say_red(a, 11)
    await house.counted("dropped_muted", 1)
    await house.link.set_seat(seat("a"))
    await house.count("rtp_in")
    for n in (13, 14):
        say_red(a, n, depth=2)
    heard = await b.hears(3)
    assert [parse_red(h.payload)[-1].payload for h in heard] == [
        b"frame %d" % n for n in (10, 13, 14)
    ]
    said = b"".join(h.payload for h in heard)
    assert b"frame 11" not in said
    assert b"frame 12" not in said


async def test_analysis_gets_single_frames_and_the_lost_one_too(
    analysis: Listener, house: House
) -> None:
    await analysis.until_hellos(1)
    a = await house.enter(seat("a", tap_id=42), red=True)
    for n in (10, 12):
        say_red(a, n)
    await analysis.until_frames(3)
    assert [(head.sequence, head.timestamp, payload) for head, payload in analysis.frames] == [
        (n, n * 960, b"frame %d" % n) for n in (10, 11, 12)
    ]


async def test_a_consent_does_not_reach_back(analysis: Listener, house: House) -> None:
    await analysis.until_hellos(1)
    a = await house.enter(seat("a"), red=True)
    b = await house.enter(seat("b", csrc=2))
    say_red(a, 10)
    await b.hears(1)
    await house.link.set_seat(seat("a", tap_id=7))
    await house.count("rtp_in")
    say_red(a, 12)
    await analysis.until_frames(1)
    say_red(a, 13)
    await analysis.until_frames(2)
    assert [payload for _, payload in analysis.frames] == [b"frame 12", b"frame 13"]


async def test_malformed_red_is_dropped_and_counted(house: House) -> None:
    a = await house.enter(seat("a"), red=True)
    b = await house.enter(seat("b", csrc=2))
    for n, payload in enumerate(MALFORMED):
        a.speak(n, payload, payload_type=RED_PAYLOAD_TYPE)
    a.speak(100, b"well")
    assert [h.payload for h in await b.hears(1)] == [b"well"]
    assert await house.count("dropped_red") == len(MALFORMED)


# ---------------------------------------------------------------- who gets it


@pytest.mark.parametrize("sender_red", [True, False])
@pytest.mark.parametrize("profile", [GCM, CM])
async def test_each_listener_gets_what_he_accepted(
    house: House, sender_red: bool, profile: object
) -> None:
    a = await house.enter(seat("a"), red=sender_red)
    wrapped = await house.enter(seat("r", csrc=2, role="listener"), red=True, profiles=(profile,))
    plain = await house.enter(seat("p", csrc=3, role="listener"), profiles=(profile,))
    for n in range(10, 15):
        say_red(a, n) if sender_red else a.speak(n, b"frame %d" % n)
    at_plain, at_wrapped = await plain.hears(5), await wrapped.hears(5)
    names = [b"frame %d" % n for n in range(10, 15)]
    assert [(h.payload_type, h.payload) for h in at_plain] == [(111, name) for name in names]
    assert {h.payload_type for h in at_wrapped} == {RED_PAYLOAD_TYPE}
    blocks = [parse_red(h.payload) for h in at_wrapped]
    assert [each[-1].payload for each in blocks] == names
    assert [each[:-1] for each in blocks[1:]] == [[Block(960, name)] for name in names[:-1]]
    assert [(h.sequence, h.timestamp, h.csrc, h.level) for h in at_wrapped] == [
        (h.sequence, h.timestamp, h.csrc, h.level) for h in at_plain
    ]
    for listener in (plain, wrapped):
        assert listener.undecryptable == 0
        assert len({(h.ssrc, h.sequence) for h in listener.heard}) == 5, "one payload an index"
    assert a.heard == []


async def test_what_was_accepted_cannot_be_changed(house: House) -> None:
    """Else an index could be sealed for one listener in both forms."""
    made = seat("a")
    peer = await house.enter(made, red=True)
    await house.link.answer_seat(made.media_id, peer.answer(red=True))
    with pytest.raises(SdpInvalidError):
        await house.link.answer_seat(made.media_id, peer.answer(red=False))


@pytest.mark.parametrize(
    ("before", "after", "accepted"),
    [
        ("", "", True),
        ("SAVPF 63 111", "SAVPF 111", False),  # Firefox, aiortc
        ("a=rtpmap:63 red/48000/2\r\n", "", False),
        ("red/48000/2", "telephone-event/48000", False),
        ("red/48000/2", "RED/48000/2", True),
    ],
)
def test_red_counts_as_accepted_only_where_the_slots_keep_it(
    before: str, after: str, accepted: bool
) -> None:
    parts = OfferParts(["192.0.2.1"], 8080, ":".join(["AB"] * 32), 2)
    offer = make_offer(parts, "ufrag", "password")
    answer = offer.replace("recvonly", "SEND").replace("sendonly", "recvonly")
    answer = answer.replace("SEND", "sendonly").replace("actpass", "active")
    assert parse_answer(answer.replace(before, after), slots=2).red is accepted


async def test_a_slot_repeats_only_the_voice_it_carries(house: House) -> None:
    """Two slots: b speaks on while c takes over the slot of a."""
    a = await house.enter(seat("a", csrc=10))
    b = await house.enter(seat("b", csrc=11))
    c = await house.enter(seat("c", csrc=12))
    ear = await house.enter(seat("l", csrc=99, role="listener"), red=True)
    a.speak(1, b"from a")
    b.speak(1, b"from b")
    await ear.hears(2)
    await house.link.set_seat(seat("a", csrc=10, muted=True))
    await house.count("rtp_in")
    for n in (1, 2):
        c.speak(n, b"from c")
    before, *_, last = await ear.hears(4)
    assert len({h.ssrc for h in ear.heard if h.csrc != 11}) == 1, "the freed slot is used again"
    assert all(b"from a" not in h.payload for h in ear.heard if h.csrc == 12)
    assert (last.csrc, last.payload.count(b"from c")) == (12, 2)
    assert before.csrc in (10, 11)


def wrapped(made: Redundancy, timestamp: int, payload: bytes, depth: int = 2) -> list[Block]:
    """What a slot sends of this frame."""
    header = slot_header(
        marker=True, sequence=1, timestamp=timestamp, ssrc=FIRST_SSRC, csrc=7, level=30
    )
    plain = SlotPacket(0, 1, FIRST_SSRC, header, payload)
    packet = wrap(plain, made.follow(plain)[:depth])
    assert struct.unpack_from("!BB", packet.header) == (0x91, 0x80 | RED_PAYLOAD_TYPE)
    assert len(packet.payload) <= max(MAX_OUT_BYTES, 1 + len(payload))
    return parse_red(packet.payload)


def test_frames_too_old_or_too_large_are_not_repeated() -> None:
    slot = Redundancy()
    assert wrapped(slot, 0xFFFFFF00, b"one") == [Block(0, b"one")]
    assert wrapped(slot, 0x2C0, b"two") == [Block(960, b"one"), Block(0, b"two")]
    assert wrapped(slot, 0x680, b"three", 1) == [Block(960, b"two"), Block(0, b"three")]
    assert wrapped(slot, 0x2C0, b"late") == [Block(0, b"late")], "older than what it follows"
    assert len(wrapped(slot, 0xA40, b"four")) == 3
    assert len(wrapped(slot, 0xA40 + 0x3FFF + 1, b"after a pause")) == 1
    assert len(wrapped(slot, 0xA40 + 0x3FFF + 961, b"x" * 1200)) == 1
    assert len(wrapped(slot, 0xA40 + 0x3FFF + 1921, b"y" * 600)) == 2
    slot.forget()
    assert len(wrapped(slot, 0xA40 + 0x3FFF + 2881, b"after mute")) == 1


def test_the_silence_between_words_is_not_repeated_nor_what_was_said_before_it() -> None:
    """Chromium takes a repeated frame of silence as the beginning of a new one: it then plays
    what follows that much later, and hurries to catch up."""
    slot = Redundancy()
    wrapped(slot, 0, b"word")
    onset = wrapped(slot, 960, b"\x78")
    assert onset == [Block(960, b"word"), Block(0, b"\x78")], "in case the word's end was lost"
    assert wrapped(slot, 5760, b"next") == [Block(0, b"next")]
    assert wrapped(slot, 6720, b"word") == [Block(960, b"next"), Block(0, b"word")]
