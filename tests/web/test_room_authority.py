"""Every command about a room, by every role and from outside: the answer is what the table says.

The table is `server/domain/roles.py`; the gate, its sockets and its database are real. Every
command is given twice: the second time changes nothing more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, get_args

import pytest

from protocol import signalling as wire
from protocol.captions import CaptionsCommand
from protocol.errors import ErrorCode
from protocol.hallway import OpenUp, PingIntoRoom
from protocol.reporting import ReportingCommand
from protocol.room import RoomCommand
from protocol.stage import StageCommand
from protocol.talk import TalkCommand
from server.domain.errors import NotInRoomError, NotOnStageError, WrongStateError
from server.domain.roles import TABLE, Command, Role, Standing
from server.web.errors import code_of
from tests.web.gate import Gate
from tests.web.page import Page, RefusedError

KINDS = {
    cls.__struct_config__.tag: cls
    for cls in (
        *get_args(RoomCommand | StageCommand | CaptionsCommand | TalkCommand | ReportingCommand),
        OpenUp,
        PingIntoRoom,
    )
}
STANDINGS: tuple[Standing, ...] = (*Role, None)
ABOUT_SOMEBODY = {command for command, rule in TABLE.items() if rule.about is not None}
FIELDS: dict[Command, dict[str, Any]] = {
    Command.OPEN_ROOM: {"title": "Another"},
    Command.ANSWER_MEDIA: {"media_id": "stale", "sdp": "stale"},
    Command.RAISE_HAND: {"raised": True},
    Command.ANSWER_STAGE: {"accepted": True},
    Command.MUTE: {"muted": True},
    Command.ASK_TO_UNMUTE: {"asked": True},
    Command.CONSENT: {"granted": False},
    Command.TAKE_OVER: {"accepted": True},
    Command.UNBAN_FROM_ROOM: {"member_id": "nobody"},
    Command.LOCK_ROOM: {"locked": True},
    Command.OPEN_UP: {"kind": "open"},
    Command.SWITCH_CAPTIONS: {"on": True},
    Command.REACT: {"reaction": "clap"},
    Command.WRITE_LINE: {"text": "a line"},
    Command.TAKE_LINE_BACK: {"line_id": 1},
    Command.SWITCH_CHAT: {"on": False},
    Command.ASK_SCRIBE_TO_LEAVE: {"asked": False},
    Command.HIDE_WORD: {"term": "bread", "hidden": True},
    Command.ASK_TOPIC: {"topic_id": 1},
    Command.SHOW_TRAITS: {"shown": False},
    Command.KEEP_CAPTIONS: {"minutes": 30},
    Command.REPORT_ROOM: {"reason": "other", "statement": "", "with_log": False},
}


@dataclass
class Cast:
    """A host, one of every role besides, and somebody outside."""

    host: Page
    room_id: str
    by: dict[Standing, Page]
    other: dict[Standing, Page]

    def about(self, standing: Standing) -> str:
        return self.other[standing].member_id


async def on_stage(host: Page, guest: Page) -> None:
    await host.ask(wire.InviteToStage, member_id=guest.member_id)
    await guest.ask(wire.AnswerStage, accepted=True)


@pytest.fixture
async def cast(gate: Gate) -> Cast:
    host = await gate.founder()
    room_id = await host.open_room()
    people = [await gate.member(index) for index in range(1, 8)]
    moderators, speakers, listeners = people[0:2], people[2:4], people[4:6]
    for person in (*moderators, *speakers, *listeners):
        await person.join(room_id)
    for person in (*moderators, *speakers):
        await on_stage(host, person)
    for person in moderators:
        await host.ask(wire.MakeModerator, member_id=person.member_id)
    by: dict[Standing, Page] = {
        Role.MODERATOR: moderators[0],
        Role.SPEAKER: speakers[0],
        Role.LISTENER: listeners[0],
        None: people[6],
    }
    for person in people[:6]:
        await people[6].ask(wire.Follow, member_id=person.member_id, following=True)
    other: dict[Standing, Page] = {
        Role.MODERATOR: moderators[1],
        Role.SPEAKER: speakers[1],
        Role.LISTENER: listeners[1],
    }
    return Cast(host, room_id, by, other)


def expected(command: Command, by: Standing, about: Standing) -> ErrorCode | None:
    """What the table says: a refusal's code, or None for yes."""
    rule = TABLE[command]
    if by not in rule.by:
        return code_of((NotInRoomError if by is None else rule.refusal)())
    if rule.about is not None and about not in rule.about:
        return code_of(rule.about_refusal())
    # What a table of roles cannot say: nobody is asked in this room, neither up nor to take over.
    if command in (Command.ANSWER_STAGE, Command.TAKE_OVER):
        return code_of(WrongStateError())
    return None


async def answer_to(page: Page, command: Command, cast: Cast, about: Standing) -> ErrorCode | None:
    fields = dict(FIELDS.get(command, {}))
    if command is Command.JOIN_ROOM:
        fields = {"room_id": cast.room_id}
    if command is Command.PING:
        fields = {"member_id": cast.by[None].member_id}
    if command in ABOUT_SOMEBODY:
        fields = {"member_id": cast.about(about)}
    try:
        await page.ask(KINDS[command.value], **fields)
    except RefusedError as error:
        return error.code
    return None


async def revision(cast: Cast) -> int | None:
    """Of the room; None where it is over."""
    try:
        return int((await cast.host.ask(wire.SyncRoom)).room.revision)
    except RefusedError:
        return None


def test_the_table_has_every_command_of_the_wire_and_no_other() -> None:
    assert {command.value for command in Command} - {Command.TIME.value} == set(KINDS)
    assert set(TABLE) == set(Command)


CASES = [
    (command, by, about)
    for command in Command
    if command is not Command.TIME
    for by in STANDINGS
    for about in (tuple(Role) if command in ABOUT_SOMEBODY else (Role.LISTENER,))
]
ALLOWED = [case for case in CASES if expected(*case) is None]


def _named(value: object) -> str:
    return str(value.value) if isinstance(value, Command | Role) else "outside"


async def test_whatever_the_table_refuses_is_refused_and_changes_nothing(
    gate: Gate, cast: Cast
) -> None:
    before = await revision(cast)
    refused = [case for case in CASES if case not in ALLOWED]
    assert len(refused) > 80
    for command, by, about in refused:
        gate.clock.advance(1_000)  # nobody writes too fast
        wanted = expected(command, by, about)
        assert await answer_to(cast.by[by], command, cast, about) is wanted, (command, by, about)
    assert await revision(cast) == before


@pytest.mark.parametrize(("command", "by", "about"), ALLOWED, ids=_named)
async def test_what_the_table_allows_is_done_and_twice_is_the_same_as_once(
    cast: Cast, command: Command, by: Standing, about: Standing
) -> None:
    assert await answer_to(cast.by[by], command, cast, about) is None
    after = await revision(cast)
    await answer_to(cast.by[by], command, cast, about)
    if command is not Command.OPEN_ROOM:  # every one is a new room
        assert await revision(cast) == after


async def test_what_the_table_cannot_say_is_refused_by_the_rules(cast: Cast) -> None:
    speaker = cast.by[Role.SPEAKER]
    await cast.host.ask(wire.MuteParticipant, member_id=speaker.member_id)
    assert await speaker.refusal(wire.Mute, muted=False) is ErrorCode.HELD_MUTE
    assert await cast.host.refusal(wire.UnmakeModerator, member_id=cast.host.member_id) is code_of(
        WrongStateError()
    )
    listener = cast.about(Role.LISTENER)
    assert await cast.host.refusal(wire.MakeModerator, member_id=listener) is code_of(
        NotOnStageError()
    )
    await cast.host.ask(wire.WriteLine, text="hers")
    line_id = (await speaker.event(wire.LineWritten)).line.line_id
    for who in (speaker, cast.by[Role.LISTENER]):
        refusal = await who.refusal(wire.TakeLineBack, line_id=line_id)
        assert refusal is ErrorCode.NOT_MODERATOR
    turn = await cast.by[Role.LISTENER].refusal(wire.WriteLine, text="a turn", turn=True)
    assert turn is ErrorCode.NOT_ON_STAGE
    for kind in (wire.MuteParticipant, wire.RemoveFromRoom, wire.BanFromRoom, wire.MakeModerator):
        refusal = await cast.host.refusal(kind, member_id="nobody")
        assert refusal is ErrorCode.NO_SUCH_PARTICIPANT
