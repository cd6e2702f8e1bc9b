"""A second hand on the bot's database, on either engine: looking, ageing, and holding a lock."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from sqlalchemy import select, text, update

from db import operations
from db.engine import DATABASE_FAILURES, Database, is_postgres
from db.posts import PostRow

WAIT_S = 120.0


@asynccontextmanager
async def watching(database_url: str) -> AsyncIterator[Database]:
    db = Database(database_url)
    try:
        yield db
    finally:
        await db.close()


async def arrived(db: Database) -> None:
    """Wait until the bot knows the market as it found it."""
    async with asyncio.timeout(WAIT_S):
        for source in ("collectorcrypt", "magiceden"):
            while not await _is_synced(db, source):  # noqa: ASYNC110  # another process's row
                await asyncio.sleep(0.05)


async def shown(db: Database) -> int:
    """Wait until every wanted post is shown; how many there are."""
    async with asyncio.timeout(WAIT_S):
        while True:
            async with db.read() as tx:
                states = list((await tx.execute(select(PostRow.state))).scalars())
            if states and all(state == "shown" for state in states):
                return len(states)
            await asyncio.sleep(0.05)


async def age_first_try(db: Database, by: timedelta) -> None:
    """Pretend that the sending began longer ago than Discord remembers a nonce."""
    async with db.write() as tx:
        rows = (await tx.execute(select(PostRow.id, PostRow.first_try_at))).all()
        for row in rows:
            assert row.first_try_at is not None, "the try was on record before the sending"
            aged = update(PostRow).where(PostRow.id == row.id).values(first_try_at=row.first_try_at - by)
            await tx.execute(aged)


@asynccontextmanager
async def posts_cannot_change(db: Database) -> AsyncIterator[None]:
    """Hold what a writer of posts needs, so that nothing can be marked meanwhile."""
    async with db.write() as tx:
        if is_postgres(tx):
            await tx.execute(text("LOCK TABLE post IN EXCLUSIVE MODE"))
        yield


async def _is_synced(db: Database, source: str) -> bool:
    try:
        async with db.read() as tx:
            return await operations.synced_at(tx, source) is not None
    except DATABASE_FAILURES:  # the bot has not made its tables yet
        return False
