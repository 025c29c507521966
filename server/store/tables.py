"""The tables, as the newest migration leaves them. Never what is said, nor who consented to what.

Times are Unix milliseconds. Hashes are 32 bytes; whoever steals these tables without the pepper
learns no number. Consents are missing on purpose: a restart must ask every speaker again.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    false,
    true,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _of_member(name: str = "member_id", *, primary_key: bool = False) -> Column[str]:
    """A column whose row goes when the person is erased."""
    return Column(
        name,
        String,
        ForeignKey("member.member_id", ondelete="CASCADE"),
        primary_key=primary_key,
        nullable=False,
    )


member = Table(
    "member",
    metadata,
    Column("member_id", String, primary_key=True),
    Column("number_hash", LargeBinary, nullable=False, unique=True),
    Column("name", String, nullable=False),
    Column("membership", String, nullable=False, index=True),
    Column("is_admin", Boolean, nullable=False),
    Column("created_at_ms", BigInteger, nullable=False),
    Column("bio", String, nullable=False, server_default=""),
    Column("asks_me", Boolean, nullable=False, server_default=true()),
    Column("shows_admitter", Boolean, nullable=False, server_default=true()),
    Column("shown_as_admitter", Boolean, nullable=False, server_default=true()),
)

entry = Table(
    "entry",
    metadata,
    _of_member(primary_key=True),
    Column("admitted_by", String, ForeignKey("member.member_id", ondelete="SET NULL")),
    Column("way", String, nullable=False),
    Column("admitted_at_ms", BigInteger, nullable=False),
    Index(None, "admitted_by"),
)

session = Table(
    "session",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    _of_member(),
    Column("created_at_ms", BigInteger, nullable=False),
    Column("session_id", String, nullable=False, server_default="", index=True),
    Column("device", String, nullable=False, server_default=""),
    Column("last_seen_at_ms", BigInteger, nullable=False, server_default="0"),
    Index(None, "member_id"),
)

passkey = Table(
    "passkey",
    metadata,
    Column("credential_id", LargeBinary, primary_key=True),
    _of_member(),
    Column("public_key", LargeBinary, nullable=False),
    Column("sign_count", BigInteger, nullable=False),
    Column("name", String, nullable=False),
    Column("created_at_ms", BigInteger, nullable=False),
    Column("last_used_at_ms", BigInteger),
    Index(None, "member_id"),
)

push_subscription = Table(
    "push_subscription",
    metadata,
    Column("endpoint_hash", LargeBinary, primary_key=True),
    _of_member(),
    Column(
        "session_hash",
        LargeBinary,
        ForeignKey("session.token_hash", ondelete="CASCADE"),
        nullable=False,
    ),
    Column("endpoint", String, nullable=False),
    Column("p256dh", String, nullable=False),
    Column("auth", String, nullable=False),
    Column("language", String, nullable=False),
    Column("created_at_ms", BigInteger, nullable=False),
    Index(None, "member_id"),
    Index(None, "session_hash"),
)

sign_in_code = Table(
    "sign_in_code",
    metadata,
    Column("number_hash", LargeBinary, primary_key=True),
    Column("code_hash", LargeBinary, nullable=False),
    Column("created_at_ms", BigInteger, nullable=False),
    Column("tries_left", Integer, nullable=False),
    Column("used", Boolean, nullable=False),
)

counter = Table(
    "counter",
    metadata,
    Column("key", LargeBinary, primary_key=True),
    Column("window_start_ms", BigInteger, primary_key=True, autoincrement=False),
    Column("value", BigInteger, nullable=False),
    Index(None, "window_start_ms"),
)

bucket = Table(
    "bucket",
    metadata,
    Column("key", LargeBinary, primary_key=True),
    Column("tokens", Float, nullable=False),
    Column("filled_at_ms", BigInteger, nullable=False),
    Index(None, "filled_at_ms"),
)

job_run = Table(
    "job_run",
    metadata,
    Column("job", String, primary_key=True),
    Column("ran_at_ms", BigInteger, nullable=False),
    Column("affected", BigInteger, nullable=False),
)

founder_link = Table(
    "founder_link",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),
)

contact = Table(
    "contact",
    metadata,
    Column("contact_hash", LargeBinary, primary_key=True),
    _of_member(primary_key=True),
    Column("added_at_ms", BigInteger, nullable=False),
    Column("expires_at_ms", BigInteger, nullable=False),
    Index(None, "member_id"),
    Index(None, "expires_at_ms"),
)

knock = Table(
    "knock",
    metadata,
    Column("knock_id", String, primary_key=True),
    _of_member("newcomer_id"),
    Column("state", String, nullable=False),
    Column("knocked_at_ms", BigInteger, nullable=False),
    Column("admitted_by", String, ForeignKey("member.member_id", ondelete="SET NULL")),
    Index(None, "newcomer_id"),
    Index(None, "state"),
)

knock_asked = Table(
    "knock_asked",
    metadata,
    Column("knock_id", String, ForeignKey("knock.knock_id", ondelete="CASCADE"), primary_key=True),
    _of_member(primary_key=True),
    Column("contact_id", String, nullable=False),
    Column("ignored", Boolean, nullable=False),
    Column("position", Integer, nullable=False),
    Index(None, "member_id"),
)

invite = Table(
    "invite",
    metadata,
    Column("invite_id", String, primary_key=True),
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    _of_member("inviter_id"),
    Column("by_mail", Boolean, nullable=False),
    Column("created_at_ms", BigInteger, nullable=False),
    Column("expires_at_ms", BigInteger, nullable=False),
    Column("used_by", String, ForeignKey("member.member_id", ondelete="SET NULL")),
    Column("used_at_ms", BigInteger),
    Column("revoked_at_ms", BigInteger),
    Index(None, "inviter_id"),
    Index(None, "used_by"),
)

follow = Table(
    "follow",
    metadata,
    _of_member("follower_id", primary_key=True),
    _of_member("followee_id", primary_key=True),
    Column("since_ms", BigInteger, nullable=False),
    Index(None, "followee_id"),
)

block = Table(
    "block",
    metadata,
    _of_member("blocker_id", primary_key=True),
    _of_member("blocked_id", primary_key=True),
    Column("since_ms", BigInteger, nullable=False),
    Index(None, "blocked_id"),
)

report = Table(
    "report",
    metadata,
    Column("report_id", String, primary_key=True),
    Column("reporter_id", String, ForeignKey("member.member_id", ondelete="SET NULL")),
    _of_member("reported_id"),
    Column("reason", String, nullable=False),
    Column("statement", String, nullable=False),
    Column("room_id", String),
    Column("created_at_ms", BigInteger, nullable=False),
    Column("closed_at_ms", BigInteger),
    Column("whole_room", Boolean, nullable=False, server_default=false()),
    Index(None, "reporter_id"),
    Index(None, "reported_id"),
    Index(None, "created_at_ms"),
)

report_event = Table(
    "report_event",
    metadata,
    Column(
        "report_id", String, ForeignKey("report.report_id", ondelete="CASCADE"), primary_key=True
    ),
    Column("place", Integer, primary_key=True),
    Column("at_ms", BigInteger, nullable=False),
    Column("what", String, nullable=False),
    Column("member_id", String, ForeignKey("member.member_id", ondelete="SET NULL")),
    Index(None, "member_id"),
)

ban = Table(
    "ban",
    metadata,
    Column("number_hash", LargeBinary, primary_key=True),
    Column("banned_at_ms", BigInteger, nullable=False),
    Column("reason", String, nullable=False),
)

room = Table(
    "room",
    metadata,
    Column("room_id", String, primary_key=True),
    Column("title", String, nullable=False),
    Column("opened_at_ms", BigInteger, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("captions_on", Boolean, nullable=False),
    Column("next_csrc", BigInteger, nullable=False),
    Column("locked", Boolean, nullable=False, server_default=false()),
    Column("kind", String, nullable=False, server_default="open"),
    Column("chat_on", Boolean, nullable=False, server_default=true()),
    Column("captions_kept_min", Integer, nullable=False, server_default="5"),
)

room_guest = Table(
    "room_guest",
    metadata,
    Column("room_id", String, ForeignKey("room.room_id", ondelete="CASCADE"), primary_key=True),
    _of_member(primary_key=True),
    Index(None, "member_id"),
)

room_ban = Table(
    "room_ban",
    metadata,
    Column("room_id", String, ForeignKey("room.room_id", ondelete="CASCADE"), primary_key=True),
    _of_member(primary_key=True),
    Column("name", String, nullable=False),
    Index(None, "member_id"),
)

room_participant = Table(
    "room_participant",
    metadata,
    Column("room_id", String, ForeignKey("room.room_id", ondelete="CASCADE"), primary_key=True),
    _of_member(primary_key=True),
    Column("name", String, nullable=False),
    Column("role", String, nullable=False),
    Column("csrc", BigInteger, nullable=False),
    Column("joined_at_ms", BigInteger, nullable=False),
    Column("muted", Boolean, nullable=False),
    Column("hand_raised_at_ms", BigInteger),
    Column("invited", Boolean, nullable=False),
    Column("away_since_ms", BigInteger),
    Column("held", Boolean, nullable=False, server_default=false()),
    Column("unmute_asked_at_ms", BigInteger),
    Index(None, "member_id"),
)

scheduled_room = Table(
    "scheduled_room",
    metadata,
    Column("scheduled_id", String, primary_key=True),
    _of_member("owner_id"),
    Column("title", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("starts_at_ms", BigInteger, nullable=False),
    Column("created_at_ms", BigInteger, nullable=False),
    Column("changed_at_ms", BigInteger, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("told", String, nullable=False),
    Index(None, "owner_id"),
)

reminder = Table(
    "reminder",
    metadata,
    Column(
        "scheduled_id",
        String,
        ForeignKey("scheduled_room.scheduled_id", ondelete="CASCADE"),
        primary_key=True,
    ),
    _of_member(primary_key=True),
    Index(None, "member_id"),
)

calendar_feed = Table(
    "calendar_feed",
    metadata,
    _of_member(primary_key=True),
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    Column("created_at_ms", BigInteger, nullable=False),
)

consent_receipt = Table(
    "consent_receipt",
    metadata,
    Column("receipt_id", String, primary_key=True),
    _of_member(),
    Column("room_id", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("language", String),
    Column("granted_at_ms", BigInteger, nullable=False),
    Column("seen_at_ms", BigInteger, nullable=False),
    Column("withdrawn_at_ms", BigInteger),
    Index(None, "member_id"),
)
