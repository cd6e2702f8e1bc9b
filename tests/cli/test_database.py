"""`bot.py db`: one line that says where the database stands, or what was done to it."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from core.cli.db import run
from core.errors import StartError
from core.settings import Settings, load
from db.engine import Database


@pytest.fixture
def settings(migrated_url: str, tmp_path: Path) -> Settings:
    return settings_for(migrated_url, tmp_path)


def settings_for(url: str, folder: Path) -> Settings:
    return load({"DATABASE_URL": url, "DATA_DIR": str(folder), "WORLD": "demo"}, env_file=None)


async def said(settings: Settings, step: str, capsys: pytest.CaptureFixture[str]) -> str:
    assert await run(settings, step) == 0
    return capsys.readouterr().out.splitlines()[-1]  # before it, in a test, log lines


async def change(settings: Settings, statement: str) -> None:
    db = Database(settings.database_url)
    try:
        async with db.write() as tx:
            await tx.execute(text(statement))
    finally:
        await db.close()


async def test_migrating_makes_a_new_database(
    database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = settings_for(database_url, tmp_path)
    sentence = await said(settings, "migrate", capsys)
    assert sentence.startswith("The database is up to date, at ")
    assert sentence.endswith(", and holds a demo market.")
    assert await said(settings, "status", capsys) == sentence


async def test_the_status_of_a_database_that_newer_code_has_changed(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    await change(settings, "UPDATE alembic_version SET version_num = '9999'")
    sentence = await said(settings, "status", capsys)
    assert sentence.startswith("The database is at 9999, which is newer than this code's ")


async def test_the_status_of_an_empty_database(
    database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "cartel.db").touch()
    sentence = await said(settings_for(database_url, tmp_path), "status", capsys)
    assert sentence == "The database is empty; the first start makes its tables."


@pytest.mark.parametrize("step", ["status", "backup"])
async def test_a_file_that_is_not_there_is_not_made(tmp_path: Path, step: str) -> None:
    file = tmp_path / "cartel.db"
    with pytest.raises(StartError, match=f"There is no database at {file} yet: the first start makes it"):
        await run(settings_for(f"sqlite:///{file}", tmp_path), step)
    assert not file.exists()


async def test_a_backup_of_sqlite_is_a_whole_database(
    migrated_sqlite: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sentence = await said(settings_for(f"sqlite:///{migrated_sqlite}", tmp_path), "backup", capsys)
    [backup] = (tmp_path / "backups").iterdir()
    assert sentence == f"A backup was written to {backup}."
    with closing(sqlite3.connect(backup)) as connection:
        assert connection.execute("SELECT count(*) FROM house").fetchall() == [(1,)]


async def test_a_backup_that_cannot_be_written_is_a_failure(migrated_sqlite: Path, tmp_path: Path) -> None:
    (tmp_path / "backups").touch()
    with pytest.raises(StartError, match=r"No backup was written: .*File exists"):
        await run(settings_for(f"sqlite:///{migrated_sqlite}", tmp_path), "backup")


async def test_a_database_that_lost_its_tables_is_told_in_one_sentence(
    migrated_sqlite: Path, tmp_path: Path
) -> None:
    file = shutil.copyfile(migrated_sqlite, tmp_path / "cartel.db")
    settings = settings_for(f"sqlite:///{file}", tmp_path)
    await change(settings, "DROP TABLE house")
    with pytest.raises(StartError, match=r"The database cannot be read: .*house"):
        await run(settings, "status")
