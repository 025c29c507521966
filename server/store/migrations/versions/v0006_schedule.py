"""Scheduled rooms, reminders of them, and calendar addresses."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def _of_member(table: str, name: str = "member_id") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [name], ["member.member_id"], name=op.f(f"fk_{table}_{name}"), ondelete="CASCADE"
    )


def upgrade() -> None:
    op.create_table(
        "scheduled_room",
        sa.Column("scheduled_id", sa.String(), nullable=False),
        sa.Column("owner_id", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("starts_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("changed_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("told", sa.String(), nullable=False),
        _of_member("scheduled_room", "owner_id"),
        sa.PrimaryKeyConstraint("scheduled_id", name=op.f("pk_scheduled_room")),
    )
    op.create_index(op.f("ix_scheduled_room_owner_id"), "scheduled_room", ["owner_id"])
    op.create_table(
        "reminder",
        sa.Column("scheduled_id", sa.String(), nullable=False),
        sa.Column("member_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["scheduled_id"],
            ["scheduled_room.scheduled_id"],
            name=op.f("fk_reminder_scheduled_id"),
            ondelete="CASCADE",
        ),
        _of_member("reminder"),
        sa.PrimaryKeyConstraint("scheduled_id", "member_id", name=op.f("pk_reminder")),
    )
    op.create_index(op.f("ix_reminder_member_id"), "reminder", ["member_id"])
    op.create_table(
        "calendar_feed",
        sa.Column("member_id", sa.String(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        _of_member("calendar_feed"),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feed_token_hash")),
    )
