"""What workers say to each other is read back as it was written, or refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.media.embedded.hop import (
    MAX_HOP_BYTES,
    MAX_INDEX,
    HopInvalidError,
    Hushed,
    Lost,
    Placed,
    Spoken,
    Told,
    pack_hello,
    pack_hushed,
    pack_lost,
    pack_placed,
    pack_spoken,
    pack_told,
    parse_hop,
    read_hello,
)
from server.media.embedded.loss import Share
from server.media.embedded.rtp import MAX_OPUS_BYTES, RtpPacket
from tests.media.sealing import make_packet

ROOM = "r-7Qm2.hT5w"
VOICE = RtpPacket(True, 111, 65_535, 2**32 - 1, 5001, 30, b"opus")
PLACED = pack_placed(ROOM, make_packet(70_000, slot=3), 5)
SPOKEN = pack_spoken(ROOM, 17, 2, VOICE)
MESSAGES = [
    PLACED,
    SPOKEN,
    pack_hushed(ROOM, 17, 2),
    pack_lost(ROOM, {0: Share(500, 0.25)}),
    pack_told(ROOM, b"\x00\x20"),
]
BODY = 2 + len(ROOM)


@given(
    index=st.integers(0, MAX_INDEX),
    slot=st.integers(0, 31),
    turn=st.integers(0, 2**32 - 1),
    payload=st.binary(min_size=1, max_size=MAX_OPUS_BYTES),
)
def test_a_placed_packet_arrives_as_it_was_placed(
    index: int, slot: int, turn: int, payload: bytes
) -> None:
    packet = make_packet(index, payload, slot)
    data = pack_placed(ROOM, packet, turn)
    assert parse_hop(data) == (ROOM, Placed(packet, turn, index * 960 & 0xFFFFFFFF, 7))
    assert len(data) <= MAX_HOP_BYTES


@given(
    st.builds(
        RtpPacket,
        st.booleans(),
        st.just(111),
        st.integers(0, 65_535),
        st.integers(0, 2**32 - 1),
        st.integers(0, 2**32 - 1),
        st.one_of(st.integers(0, 127), st.just(255)),
        st.binary(min_size=1, max_size=MAX_OPUS_BYTES),
    ),
    st.integers(1, 2**32 - 1),
    st.integers(0, 2**32 - 1),
)
def test_a_spoken_packet_arrives_as_it_was_spoken(
    packet: RtpPacket, csrc: int, number: int
) -> None:
    data = pack_spoken(ROOM, csrc, number, packet)
    assert parse_hop(data) == (ROOM, Spoken(csrc, number, packet))
    assert len(data) <= MAX_HOP_BYTES


def test_the_small_messages_arrive_as_they_were_meant() -> None:
    shares = {0: Share(500, 0.25), 31: Share(70_000, 1.0), 2: Share(0, 0.0)}
    told = {0: Share(500, 0.25), 31: Share(65_535, 255 / 256), 2: Share(0, 0.0)}
    assert parse_hop(pack_lost(ROOM, shares)) == (ROOM, Lost(told))
    assert parse_hop(pack_hushed(ROOM, 17, 4)) == (ROOM, Hushed(17, 4))
    assert parse_hop(pack_told(ROOM, bytes(range(32)))) == (ROOM, Told(bytes(range(32))))
    assert [read_hello(pack_hello(worker)) for worker in (0, 255)] == [0, 255]


@given(
    st.sampled_from(MESSAGES),
    st.integers(0, 80),
    st.binary(max_size=3),
    st.integers(0, 80),
)
def test_any_message_is_read_or_refused(data: bytes, at: int, spoilt: bytes, end: int) -> None:
    for message in (
        spoilt,
        data[:at] + spoilt,
        data[:at] + spoilt + data[at + len(spoilt) :],
        data[: -end or None],
        data + bytes(end * 40),
    ):
        try:
            _, found = parse_hop(message)
        except HopInvalidError:
            continue
        match found:
            case Placed(packet):
                # What the nonce is made of is what the header says.
                assert int.from_bytes(packet.header[2:4], "big") == packet.packet_index & 0xFFFF
                assert int.from_bytes(packet.header[8:12], "big") == packet.ssrc
                assert packet.packet_index <= MAX_INDEX
                assert 0 < len(packet.payload) <= MAX_OPUS_BYTES
            case Spoken(_, _, voice):
                assert 0 < len(voice.payload) <= MAX_OPUS_BYTES


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x01",
        b"\x00" + PLACED[1:],  # no such kind
        b"\x06" + PLACED[1:],
        b"\x01\x00" + PLACED[2:],  # a room without a name
        b"\x01\x41" + bytes(65) + PLACED[BODY:],  # too long a name
        b"\x01\x0b" + b"\xff" * 11 + PLACED[BODY:],  # no text
        PLACED[:BODY],
        PLACED[: BODY + 37],  # no payload
        PLACED + bytes(MAX_OPUS_BYTES),
        PLACED[:BODY] + b"\x20" + PLACED[BODY + 1 :],  # slot 32
        PLACED[: BODY + 5] + b"\x00\x01" + PLACED[BODY + 7 :],  # an index beyond 48 bits
        PLACED[: BODY + 12] + b"\x00" + PLACED[BODY + 13 :],  # index and sequence differ
        PLACED[: BODY + 13] + b"\x81" + PLACED[BODY + 14 :],  # not a slot's header
        SPOKEN[: BODY + 20],  # no payload
        SPOKEN + bytes(MAX_OPUS_BYTES),
        SPOKEN[:BODY] + bytes(4) + SPOKEN[BODY + 4 :],  # nobody's voice
        SPOKEN[: BODY + 8] + b"\x02" + SPOKEN[BODY + 9 :],  # half a marker
        SPOKEN[: BODY + 19] + b"\x80" + SPOKEN[BODY + 20 :],  # a level that is none
        pack_hushed(ROOM, 1, 2) + b"\x00",
        pack_lost(ROOM, {0: Share(1, 0)})[:-1],
        pack_lost(ROOM, {n: Share(1, 0) for n in range(33)}),
        pack_told(ROOM, bytes(33)),
    ],
)
def test_what_does_not_fit_is_refused(data: bytes) -> None:
    with pytest.raises(HopInvalidError):
        parse_hop(data)
