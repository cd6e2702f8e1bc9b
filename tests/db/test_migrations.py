"""A start makes the schema fit its code, or says in one sentence why it cannot."""

import asyncio
import multiprocessing
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from core.errors import StartError
from db import migrate
from db.engine import Database
from db.migrate import Standing
from tests.db.schemas import (
    NEWER,
    differences,
    look,
    migrate_to,
    newer_migrations,
    prepare,
    prepare_elsewhere,
    revision,
    tables,
)

HEAD = "0010"
PROCESSES = 2
PATIENCE_S = 90
SPAWN = multiprocessing.get_context("spawn")


@pytest.fixture
async def empty(database_url: str) -> AsyncIterator[Database]:
    db = Database(database_url)
    yield db
    await db.close()


async def test_models_and_migrations_agree(db: Database) -> None:
    assert await look(db, differences) == []


async def test_up_and_down_and_up_again_leaves_nothing_behind(empty: Database) -> None:
    await migrate_to(empty, "head")
    made = await look(empty, tables)
    await migrate_to(empty, "base")
    assert await look(empty, tables) == {"alembic_version"}
    await migrate_to(empty, "head")
    assert await look(empty, tables) == made
    assert await look(empty, differences) == []


async def test_an_empty_database_gets_its_tables_and_needs_no_backup(empty: Database, tmp_path: Path) -> None:
    assert await migrate.standing(empty) == Standing(None, HEAD, None)
    assert await prepare(empty, tmp_path) == [f"the database is now at {HEAD}"]
    assert await migrate.standing(empty) == Standing(HEAD, HEAD, None)
    assert not (tmp_path / "backups").exists()


async def test_a_database_that_fits_is_left_alone(db: Database, tmp_path: Path) -> None:
    assert await prepare(db, tmp_path) == []
    assert await prepare(db, tmp_path, may_migrate=False) == []


async def test_a_start_that_may_not_migrate_says_what_to_do(empty: Database, tmp_path: Path) -> None:
    with pytest.raises(StartError, match=r"older than this code: run .python bot.py db migrate. first"):
        await prepare(empty, tmp_path, may_migrate=False)
    assert await look(empty, tables) == set()


async def test_an_older_database_is_migrated_unless_that_is_anothers_task(
    db: Database, tmp_path: Path
) -> None:
    newer = newer_migrations(tmp_path)
    with pytest.raises(StartError, match="older than this code"):
        await prepare(db, tmp_path, newer, may_migrate=False)
    backed_up, done = await prepare(db, tmp_path, newer)
    assert "backup" in backed_up
    assert done == f"the database is now at {NEWER}"
    assert "novelty" in await look(db, tables)


async def test_a_newer_database_that_still_serves_this_code_is_used(db: Database, tmp_path: Path) -> None:
    await prepare(db, tmp_path, newer_migrations(tmp_path, oldest_code=1))
    for may_migrate in (True, False):
        [said] = await prepare(db, tmp_path, may_migrate=may_migrate)
        assert said == f"the database is at {NEWER}, newer than this code; it still serves it"
    assert await look(db, revision) == NEWER


async def test_a_newer_database_that_does_not_is_refused_in_one_sentence(
    db: Database, tmp_path: Path
) -> None:
    await prepare(db, tmp_path, newer_migrations(tmp_path, oldest_code=migrate.CODE_GENERATION + 1))
    with pytest.raises(StartError, match="migrated by a newer version that this one cannot work with"):
        await prepare(db, tmp_path)


async def test_a_migration_that_fails_changes_nothing(db: Database, tmp_path: Path) -> None:
    broken = newer_migrations(tmp_path, then="raise RuntimeError('a bug')")
    with pytest.raises(RuntimeError, match="a bug"):
        await prepare(db, tmp_path, broken)
    assert await look(db, revision) == HEAD
    assert "novelty" not in await look(db, tables)


async def test_of_two_processes_that_start_at_once_one_migrates(db: Database, tmp_path: Path) -> None:
    newer = newer_migrations(tmp_path)
    url = db.url.render_as_string(hide_password=False)
    start = SPAWN.Barrier(PROCESSES)
    starting = [
        SPAWN.Process(target=prepare_elsewhere, args=(url, tmp_path / str(n), newer, start), daemon=True)
        for n in range(PROCESSES)
    ]
    for process in starting:
        process.start()
    for process in starting:
        await asyncio.to_thread(process.join, PATIENCE_S)
    assert [process.exitcode for process in starting] == [0] * PROCESSES
    async with db.read() as tx:
        assert (await tx.execute(text("SELECT count(*) FROM novelty"))).scalar_one() == 1
    assert await look(db, revision) == NEWER
