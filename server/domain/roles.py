"""Who may do what in a room: roles, states of a room, and the one table of all commands.

The rules in `room.py`, `stage.py`, `moderation.py`, `succession.py` and `consent.py`, and the
services of chat, reactions and reports, ask this table first and add only what it cannot say; the
state machine of the tests holds every change of a role and of a room's state against it.
docs/protocol.md prints it; a test keeps the two the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType

from server.domain.errors import (
    MasilError,
    NotInRoomError,
    NotModeratorError,
    NotOnStageError,
    RoomNotFoundError,
    WrongStateError,
)


class Role(Enum):
    """What one may do in a room."""

    MODERATOR = "moderator"
    SPEAKER = "speaker"
    LISTENER = "listener"

    @property
    def on_stage(self) -> bool:
        """Moderators and speakers have a microphone."""
        return self is not Role.LISTENER


class RoomState(Enum):
    """What a room is like as a whole."""

    OPEN = "open"
    LOCKED = "locked"
    """Nobody new may come in; a seat that was kept may be taken again."""
    HOSTLESS = "hostless"
    """Its only moderator did not come back and nobody else is on stage: a listener is asked."""
    ENDED = "ended"


class Command(Enum):
    """All that can be done to a room; the values are the names on the wire."""

    OPEN_ROOM = "open_room"
    JOIN_ROOM = "join_room"
    LEAVE_ROOM = "leave_room"
    SYNC_ROOM = "sync_room"
    ANSWER_MEDIA = "answer_media"
    RENEW_MEDIA = "renew_media"
    RAISE_HAND = "raise_hand"
    ANSWER_STAGE = "answer_stage"
    STEP_DOWN = "step_down"
    MUTE = "mute"
    ASK_TO_UNMUTE = "ask_to_unmute"
    CONSENT = "consent"
    TAKE_OVER = "take_over"
    INVITE_TO_STAGE = "invite_to_stage"
    MOVE_TO_AUDIENCE = "move_to_audience"
    MUTE_PARTICIPANT = "mute_participant"
    MUTE_ALL = "mute_all"
    ALLOW_UNMUTE = "allow_unmute"
    MAKE_MODERATOR = "make_moderator"
    UNMAKE_MODERATOR = "unmake_moderator"
    REMOVE_FROM_ROOM = "remove_from_room"
    BAN_FROM_ROOM = "ban_from_room"
    UNBAN_FROM_ROOM = "unban_from_room"
    LIST_ROOM_BANS = "list_room_bans"
    LOCK_ROOM = "lock_room"
    OPEN_UP = "open_up"
    PING = "ping_into_room"
    SWITCH_CAPTIONS = "switch_captions"
    ASK_SCRIBE_TO_LEAVE = "ask_scribe_to_leave"
    KEEP_SCRIBE = "keep_scribe"
    HIDE_WORD = "hide_word"
    ASK_TOPIC = "ask_topic"
    SHOW_TRAITS = "show_traits"
    KEEP_CAPTIONS = "keep_captions"
    REACT = "react"
    GET_CHAT = "get_chat"
    WRITE_LINE = "write_line"
    TAKE_LINE_BACK = "take_line_back"
    SWITCH_CHAT = "switch_chat"
    GET_ROOM_LOG = "get_room_log"
    REPORT_ROOM = "report_room"
    END_ROOM = "end_room"
    TIME = "time"
    """Nobody's command: a grace time is over."""


Standing = Role | None
"""A role, or None for whoever has no seat in the room."""

_M, _S, _L = Role.MODERATOR, Role.SPEAKER, Role.LISTENER
_OUTSIDE = frozenset({None})
_ANYBODY: frozenset[Standing] = frozenset({_M, _S, _L})
_ON_STAGE: frozenset[Standing] = frozenset({_M, _S})
_MODERATORS: frozenset[Standing] = frozenset({_M})
_LISTENERS: frozenset[Standing] = frozenset({_L})
_NOT_MODERATORS: frozenset[Standing] = frozenset({_S, _L})
_LIVE = frozenset({RoomState.OPEN, RoomState.LOCKED, RoomState.HOSTLESS})

Becomes = Mapping[Standing, frozenset[Standing]]


def _becomes(*steps: tuple[Standing, Standing]) -> Becomes:
    found: dict[Standing, frozenset[Standing]] = {}
    for before, after in steps:
        found[before] = found.get(before, frozenset()) | {after}
    return MappingProxyType(found)


_OUT = _becomes((_M, None), (_S, None), (_L, None))
_PUT_OUT = _becomes((_S, None), (_L, None))


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the table."""

    by: frozenset[Standing]
    """Who may."""
    refusal: type[MasilError] = NotInRoomError
    """What those in the room are told who may not; whoever is outside is told `not_in_room`."""
    about: frozenset[Standing] | None = None
    """Whom it may be about; None where it is about nobody else."""
    about_refusal: type[MasilError] = WrongStateError
    becomes: Becomes = field(default_factory=dict)
    """Which roles it can change into which, of whoever it is about."""
    states: frozenset[RoomState] = _LIVE
    """In which states of the room."""


_HOSTS = _MODERATORS, NotModeratorError

TABLE: Mapping[Command, Rule] = MappingProxyType(
    {
        Command.OPEN_ROOM: Rule(_OUTSIDE | _ANYBODY, becomes=_becomes((None, _M))),
        Command.JOIN_ROOM: Rule(_OUTSIDE | _ANYBODY, becomes=_becomes((None, _L))),
        Command.LEAVE_ROOM: Rule(
            _ANYBODY,
            # The heir inherits, or the room ends with its host.
            becomes=_becomes((_M, None), (_S, None), (_L, None), (_S, _M)),
        ),
        Command.SYNC_ROOM: Rule(_ANYBODY),
        Command.ANSWER_MEDIA: Rule(_ANYBODY),
        Command.RENEW_MEDIA: Rule(_ANYBODY),
        Command.RAISE_HAND: Rule(_LISTENERS, WrongStateError),
        Command.ANSWER_STAGE: Rule(
            # Where the room has no host, whoever takes a seat on stage is it.
            _LISTENERS,
            WrongStateError,
            becomes=_becomes((_L, _S), (_L, _M)),
        ),
        Command.STEP_DOWN: Rule(_ON_STAGE, NotOnStageError, becomes=_becomes((_M, _L), (_S, _L))),
        Command.MUTE: Rule(_ON_STAGE, NotOnStageError),
        Command.ASK_TO_UNMUTE: Rule(_ON_STAGE, NotOnStageError),
        Command.CONSENT: Rule(_ANYBODY),
        Command.TAKE_OVER: Rule(
            _LISTENERS,
            WrongStateError,
            becomes=_becomes((_L, _M)),
            states=frozenset({RoomState.HOSTLESS}),
        ),
        Command.INVITE_TO_STAGE: Rule(*_HOSTS, about=_ANYBODY, becomes=_becomes((_L, _S))),
        Command.MOVE_TO_AUDIENCE: Rule(*_HOSTS, about=_NOT_MODERATORS, becomes=_becomes((_S, _L))),
        Command.MUTE_PARTICIPANT: Rule(*_HOSTS, about=_ON_STAGE, about_refusal=NotOnStageError),
        Command.MUTE_ALL: Rule(*_HOSTS),
        Command.ALLOW_UNMUTE: Rule(*_HOSTS, about=_ON_STAGE, about_refusal=NotOnStageError),
        Command.MAKE_MODERATOR: Rule(
            *_HOSTS, about=_ON_STAGE, about_refusal=NotOnStageError, becomes=_becomes((_S, _M))
        ),
        Command.UNMAKE_MODERATOR: Rule(*_HOSTS, about=_ANYBODY, becomes=_becomes((_M, _S))),
        Command.REMOVE_FROM_ROOM: Rule(*_HOSTS, about=_NOT_MODERATORS, becomes=_PUT_OUT),
        Command.BAN_FROM_ROOM: Rule(*_HOSTS, about=_NOT_MODERATORS, becomes=_PUT_OUT),
        Command.UNBAN_FROM_ROOM: Rule(*_HOSTS),
        Command.LIST_ROOM_BANS: Rule(*_HOSTS),
        Command.LOCK_ROOM: Rule(*_HOSTS),
        Command.OPEN_UP: Rule(*_HOSTS),
        Command.PING: Rule(_ANYBODY),
        Command.SWITCH_CAPTIONS: Rule(*_HOSTS),
        Command.ASK_SCRIBE_TO_LEAVE: Rule(_ON_STAGE, NotOnStageError),
        Command.KEEP_SCRIBE: Rule(*_HOSTS),
        Command.HIDE_WORD: Rule(*_HOSTS),
        Command.ASK_TOPIC: Rule(_ANYBODY),
        Command.SHOW_TRAITS: Rule(_ANYBODY),
        Command.KEEP_CAPTIONS: Rule(*_HOSTS),
        Command.REACT: Rule(_ANYBODY),
        Command.GET_CHAT: Rule(_ANYBODY),
        Command.WRITE_LINE: Rule(_ANYBODY),
        Command.TAKE_LINE_BACK: Rule(_ANYBODY),
        Command.SWITCH_CHAT: Rule(*_HOSTS),
        Command.GET_ROOM_LOG: Rule(_ANYBODY),
        Command.REPORT_ROOM: Rule(_ANYBODY),
        Command.END_ROOM: Rule(*_HOSTS, becomes=_OUT),
        Command.TIME: Rule(
            frozenset(), becomes=_becomes((_M, None), (_S, None), (_L, None), (_S, _M))
        ),
    }
)

STATES: Mapping[tuple[RoomState, RoomState], frozenset[Command]] = MappingProxyType(
    {
        (RoomState.OPEN, RoomState.LOCKED): frozenset({Command.LOCK_ROOM}),
        (RoomState.LOCKED, RoomState.OPEN): frozenset({Command.LOCK_ROOM}),
        (RoomState.OPEN, RoomState.HOSTLESS): frozenset({Command.TIME}),
        (RoomState.LOCKED, RoomState.HOSTLESS): frozenset({Command.TIME}),
        (RoomState.HOSTLESS, RoomState.OPEN): frozenset({Command.TAKE_OVER, Command.ANSWER_STAGE}),
        (RoomState.HOSTLESS, RoomState.LOCKED): frozenset(
            {Command.TAKE_OVER, Command.ANSWER_STAGE}
        ),
        (RoomState.OPEN, RoomState.ENDED): frozenset(
            {Command.END_ROOM, Command.LEAVE_ROOM, Command.TIME}
        ),
        (RoomState.LOCKED, RoomState.ENDED): frozenset(
            {Command.END_ROOM, Command.LEAVE_ROOM, Command.TIME}
        ),
        (RoomState.HOSTLESS, RoomState.ENDED): frozenset(
            {Command.LEAVE_ROOM, Command.TAKE_OVER, Command.TIME}
        ),
    }
)
"""Every change of a room's state, with what can bring it about."""


def authorise(state: RoomState, command: Command, by: Standing, about: Standing = None) -> None:
    """Refuse what the table refuses; `about` only where somebody in the room is meant.

    Raises:
        RoomNotFoundError: the room has ended.
        MasilError: what the table says for this role, this state, or whom it is about.
    """
    rule = TABLE[command]
    if state is RoomState.ENDED:
        raise RoomNotFoundError
    if by not in rule.by:
        raise NotInRoomError if by is None else rule.refusal
    if state not in rule.states:
        raise WrongStateError
    if about is not None and rule.about is not None and about not in rule.about:
        raise rule.about_refusal


def may_become(command: Command, before: Standing, after: Standing) -> bool:
    """Whether the table knows this change of a role."""
    return before is after or after in TABLE[command].becomes.get(before, frozenset())
