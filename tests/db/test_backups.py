"""A copy of the database before it is changed: complete, its owner's only, and not kept for ever."""

import os
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from db import migrate
from db.engine import Database
from db.migrate import BACKUPS_KEPT, backup, copy_sqlite, dump_command
from tests.databases import NOW, on_postgres, on_sqlite
from tests.db.market import list_tokens
from tests.db.schemas import newer_migrations, prepare
from tests.postgres import PostgresServer, execute

PERMISSIONS = 0o777


@pytest.fixture
def pg_dump(db: Database, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """pg_dump is where programs are looked for, and it is as new as the server."""
    if db.file is None:
        server: PostgresServer = request.getfixturevalue("postgres_server")
        if server.binaries is not None:
            monkeypatch.setenv("PATH", str(server.binaries), prepend=os.pathsep)


def backups(folder: Path) -> list[Path]:
    return sorted(folder.glob("*"))


@pytest.mark.usefixtures("pg_dump")
async def test_an_older_database_is_backed_up_before_it_is_migrated(db: Database, tmp_path: Path) -> None:
    await list_tokens(db, 3)
    said, _ = await prepare(db, tmp_path, newer_migrations(tmp_path))
    [made] = backups(tmp_path / "backups")
    assert said == f"a backup was written to {made}"
    assert made.name.startswith("before-0011-20260301-120000.")
    assert made.stat().st_mode & PERMISSIONS == 0o600
    assert made.stat().st_size > 1_000


@on_sqlite
async def test_a_copy_of_a_live_sqlite_database_has_every_row(db: Database, tmp_path: Path) -> None:
    await list_tokens(db, 30)
    assert db.file is not None
    copy = tmp_path / "copy.db"
    async with db.write() as tx:
        await tx.exec_driver_sql("INSERT INTO token (chain, address) VALUES ('solana', 'not committed yet')")
        copy_sqlite(db.file, copy)
    with sqlite3.connect(copy) as copied:
        assert copied.execute("SELECT count(*) FROM token").fetchone() == (30,)
        assert copied.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    copied.close()
    assert copy.stat().st_mode & PERMISSIONS == 0o600
    assert not copy.with_suffix(".part").exists()


@on_sqlite
async def test_a_copy_that_was_cut_off_before_does_not_hinder(db: Database, tmp_path: Path) -> None:
    assert db.file is not None
    (tmp_path / "copy.part").write_bytes(b"half of an older copy")
    copy_sqlite(db.file, tmp_path / "copy.db")
    copy_sqlite(db.file, tmp_path / "copy.db")
    assert (tmp_path / "copy.db").read_bytes().startswith(b"SQLite format 3")


@on_postgres
async def test_without_pg_dump_the_migration_goes_on_and_says_so(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    said, done = await prepare(db, tmp_path, newer_migrations(tmp_path))
    assert said == "no backup was written: pg_dump is not installed here"
    assert done == "the database is now at 0011"


@on_postgres
@pytest.mark.usefixtures("pg_dump")
async def test_a_dump_that_fails_is_told_and_leaves_no_file(
    db: Database, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    gone = Database(str(db.url.set(database="gone").render_as_string(hide_password=False)))
    server: PostgresServer = request.getfixturevalue("postgres_server")
    await execute(server.admin_url, "SELECT 1")
    said = await backup(gone, tmp_path / "backups", "manual", NOW)
    await gone.close()
    assert said.startswith("no backup was written: ")
    assert '"gone" does not exist' in said
    assert backups(tmp_path / "backups") == []


@on_sqlite
async def test_only_the_newest_backups_of_migrations_are_kept(db: Database, tmp_path: Path) -> None:
    manual = await backup(db, tmp_path / "backups", "manual", NOW)
    for n in range(BACKUPS_KEPT + 2):
        await backup(db, tmp_path / "backups", "before-0011", NOW + timedelta(seconds=n))
        newest = backups(tmp_path / "backups")[-2]
        os.utime(newest, (n, n))
    kept = [path.name for path in backups(tmp_path / "backups")]
    assert len(kept) == BACKUPS_KEPT + 1
    assert kept[0] == "before-0011-20260301-120002.db"
    assert manual.endswith(kept[-1])


def test_the_password_of_a_dump_is_not_an_argument() -> None:
    url = make_url("postgresql+asyncpg://cartel:s3cret@db.example:6000/market?ssl=require")
    arguments, environment = dump_command(url, Path("market.dump"))
    assert {"--host=db.example", "--port=6000", "--username=cartel", "--dbname=market"} <= set(arguments)
    assert "s3cret" not in " ".join(arguments)
    assert environment == {"PGPASSWORD": "s3cret", "PGSSLMODE": "require"}


def test_a_dump_needs_no_more_than_a_name() -> None:
    arguments, environment = dump_command(make_url("postgresql://localhost/market"), Path("market.dump"))
    assert arguments[-2:] == ["--host=localhost", "--dbname=market"]
    assert environment == {}
    assert migrate.PG_DUMP_TIMEOUT_S > 0
