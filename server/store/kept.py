"""Which rows are whose: the one list behind "take everything home", and what it leaves out.

A test holds it against `tables.py`: a column that names a member, or hangs on one that does, is
either in a section here or left out with a reason. So a new table cannot be forgotten.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Column, Table

from server.store import tables

_NUMBER = "a keyed hash of the number; without the house's key it says nothing"
_OPENS = "whoever holds it could sign in"
_OF_OTHERS = "it names somebody whom you did not choose"


@dataclass(frozen=True, slots=True)
class Section:
    """Rows of one table that are about a person, and which of their columns he is given."""

    name: str
    table: Table
    owner: str
    """The column that names the person: by id, or by the hash of his number."""
    told: tuple[str, ...]
    withheld: Mapping[str, str] = field(default_factory=dict)
    """Column → why it is not told."""
    named: str | None = None
    """A column that names another member whom he chose himself: told with that member's name."""
    counted: bool = False
    """Rows that are alike in what is told are told once, with their count."""

    @property
    def owner_column(self) -> Column[str]:
        """The column that names the person."""
        return self.table.c[self.owner]


SECTIONS = (
    Section(
        "account",
        tables.member,
        "member_id",
        (
            "member_id",
            "name",
            "bio",
            "membership",
            "is_admin",
            "created_at_ms",
            "asks_me",
            "shows_admitter",
            "shown_as_admitter",
        ),
        {"number_hash": _NUMBER},
    ),
    Section(
        "entry", tables.entry, "member_id", ("way", "admitted_at_ms"), {"admitted_by": _OF_OTHERS}
    ),
    Section(
        "sessions",
        tables.session,
        "member_id",
        ("session_id", "device", "created_at_ms", "last_seen_at_ms"),
        {"token_hash": _OPENS},
    ),
    Section(
        "passkeys",
        tables.passkey,
        "member_id",
        ("name", "created_at_ms", "last_used_at_ms", "sign_count"),
        {
            "credential_id": "it is of use to the device only",
            "public_key": "it is of use to the house only",
        },
    ),
    Section(
        "push",
        tables.push_subscription,
        "member_id",
        ("language", "created_at_ms"),
        {
            "endpoint_hash": "a hash of the endpoint",
            "session_hash": _OPENS,
            "endpoint": "whoever holds it could write to the device",
            "p256dh": "a key of the device",
            "auth": "a key of the device",
        },
    ),
    Section(
        "contacts",
        tables.contact,
        "member_id",
        ("added_at_ms", "expires_at_ms"),
        {"contact_hash": "a keyed hash of somebody else's number"},
        counted=True,
    ),
    Section(
        "knocks",
        tables.knock,
        "newcomer_id",
        ("knock_id", "state", "knocked_at_ms"),
        {"admitted_by": _OF_OTHERS},
    ),
    Section(
        "asked",
        tables.knock_asked,
        "member_id",
        ("knock_id", "ignored"),
        {
            "contact_id": "a part of a hash of somebody else's number",
            "position": "the order in which members were asked",
        },
    ),
    Section(
        "invitations",
        tables.invite,
        "inviter_id",
        (
            "invite_id",
            "by_mail",
            "created_at_ms",
            "expires_at_ms",
            "used_at_ms",
            "revoked_at_ms",
        ),
        {"token_hash": _OPENS, "used_by": _OF_OTHERS},
    ),
    Section(
        "follows", tables.follow, "follower_id", ("followee_id", "since_ms"), named="followee_id"
    ),
    Section("blocks", tables.block, "blocker_id", ("blocked_id", "since_ms"), named="blocked_id"),
    Section(
        "reports",
        tables.report,
        "reporter_id",
        (
            "report_id",
            "reported_id",
            "reason",
            "statement",
            "room_id",
            "created_at_ms",
            "closed_at_ms",
            "whole_room",
        ),
        named="reported_id",
    ),
    Section(
        "seats",
        tables.room_participant,
        "member_id",
        (
            "room_id",
            "name",
            "role",
            "joined_at_ms",
            "muted",
            "hand_raised_at_ms",
            "invited",
            "away_since_ms",
            "held",
            "unmute_asked_at_ms",
        ),
        {"csrc": "the number of a voice in one room, gone with the room"},
    ),
    Section("room_bans", tables.room_ban, "member_id", ("room_id", "name")),
    Section("asked_into", tables.room_guest, "member_id", ("room_id",)),
    Section(
        "scheduled",
        tables.scheduled_room,
        "owner_id",
        (
            "scheduled_id",
            "title",
            "kind",
            "starts_at_ms",
            "created_at_ms",
            "changed_at_ms",
            "sequence",
            "told",
        ),
    ),
    Section("reminders", tables.reminder, "member_id", ("scheduled_id",)),
    Section(
        "calendar_address",
        tables.calendar_feed,
        "member_id",
        ("created_at_ms",),
        {"token_hash": "whoever holds the address could read your calendar"},
    ),
    Section(
        "consents",
        tables.consent_receipt,
        "member_id",
        (
            "receipt_id",
            "room_id",
            "version",
            "language",
            "granted_at_ms",
            "seen_at_ms",
            "withdrawn_at_ms",
        ),
    ),
    Section(
        "codes",
        tables.sign_in_code,
        "number_hash",
        ("created_at_ms", "tries_left", "used"),
        {"code_hash": _OPENS},
    ),
    Section(
        "bans",
        tables.ban,
        "number_hash",
        ("banned_at_ms",),
        {"reason": "written by an admin for the other admins"},
    ),
)

LEFT_OUT = {
    "knock.admitted_by": "about the newcomer, who is told by whom on his own profile",
    "entry.admitted_by": "about the one who was let in, who has it in his own file",
    "invite.used_by": "about the inviter's invitation; your entry tells that you came with one",
    "follow.followee_id": "about those who follow you: it is theirs to tell",
    "block.blocked_id": "about those who blocked you, which is silent on purpose",
    "report.reported_id": "what others told the admins about you, in confidence",
    "report_event.member_id": "what others told the admins of a room you were in, in confidence",
}
"""`table.column` that names a member and begins no section → why not."""
