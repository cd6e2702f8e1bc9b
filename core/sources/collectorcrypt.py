"""Collector Crypt's own read API: what is listed, whether it still is, what a token's slab is.

Documented at https://docs.collectorcrypt.com/marketplace/api; no key needed (one raises the limits
tenfold), a User-Agent is. Prices are whole USDC and what the buyer pays, times ISO 8601 in UTC.

Quirks: the names of `/marketplace` are a closed set (an unknown one is a 400); a price is a number
there and a text in `/market`; `gradeNum` is null for most tokens; rows without mint or owner exist;
`listing.marketplace` says where the order lives; answers may be kept for 30 s; a 429 names its wait in
the body; there is no list of what was sold or delisted. No limit of plain GETs is published.
"""

from collections.abc import AsyncIterator
from datetime import datetime
from decimal import Decimal
from operator import attrgetter
from typing import Annotated
from urllib.parse import quote

import msgspec

from core.domain.catalog import SlabFacts
from core.domain.listings import Chain, ListingKey, Mint, Report, Reported, SourceName, Venue, Wallet
from core.domain.money import Amount, Unit, amount_within
from core.domain.slabs import SlabWords, Word, is_graded_card, plain, slab_of
from core.errors import SourceChanged
from core.sources.base import LiveListing, Page
from core.sources.http import (
    Fetched,
    Params,
    SourceHttp,
    VendorLimits,
    address_of,
    decode,
    parsing,
    utc,
)

NAME = SourceName.COLLECTOR_CRYPT
LIMITS = VendorLimits(per_minute=120, burst=10, concurrent=4)
PAGE_SIZE = 100
ACTIVITY_DAYS = 60

_VENUES = {"CC": Venue.CC, "ME": Venue.ME}
_ACTIVITY_VENUES = {"COLLECTOR_CRYPT": Venue.CC, "MAGIC_EDEN": Venue.ME}


USDC = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"


class _Person(msgspec.Struct, frozen=True):
    wallet: str | None = None


class _Listing(msgspec.Struct, frozen=True, rename="camel"):
    price: Decimal
    currency: str | None = None
    marketplace: str | None = None
    id: str | None = None
    receipt_id: str | None = None
    status: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    closed_at: str | None = None


class _Images(msgspec.Struct, frozen=True, rename="camel"):
    front_m: str | None = None
    front: str | None = None
    front_s: str | None = None


class _Card(msgspec.Struct, frozen=True, rename="camel"):
    """A row of `/marketplace`; `/cards/publicNft/{mint}` has the same without listing and owner.

    The fields that are words for a slab are named as SlabWords names them.
    """

    nft_address: str | None = None
    title: Word = msgspec.field(name="itemName", default=None)
    kind: Word = msgspec.field(name="type", default=None)
    company: Word = msgspec.field(name="gradingCompany", default=None)
    certificate: Word = msgspec.field(name="gradingID", default=None)
    grade: Word = None
    grade_number: Word = msgspec.field(name="gradeNum", default=None)
    category: Word = None
    set_name: Word = msgspec.field(name="set", default=None)
    number: Word = msgspec.field(name="serial", default=None)
    parallel: Word = None
    year: Word = None
    insured: Word = msgspec.field(name="insuredValue", default=None)
    image_url: Word = msgspec.field(name="frontImage", default=None)
    images: _Images | None = None
    blockchain: str | None = None
    listing: _Listing | None = None
    owner: _Person | None = None


class _Marketplace(msgspec.Struct, frozen=True, rename="camel"):
    rows: list[_Card] = msgspec.field(name="filterNFtCard")
    next_cursor: Annotated[str, msgspec.Meta(max_length=2000)] | None = None


class _Market(msgspec.Struct, frozen=True, rename="camel"):
    nft_address: str | None = None
    listing: _Listing | None = None
    owner: _Person | None = None


class _SplPrice(msgspec.Struct, frozen=True):
    address: str | None = None


class _PriceInfo(msgspec.Struct, frozen=True, rename="camel"):
    spl_price: _SplPrice | None = None


class _Activity(msgspec.Struct, frozen=True, rename="camel"):
    action: str
    created_at: datetime
    id: str | None = None
    amount: Decimal | None = None
    price_info: _PriceInfo | None = None
    source: str | None = None
    seller: _Person | None = msgspec.field(name="from", default=None)
    buyer: _Person | None = msgspec.field(name="to", default=None)


class CollectorCrypt:
    """The primary source: listings, their state, slabs."""

    name = NAME

    def __init__(self, http: SourceHttp, *, base_url: str, key: str | None = None) -> None:
        headers = {"Authorization": f"Bearer {key}"} if key else None
        self._vendor = http.vendor(NAME, base_url=base_url, limits=LIMITS, headers=headers)

    async def listings(self, *, pages_max: int) -> AsyncIterator[Page]:
        params: Params = {"step": PAGE_SIZE, "orderBy": "listedDateDesc", "marketplaceStatus": "Buy now"}
        for _ in range(pages_max):
            page, cursor = parse_listings(await self._vendor.get("/marketplace", params=params))
            yield page
            if not cursor:
                return
            params = {**params, "cursor": cursor}

    async def live(self, mint: Mint) -> LiveListing | None:
        fetched = await self._vendor.find(f"/cards/publicNft/{quote(mint, safe='')}/market", fresh=True)
        return parse_live(fetched, mint) if fetched else None

    async def ending(self, mint: Mint, seller: Wallet, since: datetime) -> Report | None:
        params: Params = {"day": ACTIVITY_DAYS, "v2": "true"}
        fetched = await self._vendor.find(f"/card-activity/{quote(mint, safe='')}", params=params, fresh=True)
        return parse_ending(fetched, mint, seller, since) if fetched else None

    async def slab(self, mint: Mint) -> SlabFacts | None:
        fetched = await self._vendor.find(f"/cards/publicNft/{quote(mint, safe='')}")
        return parse_slab(fetched, mint) if fetched else None


def parse_listings(fetched: Fetched) -> tuple[Page, str | None]:
    """One page and the cursor of the next, None on the last."""
    answer = decode(fetched, _Marketplace)
    reports = [_report(row, f"$.filterNFtCard[{n}].listing", fetched) for n, row in enumerate(answer.rows)]
    kept = tuple(report for report in reports if report is not None)
    page = Page(kept, fetched.at, skipped=len(reports) - len(kept), lists_live=True)
    return page, answer.next_cursor


def parse_live(fetched: Fetched, mint: Mint) -> LiveListing | None:
    """None when the token is not on sale at a venue of ours."""
    answer = decode(fetched, _Market)
    _same_token(answer.nft_address, mint)
    listing = answer.listing
    venue = _VENUES.get(plain(listing.marketplace)) if listing is not None else None
    if listing is None or venue is None or not _is_active(listing):
        return None
    seller = address_of(answer.owner.wallet if answer.owner else None)
    with parsing(NAME, "$.listing"):
        ask = _usdc(listing)
    if seller is None or ask is None:
        raise SourceChanged(NAME, "a listing without its owner, or without a price in USDC", path="$")
    updated_at = utc(listing.updated_at) if listing.updated_at is not None else None
    return LiveListing(Wallet(seller), ask, venue, fetched.at, updated_at)


def parse_ending(fetched: Fetched, mint: Mint, seller: Wallet, since: datetime) -> Report | None:
    """The seller's first sale since then."""
    sales = [
        _sale(row, f"$[{n}]", fetched, ListingKey(_activity_venue(row), Chain.SOLANA, mint, seller))
        for n, row in enumerate(decode(fetched, list[_Activity]))
        if row.action == "Sale" and row.seller is not None and row.seller.wallet == seller
    ]
    return min(
        (sale for sale in sales if sale.effective_at >= since), key=attrgetter("effective_at"), default=None
    )


def parse_slab(fetched: Fetched, mint: Mint) -> SlabFacts | None:
    """None when the token is no graded card."""
    card = decode(fetched, _Card)
    _same_token(card.nft_address, mint)
    return slab_of(_words(card))


def _report(row: _Card, path: str, fetched: Fetched) -> Report | None:
    """None for a row that is not a graded card on sale, for USDC, at a venue we know, on Solana."""
    mint, seller = address_of(row.nft_address), address_of(row.owner.wallet if row.owner else None)
    listing, words = row.listing, _words(row)
    if mint is None or seller is None or listing is None or not is_graded_card(words):
        return None
    venue = _VENUES.get(plain(listing.marketplace))
    if venue is None or plain(row.blockchain).casefold() not in {"", Chain.SOLANA}:
        return None
    with parsing(NAME, path):
        ask, at = _usdc(listing), _changed_at(listing)
    if ask is None:
        return None
    return Report(
        key=ListingKey(venue, Chain.SOLANA, Mint(mint), Wallet(seller)),
        source=NAME,
        event_id=f"{plain(listing.receipt_id or listing.id, 120) or mint}@{at.isoformat()}={ask.value}",
        said=Reported.LISTED,
        effective_at=at,
        seen_at=fetched.at,
        ask=ask,
        listed_at=at,
        slab=slab_of(words),
    )


def _sale(row: _Activity, path: str, fetched: Fetched, key: ListingKey) -> Report:
    with parsing(NAME, path):
        at, paid = utc(row.created_at), _paid(row)
    return Report(
        key=key,
        source=NAME,
        event_id=plain(row.id, 120) or f"{key.mint}@{at.isoformat()}",
        said=Reported.SOLD,
        effective_at=at,
        seen_at=fetched.at,
        paid=paid,
        buyer=Wallet(buyer) if (buyer := address_of(row.buyer.wallet if row.buyer else None)) else None,
    )


def _words(card: _Card) -> SlabWords:
    words = msgspec.convert(card, SlabWords, from_attributes=True)
    images = card.images or _Images()
    image_url = images.front_m or images.front or images.front_s or words.image_url
    return msgspec.structs.replace(words, image_url=image_url)


def _paid(row: _Activity) -> Amount | None:
    """None when the price is not given, is nothing, or is in another token than USDC."""
    spl_price = row.price_info.spl_price if row.price_info else None
    is_usdc = spl_price is None or spl_price.address in {None, USDC}
    paid = None if row.amount is None else amount_within(row.amount, Unit.USD_MICROS)
    return paid if is_usdc and paid is not None and paid.value else None


def _usdc(listing: _Listing) -> Amount | None:
    """None for nothing, for more than there is, or in another currency; unnamed it is USDC, as documented."""
    ask = amount_within(listing.price, Unit.USD_MICROS)
    return ask if ask is not None and ask.value and listing.currency in {None, "USDC"} else None


def _is_active(listing: _Listing) -> bool:
    return listing.closed_at is None and listing.status in {None, "Active"}


def _changed_at(listing: _Listing) -> datetime:
    """When this price came to be: a repriced listing keeps its `createdAt`."""
    at = listing.updated_at or listing.created_at
    if at is None:
        raise ValueError("a listing without a time")
    return utc(at)


def _activity_venue(row: _Activity) -> Venue:
    return _ACTIVITY_VENUES.get(plain(row.source), Venue.CC)


def _same_token(said: str | None, asked: Mint) -> None:
    if said is not None and said != asked:
        raise SourceChanged(NAME, "an answer about another token", path="$.nftAddress")
