"""Consent where audio leaves: which voice may be heard, and which may go to analysis.

Asked for every single packet, with what the gate said last. Never decodes, keeps or sends a voice.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Permission:
    """What one seat's voice may do now; replaced whole when the gate changes any of it."""

    on_stage: bool
    muted: bool
    tap_id: int | None
    """The consent under which the voice may go to analysis; None: there is none."""


def may_be_heard(permission: Permission) -> bool:
    """Whether a packet of this seat may be forwarded to the others in the room."""
    return permission.on_stage and not permission.muted


def tap_for(permission: Permission) -> int | None:
    """The consent under which a packet may leave for analysis, or None: it must not.

    What the room may not hear, analysis may not hear either.
    """
    return permission.tap_id if may_be_heard(permission) else None
