"""Reports about rooms, and what happened there."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "report",
        sa.Column("whole_room", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.create_table(
        "report_event",
        sa.Column("report_id", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("member_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["report.report_id"],
            name=op.f("fk_report_event_report_id"),
            ondelete="CASCADE",
        ),
        # Whoever erases his account is a nobody in the reports of others.
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["member.member_id"],
            name=op.f("fk_report_event_member_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("report_id", "place", name=op.f("pk_report_event")),
    )
    op.create_index(op.f("ix_report_event_member_id"), "report_event", ["member_id"])
