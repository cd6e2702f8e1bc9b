"""Magic Eden's Solana v2 API: what happened on it and on the chain, its orders, its tokens, wallets.

Documented at https://docs.magiceden.io/reference/solana-overview; no key needed, 120 requests a minute and 2
a second. Announced to be wound down: it may answer with errors for good. A `price` is in whole SOL, a floor
in lamports, times are Unix seconds.

Quirks: `priceInfo.splPrice` comes before `price`, which is then a mere conversion; orders in other
tokens than SOL are hidden unless `paymentMints=ALL`; there is no cursor (a full page means: try the
next), pages overlap when something happens meanwhile, and beyond an offset of some 2,000 they repeat
themselves or fail; traits are texts or numbers; not found is a 400 or a 404, which is also what a server
says that is gone for good; new types of activity appear. `type` is undocumented and picks one of them.
"""

from collections.abc import AsyncIterator
from datetime import datetime
from urllib.parse import quote

from core.domain.catalog import SlabFacts
from core.domain.listings import Mint, Report, Wallet
from core.domain.prices import CollectionStats
from core.domain.wallets import HoldingPage
from core.sources.base import LiveListing, Page
from core.sources.http import Fetched, Params, SourceHttp, VendorLimits
from core.sources.magiceden.orders import (
    NAME,
    newer,
    parse_activities,
    parse_ending,
    parse_history,
    parse_live,
    parse_stats,
)
from core.sources.magiceden.tokens import parse_holdings, parse_slab

__all__ = [
    "LIMITS",
    "MagicEden",
    "parse_activities",
    "parse_ending",
    "parse_history",
    "parse_holdings",
    "parse_live",
    "parse_slab",
    "parse_stats",
]

COLLECTION = "collector_crypt"
LIMITS = VendorLimits(per_minute=100, burst=1, concurrent=2)  # a little below what is allowed
PAGE_SIZE = 100
LONG_PAGE_SIZE = 500
MISSING = (400, 404)


class MagicEden:
    """The fast second source: activities, the state of its own orders, slabs by their traits, wallets."""

    name = NAME

    def __init__(
        self, http: SourceHttp, *, base_url: str, key: str | None = None, collection: str = COLLECTION
    ) -> None:
        headers = {"Authorization": f"Bearer {key}"} if key else None
        self._vendor = http.vendor(NAME, base_url=base_url, limits=LIMITS, headers=headers)
        self._clock = http.clock
        self._symbol = collection
        self._collection = f"/collections/{quote(collection, safe='')}"

    async def activities(self, *, pages_max: int) -> AsyncIterator[Page]:
        for number in range(pages_max):
            params = {"offset": number * PAGE_SIZE, "limit": PAGE_SIZE}
            page = parse_activities(await self._vendor.get(f"{self._collection}/activities", params=params))
            yield page
            if _rows(page) < PAGE_SIZE:
                return

    async def live(self, mint: Mint) -> LiveListing | None:
        fetched = await self._find(_token(mint, "/listings"), {"paymentMints": "ALL"}, fresh=True)
        return parse_live(fetched, mint) if fetched else None

    async def ending(self, mint: Mint, seller: Wallet, since: datetime) -> Report | None:
        fetched = await self._find(_token(mint, "/activities"), {"limit": PAGE_SIZE}, fresh=True)
        return parse_ending(fetched, mint, seller, since) if fetched else None

    async def slab(self, mint: Mint) -> SlabFacts | None:
        fetched = await self._find(_token(mint))
        return parse_slab(fetched) if fetched else None

    async def stats(self) -> CollectionStats | None:
        """Of its own orders alone."""
        fetched = await self._vendor.find(f"{self._collection}/stats", missing=MISSING)
        return parse_stats(fetched) if fetched else None

    async def history(self, since: datetime, *, pages_max: int) -> AsyncIterator[Page]:
        """Sales alone: the vendor goes back by a number of events, and these are the ones that are rare."""
        known: set[str] = set()
        for number in range(pages_max):
            params: Params = {"type": "buyNow", "offset": number * LONG_PAGE_SIZE, "limit": LONG_PAGE_SIZE}
            path, missing = f"{self._collection}/activities", MISSING if number else ()
            fetched = await self._vendor.find(path, params=params, missing=missing)
            if fetched is None:  # beyond as far as it goes
                return
            whole = parse_activities(fetched)
            page = newer(whole, since, known=known)
            if not page.reports and number:
                return
            yield page
            known.update(report.event_id for report in page.reports)
            is_old = any(report.effective_at < since for report in whole.reports)
            if is_old or _rows(whole) < LONG_PAGE_SIZE:
                return

    async def history_of(self, mint: Mint, since: datetime) -> Page | None:
        """At most its newest 500 activities."""
        fetched = await self._find(_token(mint, "/activities"), {"limit": LONG_PAGE_SIZE})
        return parse_history(fetched, mint, since) if fetched else None

    async def wallet_activities(self, wallet: Wallet, *, pages_max: int) -> AsyncIterator[Page]:
        """In this collection, or in one that is not named."""
        path = f"/wallets/{quote(wallet, safe='')}/activities"
        for number in range(pages_max):
            params = {"offset": number * LONG_PAGE_SIZE, "limit": LONG_PAGE_SIZE}
            fetched = await self._find(path, params)
            page = parse_activities(fetched, collection=self._symbol) if fetched else self._nothing()
            if fetched or not number:
                yield page
            if _rows(page) < LONG_PAGE_SIZE:
                return

    async def holdings(self, wallet: Wallet, *, pages_max: int) -> AsyncIterator[HoldingPage]:
        """The wallet's tokens of this collection, those on sale included."""
        path = f"/wallets/{quote(wallet, safe='')}/tokens"
        for number in range(pages_max):
            offset = number * LONG_PAGE_SIZE
            params: Params = {"collection_symbol": self._symbol, "offset": offset, "limit": LONG_PAGE_SIZE}
            fetched = await self._find(path, {**params, "listStatus": "both"})
            empty = HoldingPage((), self._clock.now())
            page, rows = parse_holdings(fetched, wallet) if fetched else (empty, 0)
            if fetched or not number:
                yield page
            if rows < LONG_PAGE_SIZE:
                return

    async def _find(self, path: str, params: Params | None = None, *, fresh: bool = False) -> Fetched | None:
        """None when it is not known there. Who knows nothing, not even the collection, is gone: an error."""
        fetched = await self._vendor.find(path, params=params, missing=MISSING, fresh=fresh)
        if fetched is None:
            await self._vendor.get(f"{self._collection}/stats")
        return fetched

    def _nothing(self) -> Page:
        return Page((), self._clock.now())


def _rows(page: Page) -> int:
    return len(page.reports) + page.skipped


def _token(mint: Mint, what: str = "") -> str:
    return f"/tokens/{quote(mint, safe='')}{what}"
