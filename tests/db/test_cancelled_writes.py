"""A write that is cut off in the middle of a statement lets go of the database, and so does the end."""

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.pool import QueuePool

from core.errors import DatabaseAway
from db.engine import Database

SLOW = text(
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000) SELECT count(*) FROM n"
)


async def test_who_writes_next_need_not_wait_for_the_cut_off_one_to_be_forgotten(db: Database) -> None:
    began = asyncio.Event()

    async def write_slowly() -> None:
        async with db.write() as tx:
            began.set()
            await tx.execute(SLOW)

    cut = asyncio.create_task(write_slowly())
    await began.wait()
    await asyncio.sleep(0.02)
    cut.cancel()
    kept = await asyncio.gather(cut, return_exceptions=True)  # its traceback holds on to the cursor
    async with db.write() as tx:
        await tx.execute(text("UPDATE house SET oldest_code = 1"))
    assert [type(ended) for ended in kept] == [asyncio.CancelledError]


async def test_the_end_waits_for_transactions_under_way_and_lets_nobody_in_any_more(db: Database) -> None:
    began = asyncio.Event()

    async def write() -> None:
        async with db.write() as tx:
            began.set()
            await asyncio.sleep(0.02)
            await tx.execute(text("UPDATE house SET oldest_code = 1"))

    writing = asyncio.create_task(write())
    await began.wait()
    await db.close()
    assert writing.done()
    await writing
    for look in (db.read, db.write):
        with pytest.raises(DatabaseAway, match="closed"):
            async with look():
                raise AssertionError("nobody comes in")


async def test_the_end_closes_the_connections_of_those_who_are_cut_off_at_that_moment(db: Database) -> None:
    cut = asyncio.create_task(_write(db))
    await asyncio.sleep(0.02)
    pool = db._writer.pool
    assert isinstance(pool, QueuePool)
    cut.cancel()
    await db.close()
    await asyncio.gather(cut, return_exceptions=True)
    assert pool.checkedout() == 0


async def _write(db: Database) -> None:
    async with db.write() as tx:
        await tx.execute(SLOW)
