"""Consent receipts: that a person let the scribe hear him, from when to when, by which text.

They hold no speech, no title and no other person: enough to show who agreed to what, and no more.
After ISO/IEC TS 27560 (consent record information structure), as far as one purpose needs it.
"""

from __future__ import annotations

from dataclasses import dataclass

from server.domain.ids import MemberId, RoomId

RECEIPT_LIFETIME_MS = 365 * 24 * 3600 * 1000
"""Counted from the grant: a year, after which nobody can reasonably ask what was agreed to."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """One consent of one member in one room."""

    receipt_id: str
    member_id: MemberId
    room_id: RoomId
    """Says nothing once the room is over: titles are not kept."""
    version: int
    """Of the sentence that was agreed to."""
    language: str | None
    granted_at_ms: int
    seen_at_ms: int
    """When it was last known to be alive: a gate that dies writes no end."""
    withdrawn_at_ms: int | None = None
