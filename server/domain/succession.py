"""Who takes a room over whose host did not come back, where only listeners are left.

The room goes on for one more grace time. The listener who has been there longest, and is present,
is asked; where he declines, goes, or does not answer while others wait to be asked, the next one
is. Whoever accepts is the host, with his microphone off. Nobody is made a host unasked: a listener
never wanted to be seen. Where all decline or the time is over, the room ends, and its people are
told why. A host who comes back meanwhile is a listener like any other, and may be asked.
"""

from __future__ import annotations

from dataclasses import replace

from server.domain.errors import WrongStateError
from server.domain.ids import MemberId
from server.domain.roles import Command
from server.domain.room import (
    GRACE_MS,
    Change,
    Participant,
    Room,
    Succession,
    authorise,
    change_room,
    end_room,
    make_host,
)

OFFER_MS = 20_000
"""How long one is asked before the next one is, if there is one."""


def resume(room: Room, now_ms: int) -> Room:
    """After a restart: who was asked is not kept, so that asking begins anew."""
    if room.moderators():
        return room
    return replace(room, succession=Succession(now_ms))


def advance(room: Room, now_ms: int) -> Change:
    """Ask the first, ask the next, or end the room where there is nobody to ask any more."""
    succession = room.succession
    if room.ended or succession is None:
        return room, ()
    if now_ms - succession.since_ms >= GRACE_MS:
        return end_room(room, abandoned=True)
    candidates = _candidates(room, succession)
    asked = next((p for p in candidates if p.member_id == succession.offered), None)
    if asked is not None:
        in_time = now_ms - succession.offered_at_ms < OFFER_MS
        if in_time or len(candidates) == 1:
            return room, ()
        succession = _passed(succession, asked.member_id)
        candidates = _candidates(room, succession)
    if not candidates and room.participants.keys() <= succession.passed:
        return end_room(room, abandoned=True)
    following = candidates[0].member_id if candidates else None
    offered = replace(succession, offered=following, offered_at_ms=now_ms)
    if following is None and room.succession and room.succession.offered is None:
        return room, ()
    return change_room(room, succession=offered)


def take_over(room: Room, member_id: MemberId, accepted: bool, now_ms: int) -> Change:
    """Answer to being asked.

    Raises:
        WrongStateError: the room has a host, or somebody else is asked.
    """
    authorise(room, Command.TAKE_OVER, member_id)
    if room.succession is None or room.succession.offered != member_id:
        raise WrongStateError
    if accepted:
        return make_host(room, member_id)
    declined = replace(_passed(room.succession, member_id), offered=None)
    room, events = change_room(room, succession=declined)
    room, more = advance(room, now_ms)
    return room, (*events, *more)


def _candidates(room: Room, succession: Succession) -> list[Participant]:
    """Who is present and was not passed over, in order of joining."""
    seats = room.participants.values()
    return [p for p in seats if p.away_since_ms is None and p.member_id not in succession.passed]


def _passed(succession: Succession, member_id: MemberId) -> Succession:
    return replace(succession, passed=succession.passed | {member_id})
