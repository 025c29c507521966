"""The chat of a room, which a moderator may have switched off."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "room", sa.Column("chat_on", sa.Boolean(), server_default=sa.true(), nullable=False)
    )
