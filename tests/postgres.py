"""A PostgreSQL of the tests' own: a fresh cluster on a Unix socket, gone when the tests end.

Uses the database that `MASIL_TEST_POSTGRES_URL` names where it is set (its `public` schema is
dropped), else the installed PostgreSQL's programs; without either, tests skip with the reason.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PORT = 54329
REASON = "PostgreSQL is not installed and MASIL_TEST_POSTGRES_URL names no database"


def programs() -> Path | None:
    """Where `initdb` and `pg_ctl` are; Debian keeps them off the PATH."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).parent
    return next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), None)


def _user() -> str | None:
    """PostgreSQL refuses to run as root: then it runs as the user its package made."""
    if os.getuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError:
        return "nobody"


@contextmanager
def running() -> Iterator[str]:
    """The URL of a database that is there while the tests run."""
    given = os.environ.get("MASIL_TEST_POSTGRES_URL")
    if given:
        yield given
        return
    found = programs()
    if found is None:
        pytest.skip(REASON)
    directory = Path(tempfile.mkdtemp(prefix="masil-postgres-"))
    user = _user()
    if user:
        shutil.chown(directory, user)

    def call(*command: str) -> None:
        subprocess.run(command, check=True, user=user, cwd=directory, capture_output=True)

    data = str(directory / "data")
    control = [str(found / "pg_ctl"), "-D", data, "-w", "-t", "60"]
    options = f"-k {directory} -p {PORT} -c listen_addresses='' -c fsync=off"
    call(str(found / "initdb"), "-D", data, "-U", "masil", "-A", "trust", "-E", "UTF8")
    try:
        call(*control, "-l", str(directory / "log"), "-o", options, "start")
        yield f"postgresql+asyncpg://masil@/postgres?host={directory}&port={PORT}"
    finally:
        call(*control, "-m", "immediate", "stop")
        shutil.rmtree(directory, ignore_errors=True)
