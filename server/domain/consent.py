"""Who may be turned into text: captions on by a moderator, then each speaker's own yes.

Consent belongs to one person in one room. It ends with captions, with the seat on stage, with
leaving and with the room, and never carries over.
"""

from __future__ import annotations

from dataclasses import replace

from server.domain.errors import CaptionsOffError, NotOnStageError
from server.domain.events import (
    CaptionsSwitched,
    ConsentGranted,
    ConsentLanguageChosen,
    ConsentWithdrawn,
    RoomEvent,
)
from server.domain.ids import MemberId, TapId
from server.domain.roles import Command
from server.domain.room import Change, Consent, Room, authorise, replace_participant


def switch_captions(room: Room, by: MemberId, on: bool) -> Change:
    """A moderator invites the scribe or sends it away; sending it away ends every consent.

    Raises:
        NotModeratorError, NotInRoomError, RoomNotFoundError
    """
    authorise(room, Command.SWITCH_CAPTIONS, by)
    if room.captions_on == on:
        return room, ()
    events: list[RoomEvent] = []
    if not on:
        for participant in room.stage():
            room, more = withdraw(room, participant.member_id)
            events += more
        room = replace(room, scribe_unwanted_by=())
    room = replace(room, captions_on=on, revision=room.revision + 1)
    return room, (*events, CaptionsSwitched(on))


def grant(room: Room, member_id: MemberId, tap_id: TapId, language: str | None) -> Change:
    """A speaker says yes for himself; a second yes may only name another language.

    `tap_id` must be fresh.

    Raises:
        CaptionsOffError: nobody invited the scribe.
        NotOnStageError: listeners have no voice to turn into text.
    """
    authorise(room, Command.CONSENT, member_id)
    participant = room.participant(member_id)
    if not room.captions_on:
        raise CaptionsOffError
    if not participant.role.on_stage:
        raise NotOnStageError
    if participant.consent:
        return _choose_language(room, member_id, participant.consent, language)
    room, events = replace_participant(room, member_id, consent=Consent(tap_id, language))
    return room, (*events, ConsentGranted(member_id, tap_id, language))


def _choose_language(
    room: Room, member_id: MemberId, given: Consent, language: str | None
) -> Change:
    """The same consent, so that nothing of what he said is lost by it."""
    if language is None or language == given.language:
        return room, ()
    changed = replace(given, language=language)
    room, events = replace_participant(room, member_id, consent=changed)
    return room, (*events, ConsentLanguageChosen(member_id, given.tap_id, language))


def withdraw(room: Room, member_id: MemberId) -> Change:
    """A person takes his yes back. Idempotent."""
    authorise(room, Command.CONSENT, member_id)
    consent = room.participant(member_id).consent
    if consent is None:
        return room, ()
    room, events = replace_participant(room, member_id, consent=None)
    return room, (*events, ConsentWithdrawn(member_id, consent.tap_id))


def tap_of(room: Room, member_id: MemberId) -> TapId | None:
    """The tap under which this person's voice may leave for analysis now, if any."""
    participant = room.participants.get(member_id)
    if room.ended or not room.captions_on or participant is None or participant.consent is None:
        return None
    return participant.consent.tap_id if participant.role.on_stage else None
