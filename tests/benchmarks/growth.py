"""What rows cost, and how long housekeeping holds the database: python -m tests.benchmarks.growth.

Listings go through the whole line, on SQLite; names and ids are as long as in life. Then as many old reports
and events as a busy day makes are cleared away, while each transaction is timed.
"""

import asyncio
import logging
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import msgspec
import structlog
from sqlalchemy import event, func, insert, select, text

from core.domain.listings import Report, Wallet
from core.services.housekeeping import Housekeeping
from db.engine import Database
from db.events import EventRow
from db.tables import METADATA
from tests.databases import make_ready
from tests.services.crowd import gather, policies
from tests.services.house import House
from tests.services.reports import ME, a_slab, by_alt, listed, sold

LISTINGS, DEAL_EVERY = 2_000, 50
SERVERS, POLICIES = 5, 2
OLD = 100_000
DAY_S = 86_400
_SIZES = text(
    "SELECT m.tbl_name AS of_table, sum(s.pgsize) AS bytes FROM dbstat s "
    "JOIN sqlite_master m ON m.name = s.name GROUP BY m.tbl_name ORDER BY m.tbl_name"
)
_TELL_AGAIN = text(
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :times) "
    "INSERT INTO observation "
    "(listing_id, version_id, source, event_id, said, effective_at, seen_at, changed) "
    "SELECT listing_id, version_id, source, event_id || '#' || i, said, effective_at, seen_at, changed "
    "FROM observation, n WHERE changed = 'confirms'"
)


def mint_of(n: int) -> str:
    return f"{n:05}{'9xQeWvG816bUx9EPjHmaT23yvVM2ZWbrrpZb9PusV':.39}"


def as_long_as_in_life(report: Report) -> Report:
    seller = Wallet("7dGbd2QZcCKcTndnHcTL8q7SMVXAkp688NTQYwrRCrar")
    key = msgspec.structs.replace(report.key, seller=seller)
    event_id = f"{report.key.mint}@{report.effective_at.isoformat()}={report.source}:{report.said}"
    return msgspec.structs.replace(report, key=key, event_id=event_id)


async def work(house: House) -> None:
    """Each is listed, told of by a second source, valued, posted where it is a deal, and sold."""
    await gather(house.db, SERVERS, policies(POLICIES), house.clock.now())
    for start in range(0, LISTINGS, 100):
        reports: list[Report] = []
        for n in range(start, start + 100):
            mint, price = mint_of(n), 80 if n % DEAL_EVERY == 0 else 150
            house.value(by_alt(), mint)
            first = listed(price, n, mint=mint, slab=a_slab(mint, card=None))
            reports += [first, listed(price, n + 1, mint=mint, source=ME)]
        house.pass_time(100)
        await house.tell(*(as_long_as_in_life(report) for report in reports))
        await house.appraisal.work_due()
        while await house.show_posts():
            pass
        ended = [sold(150, start + 200, mint=mint_of(n)) for n in range(start, start + 100)]
        await house.tell(*(as_long_as_in_life(report) for report in ended))
    await house.outcomes.follow_up()


async def sizes(db: Database) -> None:
    async with db.read() as tx:
        found = {row.of_table: row.bytes for row in await tx.execute(_SIZES)}
        for table in METADATA.sorted_tables:
            name, size = table.name, found[table.name]
            rows = (await tx.execute(select(func.count()).select_from(table))).scalar_one()
            if rows >= SERVERS:
                print(
                    f"{name:20} {rows:7} rows {size / rows:8.0f} bytes each {rows / LISTINGS:6.2f} a listing"
                )


async def age(house: House) -> None:
    """As many old reports that changed nothing, and events, as a busy day makes."""
    async with house.db.write() as tx:
        await tx.execute(_TELL_AGAIN, {"times": OLD // LISTINGS})
        event_row = (await tx.execute(select(EventRow.__table__).limit(1))).one()
        row = {name: value for name, value in event_row._mapping.items() if name != "seq"}
        await tx.execute(insert(EventRow), [row] * OLD)
    house.pass_time(200 * DAY_S)


async def clear(house: House) -> None:
    held_ms: list[float] = []
    began: dict[int, float] = {}
    engine = house.db._writer.sync_engine
    event.listen(engine, "begin", lambda c: began.update({id(c): time.perf_counter()}))
    event.listen(engine, "commit", lambda c: held_ms.append((time.perf_counter() - began[id(c)]) * 1_000))
    start = time.perf_counter()
    gone = await Housekeeping(house.db, house.clock).run()
    print(f"gone: {gone} in {time.perf_counter() - start:.1f} s, {len(held_ms)} transactions")
    print(f"the lock was held for {median(held_ms):.1f} ms in the middle, {max(held_ms):.1f} ms at most")
    start = time.perf_counter()
    assert not any((await Housekeeping(house.db, house.clock).run()).values())
    print(f"a look over everything that is left: {time.perf_counter() - start:.2f} s")


async def main() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/cartel.db"
        await make_ready(url, Path(folder))
        db = Database(url)
        try:
            house = House(db)
            await work(house)
            await sizes(db)
            await age(house)
            await clear(house)
        finally:
            await db.close()


if __name__ == "__main__":
    asyncio.run(main())
