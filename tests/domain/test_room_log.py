"""What a report tells of a room: who came and went and in which role, and no word that was said."""

from __future__ import annotations

from server.domain import coming, consent, moderation, room, stage
from server.domain.room import Room
from server.domain.room_log import (
    LOG_KEPT_MS,
    LOG_MAX_ENTRIES,
    TOLD_MAX_ENTRIES,
    Happening,
    RoomLog,
    follow,
    told_by,
)
from tests.domain.people import HOST, LISTENER, NOW_MS, SPEAKER, member, open_room, to_stage


class Watched:
    """A room, and the log that follows it a second a step."""

    def __init__(self, first: Room) -> None:
        self.room, self.log, self.now_ms = first, RoomLog(), NOW_MS

    def go(self, change: room.Change) -> None:
        self.now_ms += 1_000
        after, events = change
        self.log = follow(self.log, self.room, after, events, self.now_ms)
        self.room = after

    def happened(self) -> list[tuple[str, str]]:
        return [(entry.what.value, entry.name) for entry in self.log.entries]


def test_the_log_tells_of_coming_going_roles_and_microphones_in_order() -> None:
    watched = Watched(open_room(LISTENER))
    watched.go(coming.join(watched.room, SPEAKER, NOW_MS))
    watched.go((to_stage(watched.room, SPEAKER), ()))
    watched.go(stage.mute(watched.room, SPEAKER.member_id, False))
    watched.go(moderation.mute_participant(watched.room, HOST.member_id, SPEAKER.member_id))
    watched.go(consent.switch_captions(watched.room, HOST.member_id, True))
    watched.go(moderation.move_to_audience(watched.room, HOST.member_id, SPEAKER.member_id))
    watched.go((to_stage(watched.room, SPEAKER), ()))
    watched.go(coming.leave(watched.room, HOST.member_id))
    assert watched.happened() == [
        ("joined", "Speaker"),
        ("on_stage", "Speaker"),
        ("unmuted", "Speaker"),
        ("muted_by_host", "Speaker"),
        ("captions_on", ""),
        ("in_audience", "Speaker"),
        ("on_stage", "Speaker"),
        ("left", "Host"),
        ("made_moderator", "Speaker"),
    ]
    times = [entry.at_ms for entry in watched.log.entries]
    assert times == sorted(times)


def test_who_was_put_out_did_not_just_leave_and_the_lock_is_told() -> None:
    watched = Watched(open_room(SPEAKER, LISTENER))
    watched.go(moderation.lock(watched.room, HOST.member_id, True))
    watched.go(moderation.remove(watched.room, HOST.member_id, SPEAKER.member_id))
    watched.go(moderation.ban(watched.room, HOST.member_id, LISTENER.member_id))
    assert watched.happened() == [
        ("locked", ""),
        ("removed", "Speaker"),
        ("banned", "Listener"),
    ]


def test_hands_consents_and_lost_connections_are_nobodys_business_later() -> None:
    watched = Watched(open_room(LISTENER))
    watched.go(stage.raise_hand(watched.room, LISTENER.member_id, True, NOW_MS))
    watched.go(coming.disconnect(watched.room, LISTENER.member_id, NOW_MS))
    assert watched.log == RoomLog()


def test_a_report_tells_what_its_writer_was_there_for_and_who_is_on_stage() -> None:
    watched = Watched(open_room())
    watched.go(coming.join(watched.room, SPEAKER, watched.now_ms))
    watched.go((to_stage(watched.room, SPEAKER), ()))
    came_ms = watched.now_ms + 1_000
    watched.go(coming.join(watched.room, LISTENER, came_ms))
    watched.go(stage.mute(watched.room, SPEAKER.member_id, False))
    reporter = watched.room.participant(LISTENER.member_id)
    told = told_by(watched.log, watched.room, reporter, watched.now_ms)
    assert [(entry.what, entry.name) for entry in told] == [
        (Happening.JOINED, "Listener"),
        (Happening.UNMUTED, "Speaker"),
        (Happening.HOST_HERE, "Host"),
        (Happening.SPEAKER_HERE, "Speaker"),
    ]


def test_the_log_is_bounded_in_number_and_age() -> None:
    watched = Watched(open_room(LISTENER))
    for index in range(LOG_MAX_ENTRIES + 50):
        watched.go(coming.join(watched.room, member(f"m{index}"), watched.now_ms))
    assert len(watched.log.entries) <= LOG_MAX_ENTRIES
    reporter = watched.room.participant(LISTENER.member_id)
    told = told_by(watched.log, watched.room, reporter, watched.now_ms)
    assert len(told) == TOLD_MAX_ENTRIES + 1
    late = told_by(watched.log, watched.room, reporter, watched.now_ms + LOG_KEPT_MS)
    assert [entry.what for entry in late] == [Happening.HOST_HERE]
    watched.now_ms += LOG_KEPT_MS
    watched.go(coming.join(watched.room, SPEAKER, watched.now_ms))
    assert watched.happened() == [("joined", "Speaker")]
