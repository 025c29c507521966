"""Fixtures of the gate's edge."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.store.sql import SqlStore
from tests.web.gate import DATABASE, Gate, database_url


@pytest.fixture(scope="session")
def fresh_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database of today's schema: migrating once is enough for all tests here."""
    directory = tmp_path_factory.mktemp("database")

    async def migrate() -> None:
        store = SqlStore(database_url(directory))
        await store.open()
        await store.close()

    asyncio.run(migrate())
    return directory / DATABASE


@pytest.fixture
async def gate(tmp_path: Path, fresh_database: Path) -> AsyncIterator[Gate]:
    """A gate on a database of its own."""
    shutil.copy(fresh_database, tmp_path / DATABASE)
    async with Gate(tmp_path) as gate:
        yield gate
