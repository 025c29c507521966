"""What people in a room want of the scribe: how much it keeps, what it hides, that it leaves.

Whether it is there, and who lets it listen, is in `consent.py`. What is hidden and who wants it to
leave is never saved: both end with the room at the latest.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from server.domain.errors import CaptionsOffError, WrongStateError
from server.domain.ids import MemberId
from server.domain.roles import Command
from server.domain.room import (
    Change,
    KeptMinutes,
    Room,
    authorise,
    change_room,
    replace_participant,
    without_wish,
)

HIDDEN_WORDS_MAX = 100


def ask_to_leave(room: Room, by: MemberId, asked: bool) -> Change:
    """A speaker wants the scribe to leave, or no more; a moderator decides.

    Raises:
        CaptionsOffError: it is not there.
        NotOnStageError, NotInRoomError, RoomNotFoundError
    """
    authorise(room, Command.ASK_SCRIBE_TO_LEAVE, by)
    if not asked:
        return without_wish(room, by), ()
    if not room.captions_on:
        raise CaptionsOffError
    if by in room.scribe_unwanted_by:
        return room, ()
    return replace(room, scribe_unwanted_by=(*room.scribe_unwanted_by, by)), ()


def keep(room: Room, by: MemberId) -> Change:
    """A moderator lets the scribe stay: nobody asks any more. Whoever likes may ask again.

    Raises:
        NotModeratorError, NotInRoomError, RoomNotFoundError
    """
    authorise(room, Command.KEEP_SCRIBE, by)
    if not room.scribe_unwanted_by:
        return room, ()
    return replace(room, scribe_unwanted_by=()), ()


def hide_word(room: Room, by: MemberId, raw: str, hidden: bool) -> Change:
    """A moderator hides a word, with every phrase that it is in, or shows it again.

    Raises:
        WrongStateError: nothing but white space, or more than 100 words would be hidden.
        NotModeratorError, NotInRoomError, RoomNotFoundError
    """
    authorise(room, Command.HIDE_WORD, by)
    word = " ".join(raw.split())
    others = tuple(known for known in room.hidden_words if known.casefold() != word.casefold())
    if not hidden:
        return (room if others == room.hidden_words else replace(room, hidden_words=others)), ()
    if len(others) < len(room.hidden_words):
        return room, ()
    if not word or len(others) >= HIDDEN_WORDS_MAX:
        raise WrongStateError
    return replace(room, hidden_words=(*others, word)), ()


def is_hidden(words: Iterable[str], term: str) -> bool:
    """Whether a topic is one of these hidden words, or a phrase that one of them is in."""
    said = f" {term.casefold()} "
    return any(f" {word.casefold()} " in said for word in words)


def keep_captions(room: Room, by: MemberId, minutes: KeptMinutes) -> Change:
    """A moderator sets how much of the past a late joiner may read.

    Raises:
        NotModeratorError, NotInRoomError, RoomNotFoundError
    """
    authorise(room, Command.KEEP_CAPTIONS, by)
    return change_room(room, captions_kept_min=minutes)


def show_traits(room: Room, member_id: MemberId, shown: bool) -> Change:
    """A consenting speaker shows his traits to the room, or no more; it ends with his consent.

    Raises:
        WrongStateError: he has not consented, so that there are none.
        NotInRoomError, RoomNotFoundError
    """
    authorise(room, Command.SHOW_TRAITS, member_id)
    consent = room.participant(member_id).consent
    if consent is None:
        if shown:
            raise WrongStateError
        return room, ()
    return replace_participant(room, member_id, consent=replace(consent, shows_traits=shown))
