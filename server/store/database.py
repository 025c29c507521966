"""The connection to the database: transactions, durability, errors, schema.

Owns the engine and who may write when. Knows no table.

On SQLite there is one writer at a time (a lock here, BEGIN IMMEDIATE there), WAL so that readers
never wait for it, and synchronous=FULL: a commit that returned survives kill −9 and a power cut.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, event, exc, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from server.domain.errors import StoreUnavailableError
from server.store.schema import bring_up_to_date

BUSY_TIMEOUT_MS = 5_000
"""How long a call waits for another writer, a connection or a statement."""
_CONNECTIONS = 4
_TRACES_TIMEOUT_MS = 250
"""How long the log is waited for where somebody still reads it, a backup for example."""
_MIGRATION_LOCK = 0x6D6173696C
"""Key of PostgreSQL's advisory lock, so that two processes never migrate at once."""
_PROGRAMMING_ERRORS = (
    exc.IntegrityError,
    exc.ProgrammingError,
    exc.DataError,
    exc.NotSupportedError,
)

Row = Mapping[str, object]


@dataclass(slots=True)
class Transaction:
    """An atomic change under way. `after_commit` runs only when it is safely kept."""

    database: Database
    connection: AsyncConnection
    after_commit: list[Callable[[], None]] = field(default_factory=list)
    live: bool = True


_transaction: ContextVar[Transaction | None] = ContextVar("masil_transaction", default=None)


class Database:
    """Engine, transactions and schema of one database URL."""

    def __init__(self, url: str, *, busy_timeout_ms: int = BUSY_TIMEOUT_MS) -> None:
        self._url = make_url(url)
        self._busy_timeout_ms = busy_timeout_ms
        self._is_sqlite = self._url.get_backend_name() == "sqlite"
        self._engine: AsyncEngine | None = None
        self._writer = asyncio.Lock()

    async def open(self) -> None:
        """Connect and bring the schema up to date.

        Raises:
            StoreUnavailableError: no connection, or a schema newer than this program.
        """
        with _translated():
            if self._is_sqlite:
                self._make_directory()
            self._engine = self._make_engine()
            async with self._engine.connect() as connection:
                await connection.execution_options(masil_write=True)
                async with connection.begin():
                    if not self._is_sqlite:
                        lock = text("SELECT pg_advisory_xact_lock(:key)")
                        await connection.execute(lock, {"key": _MIGRATION_LOCK})
                    await connection.run_sync(bring_up_to_date)

    async def close(self) -> None:
        """Disconnect."""
        if self._engine is not None:
            engine, self._engine = self._engine, None
            await engine.dispose()

    async def forget_traces(self) -> bool:
        """Overwrite what deleted rows left in the database's log; False: try again later.

        SQLite: the write-ahead log is written back and cut to nothing; in the file itself
        `secure_delete` has overwritten the rows. PostgreSQL vacuums by itself, in its own time.
        """
        if not self._is_sqlite:
            return True
        with _translated():
            async with self._write_lock(), self._connected().connect() as connection:
                # Past SQLAlchemy, which would begin a transaction: none may be under way.
                raw = await connection.get_raw_connection()
                driver: Any = raw.driver_connection
                # Writers wait meanwhile: rather later than for long.
                await driver.execute(f"PRAGMA busy_timeout={_TRACES_TIMEOUT_MS}")
                try:
                    async with driver.execute("PRAGMA wal_checkpoint(TRUNCATE)") as cursor:
                        busy, *_ = await cursor.fetchone()
                finally:
                    await driver.execute(f"PRAGMA busy_timeout={self._busy_timeout_ms}")
                return not busy

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[None]:
        """Make the calls inside one atomic change; a nested one joins the outer one.

        A task that is started inside joins it too while it lasts, so it must be awaited inside.
        """
        async with self._write():
            yield

    @asynccontextmanager
    async def _write(self) -> AsyncIterator[Transaction]:
        """The transaction under way, or a new one of its own."""
        current = self._current()
        if current is not None:
            yield current
            return
        with _translated():
            async with self._write_lock(), self._connected().connect() as connection:
                await connection.execution_options(masil_write=True)
                current = Transaction(self, connection)
                token = _transaction.set(current)
                try:
                    async with connection.begin():
                        yield current
                finally:
                    current.live = False
                    _transaction.reset(token)
                for callback in current.after_commit:
                    callback()

    @asynccontextmanager
    async def _read(self) -> AsyncIterator[AsyncConnection]:
        """A connection that sees one state of the database, the own transaction's included."""
        current = self._current()
        if current is not None:
            yield current.connection
            return
        with _translated():
            async with self._connected().connect() as connection:
                yield connection

    @asynccontextmanager
    async def _write_lock(self) -> AsyncIterator[None]:
        """One writer at a time where the database knows only one; PostgreSQL knows many."""
        if not self._is_sqlite:
            yield
            return
        async with asyncio.timeout(self._busy_timeout_ms / 1000):
            await self._writer.acquire()
        try:
            yield
        finally:
            self._writer.release()

    async def _upsert(self, table: Table, rows: Sequence[Row], keep: Sequence[str] = ()) -> None:
        """Insert rows; where the primary key is known, update all but the columns in `keep`."""
        if not rows:
            return
        insert = (sqlite if self._is_sqlite else postgresql).insert(table)
        keys = [column.name for column in table.primary_key]
        update = {name: insert.excluded[name] for name in rows[0] if name not in (*keys, *keep)}
        statement = (
            insert.on_conflict_do_update(index_elements=keys, set_=update)
            if update
            else insert.on_conflict_do_nothing(index_elements=keys)
        )
        async with self._write() as transaction:
            await transaction.connection.execute(statement, list(rows))

    def _current(self) -> Transaction | None:
        current = _transaction.get()
        if current is None or current.database is not self or not current.live:
            return None
        return current

    def _connected(self) -> AsyncEngine:
        if self._engine is None:
            raise StoreUnavailableError("the database is closed")
        return self._engine

    def _make_directory(self) -> None:
        if not self._url.database:
            raise StoreUnavailableError("SQLite needs a file")
        directory = Path(self._url.database).parent
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)

    def _make_engine(self) -> AsyncEngine:
        wait_s = self._busy_timeout_ms / 1000
        arguments = {} if self._is_sqlite else {"timeout": wait_s, "command_timeout": wait_s}
        engine = create_async_engine(
            self._url,
            pool_size=_CONNECTIONS,
            max_overflow=0,
            pool_timeout=wait_s,
            pool_pre_ping=not self._is_sqlite,
            hide_parameters=True,  # names and hashes must not reach a log with a traceback
            connect_args=arguments,
        )
        if self._is_sqlite:
            event.listen(engine.sync_engine, "connect", self._prepare_sqlite)
            event.listen(engine.sync_engine, "begin", _begin_sqlite)
        return engine

    def _prepare_sqlite(self, connection: Any, _record: ConnectionPoolEntry) -> None:
        # The driver must not open transactions by itself: it would begin too late, after the reads.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={self._busy_timeout_ms}")
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        # What is deleted must not be readable in the file's free pages.
        cursor.execute("PRAGMA secure_delete=ON")
        cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("masil_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def _translated() -> Iterator[None]:
    """Turn "locked", "full" and "away" into the one error that the services know."""
    try:
        yield
    except _PROGRAMMING_ERRORS:
        raise
    except (exc.DBAPIError, exc.TimeoutError, TimeoutError, OSError) as error:
        raise StoreUnavailableError(type(error).__name__) from error
