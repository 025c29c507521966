"""Redundant audio (RFC 2198): unwrapped as it arrives, lost packets filled in, wrapped for slots.

A browser that sends RED repeats its last frames in every packet. They are taken out where the
packet arrives, so that everything behind works on single Opus frames, and a slot repeats frames
anew for the listeners who accepted RED, whoever's voice it carries. Sans I/O; never decodes.
A repeated frame is used under the permission only under which its neighbours were passed on.
"""

from __future__ import annotations

import struct
from collections import deque
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from server.media.embedded.rtp import MAX_OPUS_BYTES, PAYLOAD_TYPE, RtpPacket
from server.media.embedded.slots import SlotPacket

RED_PAYLOAD_TYPE = 63
"""What every offer calls `red/48000/2`."""
MAX_BLOCKS = 8
"""Frames in one incoming packet; Chromium sends two."""
MAX_DEPTH = 2
"""Earlier frames that a slot repeats at most."""
MAX_OUT_BYTES = 1100
"""A wrapped payload stays below this, so that the datagram fits any path; old frames give way."""
_MAX_OFFSET = 0x3FFF
_MAX_REPEATED_BYTES = 0x3FF
_DTX_BYTES = 2
"""A frame this short begins a pause: `opus_encode` says that it need not be sent."""
_MORE = 0x80
_WINDOW = 64
"""How many packets back it is known which ones were passed on."""
_OUT_FIELDS = struct.Struct("!IxxxxI")


class RedInvalidError(ValueError):
    """Not RFC 2198, or with anything but Opus in it."""


class Block(NamedTuple):
    """One Opus frame in a RED payload."""

    offset: int
    """48 kHz ticks before the packet's timestamp; 0 in the last block."""
    payload: bytes


def parse_red(payload: bytes) -> list[Block]:
    """The frames, oldest first; the last one is the packet's own, the others may be empty.

    Raises:
        RedInvalidError
    """
    heads: list[tuple[int, int]] = []
    at = 0
    while at < len(payload) and payload[at] & _MORE:
        if at + 4 > len(payload) or len(heads) == MAX_BLOCKS - 1:
            raise RedInvalidError
        word = int.from_bytes(payload[at : at + 4], "big")
        if word >> 24 & 0x7F != PAYLOAD_TYPE:
            raise RedInvalidError
        heads.append((word >> 10 & _MAX_OFFSET, word & _MAX_REPEATED_BYTES))
        at += 4
    if at >= len(payload) or payload[at] != PAYLOAD_TYPE:
        raise RedInvalidError
    at += 1
    blocks: list[Block] = []
    for offset, length in heads:
        blocks.append(Block(offset, payload[at : at + length]))
        at += length
    if not 0 < len(payload) - at <= MAX_OPUS_BYTES:
        raise RedInvalidError
    return [*blocks, Block(0, payload[at:])]


def make_red(blocks: Sequence[Block]) -> bytes:
    """The payload of these frames, oldest first, the packet's own last."""
    heads = b"".join(
        ((_MORE | PAYLOAD_TYPE) << 24 | block.offset << 10 | len(block.payload)).to_bytes(4, "big")
        for block in blocks[:-1]
    )
    return heads + bytes((PAYLOAD_TYPE,)) + b"".join(block.payload for block in blocks)


def unwrap(packet: RtpPacket) -> tuple[RtpPacket, list[RtpPacket]]:
    """A RED packet as the Opus packet it is about and the earlier ones it repeats, newest first.

    RFC 2198 repeats no sequence numbers: senders repeat the packets right before, so they are
    counted back. The level is that of the packet.

    Raises:
        RedInvalidError
    """
    *repeated, own = parse_red(packet.payload)
    repeats = [
        RtpPacket(
            False,
            PAYLOAD_TYPE,
            (packet.sequence - back) & 0xFFFF,
            (packet.timestamp - block.offset) & 0xFFFFFFFF,
            packet.ssrc,
            packet.level,
            block.payload,
        )
        for back, block in enumerate(reversed(repeated), 1)
        if block.payload
    ]
    return packet._replace(payload_type=PAYLOAD_TYPE, payload=own.payload), repeats


class Recovery:
    """Which packets of one stream were passed on, so that each is passed on once."""

    __slots__ = ("_floor", "_grant", "_highest", "_passed")

    def __init__(self) -> None:
        self._grant: object = None
        self._floor = 0
        self._highest = 0
        self._passed = 0
        """Bit n: `_highest` − n was passed on."""

    def take(self, extended: int, grant: object) -> bool:
        """Mark a packet as passed on; False where a repeated one stood in for it already.

        Under another grant (any object, compared by identity) nothing from before counts.
        """
        if grant is not self._grant:
            self._grant = grant
            self._floor = self._highest = extended
            self._passed = 1
            return True
        ahead = extended - self._highest
        if ahead > 0:
            self._passed = ((self._passed << min(ahead, _WINDOW)) | 1) & ((1 << _WINDOW) - 1)
            self._highest = extended
            return True
        if ahead <= -_WINDOW:
            return True
        known = bool(self._passed >> -ahead & 1)
        self._passed |= 1 << -ahead
        return not known

    def missing(
        self, extended: int, packet: RtpPacket, repeats: Iterable[RtpPacket], grant: object
    ) -> list[RtpPacket]:
        """Those of a packet's repeats that were lost, oldest first, marked as passed on."""
        if grant is not self._grant:
            return []
        found = []
        for repeat in repeats:
            number = extended - ((packet.sequence - repeat.sequence) & 0xFFFF)
            if number > max(self._floor, self._highest - _WINDOW) and self._is_new(number):
                found.append((number, repeat))
        found.reverse()
        return [repeat for number, repeat in found if self.take(number, grant)]

    def _is_new(self, number: int) -> bool:
        back = self._highest - number
        return back < 0 or not self._passed >> back & 1


class Redundancy:
    """One slot's last frames, repeated for listeners who accepted RED."""

    __slots__ = ("_csrc", "_recent")

    def __init__(self) -> None:
        self._csrc = -1
        self._recent: deque[tuple[int, bytes]] = deque(maxlen=MAX_DEPTH)

    def forget(self) -> None:
        """The voice was muted or left."""
        self._recent.clear()

    def follow(self, packet: SlotPacket) -> list[Block]:
        """Remember the packet; what may be repeated with it, newest first."""
        timestamp, csrc = _OUT_FIELDS.unpack_from(packet.header, 4)
        if csrc != self._csrc:
            self._csrc = csrc
            self._recent.clear()
        earlier = [
            Block((timestamp - older) & 0xFFFFFFFF, payload)
            for older, payload in reversed(self._recent)
        ]
        self._keep(timestamp, packet.payload)
        return earlier

    def _keep(self, timestamp: int, payload: bytes) -> None:
        """Remember a frame, unless it comes late: a newer one was kept already.

        The silence of DTX is not repeated: NetEq, Chromium's jitter buffer, does not move on when
        it plays such a frame (`NetEqImpl::Decode`), so it takes a repeated one for the next, begins
        the pause anew and plays the words after it that much later.
        """
        if self._recent and (timestamp - self._recent[-1][0]) & 0xFFFFFFFF >= 0x80000000:
            return
        if len(payload) <= _DTX_BYTES:
            self._recent.clear()
        elif len(payload) <= _MAX_REPEATED_BYTES:
            self._recent.append((timestamp, payload))


def wrap(packet: SlotPacket, earlier: Iterable[Block]) -> SlotPacket:
    """The packet as RED with these frames before it (newest first), as far as they fit."""
    blocks = [Block(0, packet.payload)]
    size = 1 + len(packet.payload)
    for block in earlier:
        size += 4 + len(block.payload)
        if not 0 < block.offset <= _MAX_OFFSET or size > MAX_OUT_BYTES:
            break
        blocks.append(block)
    blocks.reverse()
    head = packet.header
    kind = bytes((head[1] & 0x80 | RED_PAYLOAD_TYPE,))
    return packet._replace(header=head[:1] + kind + head[2:], payload=make_red(blocks))
