"""RTCP (RFC 3550 §6), as little as browsers need.

Receiver reports for their microphone, sender reports for our slots; of what listeners report about
our slots, the share that was lost. Sans I/O.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from typing import Protocol

from server.media.embedded.rtp import CLOCK_RATE_HZ

SENDER_REPORT = 200
RECEIVER_REPORT = 201
SOURCE_DESCRIPTION = 202
OUR_SSRC = 1
"""Under which we report where we send nothing ourselves."""
_NTP_UNIX_OFFSET_S = 2_208_988_800
_CNAME = b"masil"
_BLOCK = struct.Struct("!IIIIII")
_BLOCKS_FROM = {SENDER_REPORT: 24, RECEIVER_REPORT: 4}
"""Where report blocks begin, in bytes after the header."""


class Sent(Protocol):
    """What a sender report tells of a stream that we send."""

    ssrc: int
    packets: int
    octets: int
    last_timestamp: int
    last_sent_ms: int


class Reception:
    """Statistics of one stream that we receive (RFC 3550 §6.4.1, appendix A.3 and A.8)."""

    __slots__ = (
        "_base",
        "_expected_before",
        "_jitter",
        "_received",
        "_received_before",
        "_transit",
        "highest",
        "last_report",
        "last_report_ms",
        "ssrc",
    )

    def __init__(self, ssrc: int) -> None:
        self.ssrc = ssrc
        self.highest = -1
        self.last_report = 0
        """Middle 32 bits of the NTP time of the sender's last report."""
        self.last_report_ms = 0
        self._base = 0
        self._received = 0
        self._expected_before = 0
        self._received_before = 0
        self._transit = 0
        self._jitter = 0.0

    def packet(self, extended: int, timestamp: int, now_ms: int) -> None:
        """An authentic packet arrived; `extended` is its sequence number without wraps."""
        transit = (now_ms * CLOCK_RATE_HZ // 1000 - timestamp) & 0xFFFFFFFF
        if self.highest < 0:
            self._base = extended
        else:
            change = ((transit - self._transit + 0x80000000) & 0xFFFFFFFF) - 0x80000000
            self._jitter += (abs(change) - self._jitter) / 16
        self._transit = transit
        self.highest = max(self.highest, extended)
        self._received += 1

    def block(self, now_ms: int, least_fraction: int = 0) -> bytes:
        """A report block about the time since the last one.

        It tells of at least `least_fraction` 256ths lost (loss.py); the total stays what it is.
        """
        expected = self.highest - self._base + 1
        lost = max(-0x800000, min(0x7FFFFF, expected - self._received))
        expected_now = expected - self._expected_before
        lost_now = expected_now - (self._received - self._received_before)
        fraction = min(255, (lost_now << 8) // expected_now) if lost_now > 0 else 0
        fraction = max(fraction, least_fraction)
        self._expected_before, self._received_before = expected, self._received
        delay = (now_ms - self.last_report_ms) * 65536 // 1000 if self.last_report else 0
        return _BLOCK.pack(
            self.ssrc,
            fraction << 24 | lost & 0xFFFFFF,
            self.highest & 0xFFFFFFFF,
            min(int(self._jitter), 0xFFFFFFFF),
            self.last_report,
            delay & 0xFFFFFFFF,
        )


def ntp_time(unix_ms: int) -> int:
    """NTP's 64-bit time (RFC 5905 §6) of a Unix time in milliseconds."""
    seconds, rest = divmod(unix_ms, 1000)
    return (seconds + _NTP_UNIX_OFFSET_S) << 32 | (rest << 32) // 1000


def compound(
    slots: Iterable[Sent],
    receptions: Iterable[Reception],
    unix_ms: int,
    now_ms: int,
    least_fraction: int = 0,
) -> bytes:
    """Sender reports of slots that spoke, a receiver report, and our name (RFC 3550 §6.1)."""
    reports = b"".join(_sender_report(slot, unix_ms, now_ms) for slot in slots)
    blocks = [reception.block(now_ms, least_fraction) for reception in receptions]
    reports += _packet(len(blocks), RECEIVER_REPORT, OUR_SSRC.to_bytes(4, "big") + b"".join(blocks))
    item = bytes((1, len(_CNAME))) + _CNAME
    chunk = OUR_SSRC.to_bytes(4, "big") + item + bytes(4 - len(item) % 4)
    return reports + _packet(1, SOURCE_DESCRIPTION, chunk)


def _sender_report(slot: Sent, unix_ms: int, now_ms: int) -> bytes:
    timestamp = slot.last_timestamp + (now_ms - slot.last_sent_ms) * CLOCK_RATE_HZ // 1000
    body = struct.pack(
        "!IQIII",
        slot.ssrc,
        ntp_time(unix_ms),
        timestamp & 0xFFFFFFFF,
        slot.packets & 0xFFFFFFFF,
        slot.octets & 0xFFFFFFFF,
    )
    return _packet(0, SENDER_REPORT, body)


def _packet(count: int, kind: int, body: bytes) -> bytes:
    return struct.pack("!BBH", 0x80 | count, kind, len(body) // 4) + body


BEAT = compound((), (), 0, 0)
"""An empty report: the least that tells a browser that its way to us is open."""


def needs_beat(*, on_stage: bool, silent_ms: int, beat_ms: int) -> bool:
    """Whether to send it: the room was silent for half a beat, or the only voice may be his own."""
    return on_stage or 2 * silent_ms >= beat_ms


def sender_reports(data: bytes) -> list[tuple[int, int]]:
    """(SSRC, middle 32 bits of NTP time) of each sender report in an authentic compound packet.

    Reading stops at the first packet that does not fit.
    """
    found: list[tuple[int, int]] = []
    for _, kind, body in _packets(data):
        if kind == SENDER_REPORT and len(body) >= 24:
            ssrc, ntp = struct.unpack_from("!IQ", body)
            found.append((ssrc, ntp >> 16 & 0xFFFFFFFF))
    return found


def losses(data: bytes) -> list[tuple[int, int]]:
    """(SSRC, lost 256ths) of each report block in an authentic compound packet.

    Reading stops at the first packet that does not fit.
    """
    found: list[tuple[int, int]] = []
    for count, kind, body in _packets(data):
        start = _BLOCKS_FROM.get(kind, len(body))
        for at in range(start, len(body) - _BLOCK.size + 1, _BLOCK.size)[:count]:
            ssrc, fraction = struct.unpack_from("!IB", body, at)
            found.append((ssrc, fraction))
    return found


def _packets(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Count, type and body of each packet in a compound packet."""
    at = 0
    while at + 4 <= len(data):
        first, kind, words = struct.unpack_from("!BBH", data, at)
        end = at + 4 + 4 * words
        if first >> 6 != 2 or end > len(data):
            return
        yield first & 0x1F, kind, data[at + 4 : end]
        at = end
