"""How a member came in: by whom, by which way, when. Told to members only, never in a list."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from server.domain.ids import MemberId


class Way(Enum):
    """How the door was opened."""

    FOUNDER = "founder"
    """With the founder's link: nobody let him in."""
    KNOCK = "knock"
    """By a member who has his number."""
    INVITE = "invite"
    """With a member's invitation."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One member's way in."""

    member_id: MemberId
    admitted_by: MemberId | None
    """None for founders, and where whoever let him in has erased his account."""
    way: Way
    admitted_at_ms: int
