"""Full sync: everything on sale at a marketplace is read, and what we call open is held against it.

Nothing is closed here. What a whole read does not show is marked, and asked about one by one; a read that
is not whole, or that nobody would believe, marks nothing.
"""

from collections.abc import Sequence

import msgspec
import structlog

from core.clock import Clock
from core.domain.listings import ListingKey, Report
from core.domain.reconcile import WholeRead, disbelief, shortfall
from core.errors import SourceUnavailable
from core.events import Topic
from core.services.listings import OUTAGE_IS_BASELINE_AFTER, ListingService
from core.sources.base import ListingSource, Page, Urgency, asking
from db import listings, reconcile
from db.engine import Database
from db.reconcile import Told

log = structlog.get_logger(__name__)

PAGES_MAX = 400


class ReconcileService:
    """Holds the listings of a source against whole reads of it."""

    def __init__(self, db: Database, clock: Clock, ingest: ListingService) -> None:
        self.db = db
        self.clock = clock
        self.ingest = ingest

    async def read_whole(self, source: ListingSource) -> int:
        """Read every page; how many listings that we call open were on none, and are marked.

        0 before the first regular read, and after an outage: that one reads everything itself.
        Raises SourceError when a page failed, when the read was not whole, and when it is not believed.
        """
        if await self.ingest.is_baseline(source.name):
            return 0
        began_at = self.clock.now()
        seen = await self._read(source)
        async with self.db.read() as tx:
            told = await reconcile.told_open(tx, source.name, before=began_at)
        missed = [one for one in told if one.key not in seen and one.sighted_at < began_at]
        await self._believe_or_refuse(source, known=len(told), missed=len(missed))
        await self._mark(missed, [one for one in told if one.key in seen and one.missing_since is not None])
        log.debug("read whole", source=source.name, listings=len(seen), known=len(told), missed=len(missed))
        return len(missed)

    async def _read(self, source: ListingSource) -> set[ListingKey]:
        """Every listing on its pages. Raises SourceError unless they were all of them."""
        seen: set[ListingKey] = set()
        skipped, totals = 0, list[int]()
        with asking(Urgency.BACKFILL):
            async for page in source.listings(pages_max=PAGES_MAX):
                keys = {report.key for report in page.reports}
                if keys and keys <= seen:
                    break  # the vendor goes round in circles
                seen |= keys
                skipped += page.skipped
                totals += [] if page.total is None else [page.total]
                await self._take_in(page)
        why = shortfall(WholeRead(len(seen) + skipped, max(totals, default=None)))
        if why is not None:
            raise _nothing_closed(source, why)
        return seen

    async def _take_in(self, page: Page) -> None:
        """What the regular look has missed; a listing that is old and unknown is not news."""
        before = page.seen_at - OUTAGE_IS_BASELINE_AFTER
        old = {report.key for report in page.reports if report.effective_at < before}
        async with self.db.read() as tx:
            strange = old - await reconcile.open_keys(tx, old)
        for part, is_baseline in (
            (_only(page, [one for one in page.reports if one.key in strange]), True),
            (_only(page, [one for one in page.reports if one.key not in strange]), False),
        ):
            await self.ingest.ingest(part, is_baseline=is_baseline)

    async def _believe_or_refuse(self, source: ListingSource, *, known: int, missed: int) -> None:
        now = self.clock.now()
        async with self.db.read() as tx:
            doubted_at = await reconcile.doubted_at(tx, source.name)
        why = disbelief(known, missed, doubted_at=doubted_at, now=now)
        doubt = None if why is None else doubted_at or now
        if doubt != doubted_at:
            async with self.db.write() as tx:
                await reconcile.keep_doubt(tx, source.name, doubt)
        if why is not None:
            raise _nothing_closed(source, why)

    async def _mark(self, missed: Sequence[Told], found: Sequence[Told]) -> None:
        async with self.db.write() as tx:
            await listings.take_turn(tx)
            await reconcile.mark_missed(tx, [one.listing_id for one in missed], self.clock.now())
            await reconcile.mark_found(tx, [one.listing_id for one in found])
        if missed:
            self.ingest.bus.wake(Topic.RECHECKS)


def _only(page: Page, reports: Sequence[Report]) -> Page:
    return msgspec.structs.replace(page, reports=tuple(reports))


def _nothing_closed(source: ListingSource, why: str) -> SourceUnavailable:
    return SourceUnavailable(source.name, f"{why}, so nothing is taken for gone")
