"""The one place that knows which database it is: opening, reading, writing, waiting for a lock."""

import asyncio
import os
import socket
import sqlite3
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from asyncpg import InterfaceError, PostgresError
from sqlalchemy import event, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.orm import DeclarativeBase

from core.errors import DatabaseAway, StartError
from db.pools import come_home

Tx = AsyncConnection
"""What every function of this room works in: an open transaction."""

DATABASE_FAILURES = (DatabaseAway, SQLAlchemyError, PostgresError, InterfaceError, sqlite3.Error, OSError)
"""What a database that is gone, full or broken raises."""
BUSY_TIMEOUT_MS = 250
"""How long SQLite's thread may wait for a lock: it cannot be cancelled meanwhile."""
WRITE_PATIENCE_S = 15.0
WRITE_AGAIN_S = 0.02
READERS = 4
POOL_SIZE = 8
POOL_WAIT_S = 15
CONNECT_TIMEOUT_S = 10
STATEMENT_TIMEOUT_MS = 30_000

_LIVES = text("SELECT pg_try_advisory_lock(hashtextextended(:id, 1))")
_IS_FREE = text("SELECT pg_try_advisory_xact_lock(hashtextextended(:id, 1))")

_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
}
_AWAY_SQLSTATES = ("08", "53", "57P")
"""Connection lost, no room or memory, shutting down or starting."""
_AWAY_SQLITE_CODES = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN}
_OPTIONS = {"sslmode": "ssl", "ssl": "ssl", "host": "host"}
"""What may follow the ? of a PostgreSQL address, and what asyncpg calls it."""


def reason_of(error: Exception) -> str:
    """What one of DATABASE_FAILURES says, as half a sentence."""
    cause = getattr(error, "orig", None) or error
    if isinstance(cause, OSError) and cause.errno:
        return os.strerror(cause.errno) if cause.errno > 0 else str(cause.strerror)
    return str(cause).strip().partition("\n")[0].rstrip(".")[:200] or "no answer"


def parse_url(text: str) -> URL:
    """The address with the driver of ours. Raises StartError for what is neither engine."""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError) as error:  # the latter for a port that is no number
        raise StartError("DATABASE_URL is not an address such as sqlite:///data/cartel.db.") from error
    driver = _DRIVERS.get(url.get_backend_name())
    if driver is None:
        raise StartError("DATABASE_URL must begin with sqlite:/// or postgresql://.")
    if driver.startswith("sqlite") and (not url.database or url.database == ":memory:"):
        raise StartError("DATABASE_URL must name a file, such as sqlite:///data/cartel.db.")
    return _with_known_options(url).set(drivername=driver)


def _with_known_options(url: URL) -> URL:
    """What follows the ? in the driver's words, not libpq's. Raises StartError for what it does not take."""
    options = {_OPTIONS.get(name, name): value for name, value in url.query.items()}
    known = set() if url.get_backend_name() == "sqlite" else set(_OPTIONS.values())
    if strange := sorted(set(options) - known):
        understood = "only sslmode and host are" if known else "nothing after the ? is"
        raise StartError(f"DATABASE_URL holds {', '.join(strange)}, and {understood} understood: remove it.")
    return url.set(query=options)


def sqlite_file(url: URL) -> Path | None:
    """The file of a SQLite database, None for PostgreSQL."""
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


class Database:
    """Reads run beside one another; on SQLite one writer at a time, on PostgreSQL a pool of them."""

    def __init__(self, url: str, *, write_patience_s: float = WRITE_PATIENCE_S) -> None:
        """`write_patience_s`: how long another program's turn at writing a SQLite file is waited for."""
        self.write_patience_s = write_patience_s
        self.url = parse_url(url)
        self.file = sqlite_file(self.url)
        if self.file is not None:
            self._writer = _sqlite_engine(self.url, size=1, begin="BEGIN IMMEDIATE")
            self._reader = _sqlite_engine(self.url, size=READERS, begin="BEGIN", query_only=True)
        else:
            self._writer = _postgres_engine(self.url)
            self._reader = self._writer.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        self._life: AsyncConnection | None = None
        self._life_is_used = asyncio.Lock()
        self._is_closed = False

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Tx]:
        """A transaction that may change things: commits at the end, rolls back on an exception.

        Raises DatabaseAway, as `read` does, when the database does not answer.
        """
        self._refuse_when_closed()
        with _away_is_told():
            async with self._writer.connect() as tx:  # closing rolls back what was not committed
                await _begin(tx, self.write_patience_s)
                yield tx
                await tx.commit()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Tx]:
        """A consistent look that changes nothing."""
        self._refuse_when_closed()
        with _away_is_told():
            async with self._reader.begin() as tx:
                yield tx

    async def reach(self) -> None:
        """Raise StartError, in one sentence, when the database cannot be opened."""
        try:
            if self.file is not None:
                await asyncio.to_thread(_open_once, self.file)
            async with asyncio.timeout(CONNECT_TIMEOUT_S), self._writer.connect() as connection:
                await connection.exec_driver_sql("SELECT 1")
        except DATABASE_FAILURES as error:
            raise StartError(self._unreachable(error)) from error

    def _unreachable(self, error: Exception) -> str:
        reason = reason_of(error)
        if self.file is not None:
            return f"The database file {self.file} cannot be opened: {reason}; check DATABASE_URL."
        where = f"{self.url.host or 'this machine'}:{self.url.port or 5432}"
        return (
            f"PostgreSQL at {where} cannot be reached ({reason}): "
            "check DATABASE_URL and that the server runs."
        )

    async def hold_sign_of_life(self, process_id: str) -> None:
        """PostgreSQL: hold a lock that ends with this process; taken anew when its connection broke."""
        if self.file is not None:
            return
        async with self._life_is_used:
            if self._life is not None:
                try:
                    await self._life.execute(_LIVES, {"id": process_id})
                    return
                except DBAPIError:
                    await self._life.close()
            self._life = await self._writer.connect()
            await self._life.execution_options(isolation_level="AUTOCOMMIT")
            await self._life.execute(_LIVES, {"id": process_id})

    async def close(self) -> None:
        """The end, after the transactions under way; whoever comes later is refused."""
        self._is_closed = True
        if self._life is not None:
            await self._life.close()
        await come_home(self._writer, self._reader)
        await self._writer.dispose()
        if self.file is not None:  # else the two share their connections
            await self._reader.dispose()

    def _refuse_when_closed(self) -> None:
        if self._is_closed:
            raise DatabaseAway("it was closed")


@contextmanager
def _away_is_told() -> Iterator[None]:
    try:
        yield
    except (SQLAlchemyError, PostgresError, InterfaceError, ConnectionError, socket.gaierror) as error:
        if not _is_away(error):
            raise
        raise DatabaseAway(reason_of(error)) from error


def _is_away(error: Exception) -> bool:
    """Whether the database does not answer, as against: we asked it something wrong."""
    if isinstance(error, ConnectionError | socket.gaierror | PoolTimeout):
        return True
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    cause = getattr(error, "orig", None) or error
    if str(getattr(cause, "sqlstate", None) or "").startswith(_AWAY_SQLSTATES):
        return True
    return (getattr(cause, "sqlite_errorcode", None) or 0) & 0xFF in _AWAY_SQLITE_CODES


async def _begin(tx: Tx, patience_s: float) -> None:
    """Begin; another program's turn at writing is waited for, and can be cancelled."""
    gives_up_at = asyncio.get_running_loop().time() + patience_s
    while True:
        try:
            await tx.begin()
            return
        except OperationalError as error:
            is_late = asyncio.get_running_loop().time() > gives_up_at
            if is_late or getattr(error.orig, "sqlite_errorcode", None) != sqlite3.SQLITE_BUSY:
                raise
        await asyncio.sleep(WRITE_AGAIN_S)


def insert_new(tx: Tx, table: type[DeclarativeBase]) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that can say what to do on conflict, in the engine's own words."""
    return postgresql.insert(table) if is_postgres(tx) else sqlite.insert(table)


async def insert_all_new(tx: Tx, table: type[DeclarativeBase], rows: Sequence[Mapping[str, object]]) -> None:
    """Insert these rows, but those whose key is known."""
    if rows:
        await tx.execute(insert_new(tx, table).on_conflict_do_nothing(), rows)


async def lost_sign_of_life(tx: Tx, process_id: str) -> bool:
    """Whether a process is gone. On SQLite any other one is: a lock file lets one run at a time."""
    if not is_postgres(tx):
        return True
    return bool((await tx.execute(_IS_FREE, {"id": process_id})).scalar_one())


def is_postgres(tx: Tx) -> bool:
    return tx.dialect.name == "postgresql"


def _open_once(file: Path) -> None:
    """Fail here if at all: the driver's thread would outlive a connection that failed, and complain."""
    file.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(file, timeout=CONNECT_TIMEOUT_S)
    try:
        connection.execute("PRAGMA schema_version")
    finally:
        connection.close()


def _sqlite_engine(url: URL, *, size: int, begin: str, query_only: bool = False) -> AsyncEngine:
    engine = create_async_engine(
        url,
        pool_size=size,
        max_overflow=0,
        pool_timeout=POOL_WAIT_S,
        connect_args={"timeout": CONNECT_TIMEOUT_S},
    )

    @event.listens_for(engine.sync_engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves; the driver must not
        cursor = connection.cursor()
        for pragma in _pragmas(query_only):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "invalidate")
    def _let_go(connection: Any, _record: object, _error: object) -> None:
        # SQLite keeps a closed connection, and its lock, while a cursor of the cancelled task lives.
        connection.rollback()

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _pragmas(query_only: bool) -> tuple[str, ...]:
    shared = (f"busy_timeout = {BUSY_TIMEOUT_MS}", "foreign_keys = ON", "recursive_triggers = ON")
    if query_only:
        return (*shared, "query_only = ON")
    return (*shared, "journal_mode = WAL", "synchronous = FULL")


def _postgres_engine(url: URL) -> AsyncEngine:
    return create_async_engine(
        url,
        pool_size=POOL_SIZE,
        max_overflow=0,
        pool_timeout=POOL_WAIT_S,
        pool_pre_ping=True,
        connect_args={
            "timeout": CONNECT_TIMEOUT_S,
            "server_settings": {"timezone": "UTC", "statement_timeout": str(STATEMENT_TIMEOUT_MS)},
        },
    )
