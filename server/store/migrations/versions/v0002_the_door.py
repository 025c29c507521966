"""The door: profiles, invitations, passkeys, push, follows, blocks, reports, bans, limits."""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Columns are added one by one: a batch would make the table anew, and dropping the old one
    # would take all that hangs on it along.
    op.add_column("member", sa.Column("bio", sa.String(), server_default="", nullable=False))
    for name in ("asks_me", "shows_admitter", "shown_as_admitter"):
        op.add_column(
            "member", sa.Column(name, sa.Boolean(), server_default=sa.true(), nullable=False)
        )
    op.add_column(
        "session", sa.Column("session_id", sa.String(), server_default="", nullable=False)
    )
    op.add_column("session", sa.Column("device", sa.String(), server_default="", nullable=False))
    op.add_column(
        "session",
        sa.Column("last_seen_at_ms", sa.BigInteger(), server_default="0", nullable=False),
    )
    op.create_index(op.f("ix_session_session_id"), "session", ["session_id"])
    _name_sessions()
    _create_tables()


def _name_sessions() -> None:
    """Sessions from before have no id yet by which they can be ended from another device."""
    session = sa.table(
        "session",
        sa.column("token_hash", sa.LargeBinary()),
        sa.column("session_id", sa.String()),
        sa.column("created_at_ms", sa.BigInteger()),
        sa.column("last_seen_at_ms", sa.BigInteger()),
    )
    connection = op.get_bind()
    for row in connection.execute(sa.select(session.c.token_hash)).all():
        connection.execute(
            sa.update(session)
            .where(session.c.token_hash == row.token_hash)
            .values(session_id=secrets.token_hex(8), last_seen_at_ms=session.c.created_at_ms)
        )


def _of_member(name: str, table: str, ondelete: str = "CASCADE") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [name], ["member.member_id"], name=op.f(f"fk_{table}_{name}"), ondelete=ondelete
    )


def _indexed(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _create_tables() -> None:
    op.create_table(
        "entry",
        sa.Column("member_id", sa.String(), nullable=False),
        sa.Column("admitted_by", sa.String(), nullable=True),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("admitted_at_ms", sa.BigInteger(), nullable=False),
        _of_member("member_id", "entry"),
        _of_member("admitted_by", "entry", "SET NULL"),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_entry")),
    )
    _indexed("entry", "admitted_by")
    # Who let in whom so far is told by the answered knocks.
    op.execute(
        "INSERT INTO entry (member_id, admitted_by, way, admitted_at_ms) "
        "SELECT newcomer_id, admitted_by, 'knock', knocked_at_ms FROM knock "
        "WHERE state = 'admitted'"
    )
    op.create_table(
        "passkey",
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("member_id", sa.String(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("last_used_at_ms", sa.BigInteger(), nullable=True),
        _of_member("member_id", "passkey"),
        sa.PrimaryKeyConstraint("credential_id", name=op.f("pk_passkey")),
    )
    _indexed("passkey", "member_id")
    op.create_table(
        "push_subscription",
        sa.Column("endpoint_hash", sa.LargeBinary(), nullable=False),
        sa.Column("member_id", sa.String(), nullable=False),
        sa.Column("session_hash", sa.LargeBinary(), nullable=False),
        sa.Column("endpoint", sa.String(), nullable=False),
        sa.Column("p256dh", sa.String(), nullable=False),
        sa.Column("auth", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        _of_member("member_id", "push_subscription"),
        # However a session ends, nothing is pushed to its browser any more.
        sa.ForeignKeyConstraint(
            ["session_hash"],
            ["session.token_hash"],
            name=op.f("fk_push_subscription_session_hash"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("endpoint_hash", name=op.f("pk_push_subscription")),
    )
    _indexed("push_subscription", "member_id", "session_hash")
    op.create_table(
        "bucket",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("tokens", sa.Float(), nullable=False),
        sa.Column("filled_at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_bucket")),
    )
    _indexed("bucket", "filled_at_ms")
    op.create_table(
        "job_run",
        sa.Column("job", sa.String(), nullable=False),
        sa.Column("ran_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("affected", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("job", name=op.f("pk_job_run")),
    )
    op.create_table(
        "invite",
        sa.Column("invite_id", sa.String(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("inviter_id", sa.String(), nullable=False),
        sa.Column("by_mail", sa.Boolean(), nullable=False),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("expires_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("used_by", sa.String(), nullable=True),
        sa.Column("used_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at_ms", sa.BigInteger(), nullable=True),
        _of_member("inviter_id", "invite"),
        _of_member("used_by", "invite", "SET NULL"),
        sa.PrimaryKeyConstraint("invite_id", name=op.f("pk_invite")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invite_token_hash")),
    )
    _indexed("invite", "inviter_id", "used_by")
    for table, first, second in (
        ("follow", "follower_id", "followee_id"),
        ("block", "blocker_id", "blocked_id"),
    ):
        op.create_table(
            table,
            sa.Column(first, sa.String(), nullable=False),
            sa.Column(second, sa.String(), nullable=False),
            sa.Column("since_ms", sa.BigInteger(), nullable=False),
            _of_member(first, table),
            _of_member(second, table),
            sa.PrimaryKeyConstraint(first, second, name=op.f(f"pk_{table}")),
        )
        _indexed(table, second)
    op.create_table(
        "report",
        sa.Column("report_id", sa.String(), nullable=False),
        sa.Column("reporter_id", sa.String(), nullable=True),
        sa.Column("reported_id", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("statement", sa.String(), nullable=False),
        sa.Column("room_id", sa.String(), nullable=True),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("closed_at_ms", sa.BigInteger(), nullable=True),
        _of_member("reporter_id", "report", "SET NULL"),
        _of_member("reported_id", "report"),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_report")),
    )
    _indexed("report", "reporter_id", "reported_id", "created_at_ms")
    op.create_table(
        "ban",
        sa.Column("number_hash", sa.LargeBinary(), nullable=False),
        sa.Column("banned_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("number_hash", name=op.f("pk_ban")),
    )
