"""Gate ⇄ media worker, over a Unix socket: MessagePack, each frame after its length.

Frames are `uint32` length (big endian, at most 256 KiB), then one message. The worker knows
session ids, room ids and roles; never a name, a number or a caption. All commands are idempotent:
the gate may repeat its whole state after a reconnect.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from protocol.errors import ErrorCode
from protocol.wire import Message

MAX_FRAME_BYTES = 256 * 1024
MAX_WORKERS = 256
MediaRole = Literal["speaker", "listener"]
WorkerIndex = Annotated[int, Meta(ge=0, lt=MAX_WORKERS)]
"""A media worker of this machine, the first one being 0."""
RoomName = Annotated[str, Meta(min_length=1, max_length=64, pattern="^[A-Za-z0-9_.-]+$")]
"""What workers call a room: another name for each home that it finds, so that nothing of one home
ever reaches the seats of another."""


class OpenSession(Message, frozen=True):
    """Make the server side of one browser's PeerConnection. Reply: `session_opened`."""

    request: int
    media_id: str
    room_id: RoomName
    home: WorkerIndex | None
    """The worker that decides which voice is in which slot; `null`: this one."""
    csrc: int
    """The CSRC that names this person's voice to the others in the room; 1 to 2³²−1."""
    role: MediaRole
    muted: bool
    tap_id: int | None
    """The consent under which this voice goes to analysis as well; `null`: it must not."""
    replaces: str | None = None
    """The same person's older session, which ends at the moment when this one is connected."""


class AnswerSession(Message, frozen=True):
    """The browser's SDP answer. Reply: `done` or `failed`."""

    request: int
    media_id: str
    sdp: str


class SetRole(Message, frozen=True):
    """Roles are enforced on every packet from the moment this is read. No reply."""

    media_id: str
    role: MediaRole
    muted: bool
    tap_id: int | None


class CloseSession(Message, frozen=True):
    """Forget a session: its packets are dropped from now on. No reply."""

    media_id: str


class SetBranches(Message, frozen=True):
    """To a room's home: which other workers have seats of the room now. No reply."""

    room_id: RoomName
    workers: Annotated[tuple[WorkerIndex, ...], Meta(max_length=MAX_WORKERS)]


class CloseRoom(Message, frozen=True):
    """Forget all sessions of a room. No reply."""

    room_id: RoomName


class GetStats(Message, frozen=True):
    """Ask for the counters. Reply: `stats`."""

    request: int


MediaCommand = (
    OpenSession | AnswerSession | SetRole | CloseSession | SetBranches | CloseRoom | GetStats
)


class SessionOpened(Message, frozen=True):
    """Reply to `open_session`: the offer for the browser."""

    request: int
    media_id: str
    sdp: str


class Done(Message, frozen=True):
    """The command was carried out."""

    request: int


class Failed(Message, frozen=True):
    """The command was refused."""

    request: int
    code: ErrorCode
    message: str


class Stats(Message, frozen=True):
    """Counters since the worker started, by name (see docs/operating.md)."""

    request: int
    counters: dict[str, int]


class SessionConnected(Message, frozen=True):
    """ICE and DTLS are done; voices flow."""

    media_id: str
    srtp_profile: str


class SessionLost(Message, frozen=True):
    """The session is gone: consent to send expired (RFC 7675), DTLS closed or failed."""

    media_id: str
    reason: Literal["consent_expired", "dtls_closed", "dtls_failed", "never_connected"]


class Draining(Message, frozen=True):
    """The worker ends soon: it takes no more sessions, and those it has are to go elsewhere."""


MediaEvent = SessionOpened | Done | Failed | Stats | SessionConnected | SessionLost | Draining

encoder = msgspec.msgpack.Encoder()
decode_command: msgspec.msgpack.Decoder[MediaCommand] = msgspec.msgpack.Decoder(MediaCommand)
decode_event: msgspec.msgpack.Decoder[MediaEvent] = msgspec.msgpack.Decoder(MediaEvent)
