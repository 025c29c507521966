"""RTP packets (RFC 3550) with the audio level extension (RFC 6464), as bytes to and from values.

Sans I/O. Never decrypts and never looks into an Opus payload.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

PAYLOAD_TYPE = 111
"""The one payload type of every offer; answers keep it."""
LEVEL_EXTENSION_ID = 1
CLOCK_RATE_HZ = 48_000
MAX_OPUS_BYTES = 1275
"""The largest Opus frame (RFC 6716 §3.2)."""
LEVEL_UNKNOWN = 255
LEVEL_SILENCE = 127
OUT_HEADER_BYTES = 24
"""A slot's header: fixed part, one CSRC, the level extension in one word."""

_FIXED = struct.Struct("!BBHII")
_OUT = struct.Struct("!BBHIIIHHBBH")
_EXTENSION = struct.Struct("!HH")
_new = tuple.__new__
_ONE_BYTE_PROFILE = 0xBEDE


class RtpInvalidError(ValueError):
    """Not an RTP packet that we can read."""


class RtpPacket(NamedTuple):
    """What is read of a decrypted RTP packet."""

    marker: bool
    payload_type: int
    sequence: int
    timestamp: int
    """48 kHz, uint32."""
    ssrc: int
    level: int
    """RFC 6464, 0 (loudest) to 127 (silence) in −dBov; 255 where the sender does not tell."""
    payload: bytes


def is_rtcp(data: bytes) -> bool:
    """Whether an RTP-or-RTCP datagram of at least two bytes is RTCP (RFC 5761 §4)."""
    return 192 <= data[1] <= 223


def parse_rtp(data: bytes) -> RtpPacket:
    """Read a decrypted packet.

    Raises:
        RtpInvalidError
    """
    if len(data) < _FIXED.size or data[0] >> 6 != 2:
        raise RtpInvalidError
    first, second, sequence, timestamp, ssrc = _FIXED.unpack_from(data)
    start = _FIXED.size + 4 * (first & 0x0F)
    level = LEVEL_UNKNOWN
    if first & 0x10:
        if start + 4 > len(data):
            raise RtpInvalidError
        profile, words = _EXTENSION.unpack_from(data, start)
        end = start + 4 + 4 * words
        if profile == _ONE_BYTE_PROFILE and end <= len(data):
            level = _find_level(data, start + 4, end)
        start = end
    stop = len(data) - (data[-1] if first & 0x20 else 0)
    if stop < start:
        raise RtpInvalidError
    # Half the cost of RtpPacket(...), which is a function of Python's that does just this.
    return _new(
        RtpPacket,
        (second > 0x7F, second & 0x7F, sequence, timestamp, ssrc, level, data[start:stop]),
    )


def _find_level(data: bytes, at: int, end: int) -> int:
    """Walk one-byte header extensions (RFC 8285 §4.2)."""
    while at < end:
        head = data[at]
        if head == 0:
            at += 1
            continue
        if head >> 4 == LEVEL_EXTENSION_ID:
            return data[at + 1] & 0x7F if at + 1 < end else LEVEL_UNKNOWN
        at += 2 + (head & 0x0F)
    return LEVEL_UNKNOWN


def slot_header(
    *, marker: bool, sequence: int, timestamp: int, ssrc: int, csrc: int, level: int
) -> bytes:
    """The 24-byte header of a slot's packet: CC=1, the CSRC names the voice, the level is kept."""
    return _OUT.pack(
        0x91,
        (0x80 if marker else 0) | PAYLOAD_TYPE,
        sequence,
        timestamp,
        ssrc,
        csrc,
        _ONE_BYTE_PROFILE,
        1,
        LEVEL_EXTENSION_ID << 4,
        LEVEL_SILENCE if level == LEVEL_UNKNOWN else level,
        0,
    )
