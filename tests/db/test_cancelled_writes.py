"""A write that is cut off in the middle of a statement lets go of the database."""

import asyncio

from sqlalchemy import text

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
