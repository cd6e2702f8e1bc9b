"""`bot.py db`: migrate, look at, or back up the database."""

import asyncio

from core.clock import SystemClock
from core.runtime import open_database
from core.settings import Settings
from db import migrate
from db.engine import Database


async def run(settings: Settings, step: str) -> int:
    """Do one step and say in a line what was done."""
    if step == "migrate":
        return await _migrate(settings)
    db = Database(settings.database_url)
    try:
        await db.reach()
        print(await (_status(db) if step == "status" else _backup(db, settings)))
    finally:
        await db.close()
    return 0


async def _migrate(settings: Settings) -> int:
    async with open_database(settings, SystemClock()) as db:
        print(await _status(db))
    return 0


async def _status(db: Database) -> str:
    where = await migrate.standing(db)
    if where.revision is None:
        return "The database is empty; the first start makes its tables."
    if where.revision == where.head:
        return f"The database is up to date, at {where.revision}, of a {where.world or 'new'} market."
    return f"The database is at {where.revision}; this code wants {where.head}."


async def _backup(db: Database, settings: Settings) -> str:
    await asyncio.to_thread(settings.data_dir.mkdir, parents=True, exist_ok=True)
    said = await migrate.backup(db, settings.data_dir / "backups", "manual", SystemClock().now())
    return said[0].upper() + said[1:] + "."
