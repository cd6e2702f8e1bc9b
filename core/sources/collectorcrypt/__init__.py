"""Collector Crypt's own read API: listings and their state, slabs, wallets, activity, offers.

Documented at https://docs.collectorcrypt.com/marketplace/api; no key needed (one raises the limits
tenfold), a User-Agent is. Prices are whole USDC and what the buyer pays, times ISO 8601 in UTC. Both of its
collections, the older programmable NFTs and the newer Core assets, are in every answer.

Quirks: the names of `/marketplace` are a closed set (an unknown one is a 400), the parameters of a POST too;
a price is a number there and a text in `/market` and `/cards/{wallet}/`; `gradeNum` is null for most tokens;
rows without mint or owner exist; `listing.marketplace` says where the order lives; a listed token stays with
its seller; answers may be kept for 30 s; a 429 names its wait in the body; an unknown card is a 404, or a 400
that says so; there is no list of what was delisted, and of sales only by token and by wallet.
No limit of plain GETs is published; a POST may be asked 300 times a minute.

Undocumented, known from the web page's own requests: `/cards/{wallet}/` and `/card-activity`.
"""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from urllib.parse import quote

import msgspec

from core.clock import Clock
from core.domain.catalog import SlabFacts
from core.domain.listings import Mint, Report, Wallet
from core.domain.wallets import HoldingPage, Offer
from core.sources.base import LiveListing, Page
from core.sources.collectorcrypt.activity import parse_activities, parse_ending, parse_history
from core.sources.collectorcrypt.listings import parse_listings, parse_live, parse_slab
from core.sources.collectorcrypt.rows import NAME
from core.sources.collectorcrypt.wallets import parse_holdings, parse_offers
from core.sources.http import Fetched, Params, SourceHttp, VendorHabits, VendorLimits

__all__ = [
    "LIMITS",
    "CollectorCrypt",
    "parse_activities",
    "parse_ending",
    "parse_history",
    "parse_holdings",
    "parse_listings",
    "parse_live",
    "parse_offers",
    "parse_slab",
]

LIMITS = VendorLimits(per_minute=120, burst=10, concurrent=4)
PAGE_SIZE = 100
ACTIVITY_DAYS = 60
ACTIVITY_DAYS_MAX = 365
NOT_FOUND = "not found"
MISSING = (400, 404)


class _Of(msgspec.Struct, rename="camel"):
    nft_address: str


class _Call(msgspec.Struct):
    """What is asked by POST; an unknown name among the parameters is refused."""

    method: str
    params: _Of


class CollectorCrypt:
    """The primary source."""

    name = NAME

    def __init__(self, http: SourceHttp, *, base_url: str, key: str | None = None) -> None:
        headers = {"Authorization": f"Bearer {key}"} if key else None
        habits = VendorHabits(missing_says=NOT_FOUND)
        self._vendor = http.vendor(NAME, base_url=base_url, limits=LIMITS, headers=headers, habits=habits)
        self._clock: Clock = http.clock

    async def listings(self, *, pages_max: int) -> AsyncIterator[Page]:
        params: Params = {"step": PAGE_SIZE, "orderBy": "listedDateDesc", "marketplaceStatus": "Buy now"}
        for _ in range(pages_max):
            page, cursor = parse_listings(await self._vendor.get("/marketplace", params=params))
            yield page
            if not cursor:
                return
            params = {**params, "cursor": cursor}

    async def live(self, mint: Mint) -> LiveListing | None:
        fetched = await self._vendor.find(f"/cards/publicNft/{_quoted(mint)}/market", fresh=True)
        return parse_live(fetched, mint) if fetched else None

    async def ending(self, mint: Mint, seller: Wallet, since: datetime) -> Report | None:
        fetched = await self._activity(mint, ACTIVITY_DAYS, fresh=True)
        return parse_ending(fetched, mint, seller, since) if fetched else None

    async def slab(self, mint: Mint) -> SlabFacts | None:
        fetched = await self._vendor.find(f"/cards/publicNft/{_quoted(mint)}")
        return parse_slab(fetched, mint) if fetched else None

    async def history_of(self, mint: Mint, since: datetime) -> Page | None:
        """What happened to the token on Collector Crypt itself, a year back at most."""
        days = (self._clock.now() - since) // timedelta(days=1) + 1
        fetched = await self._activity(mint, max(1, min(days, ACTIVITY_DAYS_MAX)))
        return parse_history(fetched, mint, since) if fetched else None

    async def wallet_activities(self, wallet: Wallet, *, pages_max: int) -> AsyncIterator[Page]:
        """One page, for the vendor knows no second."""
        if pages_max < 1:
            return
        params: Params = {"wallet": wallet, "v2": "true"}
        fetched = await self._vendor.find("/card-activity", params=params)
        yield parse_activities(fetched, wallet) if fetched else Page((), self._clock.now())

    async def holdings(self, wallet: Wallet, *, pages_max: int) -> AsyncIterator[HoldingPage]:
        path = f"/cards/{_quoted(wallet)}/"
        for number in range(1, pages_max + 1):
            params: Params = {"page": number, "step": PAGE_SIZE, "orderBy": "dateDesc"}
            missing = (404,) if number == 1 else ()  # a later page was promised
            fetched = await self._vendor.find(path, params=params, missing=missing)
            if fetched is None:
                yield HoldingPage((), self._clock.now(), total=0)
                return
            page, pages = parse_holdings(fetched, wallet)
            yield page
            if number >= pages:
                return

    async def offers(self, mint: Mint) -> tuple[Offer, ...]:
        question = _Call("getCardOffers", _Of(mint))
        fetched = await self._vendor.find_by_post("/", question, missing=MISSING)
        return parse_offers(fetched, mint) if fetched else ()

    async def _activity(self, mint: Mint, days: int, *, fresh: bool = False) -> Fetched | None:
        params: Params = {"day": days, "v2": "true"}
        return await self._vendor.find(f"/card-activity/{_quoted(mint)}", params=params, fresh=fresh)


def _quoted(text: str) -> str:
    return quote(text, safe="")
