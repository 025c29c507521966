"""What SQLite as our database must survive, and what its file may tell a thief."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import random
import resource
import signal
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine

from server.domain.contact import contact_hash, number_hash
from server.domain.errors import StoreUnavailableError
from server.domain.ids import MemberId
from server.domain.member import Member, Membership
from server.store.schema import MIGRATIONS, newest_revision
from server.store.sql import SqlStore
from server.store.tables import metadata

MINJI = Member(
    MemberId("minji"), number_hash(b"p" * 32, "+821012345678"), "Minji", Membership.MEMBER, True, 1
)
KILLS = 10


def url_of(file: Path) -> str:
    return f"sqlite+aiosqlite:///{file}"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "state" / "db" / "masil.sqlite3"


@pytest.fixture
async def store(file: Path) -> AsyncIterator[SqlStore]:
    store = SqlStore(url_of(file))
    await store.open()
    await store.save_member(MINJI)
    yield store
    await store.close()


# ---------------------------------------------------------------- nothing acknowledged is lost


def test_what_was_acknowledged_survives_kill_9(file: Path) -> None:
    acknowledged = 0
    chance = random.Random(7)
    for _ in range(KILLS):
        acknowledged = max(acknowledged, write_until_killed(file, chance.uniform(0.01, 0.08)))
        kept, counted = asyncio.run(read_back(file))
        assert kept >= acknowledged
        assert kept == counted, "half of a transaction was kept"
        acknowledged = kept
    assert acknowledged >= KILLS
    connection = sqlite3.connect(file)
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()


def write_until_killed(file: Path, after_s: float) -> int:
    """Kill a writing process some time after its first acknowledgement; returns its last one."""
    fork = multiprocessing.get_context("fork")
    receiver, sender = fork.Pipe(duplex=False)
    writer = fork.Process(target=write_for_ever, args=(file, sender.fileno()))
    writer.start()
    sender.close()
    last = os.read(receiver.fileno(), 8)
    assert len(last) == 8, "the writer ended by itself"
    writer.join(after_s)
    assert writer.pid is not None
    os.kill(writer.pid, signal.SIGKILL)
    writer.join(5)
    while more := os.read(receiver.fileno(), 8):
        last = more
    receiver.close()
    writer.close()
    return int.from_bytes(last, "big")


def write_for_ever(file: Path, acknowledge: int) -> None:
    asyncio.run(write_sessions(file, acknowledge))


async def write_sessions(file: Path, acknowledge: int) -> None:
    store = SqlStore(url_of(file))
    await store.open()
    await store.save_member(MINJI)
    while True:
        async with store.transaction():
            number = await store.add_to_counter(b"sessions", 0, 1)
            await store.save_session(number.to_bytes(8, "big"), MINJI.member_id, 1)
        os.write(acknowledge, number.to_bytes(8, "big"))


async def read_back(file: Path) -> tuple[int, int]:
    """How many sessions are there without a gap, and how many the counter says."""
    store = SqlStore(url_of(file))
    await store.open()
    counted = await store.add_to_counter(b"sessions", 0, 0)
    kept = 0
    while await store.session_member((kept + 1).to_bytes(8, "big")):
        kept += 1
    await store.close()
    return kept, counted


async def test_a_full_disk_is_told_and_what_was_acknowledged_stays(
    store: SqlStore, file: Path
) -> None:
    acknowledged: list[bytes] = []

    async def fill() -> None:
        for number in range(2_000):
            token = number.to_bytes(1_000, "big")
            await store.save_session(token, MINJI.member_id, 1)
            acknowledged.append(token)

    with disk_full_at(file.with_name(f"{file.name}-wal").stat().st_size + 100_000):
        with pytest.raises(StoreUnavailableError):
            await fill()
        assert acknowledged
        assert await store.member(MINJI.member_id) == MINJI

    await store.save_session(b"there is room again", MINJI.member_id, 1)
    for token in [*acknowledged, b"there is room again"]:
        assert await store.session_member(token) == MINJI


@contextmanager
def disk_full_at(size_bytes: int) -> Iterator[None]:
    """Make the kernel refuse every file that would grow beyond this size."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


async def test_a_database_locked_by_another_process_is_told_and_still_read(file: Path) -> None:
    store = SqlStore(url_of(file), busy_timeout_ms=50)
    await store.open()
    await store.save_member(MINJI)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailableError):
        await store.save_session(b"token", MINJI.member_id, 1)
    assert await store.member(MINJI.member_id) == MINJI
    other.execute("ROLLBACK")
    other.close()
    await store.save_session(b"token", MINJI.member_id, 1)
    await store.close()


async def test_a_writer_that_never_ends_does_not_hold_up_the_others_for_ever(file: Path) -> None:
    store = SqlStore(url_of(file), busy_timeout_ms=50)
    await store.open()
    write_on_its_own = asyncio.Event()

    async def other_writer() -> None:
        await write_on_its_own.wait()
        await store.save_member(MINJI)

    other = asyncio.create_task(other_writer())
    async with store.transaction():
        write_on_its_own.set()
        with pytest.raises(StoreUnavailableError):
            await other
    await store.save_member(MINJI)
    await store.close()


async def test_a_closed_store_says_so(file: Path) -> None:
    store = SqlStore(url_of(file))
    with pytest.raises(StoreUnavailableError):
        await store.member(MINJI.member_id)


async def test_a_database_that_is_none_is_refused(tmp_path: Path) -> None:
    store = SqlStore(url_of(no_database(tmp_path)))
    with pytest.raises(StoreUnavailableError):
        await store.open()
    await store.close()


def no_database(directory: Path) -> Path:
    file = directory / "masil.sqlite3"
    file.write_bytes(b"this is not a database, whatever its name says" * 100)
    return file


async def test_a_database_of_a_newer_version_is_refused_and_left_alone(
    store: SqlStore, file: Path
) -> None:
    await store.close()
    connection = sqlite3.connect(file)
    connection.execute("UPDATE alembic_version SET version_num = 'from-the-future'")
    connection.commit()
    connection.close()
    with pytest.raises(StoreUnavailableError, match="newer"):
        await store.open()


# ---------------------------------------------------------------- schema and file


async def test_the_migrations_lead_to_the_tables_in_the_code(store: SqlStore, file: Path) -> None:
    engine = create_engine(f"sqlite:///{file}")
    with engine.connect() as connection:
        assert differences(connection) == []
    engine.dispose()


def test_the_newest_migration_is_known_without_alembic() -> None:
    assert newest_revision() == ScriptDirectory(str(MIGRATIONS)).get_current_head()


def differences(connection: Connection) -> list[object]:
    return list(compare_metadata(MigrationContext.configure(connection), metadata))


async def test_the_database_is_durable_and_readers_never_wait(store: SqlStore, file: Path) -> None:
    async with store._read() as connection:  # the pragmas are per connection
        for pragma, value in (("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1)):
            found = await connection.exec_driver_sql(f"PRAGMA {pragma}")
            assert found.scalar_one() == value, pragma


async def test_nobody_else_on_the_machine_can_look_into_the_directory(
    store: SqlStore, file: Path
) -> None:
    assert file.parent.stat().st_mode & 0o777 == 0o700


async def test_a_stolen_database_holds_no_number(store: SqlStore, file: Path) -> None:
    hashes = [contact_hash(b"p" * 32, MINJI.member_id, f"+8210999900{n:02}") for n in range(100)]
    await store.add_contacts(MINJI.member_id, hashes, 1, 2)
    await store.close()
    stolen = b"".join(part.read_bytes() for part in file.parent.iterdir())
    assert bytes(hashes[0]) in stolen
    for digits in (b"12345678", b"99990000", b"1099990", b"+8210"):
        assert digits not in stolen


async def test_forgotten_contacts_are_gone_from_the_file_too(store: SqlStore, file: Path) -> None:
    digest = contact_hash(b"p" * 32, MINJI.member_id, "+821099990000")
    await store.add_contacts(MINJI.member_id, [digest], 1, 2)
    await store.forget_contacts(MINJI.member_id)
    await store.close()
    assert bytes(digest) not in b"".join(part.read_bytes() for part in file.parent.iterdir())
