"""Whatever arrives, parsers raise their own error and nothing else."""

from __future__ import annotations

import contextlib
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.errors import SdpInvalidError, SdpTooLargeError
from server.media.embedded.rtcp import Reception, compound, ntp_time, sender_reports
from server.media.embedded.rtp import RtpInvalidError, parse_rtp, slot_header
from server.media.embedded.sdp import OfferParts, make_offer, parse_answer
from server.media.embedded.slots import FIRST_SSRC, SpeakerSlots
from server.media.embedded.stun import StunInvalidError, parse_check
from server.media.embedded.udp import own_addresses, seen_at
from tests.fakes.rtc import make_rtp, malformed_stun

PARTS = OfferParts(["192.0.2.1", "127.0.0.1"], 8080, ":".join(["AB"] * 32), 6)
HEAD = "v=0\r\no=- 2 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n"
GOOD_MEDIA = (
    "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=sendonly\r\na=setup:active\r\n"
    f"a=fingerprint:sha-256 {':'.join(['ab'] * 32)}\r\n"
)
GOOD = HEAD + GOOD_MEDIA + "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=recvonly\r\n"


def test_the_offer_says_what_browsers_need() -> None:
    lines = make_offer(PARTS, "ufrag", "password").split("\r\n")
    assert "a=ice-lite" in lines
    assert "a=group:BUNDLE 0 1 2 3 4 5 6" in lines
    assert lines.count("a=recvonly") == 1
    assert lines.count("a=sendonly") == 6
    assert lines.count("a=setup:actpass") == 7
    assert lines.count("a=fmtp:111 minptime=10;useinbandfec=1;usedtx=1") == 7
    assert [line for line in lines if line.startswith("a=candidate")] == [
        "a=candidate:0 1 udp 2130706431 192.0.2.1 8080 typ host",
        "a=candidate:1 1 udp 2130706175 127.0.0.1 8080 typ host",
    ] * 7


def test_a_good_answer_names_its_certificate() -> None:
    (fingerprint,), red = parse_answer(GOOD, slots=1)
    assert not red
    assert fingerprint.algorithm == "sha-256"
    assert fingerprint.value == ":".join(["AB"] * 32)


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "\r\n",
        "m=audio",
        HEAD,
        GOOD.replace("v=0", "v=1"),
        GOOD.replace("setup:active", "setup:passive"),
        GOOD.replace("a=sendonly", "a=sendrecv"),
        GOOD.replace("m=audio 9", "m=audio 0", 1),
        GOOD.replace("m=audio", "m=video", 1),
        GOOD.replace("SAVPF 111", "SAVPF 109", 1),
        GOOD.replace("m=audio 9 UDP/TLS/RTP/SAVPF 111", "m=", 1),
        GOOD.replace("ab:ab", "ab", 1),
        GOOD.replace("ab:ab", "zz:ab", 1),
        GOOD.replace("sha-256", "md5"),
        GOOD + GOOD_MEDIA,
        GOOD.replace(
            "a=mid:0", "\r\n".join(["a=fingerprint:sha-256 " + ":".join(["ab"] * 32)] * 9)
        ),
    ],
)
def test_answers_that_do_not_fit_are_refused(answer: str) -> None:
    with pytest.raises(SdpInvalidError):
        parse_answer(answer, slots=1)


def test_oversized_answers_are_refused_before_they_are_parsed() -> None:
    candidate = "a=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\n"
    parse_answer(GOOD + candidate * 32, slots=1)
    before = time.perf_counter()
    for answer in (GOOD + candidate * 33, GOOD + "x" * 65_536, GOOD + "한" * 30_000):
        with pytest.raises(SdpTooLargeError):
            parse_answer(answer, slots=1)
    with pytest.raises(SdpTooLargeError):
        parse_answer(GOOD + candidate * 1_000_000, slots=1)
    assert time.perf_counter() - before < 1


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60), st.integers(0, len(GOOD)), st.integers(0, 80))
def test_any_answer_is_read_or_refused(noise: str, at: int, cut: int) -> None:
    with contextlib.suppress(SdpInvalidError, SdpTooLargeError):
        parse_answer(GOOD[:at] + noise + GOOD[at + cut :], slots=1)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=80), st.integers(0, 39), st.integers(0, 255))
def test_any_packet_is_read_or_refused(noise: bytes, at: int, byte: int) -> None:
    for plain in (noise, make_rtp(1, 2, b"payload")[:at] + noise):
        with contextlib.suppress(RtpInvalidError):
            parse_rtp(plain)
        sender_reports(plain)
    spoilt = bytearray(make_rtp(1, 2, b"payload"))
    spoilt[at % len(spoilt)] = byte
    with contextlib.suppress(RtpInvalidError):
        parse_rtp(bytes(spoilt))


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=120))
def test_any_check_is_read_or_refused(noise: bytes) -> None:
    head = b"\x00\x01" + len(noise).to_bytes(2, "big") + b"\x21\x12\xa4\x42" + bytes(12)
    for data in (noise, head + noise, *malformed_stun()):
        with contextlib.suppress(StunInvalidError):
            parse_check(data)


def test_rtp_padding_and_other_extensions_are_understood() -> None:
    plain = make_rtp(1, 2, b"opus\0\0\x03")
    padded = bytes([plain[0] | 0x20]) + plain[1:]
    assert parse_rtp(padded).payload == b"opus"
    extended = b"\x90\x6f" + bytes(10) + b"\xbe\xde\x00\x02" + b"\x31ab\x00\x10\x85\x00\x00" + b"x"
    assert parse_rtp(extended)[5:] == (5, b"x")
    bare = b"\x80\x6f" + bytes(10) + b"x"
    assert parse_rtp(bare).level == 255
    assert len(slot_header(marker=True, sequence=1, timestamp=1, ssrc=1, csrc=1, level=9)) == 24


def test_reports_tell_loss_and_delay() -> None:
    reception = Reception(5001)
    for extended in (70_000, 70_001, 70_004):
        reception.packet(extended, extended * 960, now_ms=extended * 20)
    reception.last_report, reception.last_report_ms = 0xABCD, 1_000_000
    data = compound(SpeakerSlots(1).slots, [reception], unix_ms=0, now_ms=1_001_000)
    assert sender_reports(data) == [(FIRST_SSRC, ntp_time(0) >> 16 & 0xFFFFFFFF)]
    block = data[28 + 8 : 28 + 32]
    assert int.from_bytes(block[0:4], "big") == 5001
    assert block[4] == (2 << 8) // 5
    assert int.from_bytes(block[5:8], "big") == 2
    assert int.from_bytes(block[8:12], "big") == 70_004
    assert block[16:24] == bytes.fromhex("0000abcd00010000")
    assert SpeakerSlots(1).slots[0].ssrc == FIRST_SSRC


def test_own_addresses_end_with_the_loopback() -> None:
    addresses = own_addresses(with_ipv6=False)
    assert addresses[-1].startswith("127.")
    assert all(":" not in address for address in addresses)
    assert seen_at(("::ffff:192.0.2.7", 5, 0, 0)) == ("192.0.2.7", 5)
    assert seen_at(("fe80::1%eth0", 5, 0, 2)) == ("fe80::1", 5)
