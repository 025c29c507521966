"""What media workers say to each other about a room that is on several of them.

One message a datagram: a byte for its kind, the room's name after its length, then what the kind
needs, all in network byte order. Messages come from another process and are believed only in form:
whatever does not fit exactly is refused. Sans I/O; never decodes a voice.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeAlias

from server.media.embedded.loss import Share
from server.media.embedded.rtp import (
    LEVEL_SILENCE,
    LEVEL_UNKNOWN,
    MAX_OPUS_BYTES,
    OUT_HEADER_BYTES,
    PAYLOAD_TYPE,
    RtpPacket,
)
from server.media.embedded.slots import FIRST_SSRC, SlotPacket

MAX_ROOM_BYTES = 64
MAX_SLOTS = 32
MAX_INDEX = (1 << 48) - 1
"""SRTP's packet index (RFC 3711 §3.3.1)."""
MAX_WORKER = 255

_PLACED, _TOLD, _SPOKEN, _HUSHED, _LOST = range(1, 6)
_HELLO = struct.Struct("!11sH")
_GREETING = b"masil hop 1"
_PLACE = struct.Struct("!BIQ")
_HEADER = struct.Struct("!BBHIII")
"""The fixed part of a slot's RTP header and its one CSRC."""
_SPEECH = struct.Struct("!IIBHIIB")
_VOICE = struct.Struct("!II")
_SHARE = struct.Struct("!BHB")
MAX_HOP_BYTES = 2 + MAX_ROOM_BYTES + _PLACE.size + OUT_HEADER_BYTES + MAX_OPUS_BYTES
_MAX_LISTENERS = 0xFFFF


class HopInvalidError(ValueError):
    """Not a message of ours."""


class Placed(NamedTuple):
    """Home to branch: a packet as it was placed in a slot, for the branch's listeners."""

    packet: SlotPacket
    turn: int
    """Another number than before: what the slot carried until now must not be repeated."""
    timestamp: int
    csrc: int


class Told(NamedTuple):
    """Home to branch: of each slot, what all listeners lose, as the fraction of a report block."""

    fractions: bytes


class Spoken(NamedTuple):
    """Branch to home: a packet that may be heard, of somebody whose seat is on the branch."""

    csrc: int
    number: int
    """Another number than before: he was silenced meanwhile."""
    packet: RtpPacket


class Hushed(NamedTuple):
    """Branch to home: somebody who spoke under this number was muted or left."""

    csrc: int
    number: int


class Lost(NamedTuple):
    """Branch to home: what the branch's listeners lose, by slot."""

    shares: Mapping[int, Share]


Message: TypeAlias = Placed | Told | Spoken | Hushed | Lost


# ---------------------------------------------------------------- writing


def pack_hello(worker: int) -> bytes:
    """The first message of a connection: which worker speaks."""
    return _HELLO.pack(_GREETING, worker)


def pack_placed(room: str, packet: SlotPacket, turn: int) -> bytes:
    """See `Placed`."""
    place = _PLACE.pack(packet.slot, turn, packet.packet_index)
    return _head(_PLACED, room) + place + packet.header + packet.payload


def pack_told(room: str, fractions: bytes) -> bytes:
    """See `Told`."""
    return _head(_TOLD, room) + fractions


def pack_spoken(room: str, csrc: int, number: int, packet: RtpPacket) -> bytes:
    """See `Spoken`."""
    speech = _SPEECH.pack(
        csrc,
        number,
        packet.marker,
        packet.sequence,
        packet.timestamp,
        packet.ssrc,
        packet.level,
    )
    return _head(_SPOKEN, room) + speech + packet.payload


def pack_hushed(room: str, csrc: int, number: int) -> bytes:
    """See `Hushed`."""
    return _head(_HUSHED, room) + _VOICE.pack(csrc, number)


def pack_lost(room: str, shares: Mapping[int, Share]) -> bytes:
    """See `Lost`; losses are told in 256ths."""
    return _head(_LOST, room) + b"".join(
        _SHARE.pack(slot, min(listeners, _MAX_LISTENERS), min(int(loss * 256), 255))
        for slot, (listeners, loss) in shares.items()
    )


def _head(kind: int, room: str) -> bytes:
    name = room.encode()
    return bytes((kind, len(name))) + name


# ---------------------------------------------------------------- reading


def read_hello(data: bytes) -> int:
    """Which worker speaks.

    Raises:
        HopInvalidError
    """
    if len(data) != _HELLO.size:
        raise HopInvalidError
    greeting, worker = _HELLO.unpack(data)
    if greeting != _GREETING or worker > MAX_WORKER:
        raise HopInvalidError
    return int(worker)


def parse_hop(data: bytes) -> tuple[str, Message]:
    """The room's name and what is said of it.

    Raises:
        HopInvalidError
    """
    if not 2 < len(data) <= MAX_HOP_BYTES or not 0 < data[1] <= MAX_ROOM_BYTES:
        raise HopInvalidError
    read, start = _READERS.get(data[0]), 2 + data[1]
    if read is None or start >= len(data):
        raise HopInvalidError
    try:
        room = data[2:start].decode()
    except UnicodeDecodeError:
        raise HopInvalidError from None
    return room, read(data[start:])


def _read_placed(body: bytes) -> Placed:
    start = _PLACE.size + OUT_HEADER_BYTES
    if not start < len(body) <= start + MAX_OPUS_BYTES:
        raise HopInvalidError
    slot, turn, index = _PLACE.unpack_from(body)
    first, second, sequence, timestamp, ssrc, csrc = _HEADER.unpack_from(body, _PLACE.size)
    fits = (
        slot < MAX_SLOTS
        and index <= MAX_INDEX
        and first == 0x91
        and second & 0x7F == PAYLOAD_TYPE
        and sequence == index & 0xFFFF
        and ssrc == FIRST_SSRC + slot
    )
    if not fits:
        raise HopInvalidError
    packet = SlotPacket(slot, index, ssrc, body[_PLACE.size : start], body[start:])
    return Placed(packet, turn, timestamp, csrc)


def _read_told(body: bytes) -> Told:
    if len(body) > MAX_SLOTS:
        raise HopInvalidError
    return Told(body)


def _read_spoken(body: bytes) -> Spoken:
    if not 0 < len(body) - _SPEECH.size <= MAX_OPUS_BYTES:
        raise HopInvalidError
    csrc, number, marker, sequence, timestamp, ssrc, level = _SPEECH.unpack_from(body)
    if not csrc or marker > 1 or (level > LEVEL_SILENCE and level != LEVEL_UNKNOWN):
        raise HopInvalidError
    payload = body[_SPEECH.size :]
    packet = RtpPacket(bool(marker), PAYLOAD_TYPE, sequence, timestamp, ssrc, level, payload)
    return Spoken(csrc, number, packet)


def _read_hushed(body: bytes) -> Hushed:
    if len(body) != _VOICE.size:
        raise HopInvalidError
    return Hushed(*_VOICE.unpack(body))


def _read_lost(body: bytes) -> Lost:
    if len(body) % _SHARE.size or len(body) > MAX_SLOTS * _SHARE.size:
        raise HopInvalidError
    entries = _SHARE.iter_unpack(body)
    return Lost({slot: Share(listeners, loss / 256) for slot, listeners, loss in entries})


_READERS: dict[int, Callable[[bytes], Message]] = {
    _PLACED: _read_placed,
    _TOLD: _read_told,
    _SPOKEN: _read_spoken,
    _HUSHED: _read_hushed,
    _LOST: _read_lost,
}
