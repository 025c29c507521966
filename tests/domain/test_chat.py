"""The lines beside a room: who may write, take back and switch, and what memory holds of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain import moderation
from server.domain.chat import (
    LINE_LIFETIME_MS,
    LINES_KEPT,
    Chat,
    clean_line,
    clear,
    fade,
    require_on,
    take_back,
    turn_language,
    write,
)
from server.domain.errors import BadLineError, ChatOffError, NotModeratorError, NotOnStageError
from tests.domain.people import HOST, LISTENER, NOW_MS, SPEAKER, room_with_speaker

ROOM = room_with_speaker()
MODERATOR = ROOM.participant(HOST.member_id)
ON_STAGE = ROOM.participant(SPEAKER.member_id)
LISTENING = ROOM.participant(LISTENER.member_id)


def written(*texts: str, at_ms: int = NOW_MS) -> Chat:
    chat = Chat()
    for text in texts:
        chat, _ = write(chat, LISTENING, text, turn=False, now_ms=at_ms)
    return chat


def test_a_line_is_one_line_of_printable_text_and_of_400_characters_at_most() -> None:
    assert clean_line("  two\n\tlines \u202e here ") == "two lines here"
    assert clean_line("가" * 400) == "가" * 400
    for raw in ("", " \n\u200b ", "x" * 401):
        with pytest.raises(BadLineError):
            clean_line(raw)


def test_lines_are_numbered_and_keep_the_name_of_their_writer() -> None:
    chat, line = write(written("one", "two"), ON_STAGE, "three", turn=True, now_ms=NOW_MS + 5)
    assert [each.line_id for each in chat.lines] == [1, 2, 3]
    assert (line.name, line.member_id, line.turn) == ("Speaker", SPEAKER.member_id, True)
    assert line.at_ms == NOW_MS + 5


def test_a_listener_writes_lines_but_has_no_turn() -> None:
    with pytest.raises(NotOnStageError):
        write(Chat(), LISTENING, "me too", turn=True, now_ms=NOW_MS)


@given(st.lists(st.integers(0, 3 * LINE_LIFETIME_MS), max_size=3 * LINES_KEPT))
def test_memory_never_holds_more_than_200_lines_nor_any_older_than_an_hour(
    pauses_ms: list[int],
) -> None:
    chat, now_ms = Chat(), NOW_MS
    for pause_ms in pauses_ms:
        now_ms += pause_ms
        chat, _ = write(chat, LISTENING, "line", turn=False, now_ms=now_ms)
        assert len(chat.lines) <= LINES_KEPT
        assert all(now_ms - line.at_ms < LINE_LIFETIME_MS for line in chat.lines)
    assert fade(chat, now_ms + LINE_LIFETIME_MS).lines == ()


def test_a_number_is_never_used_again() -> None:
    chat = take_back(written("one"), LISTENING, 1)
    _, line = write(chat, LISTENING, "two", turn=False, now_ms=NOW_MS)
    assert line.line_id == 2


def test_the_own_line_can_be_taken_back_and_a_moderator_deletes_any() -> None:
    chat = written("one", "two")
    assert [line.text for line in take_back(chat, LISTENING, 1).lines] == ["two"]
    assert [line.text for line in take_back(chat, MODERATOR, 2).lines] == ["one"]
    with pytest.raises(NotModeratorError):
        take_back(chat, ON_STAGE, 1)


def test_taking_back_what_is_gone_changes_nothing() -> None:
    chat = written("one")
    assert take_back(chat, ON_STAGE, 99) is chat


def test_a_moderator_switches_the_chat_off_and_nobody_writes_until_it_is_on_again() -> None:
    require_on(ROOM)
    with pytest.raises(NotModeratorError):
        moderation.switch_chat(ROOM, SPEAKER.member_id, False)
    off, _ = moderation.switch_chat(ROOM, HOST.member_id, False)
    with pytest.raises(ChatOffError):
        require_on(off)
    assert moderation.switch_chat(off, HOST.member_id, False)[0] is off
    require_on(moderation.switch_chat(off, HOST.member_id, True)[0])


def test_a_chat_that_is_cleared_holds_no_line_and_gives_no_number_twice() -> None:
    cleared = clear(written("one"))
    assert cleared.lines == ()
    again, line = write(cleared, LISTENING, "x", turn=False, now_ms=NOW_MS)
    assert (len(again.lines), line.line_id) == (1, 2)


@pytest.mark.parametrize(
    ("text", "spoken", "language"),
    [
        ("안녕하세요", None, "ko"),
        ("ㅋㅋ ok", "en", "ko"),
        ("hello", None, "en"),
        ("hello", "ko", "en"),
        ("bonjour", "fr", "fr"),
    ],
)
def test_the_language_of_a_turn_is_told_by_its_letters_first(
    text: str, spoken: str | None, language: str
) -> None:
    assert turn_language(text, spoken) == language


def test_no_text_is_shown_where_a_line_is_printed_by_mistake() -> None:
    assert "a secret" not in repr(written("a secret"))
