"""Hints from the chain: whatever they tell of is read at the vendor at once, and only that is believed."""

from collections import OrderedDict, deque
from collections.abc import Mapping

import structlog

from core.domain.hints import AMONG_MAX, Hint
from core.domain.listings import CHAINS, Chain, ListingKey, Mint, Report, Reported, SourceName, Venue
from core.errors import SourceError
from core.events import Topic
from core.services.listings import ListingService
from core.services.rechecks import RecheckService
from core.sources.base import ListingStateSource, LiveListing, Page, Urgency, asking
from db import catalog, listings, rechecks
from db.listings import Version

log = structlog.get_logger(__name__)

MINTS_MAX = 200
UNSURE_MAX = 200
LOOKS_MAX = 20
"""In one go; the rest at the next, so that a slow vendor does not make one go endless."""
LISTINGS_OF_A_TOKEN_MAX = 10
POLL_EVERY_S = 2.0
"""Hints without a token come in bursts; the vendor's newest listings are asked for no more often."""
VENUES_ASKED = (Venue.CC, Venue.ME)


class HintService:
    """Remembers which tokens were hinted at until they are read: each once, and never too many."""

    def __init__(
        self,
        ingest: ListingService,
        rechecks: RecheckService,
        states: Mapping[Venue, ListingStateSource],
    ) -> None:
        self.ingest = ingest
        self.rechecks = rechecks
        self.states = states
        self._mints: OrderedDict[Mint, None] = OrderedDict()
        self._unsure: deque[tuple[Mint, ...]] = deque(maxlen=UNSURE_MAX)
        self._wants_poll = False
        self._polled_at: float | None = None

    def tell(self, hint: Hint) -> None:
        """Take note, at once. A token too many, or none at all, asks for a look at what is newest."""
        if hint.mint is not None and self._has_room(hint.mint):
            self._mints[hint.mint] = None
        elif hint.mint is None and hint.among:
            self._unsure.append(hint.among[:AMONG_MAX])
        else:
            self._wants_poll = True
        log.debug("something happened on the chain", signature=hint.signature, mint=hint.mint)
        self.ingest.bus.wake(Topic.HINTS)

    async def work_due(self) -> int:
        """Read what was hinted at, the oldest first; how many tokens that were.

        A vendor's outage loses the hint, not the listing: the regular look finds it.
        """
        await self._settle()
        self._poll()
        looked_at = 0
        with asking(Urgency.FRESH):
            while self._mints and looked_at < LOOKS_MAX:
                mint, _ = self._mints.popitem(last=False)
                await self._look_at(mint)
                looked_at += 1
        return looked_at

    def _has_room(self, mint: Mint) -> bool:
        return mint in self._mints or len(self._mints) < MINTS_MAX

    async def _settle(self) -> None:
        """Accounts of which one may be the token: what we know of them is; else it is a new one."""
        unsure = [*self._unsure]
        self._unsure.clear()
        accounts = {account for among in unsure for account in among}
        if not accounts:
            return
        async with self.ingest.db.read() as tx:
            known = set(await catalog.known(tx, Chain.SOLANA, accounts))
        for among in unsure:
            ours = [account for account in among if account in known]
            self._wants_poll |= not ours
            self._mints.update(dict.fromkeys(mint for mint in ours if self._has_room(mint)))

    def _poll(self) -> None:
        """Wake the regular look, now or when it was long enough ago."""
        now = self.ingest.clock.monotonic()
        is_due = self._polled_at is None or now - self._polled_at >= POLL_EVERY_S
        if self._wants_poll and is_due:
            self._wants_poll, self._polled_at = False, now
            self.ingest.bus.wake(Topic.LISTINGS)

    async def _look_at(self, mint: Mint) -> None:
        """What we know to be on sale is re-checked; elsewhere it may just have been put on sale."""
        open_ones = await self._open(mint)
        await self.rechecks.look_at(open_ones)
        seen = {version.key.venue for version in open_ones}
        for source in self._not_asked(seen):
            try:
                live = await source.live(mint)
            except SourceError as error:
                log.debug("a hint could not be followed", mint=mint, source=error.source)
                continue
            if live is not None and live.venue not in seen:
                await self.ingest.ingest(
                    Page((_report(mint, live.told_by or source.name, live),), live.checked_at)
                )
                seen.add(live.venue)

    def _not_asked(self, seen: set[Venue]) -> list[ListingStateSource]:
        """Who knows the venues that are left, each once."""
        found = [self.states[venue] for venue in VENUES_ASKED if venue not in seen and venue in self.states]
        return list({source.name: source for source in found}.values())

    async def _open(self, mint: Mint) -> list[Version]:
        async with self.ingest.db.read() as tx:
            ids = await rechecks.open_of(tx, mint, limit=LISTINGS_OF_A_TOKEN_MAX)
            found = [await listings.version(tx, id) for id in ids]
        return [version for version in found if version is not None]


def _report(mint: Mint, source: SourceName, live: LiveListing) -> Report:
    at = live.updated_at or live.checked_at
    return Report(
        key=ListingKey(live.venue, CHAINS[live.venue], mint, live.seller),
        source=source,
        event_id=f"hint:{mint}@{at.isoformat()}={live.ask.value}",
        said=Reported.LISTED,
        effective_at=at,
        seen_at=live.checked_at,
        ask=live.ask,
        listed_at=at,
    )
