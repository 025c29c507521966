"""What must be dropped and counted while everybody else's session goes on."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable

import pytest

from server.domain.errors import MediaUnavailableError, SdpInvalidError, SdpTooLargeError
from server.domain.ids import MediaId
from tests.fakes.rtc import RtcPeer, make_rtp, malformed_stun
from tests.media.conftest import House, seat


async def _still_well(house: House, a: RtcPeer, b: RtcPeer) -> None:
    before = len(b.heard)
    sequence = 1 + (a.heard[-1].sequence if a.heard else 0) + before + 1000
    a.speak(sequence, b"still here")
    assert (await b.hears(before + 1))[-1].payload == b"still here"


async def test_storms_of_garbage_from_strangers_are_dropped_and_counted(house: House) -> None:
    a = await house.enter(seat("a"))
    b = await house.enter(seat("b", csrc=2))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        malformed = [*malformed_stun(), b"", b"\x50", b"\xff" * 40, b"\x40\x00\x00\x00"]
        for _ in range(10):
            for data in malformed:
                stranger.sendto(data, a.server)
        await house.counted("dropped_malformed", 10 * len(malformed))
        for _ in range(50):
            stranger.sendto(b"\x16\xfe\xff" + os.urandom(60), a.server)
            stranger.sendto(b"\x80\x6f" + os.urandom(60), a.server)
            stranger.sendto(b"\x80\xc9" + os.urandom(60), a.server)
            stranger.sendto(a.check(password="wrong password wrong pw"), a.server)
            stranger.sendto(a.check(ufrag="nobody"), a.server)
        await house.counted("dropped_source", 150)
        await house.counted("dropped_stun", 100)
        stranger.sendto(b"\x80\x6f" + bytes(1600), a.server)
        await house.counted("dropped_size", 1)
    await _still_well(house, a, b)


async def test_storms_of_garbage_from_a_proven_address_are_dropped_and_counted(
    house: House,
) -> None:
    a = await house.enter(seat("a"))
    b = await house.enter(seat("b", csrc=2))
    for _ in range(100):
        a.send_raw(b"\x80\x6f" + os.urandom(60))
        a.send_raw(b"\x80\xc9" + os.urandom(60))
        a.send_raw(b"\x17\xfe\xfd" + os.urandom(60))
    a.send_raw(b"\x80\x6f" + bytes(5))
    a.send_raw(b"\x80\x6f" + bytes(1400))
    await house.counted("dropped_auth", 200)
    await house.counted("dropped_size", 2)
    await _still_well(house, a, b)


async def test_ssrc_spray_is_cut_at_four(house: House) -> None:
    a = await house.enter(seat("a"))
    b = await house.enter(seat("b", csrc=2))
    for ssrc in range(7000, 7061):
        a.speak(1, ssrc=ssrc)
    await house.counted("dropped_ssrc", 57)
    assert len(await b.hears(4)) == 4
    a.speak(2, b"on a known one", ssrc=7000)
    assert (await b.hears(5))[-1].payload == b"on a known one"


async def test_replays_are_dropped_and_counted(house: House) -> None:
    a = await house.enter(seat("a"))
    b = await house.enter(seat("b", csrc=2))
    packet = a.dtls._tx_srtp.protect(make_rtp(10, 960, b"once"))
    for _ in range(5):
        a.send_raw(packet)
    await house.counted("dropped_replay", 4)
    assert len(b.heard) == 1


async def test_payloads_that_are_no_opus_of_ours_are_dropped(house: House) -> None:
    a = await house.enter(seat("a"))
    a.send_plain(make_rtp(1, 0, b"x", payload_type=62))
    a.send_plain(make_rtp(2, 0, b""))
    a.send_plain(make_rtp(3, 0, bytes(1276)))
    await house.counted("dropped_payload", 3)
    broken = bytearray(make_rtp(4, 0, b""))
    broken[14:16] = b"\x00\xff"  # an extension longer than the packet
    a.send_raw(a.dtls._tx_srtp.protect(make_rtp(5, 0, b"x")))
    assert await house.count("rtp_forwarded") == 0


async def test_a_flood_from_a_member_is_capped_and_others_go_on(house: House) -> None:
    flooder = await house.enter(seat("f"))
    a = await house.enter(seat("a", csrc=2))
    b = await house.enter(seat("b", csrc=3))
    rounds = 0
    while not await house.count("dropped_rate"):
        for n in range(900):
            flooder.speak(900 * rounds + n)
        rounds += 1
    a.speak(1, b"calm voice")
    await b.until(lambda: any(h.payload == b"calm voice" for h in b.heard))


async def test_jumping_sequence_numbers_never_break_a_slot(house: House) -> None:
    """A sender that leaps about cannot make listeners lose count of the wraps."""
    a = await house.enter(seat("a"))
    b = await house.enter(seat("b", csrc=2))
    at = 0
    for n in range(12):
        a.speak(at, str(n).encode())
        at += 30_000
    heard = await b.hears(12)
    assert [h.sequence for h in heard] == list(range(heard[0].sequence, heard[0].sequence + 12))
    assert b.undecryptable == 0


def _candidates(answer: str) -> str:
    return answer + "a=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\n" * 33


def _fat(answer: str) -> str:
    return answer + "a=x:" + "x" * 70_000 + "\r\n"


@pytest.mark.parametrize("spoil", [_candidates, _fat])
async def test_an_oversized_answer_is_refused(house: House, spoil: Callable[[str], str]) -> None:
    peer = RtcPeer(await house.link.open_seat(seat("a")))
    with pytest.raises(SdpTooLargeError):
        await house.link.answer_seat(MediaId("a"), spoil(peer.answer()))
    await house.link.answer_seat(MediaId("a"), peer.answer())
    await peer.close()


async def test_an_answer_to_something_else_is_refused(house: House) -> None:
    peer = RtcPeer(await house.link.open_seat(seat("a")))
    with pytest.raises(SdpInvalidError):
        await house.link.answer_seat(MediaId("a"), peer.answer(direction="recvonly"))
    with pytest.raises(MediaUnavailableError):
        await house.link.answer_seat(MediaId("unknown"), peer.answer())
    await peer.close()
