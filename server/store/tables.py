"""The tables, as the newest migration leaves them. Never what is said, nor who consented to what.

Times are Unix milliseconds. Hashes are 32 bytes; whoever steals these tables without the pepper
learns no number. Consents are missing on purpose: a restart must ask every speaker again.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
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
)

session = Table(
    "session",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    _of_member(),
    Column("created_at_ms", BigInteger, nullable=False),
    Index(None, "member_id"),
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

room = Table(
    "room",
    metadata,
    Column("room_id", String, primary_key=True),
    Column("title", String, nullable=False),
    Column("opened_at_ms", BigInteger, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("captions_on", Boolean, nullable=False),
    Column("next_csrc", BigInteger, nullable=False),
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
    Index(None, "member_id"),
)
