"""Other ages of the schema: migrations of code that is newer than this, and looks at what a database has."""

import asyncio
import shutil
from collections.abc import Callable
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import TypeVar

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect

from db import migrate
from db.engine import Database
from db.migrate import MIGRATIONS, alembic_config
from db.tables import METADATA
from tests.databases import NOW

T = TypeVar("T")

NEWER = "0011"
_NEWER_MIGRATION = '''"""Newer than this code."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table("novelty", sa.Column("id", sa.Integer(), primary_key=True))
    op.execute("INSERT INTO novelty (id) VALUES (1)")
    op.execute("UPDATE house SET oldest_code = {oldest_code}")
{then}

def downgrade() -> None:
    op.drop_table("novelty")
'''


def newer_migrations(folder: Path, *, oldest_code: int = 1, then: str = "") -> Path:
    """This code's migrations and one more, which still serves code as old as it says."""
    newer = folder / "migrations"
    shutil.copytree(MIGRATIONS, newer, ignore=shutil.ignore_patterns("__pycache__"))
    text = _NEWER_MIGRATION.format(oldest_code=oldest_code, then=f"    {then}\n" if then else "")
    (newer / "versions" / "0011_newer.py").write_text(text)
    return newer


async def prepare(
    db: Database, folder: Path, migrations: Path = MIGRATIONS, *, may_migrate: bool = True
) -> list[str]:
    """What is said on the way; the backups are kept in the folder."""
    said: list[str] = []
    await migrate.prepare(
        db,
        may_migrate=may_migrate,
        backups=folder / "backups",
        now=NOW,
        say=said.append,
        migrations=migrations,
    )
    return said


def prepare_elsewhere(url: str, folder: Path, migrations: Path, start: Barrier) -> None:
    """What another process does, as soon as all are there."""

    async def open_and_prepare() -> None:
        db = Database(url)
        try:
            await asyncio.to_thread(start.wait)
            await prepare(db, folder, migrations)
        finally:
            await db.close()

    asyncio.run(open_and_prepare())


async def migrate_to(db: Database, revision: str, *, is_older: bool = False) -> None:
    """Up or down, the way Alembic does it, and nothing else."""
    go: Callable[..., None] = command.downgrade if is_older or revision == "base" else command.upgrade
    async with db.write() as tx:
        await tx.run_sync(lambda connection: go(alembic_config(connection), revision))


async def look(db: Database, at: Callable[[Connection], T]) -> T:
    async with db.read() as tx:
        return await tx.run_sync(at)


def revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names())


def differences(connection: Connection) -> list[object]:
    """What the models and the database say differently."""
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, METADATA))
