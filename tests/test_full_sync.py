"""The full sync beside the market's stand-ins: what ended unseen is noticed, a failure closes nothing."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.domain.listings import Reported
from core.domain.operations import Outcome
from core.simulator.market.things import Venue
from db import jobs
from db.catalog import TokenRow
from db.listings import ListingRow
from tests.databases import on_sqlite
from tests.town import MARKET, Town, town

pytestmark = pytest.mark.slow

BIG = replace(MARKET, cards=400, listings=230)
RECONCILE = "reconcile-collectorcrypt"
FOLLOW_UP = ("recheck-missing",) * 3


async def tick(there: Town, *names: str, seconds: float = 31) -> None:
    for name in names:
        there.clock.advance(timedelta(seconds=seconds))
        await there.runner.tick(name)


async def closed(there: Town) -> dict[str, str]:
    """How each listing that is over has ended, by token."""
    rows = ListingRow.__table__.join(TokenRow.__table__)
    query = rows.select().where(ListingRow.is_open.is_(False))
    async with there.runtime.db.read() as tx:
        return {row.address: row.closed_as for row in await tx.execute(query)}


async def error(there: Town) -> tuple[Outcome, str]:
    """How the last full sync ended."""
    async with there.runtime.db.read() as tx:
        [job] = [job for job in await jobs.jobs(tx) if job.name == RECONCILE]
    return job.outcome, job.error


@on_sqlite
async def test_what_ended_unseen_is_closed_after_a_whole_read_and_only_then(
    migrated_url: str, tmp_path: Path
) -> None:
    async with town(migrated_url, tmp_path, BIG, MAGICEDEN_ENABLED="false") as there:
        await tick(there, "poll-collectorcrypt")
        mints = [listing.mint for listing in there.market.book.open_orders() if listing.venue is Venue.CC]
        there.market.sell(mints[0], there.clock.now())
        there.market.delist(mints[1], there.clock.now())

        there.faults.add("vendor:collectorcrypt:marketplace", "status", status=503, times=3)
        await tick(there, RECONCILE)
        outcome, said = await error(there)
        assert outcome is Outcome.UNANSWERED
        assert "collectorcrypt" in said
        await tick(there, *FOLLOW_UP)
        assert await closed(there) == {}

        await tick(there, "poll-collectorcrypt", "poll-collectorcrypt", seconds=10 * 60)
        await tick(there, RECONCILE)
        assert await error(there) == (Outcome.OK, "")
        assert await closed(there) == {}
        await tick(there, *FOLLOW_UP)
        assert await closed(there) == {mints[0]: Reported.SOLD, mints[1]: Reported.GONE}
