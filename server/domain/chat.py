"""The written lines beside a room: in memory only, bounded in number and age, gone with the room.

Every function takes a chat and returns the next one; nothing is changed in place. Whoever writes a
line as a *turn* is on stage and says it instead of speaking; where his words may be captions, the
turn is one of them and no line here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from server.domain.bucket import Rate
from server.domain.errors import (
    BadLineError,
    ChatOffError,
    NotModeratorError,
    NotOnStageError,
)
from server.domain.ids import MemberId
from server.domain.member import clean_paragraph
from server.domain.room import Participant, Role, Room

LINE_MAX_CHARS = 400
LINES_KEPT = 200
LINE_LIFETIME_MS = 60 * 60_000
LINES_RATE = Rate(tokens=5, refill_ms=10_000)
"""Five lines at once, then one every two seconds, for each person."""
_HANGUL = re.compile("[가-힣ㄱ-ㅎㅏ-ㅣ]")


@dataclass(frozen=True, slots=True)
class Line:
    """One written line."""

    line_id: int
    """Unique in the room, rising."""
    member_id: MemberId
    name: str
    """As the writer was called then: he may leave before his line does."""
    text: str = field(repr=False)
    at_ms: int
    turn: bool
    """Said on stage, in writing."""


@dataclass(frozen=True, slots=True)
class Chat:
    """What is written beside one room, oldest first."""

    next_line_id: int = 1
    lines: tuple[Line, ...] = ()


def clean_line(raw: str) -> str:
    """Collapse white space and drop control and format characters.

    Raises:
        BadLineError: nothing is left, or more than 400 characters.
    """
    text = clean_paragraph(raw)
    if not 0 < len(text) <= LINE_MAX_CHARS:
        raise BadLineError
    return text


def require_turn(writer: Participant) -> None:
    """Only people on stage have a turn.

    Raises:
        NotOnStageError
    """
    if not writer.role.on_stage:
        raise NotOnStageError


def write(
    chat: Chat, writer: Participant, text: str, *, turn: bool, now_ms: int
) -> tuple[Chat, Line]:
    """Add a line of clean text; the oldest beyond 200, and those beyond an hour, go.

    Raises:
        NotOnStageError: a turn of a listener.
    """
    if turn:
        require_turn(writer)
    line = Line(chat.next_line_id, writer.member_id, writer.name, text, now_ms, turn)
    lines = (*fade(chat, now_ms).lines, line)[-LINES_KEPT:]
    return replace(chat, next_line_id=line.line_id + 1, lines=lines), line


def take_back(chat: Chat, by: Participant, line_id: int) -> Chat:
    """Drop one's own line or, as a moderator, anybody's; one that is gone already changes nothing.

    Raises:
        NotModeratorError: somebody else's line.
    """
    line = next((line for line in chat.lines if line.line_id == line_id), None)
    if line is None:
        return chat
    if line.member_id != by.member_id and by.role is not Role.MODERATOR:
        raise NotModeratorError
    return replace(chat, lines=tuple(other for other in chat.lines if other is not line))


def require_on(room: Room) -> None:
    """Nobody writes where a moderator switched the chat off.

    Raises:
        ChatOffError
    """
    if not room.chat_on:
        raise ChatOffError


def clear(chat: Chat) -> Chat:
    """Forget every line; no number is given twice."""
    return replace(chat, lines=())


def fade(chat: Chat, now_ms: int) -> Chat:
    """Forget what is older than an hour."""
    if not chat.lines or now_ms - chat.lines[0].at_ms < LINE_LIFETIME_MS:
        return chat
    kept = tuple(line for line in chat.lines if now_ms - line.at_ms < LINE_LIFETIME_MS)
    return replace(chat, lines=kept)


def turn_language(text: str, spoken: str | None) -> str:
    """The language of a turn (ISO 639-1): Hangul tells, else what its writer says he speaks."""
    if _HANGUL.search(text):
        return "ko"
    return spoken if spoken is not None and spoken != "ko" else "en"
