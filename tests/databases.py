"""Databases that are ready for use: a migrated one of each engine, copied for each test."""

import shutil
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.domain.deals import DEFAULT_POLICY
from db import guilds, migrate
from db.engine import Database
from tests.postgres import PostgresServer, run_apart

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


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def migrated_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a migrated database of the test's own, once on each engine."""
    if request.param == "sqlite":
        file = tmp_path / "cartel.db"
        shutil.copyfile(request.getfixturevalue("migrated_sqlite"), file)
        yield f"sqlite:///{file}"
        return
    # Asked for by name so that tests on SQLite start no server.
    server = request.getfixturevalue("postgres_server")
    name = server.create_database(template=request.getfixturevalue("migrated_postgres"))
    yield server.url(name)
    server.drop_database(name)


@pytest.fixture
async def db(migrated_url: str) -> AsyncIterator[Database]:
    """An open database, ready for use."""
    database = Database(migrated_url)
    yield database
    await database.close()
