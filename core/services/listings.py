"""Ingest: reports become listings, episodes and versions, each worked once."""

from collections.abc import AsyncIterator, Callable, Collection, Sequence
from datetime import datetime, timedelta

import structlog

from core.clock import Clock
from core.domain import listings as rules
from core.domain.listings import ListingKey, Report, Reported, Step
from core.events import Bus, ListingClosed, ListingOpened, Topic
from core.services import closings, sales, slabs
from core.services.prices import PriceService
from core.services.sales import TokenSale
from core.sources.base import ActivitySource, ListingSource, Page, Urgency, asking
from core.telemetry import bind_correlation
from db import catalog, events, listings, observations, operations, prices, rechecks, work
from db.engine import Database, Tx
from db.events import Fact
from db.listings import Found
from db.work import Priority

log = structlog.get_logger(__name__)

BATCH = 25
PAGES_BASELINE_MAX = 200
PAGES_FRESH_MAX = 5
OUTAGE_IS_BASELINE_AFTER = timedelta(minutes=15)
_BPS = 10_000


def _to_nobody(_reports: int) -> None: ...


class ListingService:
    """What is on sale, as the sources report it."""

    def __init__(self, db: Database, clock: Clock, bus: Bus, prices: PriceService) -> None:
        self.db = db
        self.clock = clock
        self.bus = bus
        self.prices = prices

    async def poll_listings(self, source: ListingSource) -> int:
        """Read what is new at a marketplace; a first read, or one after an outage, is a baseline.

        A baseline is worked page by page; one that breaks off is still to be done.
        """
        if await self._is_baseline(source.name):
            return await self.read_all(source)
        found = await self._catch_up(source.listings(pages_max=PAGES_FRESH_MAX), is_baseline=False)
        await self._mark_synced(source.name)
        return found

    async def read_all(self, source: ListingSource, told: Callable[[int], None] = _to_nobody) -> int:
        """Everything that is on sale there as a baseline: valued, not posted; how much was not known.

        `told` hears after each page how many listings it had.
        """
        found = 0
        with asking(Urgency.BACKFILL):
            async for page in source.listings(pages_max=PAGES_BASELINE_MAX):
                found += await self.ingest(page, is_baseline=True)
                told(len(page.reports))
        await self._mark_synced(source.name)
        return found

    async def poll_activities(self, source: ActivitySource) -> int:
        """Read what happened since the last read."""
        is_baseline = await self._is_baseline(source.name)
        pages = source.activities(pages_max=PAGES_FRESH_MAX)
        found = await self._catch_up(pages, is_baseline=is_baseline)
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
        for start in range(0, len(fresh), BATCH):
            await self._ingest_batch(fresh[start : start + BATCH], is_baseline=is_baseline)
        await self._confirm(page, fresh)
        await self._ingest_sightings(page, is_baseline=is_baseline)
        return len(fresh)

    async def _fresh(self, page: Page) -> list[Report]:
        """The reports not worked before, oldest first."""
        if not page.reports:
            return []
        ids = [report.event_id for report in page.reports]
        async with self.db.read() as tx:
            known = await observations.replays(tx, page.reports[0].source, ids)
        return unworked(page.reports, known)

    async def _ingest_sightings(self, page: Page, *, is_baseline: bool) -> None:
        """What a page of live listings shows and we took for gone is back."""
        if not page.lists_live:
            return
        live = {report.key: report for report in page.reports if report.said is Reported.LISTED}
        async with self.db.read() as tx:
            gone = await rechecks.gone(tx, live, before=page.seen_at)
        back = [rules.sighting(live[key], page.seen_at) for key in gone]
        for start in range(0, len(back), BATCH):
            await self._ingest_batch(back[start : start + BATCH], is_baseline=is_baseline)

    async def _ingest_batch(self, reports: Sequence[Report], *, is_baseline: bool) -> None:
        facts: list[Fact] = []
        async with self.db.write() as tx:
            await listings.take_turn(tx)
            for report in map(rules.believed, reports):
                with bind_correlation(report.key.mint):
                    facts += await self._take(tx, report, is_baseline=is_baseline)
            await events.append(tx, facts, self.clock.now())
        self.bus.wake(Topic.WORK, Topic.POSTS, Topic.EVENTS)

    async def _take(self, tx: Tx, report: Report, *, is_baseline: bool) -> list[Fact]:
        token_id = await catalog.keep_token(tx, report.key.chain, report.key.mint)
        found = await listings.lock(tx, token_id, report)
        is_replay = await observations.is_replay(tx, report)
        step = rules.step(found.standing, report, is_replay=is_replay)
        if step in {Step.OPENS, Step.REPRICES}:
            return await self._open(tx, token_id, found, report, step, is_baseline=is_baseline)
        if step is Step.CLOSES:
            return await self._close(tx, token_id, found, report)
        version_id = found.version_id if step is Step.CONFIRMS else None
        if version_id is not None:
            await listings.confirm(tx, version_id, report.seen_at)
        await observations.observe(tx, found.id, report, step.value, version_id)
        return []

    async def _open(
        self, tx: Tx, token_id: int, found: Found, report: Report, step: Step, *, is_baseline: bool
    ) -> list[Fact]:
        """A new version, in a new episode unless the price changed within one."""
        assert report.ask is not None, "a listed report has an ask"
        now = self.clock.now()
        is_repriced = step is Step.REPRICES
        if is_repriced and found.version_id is not None:
            await closings.close_posts(tx, found.version_id, report, now)
        if report.slab is not None:
            await slabs.keep(tx, token_id, report.slab, now)
        episode_id = found.episode_id if is_repriced else None
        episode_id = episode_id or await listings.open_episode(tx, found.id, report)
        version_id = await listings.add_version(tx, found.id, episode_id, report, is_baseline=is_baseline)
        await observations.observe(tx, found.id, report, step.value, version_id)
        priority = Priority.BACKFILL if is_baseline else Priority.FRESH
        prior = await self._prior(tx, token_id, report)
        await work.add(tx, version_id, priority=priority, prior=prior, now=now)
        log.debug(
            "listed", version=version_id, venue=report.key.venue, source=report.source, repriced=is_repriced
        )
        opened = ListingOpened(version_id, report.key.mint, report.ask, is_repriced, is_baseline)
        return [Fact("market", f"listing:{found.id}", opened)]

    async def _close(self, tx: Tx, token_id: int, found: Found, report: Report) -> list[Fact]:
        now = self.clock.now()
        if found.version_id is not None:
            await closings.close_posts(tx, found.version_id, report, now)
        await listings.close(tx, found.id, report)
        await observations.observe(tx, found.id, report, Step.CLOSES.value, None)
        if report.said is Reported.SOLD:
            await self._keep_sale(tx, token_id, found, report)
        if found.standing is None:
            return []
        log.debug("no longer on sale", how=report.said, source=report.source)
        closed = ListingClosed(found.id, report.key.mint, report.said)
        return [Fact("market", f"listing:{found.id}", closed)]

    async def _keep_sale(self, tx: Tx, token_id: int, found: Found, report: Report) -> None:
        paid = report.paid or (found.standing.ask if found.standing else None)
        dollars = None if paid is None else await self.prices.dollars_then(tx, paid, report.effective_at)
        if paid is None or dollars is None:
            return
        await sales.keep(tx, TokenSale(token_id, report, paid, dollars), self.clock.now())

    async def _prior(self, tx: Tx, token_id: int, report: Report) -> int:
        """Price against what is cheaply known, in basis points: the smallest goes first."""
        slab = await catalog.slab_of(tx, token_id)
        dollars = None if report.ask is None else await self.prices.dollars(tx, report.ask)
        if slab is None or dollars is None:
            return _BPS
        last = await prices.current_value(tx, slab.subject)
        reference = last or slab.facts.insured_usd_micros
        return min(dollars.usd_micros * _BPS // reference, 2**40) if reference else _BPS

    async def _confirm(self, page: Page, fresh: Sequence[Report]) -> None:
        is_fresh = {report.event_id for report in fresh}
        known = [r.event_id for r in page.reports if r.event_id not in is_fresh and r.said is Reported.LISTED]
        if not known or not page.lists_live:
            return
        async with self.db.write() as tx:
            await observations.confirm_replayed(tx, page.reports[0].source, known, page.seen_at)

    async def _is_baseline(self, source: str) -> bool:
        async with self.db.read() as tx:
            synced_at = await operations.synced_at(tx, source)
        return synced_at is None or self.clock.now() - synced_at > OUTAGE_IS_BASELINE_AFTER

    async def _mark_synced(self, source: str) -> None:
        async with self.db.write() as tx:
            await operations.mark_synced(tx, source, self.clock.now())


def unworked(newest_first: Sequence[Report], known: Collection[tuple[str, str]]) -> list[Report]:
    """Those whose (event id, said) is not known, oldest first.

    A feed may tell of an event late, below one of the same listing and time that is known: it is older
    than that, and nothing new. A sale is, since it stands for a while against what is told first.
    """
    passed: set[tuple[ListingKey, datetime]] = set()
    fresh: list[Report] = []
    for report in newest_first:
        if (report.event_id, report.said.value) in known:
            passed.add((report.key, report.effective_at))
        elif report.said is Reported.SOLD or (report.key, report.effective_at) not in passed:
            fresh.append(report)
    return fresh[::-1]
