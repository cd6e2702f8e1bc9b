"""Databases ready for use: on SQLite a copy for each test, on PostgreSQL one that is emptied for each."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import pytest

from core.domain.deals import DEFAULT_POLICY
from db import guilds, migrate
from db.engine import Database
from db.tables import METADATA
from tests.postgres import PostgresServer, run_apart

TABLES = [*(table.name for table in reversed(METADATA.sorted_tables)), "alembic_version"]
OTHERS_GO = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
STRANGE_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND NOT tablename = ANY($1)"
IDS_BEGIN_ANEW = (
    "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, 1, false) FROM pg_sequences"
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
"""When tests with a stepped clock begin."""


on_sqlite = pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
on_postgres = pytest.mark.parametrize(
    "migrated_url", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)
"""For a test about one engine; every other test of a database is run on both."""


async def make_ready(url: str, backups: Path) -> None:
    """Migrated, and with the policy that is always active, as a start leaves it."""
    database = Database(url)
    try:
        await migrate.prepare(database, may_migrate=True, backups=backups, now=NOW, say=lambda _: None)
        async with database.write() as tx:
            await guilds.keep_policy(tx, DEFAULT_POLICY, NOW)
    finally:
        await database.close()


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file that each test's own is a copy of."""
    folder = tmp_path_factory.mktemp("migrated")
    run_apart(make_ready(f"sqlite:///{folder / 'cartel.db'}", folder))
    return folder / "cartel.db"


@pytest.fixture(scope="session")
def migrated_postgres(
    postgres_server: PostgresServer, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The database that each test's own is a copy of."""
    name = postgres_server.create_database(template=template_database)
    run_apart(make_ready(postgres_server.url(name), tmp_path_factory.mktemp("backups")))
    yield name
    postgres_server.drop_database(name)


@dataclass(frozen=True, slots=True)
class Lent:
    """A database that one test after another has for its own: making a new one takes ten times as long."""

    url: str
    rows: dict[str, list[asyncpg.Record]]

    async def make_as_new(self) -> None:
        """Whatever the last test left is gone, its connections too, and the first id is 1 again."""
        connection = await asyncpg.connect(self.url)
        try:
            await connection.execute(OTHERS_GO)
            for row in await connection.fetch(STRANGE_TABLES, TABLES):
                await connection.execute(f'DROP TABLE "{row["tablename"]}"')
            await connection.execute("; ".join(f'DELETE FROM "{table}"' for table in TABLES))
            for table, rows in self.rows.items():
                await connection.copy_records_to_table(table, records=rows)
            await connection.execute(IDS_BEGIN_ANEW)
        finally:
            await connection.close()


async def contents(url: str) -> dict[str, list[asyncpg.Record]]:
    connection = await asyncpg.connect(url)
    try:
        found = {table: await connection.fetch(f'SELECT * FROM "{table}"') for table in reversed(TABLES)}
    finally:
        await connection.close()
    return {table: rows for table, rows in found.items() if rows}


@pytest.fixture(scope="session")
def lent_postgres(postgres_server: PostgresServer, migrated_postgres: str) -> Iterator[Lent]:
    name = postgres_server.create_database(template=migrated_postgres)
    url = postgres_server.url(name)
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        yield Lent(url, runner.run(contents(url)))
    postgres_server.drop_database(name)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def migrated_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a migrated database that is the test's alone, once on each engine."""
    if request.param == "sqlite":
        file = tmp_path / "cartel.db"
        shutil.copyfile(request.getfixturevalue("migrated_sqlite"), file)
        return f"sqlite:///{file}"
    # Asked for by name so that tests on SQLite start no server.
    lent: Lent = request.getfixturevalue("lent_postgres")
    run_apart(lent.make_as_new())
    return lent.url


@pytest.fixture
async def db(migrated_url: str) -> AsyncIterator[Database]:
    """An open database, ready for use."""
    database = Database(migrated_url)
    yield database
    await database.close()
