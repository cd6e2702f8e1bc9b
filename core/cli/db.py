"""`bot.py db`: migrate, look at, or back up the database."""

import sqlite3

from core.clock import SystemClock
from core.errors import StartError
from core.runtime import open_database
from core.settings import Settings
from db import migrate
from db.engine import DATABASE_FAILURES, Database, reason_of


async def run(settings: Settings, step: str) -> int:
    """Do one step and say in a line what was done. Raises StartError."""
    if step == "migrate":
        async with open_database(settings, SystemClock()) as db:
            print(await _status(db))
        return 0
    db = Database(settings.database_url)
    try:
        if db.file is not None and not db.file.exists():
            raise StartError(f"There is no database at {db.file} yet: the first start makes it.")
        await db.reach()
        print(await (_status(db) if step == "status" else _backup(db, settings)))
    except DATABASE_FAILURES as error:
        raise StartError(f"The database cannot be read: {reason_of(error)}.") from error
    finally:
        await db.close()
    return 0


async def _status(db: Database) -> str:
    where = await migrate.standing(db)
    if where.revision is None:
        return "The database is empty; the first start makes its tables."
    if where.revision == where.head:
        return f"The database is up to date, at {where.revision}, and holds a {where.world or 'new'} market."
    if not where.is_known:
        return f"The database is at {where.revision}, which is newer than this code's {where.head}."
    return f"The database is at {where.revision}; the next start, or `db migrate`, brings it to {where.head}."


async def _backup(db: Database, settings: Settings) -> str:
    try:
        said = await migrate.backup(db, settings.data_dir / "backups", "manual", SystemClock().now())
    except (OSError, sqlite3.Error) as error:
        said = f"{migrate.NO_BACKUP}: {error}"
    sentence = f"{said[0].upper()}{said[1:]}."
    if said.startswith(migrate.NO_BACKUP):
        raise StartError(sentence)
    return sentence
