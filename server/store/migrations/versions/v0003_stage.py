"""The stage: mutes that hold, the lock of a room, and who is banned from it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "room", sa.Column("locked", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column(
        "room_participant",
        sa.Column("held", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.add_column(
        "room_participant", sa.Column("unmute_asked_at_ms", sa.BigInteger(), nullable=True)
    )
    op.create_table(
        "room_ban",
        sa.Column("room_id", sa.String(), nullable=False),
        sa.Column("member_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["room_id"], ["room.room_id"], name=op.f("fk_room_ban_room_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["member.member_id"],
            name=op.f("fk_room_ban_member_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("room_id", "member_id", name=op.f("pk_room_ban")),
    )
    op.create_index(op.f("ix_room_ban_member_id"), "room_ban", ["member_id"])
