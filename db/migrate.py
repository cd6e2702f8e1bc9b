"""Bringing the schema up to date: one process at a time, after a backup, never past old code unawares."""

import asyncio
import shutil
import sqlite3
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import msgspec
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, select, text
from sqlalchemy.engine import URL

from core.errors import StartError
from db.engine import Database, is_postgres
from db.operations import HouseRow, world

ROOT = Path(__file__).resolve().parent.parent
MIGRATIONS = ROOT / "migrations"
CODE_GENERATION = 1
"""Grows when code needs a newer schema; a migration names the oldest generation it still serves."""
BACKUPS_KEPT = 10
PG_DUMP_TIMEOUT_S = 600
NO_BACKUP = "no backup was written"
_MIGRATION_LOCK = 0x0CA2D4

Report = Callable[[str], None]
"""Told, in a sentence, what is being done."""


def alembic_config(connection: Connection | None = None, migrations: Path = MIGRATIONS) -> Config:
    """Alembic as configured in pyproject.toml, working through our connection."""
    config = Config(toml_file=ROOT / "pyproject.toml")
    config.set_main_option("script_location", str(migrations))
    config.attributes["connection"] = connection
    return config


class Standing(msgspec.Struct, frozen=True):
    """Where a database is, and where this code wants it."""

    revision: str | None
    head: str | None
    world: str | None
    is_known: bool = True
    """False when only newer code knows the revision."""


async def standing(db: Database) -> Standing:
    """Look without changing anything."""
    revision = await _revision(db)
    scripts = ScriptDirectory.from_config(alembic_config())
    head = scripts.get_current_head()
    if revision is None:
        return Standing(None, head, None)
    async with db.read() as tx:
        return Standing(revision, head, await world(tx), _knows(scripts, revision))


async def prepare(
    db: Database,
    *,
    may_migrate: bool,
    backups: Path,
    now: datetime,
    say: Report,
    migrations: Path = MIGRATIONS,
) -> None:
    """Make the schema fit this code, or raise StartError with what to do."""
    revision = await _revision(db)
    scripts = ScriptDirectory.from_config(alembic_config(migrations=migrations))
    head = scripts.get_current_head()
    if revision == head:
        return
    if revision is not None and not _knows(scripts, revision):
        await refuse_too_new(db)
        say(f"the database is at {revision}, newer than this code; it still serves it")
        return
    if not may_migrate:
        raise StartError("The database is older than this code: run `python bot.py db migrate` first.")
    if revision is not None:
        say(await backup(db, backups, f"before-{head}", now))
    await _upgrade(db, migrations)
    say(f"the database is now at {head}")


async def _revision(db: Database) -> str | None:
    def look(connection: Connection) -> str | None:
        return MigrationContext.configure(connection).get_current_revision()

    async with db.read() as tx:
        return await tx.run_sync(look)


def _knows(scripts: ScriptDirectory, revision: str) -> bool:
    return any(script.revision == revision for script in scripts.walk_revisions())


async def refuse_too_new(db: Database) -> None:
    """Raise StartError when newer code's schema no longer serves this code."""
    async with db.read() as tx:
        oldest = (await tx.execute(select(HouseRow.oldest_code).where(HouseRow.id == 1))).scalar_one()
    if oldest > CODE_GENERATION:
        raise StartError(
            "The database was migrated by a newer version that this one cannot work with: "
            "start the newer version, or restore the backup made before its migration."
        )


async def _upgrade(db: Database, migrations: Path) -> None:
    """Migrate under a lock; whoever waited for it finds nothing left to do."""
    async with db.write() as tx:
        if is_postgres(tx):
            await tx.execute(text("SET LOCAL statement_timeout = 0"))  # another's migration may take long
            await tx.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
        await tx.run_sync(lambda connection: command.upgrade(alembic_config(connection, migrations), "head"))


async def backup(db: Database, folder: Path, why: str, now: datetime) -> str:
    """Keep a copy of the database as it is; the sentence that says where, or why there is none."""
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    stem = f"{why}-{now:%Y%m%d-%H%M%S}"
    if db.file is not None:
        target = folder / f"{stem}.db"
        await asyncio.to_thread(copy_sqlite, db.file, target)
    else:
        target = folder / f"{stem}.dump"
        failure = await _pg_dump(db, target)
        if failure is not None:
            return f"{NO_BACKUP}: {failure}"
    await asyncio.to_thread(_forget_oldest, folder)
    return f"a backup was written to {target}"


def copy_sqlite(source: Path, target: Path) -> None:
    """A consistent copy of a live SQLite database, complete or absent."""
    part = target.with_suffix(".part")
    part.unlink(missing_ok=True)
    part.touch(0o600)  # an empty file is written into as if it were not there
    connection = sqlite3.connect(source, timeout=30)
    try:
        connection.execute("VACUUM INTO ?", (str(part),))
    finally:
        connection.close()
    part.replace(target)


async def _pg_dump(db: Database, target: Path) -> str | None:
    """Why there is no dump, or None when there is one."""
    program = shutil.which("pg_dump")
    if program is None:
        return "pg_dump is not installed here"
    arguments, environment = dump_command(db.url, target)
    await asyncio.to_thread(target.touch, 0o600)
    process = await asyncio.create_subprocess_exec(
        program, *arguments, env=environment, stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        async with asyncio.timeout(PG_DUMP_TIMEOUT_S):
            _, complaint = await process.communicate()
    except TimeoutError:
        process.kill()
        await process.wait()
        complaint = b"pg_dump took too long"
    if process.returncode == 0:
        return None
    await asyncio.to_thread(target.unlink, missing_ok=True)
    return (complaint or b"pg_dump failed").decode(errors="replace").strip().splitlines()[-1][:200]


def dump_command(url: URL, target: Path) -> tuple[list[str], dict[str, str]]:
    """The arguments and the environment of pg_dump; the password stands only where `ps` does not show it."""
    server = {"host": url.host, "port": url.port, "username": url.username, "dbname": url.database}
    options = [f"--{name}={value}" for name, value in server.items() if value is not None]
    access = {"PGPASSWORD": url.password, "PGSSLMODE": url.query.get("ssl")}
    environment = {name: str(value) for name, value in access.items() if value}
    return ["--format=custom", "--no-password", f"--file={target}", *options], environment


def _forget_oldest(folder: Path) -> None:
    kept = sorted(folder.glob("before-*"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in kept[BACKUPS_KEPT:]:
        path.unlink()
