"""The chat of a room over real sockets: lines, turns, what is refused, and what is never kept."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from protocol import signalling as wire
from protocol.errors import ErrorCode
from server.domain.chat import LINE_LIFETIME_MS
from tests.web.gate import Gate
from tests.web.page import Page

SECRET = "the password of the shed is rosebud"


async def room_of_three(gate: Gate) -> tuple[Page, Page, Page, str]:
    host, ann, bea = await gate.founder(), await gate.member(1), await gate.member(2)
    room_id = await host.open_room()
    for page in (ann, bea):
        await page.join(room_id)
    return host, ann, bea, room_id


async def texts(page: Page) -> list[str]:
    return [line.text for line in (await page.ask(wire.GetChat)).lines]


async def go_on_stage(host: Page, page: Page) -> None:
    await page.ask(wire.RaiseHand, raised=True)
    await host.ask(wire.InviteToStage, member_id=page.member_id)


async def test_a_line_reaches_everybody_in_the_room_and_who_comes_later(gate: Gate) -> None:
    host, ann, bea, room_id = await room_of_three(gate)
    outside = await gate.member(3)
    await ann.ask(wire.WriteLine, text=" good\nevening ")
    for page in (host, ann, bea):
        line = (await page.event(wire.LineWritten)).line
        assert (line.text, line.name, line.member_id) == ("good evening", "Member 1", ann.member_id)
        assert (line.turn, line.at_ms) == (False, gate.clock.now_ms())
    assert outside.unread(wire.LineWritten) == []
    assert await outside.refusal(wire.GetChat) is ErrorCode.NOT_IN_ROOM
    await outside.join(room_id)
    assert await texts(outside) == ["good evening"]


async def test_lines_that_are_no_lines_and_turns_of_listeners_are_refused(gate: Gate) -> None:
    host, ann, _, _ = await room_of_three(gate)
    assert await ann.refusal(wire.WriteLine, text=" \n ") is ErrorCode.BAD_LINE
    assert await ann.refusal(wire.WriteLine, text="x" * 401) is ErrorCode.BAD_LINE
    assert await ann.refusal(wire.WriteLine, text="me", turn=True) is ErrorCode.NOT_ON_STAGE
    outside = await gate.member(3)
    assert await outside.refusal(wire.WriteLine, text="x") is ErrorCode.NOT_IN_ROOM
    assert await texts(host) == []


async def test_five_lines_at_once_then_one_every_two_seconds(gate: Gate) -> None:
    _, ann, bea, _ = await room_of_three(gate)
    for index in range(5):
        await ann.ask(wire.WriteLine, text=str(index))
    assert await ann.refusal(wire.WriteLine, text="6") is ErrorCode.RATE_LIMITED
    await bea.ask(wire.WriteLine, text="others have a pace of their own")
    gate.clock.advance(2_000)
    await ann.ask(wire.WriteLine, text="6")
    assert await ann.refusal(wire.WriteLine, text="7") is ErrorCode.RATE_LIMITED


async def test_the_own_line_can_be_taken_back_and_a_moderator_deletes_any(gate: Gate) -> None:
    host, ann, bea, _ = await room_of_three(gate)
    await ann.ask(wire.WriteLine, text="one")
    await ann.ask(wire.WriteLine, text="two")
    first = (await bea.event(wire.LineWritten)).line.line_id
    second = (await bea.event(wire.LineWritten)).line.line_id
    assert await bea.refusal(wire.TakeLineBack, line_id=first) is ErrorCode.NOT_MODERATOR
    await ann.ask(wire.TakeLineBack, line_id=first)
    await host.ask(wire.TakeLineBack, line_id=second)
    assert [(await bea.event(wire.LineTakenBack)).line_id for _ in range(2)] == [first, second]
    assert await texts(bea) == []
    await ann.ask(wire.TakeLineBack, line_id=first)  # again: nothing to do


async def test_a_moderator_switches_the_chat_off_and_on(gate: Gate) -> None:
    host, ann, _, _ = await room_of_three(gate)
    await ann.ask(wire.WriteLine, text="one")
    assert await ann.refusal(wire.SwitchChat, on=False) is ErrorCode.NOT_MODERATOR
    await host.ask(wire.SwitchChat, on=False)
    assert (await ann.event(wire.ChatSwitched)).on is False
    assert await ann.refusal(wire.WriteLine, text="two") is ErrorCode.CHAT_OFF
    chat = await ann.ask(wire.GetChat)
    assert (chat.on, chat.lines) == (False, [])
    await host.ask(wire.SwitchChat, on=True)
    await ann.ask(wire.WriteLine, text="three")
    assert await texts(host) == ["three"]


async def test_a_chat_that_is_off_is_off_after_a_restart_and_lines_are_gone(gate: Gate) -> None:
    host, ann, _, room_id = await room_of_three(gate)
    await ann.ask(wire.WriteLine, text="one")
    await host.ask(wire.SwitchChat, on=False)
    await gate.restart()
    host, ann = await gate.device(host), await gate.device(ann)
    for page in (host, ann):
        await page.join(room_id)
    chat = await ann.ask(wire.GetChat)
    assert (chat.on, chat.lines) == (False, [])
    assert await ann.refusal(wire.WriteLine, text="two") is ErrorCode.CHAT_OFF
    await host.ask(wire.SwitchChat, on=True)
    assert (await ann.event(wire.ChatSwitched)).on is True
    await gate.restart()
    ann = await gate.device(ann)
    await ann.join(room_id)
    assert (await ann.ask(wire.GetChat)).on is True


async def test_a_switch_that_cannot_be_saved_is_refused_and_changes_nothing(gate: Gate) -> None:
    host, ann, _, _ = await room_of_three(gate)
    await ann.ask(wire.WriteLine, text="one")
    async with gate.locked_database():
        assert await host.refusal(wire.SwitchChat, on=False) is ErrorCode.UNAVAILABLE
    assert ann.unread(wire.ChatSwitched) == []
    assert await texts(ann) == ["one"]


async def test_blocked_people_do_not_see_each_others_lines(gate: Gate) -> None:
    host, ann, bea, _ = await room_of_three(gate)
    await ann.ask(wire.Block, member_id=bea.member_id, blocked=True)
    await ann.ask(wire.WriteLine, text="from ann")
    await bea.ask(wire.WriteLine, text="from bea")
    assert await texts(ann) == ["from ann"]
    assert await texts(bea) == ["from bea"]
    assert await texts(host) == ["from ann", "from bea"]
    assert [event.line.text for event in ann.unread(wire.LineWritten)] == ["from ann"]
    assert [event.line.text for event in bea.unread(wire.LineWritten)] == ["from bea"]


async def test_lines_are_gone_after_an_hour_and_with_the_room(gate: Gate) -> None:
    host, ann, _, _ = await room_of_three(gate)
    await ann.ask(wire.WriteLine, text="old")
    gate.clock.advance(LINE_LIFETIME_MS)
    await ann.ask(wire.WriteLine, text="new")
    assert await texts(host) == ["new"]
    await host.ask(wire.EndRoom)
    assert gate.house.chats.rooms_remembered() == set()
    assert await ann.refusal(wire.GetChat) is ErrorCode.NOT_IN_ROOM


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.DEBUG):
        yield caplog


async def test_a_line_is_in_no_file_and_in_no_log(
    gate: Gate, logged: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    host, ann, _, _ = await room_of_three(gate)
    await ann.ask(wire.WriteLine, text=SECRET)
    await go_on_stage(host, ann)
    await ann.ask(wire.WriteLine, text=SECRET, turn=True)
    assert await texts(host) == [SECRET, SECRET]
    for path in gate.directory.rglob("*"):
        assert not path.is_file() or b"rosebud" not in path.read_bytes()
    printed = capsys.readouterr()
    assert "rosebud" not in logged.text + printed.out + printed.err


# ---------------------------------------------------------------- turns


async def test_without_captions_a_turn_is_a_line_that_says_so_and_analysis_hears_nothing(
    gate: Gate,
) -> None:
    host, ann, _, _ = await room_of_three(gate)
    await go_on_stage(host, ann)
    await ann.ask(wire.WriteLine, text="I lost my voice", turn=True)
    line = (await host.event(wire.LineWritten)).line
    assert (line.text, line.turn) == ("I lost my voice", True)
    await host.ask(wire.SwitchCaptions, on=True)  # still no consent of hers
    await ann.ask(wire.WriteLine, text="and again", turn=True)
    await gate.house.captions.settle()
    assert [told[0] for told in gate.feed.told] == ["open"]
    assert host.unread(wire.Caption) == []


async def test_with_consent_a_turn_is_a_caption_and_counts_for_topics(gate: Gate) -> None:
    host, ann, bea, _ = await room_of_three(gate)
    await go_on_stage(host, ann)
    await host.ask(wire.SwitchCaptions, on=True)
    await ann.ask(wire.Consent, granted=True)
    await ann.ask(wire.WriteLine, text="the bakery on the corner", turn=True)
    await ann.ask(wire.WriteLine, text="모퉁이 빵집", turn=True)
    first, second = [await bea.event(wire.Caption) for _ in range(2)]
    assert (first.text, first.final, first.typed) == ("the bakery on the corner", True, True)
    assert (first.member_id, first.language) == (ann.member_id, "en")
    assert second.language == "ko"
    assert second.caption_id < first.caption_id < 0
    await gate.house.captions.settle()
    (tap_id,) = gate.feed.grants
    turns = [told[2] for told in gate.feed.told if told[0] == "turn"]
    assert turns == [
        (tap_id, "the bakery on the corner", "en", -1),
        (tap_id, "모퉁이 빵집", "ko", -2),
    ]
    assert bea.unread(wire.LineWritten) == []
    assert await texts(bea) == []


async def test_a_turn_reaches_analysis_after_its_grant_and_not_after_its_withdrawal(
    gate: Gate,
) -> None:
    host, _, _, _ = await room_of_three(gate)
    await host.ask(wire.SwitchCaptions, on=True)
    await gate.house.captions.settle()
    gate.feed.may_answer.clear()  # analysis hangs
    await host.ask(wire.Consent, granted=True)
    await host.ask(wire.WriteLine, text="one", turn=True)
    await host.ask(wire.Consent, granted=False)
    await host.event(wire.CaptionsPurged)
    gate.feed.may_answer.set()
    await gate.house.captions.settle()
    assert "turn" not in {told[0] for told in gate.feed.told}
    await host.ask(wire.Consent, granted=True)
    await host.ask(wire.WriteLine, text="two", turn=True)
    await gate.house.captions.settle()
    assert [told[0] for told in gate.feed.told[-2:]] == ["grant", "turn"]
