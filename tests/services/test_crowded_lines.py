"""Two processes work the queue while two feeds open, reprice and close the same listings under them."""

import asyncio
from collections.abc import AsyncIterator
from random import Random

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from core.domain.listings import Report, Reported
from core.services.appraisal import AppraisalService
from db import work
from db.deals import VerdictRow
from db.engine import Database
from db.listings import ListingRow
from db.posts import PostRow
from db.work import Priority, WorkRow
from tests.services.house import House
from tests.services.reports import by_alt, ended, listed

pytestmark = pytest.mark.slow

MINTS = [f"mint-{n}" for n in range(40)]
ROUNDS, REPORTS, ANEW = 5, 12, 10


@pytest.fixture
async def other(house: House, migrated_url: str) -> AsyncIterator[House]:
    """Another process on the same database; on SQLite the same one, where there may be no other."""
    db = Database(migrated_url) if migrated_url.startswith("postgres") else house.db
    yield House(db, clock=house.clock, alt=house.alt)
    if db is not house.db:
        await db.close()


def reports(random: Random, second: float) -> list[Report]:
    """What happens to some of the tokens in ten seconds."""
    found = []
    for mint in random.sample(MINTS, REPORTS):
        at = second + 10 * random.random()
        price = random.choice([60, 80, 100])
        is_listed = random.random() < 0.7
        found.append(listed(price, at, mint=mint) if is_listed else ended(Reported.DELISTED, at, mint=mint))
    return sorted(found, key=lambda report: report.effective_at)


async def feed(house: House, random: Random) -> None:
    for number in range(ROUNDS):
        await house.tell(*reports(random, 10 * number))
        house.pass_time(3)
        async with house.db.write() as tx:
            query = select(ListingRow.version_id).where(ListingRow.is_open)
            on_sale = [id for id in (await tx.execute(query)).scalars() if id is not None]
            anew = dict.fromkeys(random.sample(on_sale, min(len(on_sale), ANEW)), 0)
            await work.add(tx, anew, priority=Priority.RECHECK, now=house.clock.now())


async def work_until(is_over: asyncio.Event, worker: AppraisalService) -> None:
    while not is_over.is_set():
        await worker.work_due()
        await asyncio.sleep(0.005)


async def test_every_price_is_judged_once_and_nothing_that_ended_is_left_on_offer(
    house: House, other: House
) -> None:
    await house.join()
    for mint in MINTS:
        house.value(by_alt(160), mint)
    is_over = asyncio.Event()
    with capture_logs() as lines:
        workers = [
            asyncio.create_task(work_until(is_over, one.worker(f"worker {number}")))
            for number, one in enumerate((house, other))
        ]
        await asyncio.gather(feed(house, Random(1)), feed(other, Random(2)))
        is_over.set()
        await asyncio.gather(*workers)
        await house.appraisal.work_due()
    assert [line for line in lines if line["log_level"] in {"warning", "error"}] == []
    assert await house.rows(WorkRow) == []
    judged = [row.version_id for row in await house.rows(VerdictRow)]
    on_sale = {row.version_id for row in await house.rows(ListingRow) if row.is_open}
    assert len(judged) == len(set(judged))
    assert on_sale <= set(judged)
    over = [post for post in await house.rows(PostRow) if post.version_id not in on_sale]
    assert all(post.state == "withdrawn" or post.payload.closing is not None for post in over)
