"""What happened in rooms to those whose connection is away, until they are back.

In memory only, the newest 20 of each person, and gone with the room: the seat itself is kept in the
database. Never what others did among themselves, and never a word.
"""

from __future__ import annotations

from collections import deque

from server.domain.events import ParticipantChanged, ParticipantLeft, RoomEvent, Why
from server.domain.ids import MemberId, RoomId
from server.domain.missed import Missed, happened
from server.domain.room import Room

MISSED_MAX = 20
PEOPLE_MAX = 5_000
"""In one room; beyond it, whoever came first is told nothing."""

Told = tuple[Missed, int]
"""What, and when (Unix ms)."""


class MissedNews:
    """Of all rooms of this gate."""

    def __init__(self) -> None:
        self._news: dict[RoomId, dict[MemberId, deque[Told]]] = {}

    def note(self, before: Room, after: Room, events: tuple[RoomEvent, ...], now_ms: int) -> None:
        """Keep what happened to those who were away."""
        if after.ended:
            self._news.pop(after.room_id, None)
            return
        for event in events:
            if isinstance(event, ParticipantChanged | ParticipantLeft):
                for what in _of(before, after, event):
                    self._keep(after.room_id, event.member_id, (what, now_ms))

    def take(self, room_id: RoomId, member_id: MemberId) -> list[Told]:
        """What a person who is back is told, once, in order."""
        people = self._news.get(room_id, {})
        told = people.pop(member_id, ())
        if not people:
            self._news.pop(room_id, None)
        return list(told)

    def _keep(self, room_id: RoomId, member_id: MemberId, told: Told) -> None:
        people = self._news.setdefault(room_id, {})
        if member_id not in people and len(people) >= PEOPLE_MAX:
            del people[next(iter(people))]
        kept = people.setdefault(member_id, deque(maxlen=MISSED_MAX))
        if told not in kept:  # two events of one change tell of the same seats
            kept.append(told)


def _of(
    before: Room, after: Room, event: ParticipantChanged | ParticipantLeft
) -> tuple[Missed, ...]:
    was = before.participants.get(event.member_id)
    if was is None or was.away_since_ms is None:
        return ()
    if isinstance(event, ParticipantLeft):
        # Whoever is banned learns it at the door.
        return (Missed.REMOVED,) if event.why is Why.REMOVED else ()
    now = after.participants.get(event.member_id)
    return () if now is None else happened(was, now)
