"""Follow-up by asking: posted deals that are still open are looked at in turn."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec
import structlog

from core.clock import Clock
from core.domain.listings import Report, Reported, SourceName, Venue
from core.errors import SourceError
from core.services.listings import ListingService
from core.sources.base import ListingStateSource, LiveListing, Page, Urgency, asking
from db import listings, posts, rechecks, versions
from db.engine import Database
from db.listings import Version

log = structlog.get_logger(__name__)

RECHECK_EVERY = timedelta(seconds=30)
RECHECKS_MAX = 10
MISSING_MEANS_GONE_AFTER = timedelta(seconds=20)
"""A vendor tells of a sale a little after the listing vanishes: wait for the better answer."""
SIGHTED_MEANS_THERE_FOR = timedelta(minutes=2)
"""What pages go on showing is not gone, though it is missing where it is asked about."""


class RecheckService:
    """Asks the venue whether a posted deal is still on sale."""

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

    async def recheck_due(self) -> int:
        """Look at the open deals not looked at for a while; an answer that fails is asked for again later."""
        due = await self._due()
        with asking(Urgency.RECHECK):
            await self.look_at(due)
        return len(due)

    async def look_at(self, due: list[Version]) -> None:
        """Ask for each of these; a vendor that fails is asked again when their turn comes."""
        for version in due:
            source = self.states.get(version.key.venue)
            if source is None:
                continue
            try:
                await self._recheck(version, source)
            except SourceError as error:
                log.debug("a posted deal could not be re-checked", version=version.id, source=error.source)

    async def _due(self) -> list[Version]:
        """The deals whose turn it is; it is over whatever the answer, so that none starves another."""
        now = self.clock.now()
        before = now - RECHECK_EVERY
        async with self.db.read() as tx:
            ids = await rechecks.to_recheck(tx, posts.of_shown_deals(), before=before, limit=RECHECKS_MAX)
            found = [await listings.version(tx, id) for id in ids]
        due = [version for version in found if version is not None]
        if due:
            async with self.db.write() as tx:
                await rechecks.mark_checked(tx, [version.listing_id for version in due], now)
        return due

    async def _recheck(self, version: Version, source: ListingStateSource) -> None:
        live = await source.live(version.key.mint)
        if live is not None and (live.seller, live.venue) == (version.key.seller, version.key.venue):
            await self._is_live(version, live.told_by or source.name, live)
        else:
            await self._is_missing(version, source)

    async def _is_live(self, version: Version, source: SourceName, live: LiveListing) -> None:
        async with self.db.write() as tx:
            await rechecks.mark_found(tx, version.listing_id)
            if live.ask == version.ask:
                await versions.confirm(tx, {version.id: live.checked_at})
                return
        at = live.updated_at or live.checked_at
        report = _report(version, source, Reported.LISTED, at, live.checked_at)
        report = msgspec.structs.replace(report, ask=live.ask, listed_at=at)
        await self.ingest.ingest(Page((report,), live.checked_at))

    async def _is_missing(self, version: Version, source: ListingStateSource) -> None:
        since = version.listed_at or version.first_seen_at
        ending = await source.ending(version.key.mint, version.key.seller, since)
        now = self.clock.now()
        async with self.db.write() as tx:
            missing_since = await rechecks.mark_missing(tx, version.listing_id, now)
        if ending is None and _is_gone(version, missing_since, now):
            ending = _report(version, source.name, Reported.GONE, now, now)
        if ending is not None:
            await self.ingest.ingest(Page((ending,), now))


def _is_gone(version: Version, missing_since: datetime, now: datetime) -> bool:
    sighted_at = version.last_seen_live_at
    is_sighted = sighted_at > missing_since and now - sighted_at < SIGHTED_MEANS_THERE_FOR
    return now - missing_since >= MISSING_MEANS_GONE_AFTER and not is_sighted


def _report(
    version: Version, source: SourceName, said: Reported, effective_at: datetime, seen_at: datetime
) -> Report:
    event_id = f"recheck:{version.id}:{effective_at.isoformat()}"
    return Report(version.key, source, event_id, said, effective_at, seen_at)
