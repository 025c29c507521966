"""The databases that every contract suite of the store runs on."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from server.domain.contact import number_hash
from server.domain.ids import MemberId
from server.domain.member import Member, Membership
from server.ports import Store
from server.store.sql import SqlStore
from tests import postgres

PEPPER = b"p" * 32
NOW_MS = 1_760_000_000_000


def person(name: str, membership: Membership = Membership.MEMBER) -> Member:
    """Somebody whose number is made of his name."""
    digest = number_hash(PEPPER, f"+8210{name}")
    return Member(MemberId(f"id-{name}"), digest, name, membership, False, NOW_MS)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A database whose whole content these tests may delete."""
    with postgres.running() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'db' / 'masil.sqlite3'}"
    url: str = request.getfixturevalue("postgres_url")
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await connection.execute(text("DROP SCHEMA public CASCADE"))
        await connection.execute(text("CREATE SCHEMA public"))
    await engine.dispose()
    return url


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    store = SqlStore(url)
    await store.open()
    yield store
    await store.close()


@pytest.fixture
async def minji(store: Store) -> Member:
    member = person("minji")
    await store.save_member(member)
    return member


@pytest.fixture
async def newcomer(store: Store) -> Member:
    member = person("newcomer", Membership.WAITING)
    await store.save_member(member)
    return member
