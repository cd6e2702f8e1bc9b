"""A market of 5,000 listings, at the first start and after an hour's outage: none of it is news."""

from collections.abc import AsyncIterator, Collection

import pytest

from core.domain.listings import Report, SourceName, Venue
from core.events import ListingOpened
from core.services.listings import OUTAGE_IS_BASELINE_AFTER
from core.sources.base import Page, Urgency, urgency
from db.listings import ListingRow, VersionRow
from db.work import Priority, WorkRow
from tests.databases import on_sqlite
from tests.services.house import House
from tests.services.reports import ME, at, listed, page

pytestmark = pytest.mark.slow

LISTINGS, PER_PAGE = 5_000, 100
HOUR_S = 3_600
assert OUTAGE_IS_BASELINE_AFTER.total_seconds() < HOUR_S


class BigMarket:
    """Makes its pages when they are asked for, and notes how much was stored by then."""

    name = SourceName.COLLECTOR_CRYPT

    def __init__(self, house: House, count: int) -> None:
        self.house = house
        self.asks: dict[str, tuple[float, float]] = {f"mint-{n}": (80, 0) for n in range(count)}
        self.stored: list[int] = []
        self.urgencies: set[Urgency] = set()

    async def listings(self, *, pages_max: int) -> AsyncIterator[Page]:
        newest_first = sorted(self.asks.items(), key=lambda ask: -ask[1][1])
        for start in range(0, len(newest_first), PER_PAGE):
            self.urgencies.add(urgency())
            self.stored.append(len(await self.house.rows(ListingRow)) if start % 1_000 == 0 else -1)
            yield self._page(dict(newest_first[start : start + PER_PAGE]))

    def _page(self, asks: dict[str, tuple[float, float]]) -> Page:
        reports: list[Report] = [listed(price, second, mint=mint) for mint, (price, second) in asks.items()]
        seen_s = (self.house.clock.now() - at(0)).total_seconds()
        return page(*reversed(reports), seen_s=seen_s, lists_live=True, total=len(self.asks))


async def priorities(house: House) -> Collection[int]:
    return {row.priority for row in await house.rows(WorkRow)}


@on_sqlite
async def test_nothing_of_a_large_market_is_news_at_the_first_start(house: House) -> None:
    market = BigMarket(house, LISTINGS)
    assert await house.listings.poll_listings(market) == LISTINGS
    assert market.stored[::10] == [0, 1_000, 2_000, 3_000, 4_000]  # page by page, never all at once
    assert market.urgencies == {Urgency.BACKFILL}
    assert await priorities(house) == {Priority.BACKFILL}


@on_sqlite
async def test_nothing_that_happened_in_an_hours_outage_is_news_and_what_happens_next_is(
    house: House,
) -> None:
    market = BigMarket(house, 1_000)
    await house.listings.poll_listings(market)
    house.pass_time(HOUR_S)
    opened = {f"new-{n}": (70.0, 60.0 + n) for n in range(500)}
    repriced = {f"mint-{n}": (40.0, 1_200.0 + n) for n in range(200)}
    gone = {f"mint-{n}" for n in range(200, 500)}
    market.asks = {m: ask for m, ask in market.asks.items() if m not in gone} | opened | repriced
    assert await house.listings.poll_listings(market) == 700
    assert await priorities(house) == {Priority.BACKFILL}
    assert all(row.is_baseline for row in await house.rows(VersionRow))

    house.pass_time(30)
    market.asks["fresh"] = (50, HOUR_S + 20)
    assert await house.listings.poll_listings(market) == 1
    assert [row.is_baseline for row in (await house.rows(VersionRow))[-1:]] == [False]
    assert await house.reconcile.read_whole(market) == len(gone)


async def test_a_feeds_events_of_an_hour_are_no_news_either_and_its_next_one_is(house: House) -> None:
    house.eden.pages = [page(*(eden(n, n) for n in range(100)))]
    await house.listings.poll_activities(house.eden)
    house.pass_time(HOUR_S)
    house.eden.pages = [page(*(eden(n, HOUR_S - 300 + n) for n in range(100, 200)))]
    await house.listings.poll_activities(house.eden)
    assert await priorities(house) == {Priority.BACKFILL}
    house.pass_time(10)
    house.eden.pages.insert(0, page(eden(200, HOUR_S + 5)))
    await house.listings.poll_activities(house.eden)
    last = (await house.events())[-1]
    assert isinstance(last, ListingOpened)
    assert not last.is_baseline


def eden(n: int, second: float) -> Report:
    return listed(80, second, mint=f"mint-{n}", source=ME, venue=Venue.ME)
