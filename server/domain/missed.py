"""What happened to a person in a room while his connection was away: told when he is back."""

from __future__ import annotations

from enum import Enum

from server.domain.roles import Role
from server.domain.room import Participant


class Missed(Enum):
    """The kinds; the values are those of the wire."""

    MUTED = "muted"
    UNMUTE_ALLOWED = "unmute_allowed"
    TO_AUDIENCE = "to_audience"
    TO_STAGE = "to_stage"
    INVITED = "invited"
    MADE_MODERATOR = "made_moderator"
    UNMADE_MODERATOR = "unmade_moderator"
    REMOVED = "removed"


def happened(before: Participant, after: Participant) -> tuple[Missed, ...]:
    """What one change of a seat means to whoever holds it."""
    if before.role is not after.role:
        return (_role(before.role, after.role),)
    news: list[Missed] = []
    if after.held != before.held:
        news.append(Missed.MUTED if after.held else Missed.UNMUTE_ALLOWED)
    elif after.muted and not before.muted:
        news.append(Missed.MUTED)
    if after.invited and not before.invited:
        news.append(Missed.INVITED)
    return tuple(news)


def _role(before: Role, after: Role) -> Missed:
    match before, after:
        case _, Role.LISTENER:
            return Missed.TO_AUDIENCE
        case Role.MODERATOR, _:
            return Missed.UNMADE_MODERATOR
        case _, Role.MODERATOR:
            return Missed.MADE_MODERATOR
        case _:
            return Missed.TO_STAGE
