from __future__ import annotations

from collections.abc import Callable

import pytest

from server.domain import coming, consent, moderation, stage
from server.domain.errors import (
    CaptionsOffError,
    NotInRoomError,
    NotModeratorError,
    NotOnStageError,
    RoomNotFoundError,
)
from server.domain.events import (
    CaptionsSwitched,
    ConsentGranted,
    ConsentLanguageChosen,
    ConsentWithdrawn,
    ParticipantChanged,
    ParticipantLeft,
    RoomEnded,
)
from server.domain.ids import MemberId, TapId
from server.domain.room import GRACE_MS, Change, Room
from tests.domain.people import HOST, LISTENER, NOW_MS, SPEAKER, room_with_speaker

HOST_ID, SPEAKER_ID, LISTENER_ID = HOST.member_id, SPEAKER.member_id, LISTENER.member_id
TAP = TapId(7)


def captioned() -> Room:
    """Captions on and the speaker's own yes."""
    opened, _ = consent.switch_captions(room_with_speaker(), HOST_ID, True)
    opened, _ = consent.grant(opened, SPEAKER_ID, TAP, "ko")
    return opened


def test_captions_are_off_when_a_room_opens() -> None:
    assert not room_with_speaker().captions_on


def test_only_a_moderator_invites_the_scribe() -> None:
    opened = room_with_speaker()
    with pytest.raises(NotModeratorError):
        consent.switch_captions(opened, SPEAKER_ID, True)
    with pytest.raises(NotInRoomError):
        consent.switch_captions(opened, MemberId("nobody"), True)
    switched, events = consent.switch_captions(opened, HOST_ID, True)
    assert events == (CaptionsSwitched(True),)
    assert consent.switch_captions(switched, HOST_ID, True) == (switched, ())


def test_the_scribe_hears_nobody_who_has_not_said_yes_himself() -> None:
    switched, _ = consent.switch_captions(room_with_speaker(), HOST_ID, True)
    assert all(consent.tap_of(switched, m) is None for m in switched.participants)


def test_a_speakers_yes_opens_his_own_tap_only() -> None:
    opened, _ = consent.switch_captions(room_with_speaker(), HOST_ID, True)
    granted, events = consent.grant(opened, SPEAKER_ID, TAP, "ko")
    assert events == (ParticipantChanged(SPEAKER_ID), ConsentGranted(SPEAKER_ID, TAP, "ko"))
    assert consent.tap_of(granted, SPEAKER_ID) == TAP
    assert consent.tap_of(granted, HOST_ID) is None


def test_a_second_yes_changes_nothing() -> None:
    opened = captioned()
    assert consent.grant(opened, SPEAKER_ID, TapId(8), None) == (opened, ())


def test_a_second_yes_may_name_another_language_under_the_same_consent() -> None:
    opened = captioned()
    changed, events = consent.grant(opened, SPEAKER_ID, TapId(8), "en")
    assert events == (
        ParticipantChanged(SPEAKER_ID),
        ConsentLanguageChosen(SPEAKER_ID, TAP, "en"),
    )
    assert consent.tap_of(changed, SPEAKER_ID) == TAP
    assert consent.grant(changed, SPEAKER_ID, TapId(8), "en") == (changed, ())


def test_there_is_nothing_to_consent_to_while_captions_are_off() -> None:
    with pytest.raises(CaptionsOffError):
        consent.grant(room_with_speaker(), SPEAKER_ID, TAP, None)


def test_listeners_and_strangers_have_no_voice_to_turn_into_text() -> None:
    with pytest.raises(NotOnStageError):
        consent.grant(captioned(), LISTENER_ID, TAP, None)
    with pytest.raises(NotInRoomError):
        consent.grant(captioned(), MemberId("nobody"), TAP, None)


def test_a_yes_can_be_taken_back_at_any_time() -> None:
    withdrawn, events = consent.withdraw(captioned(), SPEAKER_ID)
    assert consent.tap_of(withdrawn, SPEAKER_ID) is None
    assert events == (ParticipantChanged(SPEAKER_ID), ConsentWithdrawn(SPEAKER_ID, TAP))
    assert consent.withdraw(withdrawn, SPEAKER_ID) == (withdrawn, ())


def test_sending_the_scribe_away_ends_every_consent_for_good() -> None:
    opened, _ = consent.grant(captioned(), HOST_ID, TapId(8), None)
    off, events = consent.switch_captions(opened, HOST_ID, False)
    assert {e for e in events if isinstance(e, ConsentWithdrawn)} == {
        ConsentWithdrawn(SPEAKER_ID, TAP),
        ConsentWithdrawn(HOST_ID, TapId(8)),
    }
    assert events[-1] == CaptionsSwitched(False)
    on_again, _ = consent.switch_captions(off, HOST_ID, True)
    assert consent.tap_of(on_again, SPEAKER_ID) is None


def test_a_yes_ends_with_the_seat_on_stage_whoever_ends_it() -> None:
    for down, events in (
        stage.step_down(captioned(), SPEAKER_ID),
        moderation.move_to_audience(captioned(), HOST_ID, SPEAKER_ID),
    ):
        assert consent.tap_of(down, SPEAKER_ID) is None
        assert ConsentWithdrawn(SPEAKER_ID, TAP) in events


def test_a_yes_ends_with_leaving_and_is_not_there_after_coming_back() -> None:
    left, events = coming.leave(captioned(), SPEAKER_ID)
    assert events == (ConsentWithdrawn(SPEAKER_ID, TAP), ParticipantLeft(SPEAKER_ID))
    again, _ = coming.join(left, SPEAKER, NOW_MS)
    assert consent.tap_of(again, SPEAKER_ID) is None


def test_a_yes_survives_a_short_loss_of_connection_but_not_a_long_one() -> None:
    away, _ = coming.disconnect(captioned(), SPEAKER_ID, NOW_MS)
    back, _ = coming.join(away, SPEAKER, NOW_MS + 1)
    assert consent.tap_of(back, SPEAKER_ID) == TAP
    _, events = coming.expire_away(away, NOW_MS + GRACE_MS)
    assert ConsentWithdrawn(SPEAKER_ID, TAP) in events


def test_the_end_of_the_room_ends_every_consent() -> None:
    ended, events = coming.end(captioned(), HOST_ID)
    assert events == (ConsentWithdrawn(SPEAKER_ID, TAP), RoomEnded())
    assert consent.tap_of(ended, SPEAKER_ID) is None
    assert not ended.captions_on


def test_nothing_can_be_consented_to_in_a_room_that_ended() -> None:
    ended, _ = coming.end(captioned(), HOST_ID)
    commands: tuple[Callable[[], Change], ...] = (
        lambda: consent.switch_captions(ended, HOST_ID, True),
        lambda: consent.grant(ended, SPEAKER_ID, TAP, None),
        lambda: consent.withdraw(ended, SPEAKER_ID),
    )
    for command in commands:
        with pytest.raises(RoomNotFoundError):
            command()
