"""Brings a database's tables up to date. The only file that knows Alembic.

Alembic itself, a sixth of the gate's start, is loaded only where there is something to change: a
gate that was killed is back the sooner.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from server.domain.errors import StoreUnavailableError

MIGRATIONS = Path(__file__).parent / "migrations"


def bring_up_to_date(connection: Connection) -> None:
    """Run the migrations that this database has not seen.

    Raises:
        StoreUnavailableError: it was made by a newer version of this program.
    """
    if _revision(connection) != newest_revision():
        _migrate(connection)


def newest_revision() -> str:
    """The last of the migrations: of `v0008_receipts.py` it is 0008."""
    names = [file.stem for file in (MIGRATIONS / "versions").glob("v*.py")]
    return max(names).removeprefix("v").split("_")[0]


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def _migrate(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise StoreUnavailableError("the database was made by a newer version") from error
