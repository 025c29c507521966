"""The hallway: kinds of rooms, and who was asked into one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("room", sa.Column("kind", sa.String(), server_default="open", nullable=False))
    op.create_table(
        "room_guest",
        sa.Column("room_id", sa.String(), nullable=False),
        sa.Column("member_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["room_id"], ["room.room_id"], name=op.f("fk_room_guest_room_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["member.member_id"],
            name=op.f("fk_room_guest_member_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("room_id", "member_id", name=op.f("pk_room_guest")),
    )
    op.create_index(op.f("ix_room_guest_member_id"), "room_guest", ["member_id"])
