"""What is on sale: the sources are read, and what is new on their pages is taken in."""

from collections.abc import AsyncIterator, Callable, Collection, Sequence
from datetime import datetime, timedelta

from core.clock import Clock
from core.domain import listings as rules
from core.domain.listings import ListingKey, Report, Reported
from core.events import Bus
from core.services.ingest import IngestService
from core.services.prices import PriceService
from core.sources.base import ActivitySource, ListingSource, Page, Urgency, asking
from core.telemetry import Metrics
from db import arrivals, listings, observations, operations, rechecks
from db.engine import Database
from db.observations import Told
from db.rechecks import Closed

PAGES_BASELINE_MAX = 200
PAGES_FRESH_MAX = 5
OUTAGE_IS_BASELINE_AFTER = timedelta(minutes=15)


def _to_nobody(_reports: int) -> None: ...


class ListingService:
    """What is on sale, as the sources report it."""

    def __init__(self, db: Database, clock: Clock, bus: Bus, prices: PriceService, metrics: Metrics) -> None:
        self.db = db
        self.clock = clock
        self.bus = bus
        self.metrics = metrics
        self._ingest = IngestService(db, clock, bus, prices, metrics)

    async def poll_listings(self, source: ListingSource) -> int:
        """Read what is new at a marketplace; a first read, or one after an outage, is a baseline.

        A baseline is worked page by page; one that breaks off is still to be done.
        """
        if await self.is_baseline(source.name):
            began_at = self.clock.now()
            pages = self._arriving(source.listings(pages_max=PAGES_BASELINE_MAX), began_at)
            found = await self._read_all(source.name, pages, _to_nobody)
            await self._arrive(began_at)
            return found
        found = await self._catch_up(source.listings(pages_max=PAGES_FRESH_MAX), is_baseline=False)
        await self._mark_synced(source.name)
        return found

    async def read_all(self, source: ListingSource, told: Callable[[int], None] = _to_nobody) -> int:
        """Everything that is on sale there as a baseline: valued, not posted; how much was not known.

        `told` hears after each page how many listings it had.
        """
        return await self._read_all(source.name, source.listings(pages_max=PAGES_BASELINE_MAX), told)

    async def _read_all(self, source: str, pages: AsyncIterator[Page], told: Callable[[int], None]) -> int:
        found = 0
        with asking(Urgency.BACKFILL):
            async for page in pages:
                found += await self.ingest(page, is_baseline=True)
                told(len(page.reports))
        await self._mark_synced(source)
        return found

    async def poll_activities(self, source: ActivitySource) -> int:
        """Read what happened since the last read."""
        is_baseline, began_at = await self.is_baseline(source.name), self.clock.now()
        pages = source.activities(pages_max=PAGES_FRESH_MAX)
        if is_baseline:
            pages = self._arriving(pages, began_at)
        found = await self._catch_up(pages, is_baseline=is_baseline)
        if is_baseline:
            await self._arrive(began_at)
        await self._mark_synced(source.name)
        return found

    async def _catch_up(self, pages: AsyncIterator[Page], *, is_baseline: bool) -> int:
        """Work the pages back to what is known, oldest first: a read that breaks off leaves no gap."""
        unread: list[Page] = []
        async for page in pages:
            unread.append(page)
            if len(await self._fresh(page)) < len(page.reports):
                break
        found = 0
        for page in reversed(unread):
            found += await self.ingest(page, is_baseline=is_baseline)
        return found

    async def ingest(self, page: Page, *, is_baseline: bool = False) -> int:
        """Work the reports of a page, oldest first; how many were not replays."""
        fresh = await self._fresh(page)
        await self._ingest.take(fresh, is_baseline=is_baseline)
        await self._confirm(page, fresh)
        await self._ingest_sightings(page, is_baseline=is_baseline)
        return len(fresh)

    async def _fresh(self, page: Page) -> list[Report]:
        """The reports not worked before, oldest first."""
        if not page.reports:
            return []
        async with self.db.read() as tx:
            known = await observations.replays(tx, page.reports)
        return unworked(page.reports, known)

    async def _ingest_sightings(self, page: Page, *, is_baseline: bool) -> None:
        """What a page of live listings shows and we took for gone, or heard the end of before, is back."""
        if not page.lists_live:
            return
        live = {report.key: report for report in page.reports if report.said is Reported.LISTED}
        async with self.db.read() as tx:
            ended = await rechecks.closed(tx, live, before=page.seen_at)
        back = [
            rules.sighting(live[key], page.seen_at) for key, end in ended.items() if _is_back(live[key], end)
        ]
        await self._ingest.take(back, is_baseline=is_baseline)

    async def _confirm(self, page: Page, fresh: Sequence[Report]) -> None:
        is_fresh = {report.event_id for report in fresh}
        known = [r.event_id for r in page.reports if r.event_id not in is_fresh and r.said is Reported.LISTED]
        if not known or not page.lists_live:
            return
        async with self.db.write() as tx:
            await listings.take_turn(tx)
            await observations.confirm_replayed(tx, page.reports[0].source, known, page.seen_at)

    async def is_baseline(self, source: str) -> bool:
        """Whether the next read of a source is its first, or the first after an outage."""
        async with self.db.read() as tx:
            synced_at = await operations.synced_at(tx, source)
        return synced_at is None or self.clock.now() - synced_at > OUTAGE_IS_BASELINE_AFTER

    async def _arriving(self, pages: AsyncIterator[Page], began_at: datetime) -> AsyncIterator[Page]:
        """The pages of a baseline, which is an arrival from the first on: a vendor that is away has none."""
        is_first = True
        async for page in pages:
            if is_first:
                await self._arrive(began_at)
            is_first = False
            yield page

    async def _arrive(self, began_at: datetime) -> None:
        """A baseline is read since then: the servers are shown the best of it when all is judged."""
        async with self.db.write() as tx:
            await arrivals.grow(tx, self.clock.now(), since=began_at)

    async def _mark_synced(self, source: str) -> None:
        async with self.db.write() as tx:
            await operations.mark_synced(tx, source, self.clock.now())


def _is_back(report: Report, end: Closed) -> bool:
    """Whether what is on sale was put there after its end, or never ended."""
    return end.how is Reported.GONE or (report.listed_at is not None and report.listed_at > end.at)


def unworked(newest_first: Sequence[Report], known: Collection[Told]) -> list[Report]:
    """Those that are not known, oldest first.

    A feed may tell of an event late, below one of the same listing and time that is known: it is older
    than that, and nothing new. A sale is, since it stands for a while against what is told first.
    """
    passed: set[tuple[ListingKey, datetime]] = set()
    fresh: list[Report] = []
    for report in newest_first:
        if observations.told(report) in known:
            passed.add((report.key, report.effective_at))
        elif report.said is Reported.SOLD or (report.key, report.effective_at) not in passed:
            fresh.append(report)
    return fresh[::-1]
