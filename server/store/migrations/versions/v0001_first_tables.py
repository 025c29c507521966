"""People, the door, and rooms."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "counter",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("window_start_ms", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", "window_start_ms", name=op.f("pk_counter")),
    )
    op.create_index(
        op.f("ix_counter_window_start_ms"), "counter", ["window_start_ms"], unique=False
    )
    op.create_table(
        "founder_link",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_founder_link")),
    )
    op.create_table(
        "member",
        sa.Column("member_id", sa.String(), nullable=False),
        sa.Column("number_hash", sa.LargeBinary(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("membership", sa.String(), nullable=False),
        sa.Column("is_admin", sa.Boolean(), nullable=False),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_member")),
        sa.UniqueConstraint("number_hash", name=op.f("uq_member_number_hash")),
    )
    op.create_index(op.f("ix_member_membership"), "member", ["membership"], unique=False)
    op.create_table(
        "room",
        sa.Column("room_id", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("opened_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("captions_on", sa.Boolean(), nullable=False),
        sa.Column("next_csrc", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("room_id", name=op.f("pk_room")),
    )
    op.create_table(
        "sign_in_code",
        sa.Column("number_hash", sa.LargeBinary(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("tries_left", sa.Integer(), nullable=False),
        sa.Column("used", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("number_hash", name=op.f("pk_sign_in_code")),
    )
    op.create_table(
        "contact",
        sa.Column("contact_hash", sa.LargeBinary(), nullable=False),
        sa.Column("member_id", sa.String(), nullable=False),
        sa.Column("added_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("expires_at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["member.member_id"],
            name=op.f("fk_contact_member_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("contact_hash", "member_id", name=op.f("pk_contact")),
    )
    op.create_index(op.f("ix_contact_expires_at_ms"), "contact", ["expires_at_ms"], unique=False)
    op.create_index(op.f("ix_contact_member_id"), "contact", ["member_id"], unique=False)
    op.create_table(
        "knock",
        sa.Column("knock_id", sa.String(), nullable=False),
        sa.Column("newcomer_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("knocked_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("admitted_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["admitted_by"],
            ["member.member_id"],
            name=op.f("fk_knock_admitted_by"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["newcomer_id"],
            ["member.member_id"],
            name=op.f("fk_knock_newcomer_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("knock_id", name=op.f("pk_knock")),
    )
    op.create_index(op.f("ix_knock_newcomer_id"), "knock", ["newcomer_id"], unique=False)
    op.create_index(op.f("ix_knock_state"), "knock", ["state"], unique=False)
    op.create_table(
        "room_participant",
        sa.Column("room_id", sa.String(), nullable=False),
        sa.Column("member_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("csrc", sa.BigInteger(), nullable=False),
        sa.Column("joined_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("muted", sa.Boolean(), nullable=False),
        sa.Column("hand_raised_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("invited", sa.Boolean(), nullable=False),
        sa.Column("away_since_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["member.member_id"],
            name=op.f("fk_room_participant_member_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["room_id"],
            ["room.room_id"],
            name=op.f("fk_room_participant_room_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("room_id", "member_id", name=op.f("pk_room_participant")),
    )
    op.create_index(
        op.f("ix_room_participant_member_id"), "room_participant", ["member_id"], unique=False
    )
    op.create_table(
        "session",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("member_id", sa.String(), nullable=False),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["member.member_id"],
            name=op.f("fk_session_member_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_session")),
    )
    op.create_index(op.f("ix_session_member_id"), "session", ["member_id"], unique=False)
    op.create_table(
        "knock_asked",
        sa.Column("knock_id", sa.String(), nullable=False),
        sa.Column("member_id", sa.String(), nullable=False),
        sa.Column("contact_id", sa.String(), nullable=False),
        sa.Column("ignored", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["knock_id"],
            ["knock.knock_id"],
            name=op.f("fk_knock_asked_knock_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["member.member_id"],
            name=op.f("fk_knock_asked_member_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("knock_id", "member_id", name=op.f("pk_knock_asked")),
    )
    op.create_index(op.f("ix_knock_asked_member_id"), "knock_asked", ["member_id"], unique=False)
