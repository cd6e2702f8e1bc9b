"""Magic Eden's Solana API, version 2: what just happened to Collector Crypt's tokens there.

Documented at https://docs.magiceden.io/reference/solana-overview; no key needed, 120 requests a minute
and 2 a second. Being wound down: it may answer with errors for good. A `price` is in whole SOL, times
are Unix seconds.

Quirks: `priceInfo.splPrice` comes before `price`, which is then a mere conversion; orders in other
tokens than SOL are hidden unless `paymentMints=ALL`; there is no cursor (a full page means: try the
next); traits are texts or numbers; not found is a 400 or a 404; new types of activity appear.
"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from operator import attrgetter
from urllib.parse import quote

import msgspec

from core.domain.catalog import SlabFacts
from core.domain.listings import Chain, ListingKey, Mint, Report, Reported, SourceName, Venue, Wallet
from core.domain.money import Amount, Unit, amount_within
from core.domain.slabs import Word, plain, slab_of_traits
from core.sources.base import LiveListing, Page
from core.sources.http import Fetched, SourceHttp, VendorLimits, address_of, decode, parsing

NAME = SourceName.MAGIC_EDEN
COLLECTION = "collector_crypt"
LIMITS = VendorLimits(per_minute=100, burst=1, concurrent=2)  # a little below what is allowed
USDC = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"
USDC_DECIMALS = 6
PAGE_SIZE = 100
MISSING = (400, 404)

_SAID = {"list": Reported.LISTED, "delist": Reported.DELISTED, "buyNow": Reported.SOLD}
_OWN_PROGRAMS = ("magiceden", "mmm")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class _TokenAmount(msgspec.Struct, rename="camel"):
    raw_amount: str | int
    address: str
    decimals: int


class _PriceInfo(msgspec.Struct, rename="camel"):
    spl_price: _TokenAmount | None = None


class _Order(msgspec.Struct, rename="camel"):
    """What an activity and a listing have in common."""

    token_mint: str | None = None
    seller: str | None = None
    price: Decimal | None = None
    price_info: _PriceInfo | None = None


class _Activity(_Order, rename="camel"):
    signature: str | None = None
    type: str = ""
    source: str | None = None
    block_time: int | None = None
    buyer: str | None = None


class _Listing(_Order, rename="camel"):
    expiry: int | None = None


class _Trait(msgspec.Struct):
    trait_type: str | None = None
    value: Word = None


class _Token(msgspec.Struct, rename="camel"):
    name: str | None = None
    image: str | None = None
    attributes: list[_Trait] = []


class MagicEden:
    """The fast second source: activities, the state of its own orders, slabs by their traits."""

    name = NAME

    def __init__(
        self, http: SourceHttp, *, base_url: str, key: str | None = None, collection: str = COLLECTION
    ) -> None:
        headers = {"Authorization": f"Bearer {key}"} if key else None
        self._vendor = http.vendor(NAME, base_url=base_url, limits=LIMITS, headers=headers)
        self._collection = quote(collection, safe="")

    async def activities(self, *, pages_max: int) -> AsyncIterator[Page]:
        for number in range(pages_max):
            params = {"offset": number * PAGE_SIZE, "limit": PAGE_SIZE}
            page = parse_activities(
                await self._vendor.get(f"/collections/{self._collection}/activities", params=params)
            )
            yield page
            if len(page.reports) + page.skipped < PAGE_SIZE:
                return

    async def live(self, mint: Mint) -> LiveListing | None:
        fetched = await self._vendor.find(
            _token(mint, "/listings"), params={"paymentMints": "ALL"}, missing=MISSING, fresh=True
        )
        return parse_live(fetched, mint) if fetched else None

    async def ending(self, mint: Mint, seller: Wallet, since: datetime) -> Report | None:
        fetched = await self._vendor.find(
            _token(mint, "/activities"), params={"limit": PAGE_SIZE}, missing=MISSING, fresh=True
        )
        return parse_ending(fetched, mint, seller, since) if fetched else None

    async def slab(self, mint: Mint) -> SlabFacts | None:
        fetched = await self._vendor.find(_token(mint), missing=MISSING)
        return parse_slab(fetched) if fetched else None


def parse_activities(fetched: Fetched) -> Page:
    """What was listed, delisted and sold; everything else is counted as skipped."""
    rows = decode(fetched, list[_Activity])
    reports = [_report(row, f"$[{n}]", fetched) for n, row in enumerate(rows)]
    kept = tuple(report for report in reports if report is not None)
    return Page(kept, fetched.at, len(reports) - len(kept))


def parse_live(fetched: Fetched, mint: Mint) -> LiveListing | None:
    """The first order for the token that has not run out and asks SOL or USDC; None without one."""
    for n, row in enumerate(decode(fetched, list[_Listing])):
        with parsing(NAME, f"$[{n}]"):
            ask = _price(row)
        has_run_out = row.expiry is not None and 0 < row.expiry <= fetched.at.timestamp()
        seller = address_of(row.seller)
        if row.token_mint == mint and seller is not None and ask is not None and not has_run_out:
            return LiveListing(Wallet(seller), ask, Venue.ME, fetched.at)
    return None


def parse_ending(fetched: Fetched, mint: Mint, seller: Wallet, since: datetime) -> Report | None:
    """The seller's first sale since then (to the second: block times have no finer part)."""
    sales = [
        report
        for report in parse_activities(fetched).reports
        if report.said is Reported.SOLD
        and report.key.mint == mint
        and report.key.seller == seller
        and report.effective_at >= since.replace(microsecond=0)
    ]
    return min(sales, key=attrgetter("effective_at"), default=None)


def parse_slab(fetched: Fetched) -> SlabFacts | None:
    """None when the token is no graded card."""
    token = decode(fetched, _Token)
    traits = {trait.trait_type: trait.value for trait in token.attributes}
    return slab_of_traits(traits, title=token.name, image_url=token.image)


def _report(row: _Activity, path: str, fetched: Fetched) -> Report | None:
    """None for another type, another market's order, or a price in a token that is neither SOL nor USDC."""
    said, mint, seller = _SAID.get(row.type), address_of(row.token_mint), address_of(row.seller)
    is_own = (row.source or _OWN_PROGRAMS[0]).startswith(_OWN_PROGRAMS)
    if said is None or mint is None or seller is None or row.block_time is None or not is_own:
        return None
    with parsing(NAME, path):
        at = _EPOCH + timedelta(seconds=row.block_time)
        price = None if said is Reported.DELISTED else _price(row)
    if price is None and said is Reported.LISTED:
        return None
    return Report(
        key=ListingKey(Venue.ME, Chain.SOLANA, Mint(mint), Wallet(seller)),
        source=NAME,
        event_id=f"{plain(row.signature, 120) or row.block_time}:{row.type}:{mint}",
        said=said,
        effective_at=at,
        seen_at=fetched.at,
        ask=price if said is Reported.LISTED else None,
        paid=price if said is Reported.SOLD else None,
        listed_at=at if said is Reported.LISTED else None,
        buyer=Wallet(buyer) if said is Reported.SOLD and (buyer := address_of(row.buyer)) else None,
    )


def _price(row: _Order) -> Amount | None:
    """None without a price, beyond what there is, or in another token. Raises ValueError for no price."""
    if row.price_info is not None and row.price_info.spl_price is not None:
        price = _usdc(row.price_info.spl_price)
    else:
        price = None if row.price is None else amount_within(row.price, Unit.LAMPORTS)
    return price if price is not None and price.value else None


def _usdc(quoted: _TokenAmount) -> Amount | None:
    if quoted.address != USDC:
        return None
    if quoted.decimals != USDC_DECIMALS:
        raise ValueError(f"USDC with {quoted.decimals} decimals")
    return amount_within(Decimal(int(quoted.raw_amount)).scaleb(-USDC_DECIMALS), Unit.USD_MICROS)


def _token(mint: Mint, what: str = "") -> str:
    return f"/tokens/{quote(mint, safe='')}{what}"
