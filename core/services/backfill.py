"""The past: sales from before we watched, so that an install without any key has evidence of its own.

It is read in pieces, behind everything else that is asked of a vendor, and goes on after a restart where
it was. Every stretch of it stands alone: a vendor that does not answer holds up its own.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

import structlog

from core.clock import Clock
from core.domain.catalog import SlabFacts
from core.domain.confidence import SALES_WINDOW
from core.domain.listings import Mint, Report, Reported, Venue
from core.domain.prices import Rate
from core.domain.rates import SOL_USD
from core.errors import SourceChanged, SourceError, SourceRateLimited
from core.services import sales, slabs
from core.services.identity import AUTHORITIES
from core.services.prices import PriceService
from core.services.sales import TokenSale
from core.sources.base import HistorySource, Page, Sources, TokenHistorySource, Urgency, asking
from db import backfill, catalog, listings, operations, prices, trades
from db.engine import Database, Tx
from db.trades import Unidentified

log = structlog.get_logger(__name__)

PAGES_MAX = 20
TOKENS_MAX = 50
"""So many tokens' histories are read in a piece."""
UNKNOWN_MAX = 50
"""So many sold tokens are asked about in a piece."""
CANDLE_DAYS = (30, 90)
"""The fewer days, the shorter the candles."""
TRIES_MAX = 3
"""What cannot be understood is left out after so many tries."""
BATCH = 100
WAITS_MAX = timedelta(minutes=10)
"""So long the past of a venue waits for marketplaces that were never read to their end."""
RATES, SLABS = "rates", "slabs"


class BackfillService:
    """Reads what was sold before the first start, and finds out what it was that was sold."""

    def __init__(self, db: Database, clock: Clock, prices: PriceService, sources: Sources) -> None:
        self.db = db
        self.clock = clock
        self.prices = prices
        self.sources = sources
        self._began_at = clock.now()
        self._tries: Counter[tuple[str, int]] = Counter()

    async def work_due(self) -> int:
        """Read the next piece of every stretch; how many sales were new.

        A stretch that has no turn at its vendor waits for the next time. Raises the first other SourceError.
        """
        stretches: list[Callable[[], Awaitable[int]]] = [
            *(partial(self._venue, source) for source in self.sources.histories),
            *(partial(self._tokens, source) for source in self.sources.token_histories),
            self._slabs,
        ]
        new, errors = 0, list[SourceError]()
        with asking(Urgency.BACKFILL):
            for read in stretches:
                try:
                    new += await read()
                except SourceRateLimited as error:
                    log.debug("the past waits for its turn", source=error.source)
                except SourceError as error:
                    errors.append(error)
        if errors:
            raise errors[0]
        return new

    async def _venue(self, source: HistorySource) -> int:
        """Everything that was sold at a venue, as far back as the vendor tells; once."""
        stretch = f"sales:{source.name}"
        if await self._is_done(stretch) or await self._has_news_first():
            return 0
        await self._learn_rates()
        new = 0
        async for page in source.history(self._since(), pages_max=PAGES_MAX):
            sold = sold_on(page)
            for start in range(0, len(sold), BATCH):
                async with self.db.write() as tx:
                    new += await self._keep_sales(tx, sold[start : start + BATCH])
        await self._finish(stretch)
        log.info("the past of a venue was read", source=source.name, sales=new)
        return new

    async def _has_news_first(self) -> bool:
        """Whether what is on sale is still to be read for the first time; one that fails is not waited for
        for ever."""
        if self.clock.now() - self._began_at >= WAITS_MAX:
            return False
        async with self.db.read() as tx:
            return None in [await operations.synced_at(tx, source.name) for source in self.sources.listings]

    async def _tokens(self, source: TokenHistorySource) -> int:
        """What happened to the tokens that are on sale, one after the other; those of this vendor's vault."""
        stretch = f"tokens:{source.name}"
        venues = [venue for venue in Venue if AUTHORITIES[venue] is source.name]
        async with self.db.read() as tx:
            after = await backfill.cursor(tx, stretch)
            due = await backfill.on_sale(tx, venues, after=after, limit=TOKENS_MAX)
        new = 0
        for listing in due:
            page = await self._history_of(source, listing.mint, (stretch, listing.listing_id))
            async with self.db.write() as tx:
                new += await self._keep_sales(tx, sold_on(page) if page is not None else ())
                await backfill.advance(tx, stretch, listing.listing_id)
        return new

    async def _history_of(
        self, source: TokenHistorySource, mint: Mint, place: tuple[str, int]
    ) -> Page | None:
        """None, too, for one that was not understood for the last time: it shall not hold up the others."""
        try:
            return await source.history_of(mint, self._since())
        except SourceChanged as error:
            self._tries[place] += 1
            if self._tries[place] < TRIES_MAX:
                raise
            log.warning("the past of a token is left out", mint=mint, source=source.name, error=str(error))
            return None

    async def _slabs(self) -> int:
        """Ask what those tokens are that were sold before anybody said it; each sale asks once."""
        async with self.db.read() as tx:
            after = await backfill.cursor(tx, SLABS)
            due = await trades.unidentified(tx, after=after, limit=UNKNOWN_MAX)
        for sold in due:
            await self._identify(sold)
        return 0

    async def _identify(self, sold: Unidentified) -> None:
        async with self.db.read() as tx:
            known = await catalog.slab_of(tx, sold.token_id)
        facts = await self._facts(sold) if known is None else known.facts
        now = self.clock.now()
        async with self.db.write() as tx:
            if facts is not None:
                await slabs.keep(tx, {sold.token_id: facts}, now)
            await backfill.advance(tx, SLABS, sold.price_id)

    async def _facts(self, sold: Unidentified) -> SlabFacts | None:
        authority = self.sources.slabs.get(AUTHORITIES[sold.venue])
        return None if authority is None else await authority.slab(sold.mint)

    async def _keep_sales(self, tx: Tx, sold: Sequence[Report]) -> int:
        """Keep those whose price in dollars is known; how many were new."""
        if not sold:
            return 0
        await listings.take_turn(tx)
        ids = await catalog.keep_tokens(tx, {listings.token_key(report.key) for report in sold})
        told = [await self._in_dollars(tx, ids[listings.token_key(one.key)], one) for one in sold]
        return await sales.keep(tx, [sale for sale in told if sale is not None], self.clock.now())

    async def _in_dollars(self, tx: Tx, token_id: int, report: Report) -> TokenSale | None:
        assert report.paid is not None, "what was sold for nothing known was left out"
        dollars = await self.prices.dollars_then(tx, report.paid, report.effective_at)
        return None if dollars is None else TokenSale(token_id, report, report.paid, dollars)

    async def _learn_rates(self) -> None:
        """What SOL cost on the days of the sales, from the first source that has candles; once."""
        if await self._is_done(RATES):
            return
        now = self.clock.now()
        for source in self.sources.candles:
            told = [await source.candles(SOL_USD, days=days) for days in CANDLE_DAYS]
            rates = [
                Rate(SOL_USD, candle.open, source.name, candle.at) for some in told for candle in some or ()
            ]
            async with self.db.write() as tx:
                for rate in rates:
                    await prices.add_rate(tx, rate, now)
            if rates:
                await self._finish(RATES)
                return

    async def _is_done(self, stretch: str) -> bool:
        async with self.db.read() as tx:
            return await backfill.is_done(tx, stretch)

    async def _finish(self, stretch: str) -> None:
        now = self.clock.now()
        async with self.db.write() as tx:
            await backfill.advance(tx, stretch, 0, done_at=now)

    def _since(self) -> datetime:
        return self.clock.now() - SALES_WINDOW


def sold_on(page: Page) -> list[Report]:
    """What was sold for a price that is known."""
    return [report for report in page.reports if report.said is Reported.SOLD and report.paid is not None]
