"""Follow-up by asking: posted deals, and listings that were missed somewhere, are looked at in turn."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec
import structlog

from core.clock import Clock
from core.domain import listings as rules
from core.domain.listings import SALE_IS_TOLD_WITHIN, Report, Reported, SourceName, Venue
from core.errors import DatabaseAway, SourceError, SourceRateLimited
from core.events import Topic
from core.services.listings import ListingService
from core.sources.base import ListingStateSource, LiveListing, Page, Urgency, asking
from core.telemetry import bind_correlation
from db import listings, posts, rechecks, versions, work
from db.engine import Database, Tx
from db.listings import Version
from db.work import Priority

log = structlog.get_logger(__name__)

RECHECK_EVERY = timedelta(seconds=30)
RECHECKS_MAX = 10
MISSING_MAX = 10
GONE_MAX = 5
GONE_EVERY = timedelta(minutes=2)
"""A sale is told late at times: what went without a word is asked about again, for a while."""
MISSING_MEANS_GONE_AFTER = timedelta(seconds=20)
"""A vendor tells of a sale a little after the listing vanishes: wait for the better answer."""
SIGHTED_MEANS_THERE_FOR = timedelta(minutes=2)
"""What pages go on showing is not gone, though it is missing where it is asked about."""
REVALUE_AFTER = timedelta(hours=24)
REVALUED_MAX = 50
"""In one go, so that a day with many deals does not make another one in which nothing else is valued."""
FAILING_MAX = 1_000
_NO_PRIOR = 10_000
_LATER, _UNANSWERED, _FAILED = "later", "unanswered", "failed"


class RecheckService:
    """Asks the venue whether a listing is still on sale, and what became of it."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        ingest: ListingService,
        states: Mapping[Venue, ListingStateSource],
    ) -> None:
        self.db = db
        self.clock = clock
        self.ingest = ingest
        self.states = states
        self._failing: set[int] = set()

    async def recheck_due(self) -> int:
        """Look at the open deals not looked at for a while; an answer that fails is asked for again later."""
        before = self.clock.now() - RECHECK_EVERY
        async with self.db.read() as tx:
            ids = await rechecks.to_recheck(
                tx, posts.of_shown_deals(), self.states, before=before, limit=RECHECKS_MAX
            )
            due = await _versions(tx, ids)
        with asking(Urgency.RECHECK):
            return await self.look_at(due)

    async def recheck_missing(self) -> int:
        """The same for what was missed on a whole read or is in doubt, posted or not, and for deals that went
        without a word: behind everything else, since nobody waits for it."""
        now = self.clock.now()
        async with self.db.read() as tx:
            ids = await rechecks.missing(tx, self.states, before=now - RECHECK_EVERY, limit=MISSING_MAX)
            ids += await rechecks.gone_since(
                tx,
                posts.of_shown_deals(),
                self.states,
                since=now - SALE_IS_TOLD_WITHIN,
                before=now - GONE_EVERY,
                limit=GONE_MAX,
            )
            due = await _versions(tx, ids)
        with asking(Urgency.BACKFILL):
            return await self.look_at(due)

    async def revalue_due(self) -> int:
        """Queue the posted deals that are open and were judged a day ago; how many those are."""
        now = self.clock.now()
        async with self.db.write() as tx:
            before, shown = now - REVALUE_AFTER, posts.of_shown_deals()
            ids = await rechecks.to_revalue(tx, shown, before=before, limit=REVALUED_MAX)
            await rechecks.mark_requeued(tx, ids, now)
            await work.add(tx, dict.fromkeys(ids, _NO_PRIOR), priority=Priority.RECHECK, now=now)
        if ids:
            self.ingest.bus.wake(Topic.WORK)
        return len(ids)

    async def look_at(self, due: Sequence[Version]) -> int:
        """Ask for each of these, whatever becomes of the others; how many had their turn.

        A turn is over whatever the answer, so that none starves another. Those at a vendor that says "later"
        keep theirs.
        """
        resting: set[SourceName] = set()
        turns = 0
        for version in due:
            source = self.states.get(version.key.venue)
            if source is None or source.name in resting:
                continue
            turns += 1
            async with self.db.write() as tx:
                await rechecks.mark_checked(tx, version.listing_id, self.clock.now())
            began = self.clock.monotonic()
            with bind_correlation(version.key.mint):
                outcome = await self._outcome(version, source)
            self.ingest.metrics.stage_ended("recheck", outcome, self.clock.monotonic() - began)
            if outcome == _LATER:
                resting.add(source.name)
        return turns

    async def _outcome(self, version: Version, source: ListingStateSource) -> str:
        try:
            outcome = await self._recheck(version, source)
        except SourceError as error:
            log.debug("a listing could not be re-checked", version=version.id, source=error.source)
            return _LATER if isinstance(error, SourceRateLimited) else _UNANSWERED
        except DatabaseAway:
            raise
        except Exception:
            self._tell_failure(version)
            return _FAILED
        self._failing.discard(version.listing_id)
        return outcome

    def _tell_failure(self, version: Version) -> None:
        """A bug of ours, told once for each listing until it is mended."""
        if version.listing_id not in self._failing and len(self._failing) < FAILING_MAX:
            self._failing.add(version.listing_id)
            log.exception("a listing could not be re-checked", version=version.id)

    async def _recheck(self, version: Version, source: ListingStateSource) -> str:
        live = await source.live(version.key.mint)
        if live is None or (live.seller, live.venue) != (version.key.seller, version.key.venue):
            return await self._is_missing(version, source)
        return await self._is_live(version, live.told_by or source.name, live)

    async def _is_live(self, version: Version, source: SourceName, live: LiveListing) -> str:
        async with self.db.write() as tx:
            await rechecks.mark_found(tx, version.listing_id)
            if version.is_current and live.ask == version.ask:
                await versions.confirm(tx, {version.id: live.checked_at})
                return "live"
        at = live.updated_at or live.checked_at
        report = _report(version, source, Reported.LISTED, at, live.checked_at)
        report = msgspec.structs.replace(report, ask=live.ask, listed_at=at)
        if not version.is_current:
            report = rules.sighting(report, live.checked_at)
        await self.ingest.ingest(Page((report,), live.checked_at))
        return "repriced" if version.is_current else "back"

    async def _is_missing(self, version: Version, source: ListingStateSource) -> str:
        since = version.listed_at or version.first_seen_at
        ending = await source.ending(version.key.mint, version.key.seller, since)
        now = self.clock.now()
        if version.is_current:
            async with self.db.write() as tx:
                missing_since = await rechecks.mark_missing(tx, version.listing_id, now)
            if ending is None and _is_gone(version, missing_since, now):
                ending = _report(version, source.name, Reported.GONE, now, now)
        if ending is None:
            return "missing"
        await self.ingest.ingest(Page((ending,), now))
        return ending.said.value


async def _versions(tx: Tx, ids: Sequence[int]) -> list[Version]:
    found = [await listings.version(tx, id) for id in ids]
    return [version for version in found if version is not None]


def _is_gone(version: Version, missing_since: datetime, now: datetime) -> bool:
    sighted_at = version.last_seen_live_at
    is_sighted = sighted_at > missing_since and now - sighted_at < SIGHTED_MEANS_THERE_FOR
    return now - missing_since >= MISSING_MEANS_GONE_AFTER and not is_sighted


def _report(
    version: Version, source: SourceName, said: Reported, effective_at: datetime, seen_at: datetime
) -> Report:
    event_id = f"recheck:{version.id}:{effective_at.isoformat()}"
    return Report(version.key, source, event_id, said, effective_at, seen_at)
