"""Courtyard's slabs as OpenSea lists them: what is on sale, whether it still is, what a token's slab is.

Documented at https://docs.opensea.io/reference/api-overview (https://api.opensea.io/api/v2); a key is
needed (`x-api-key`), about 60 reads a minute are free. A price is a whole number of the currency's smallest
unit, as text; times are Unix seconds as text.

Quirks: a listing only numbers its token, the slab is asked for by itself; the chain is called `matic`; the
order of `/all` is not documented (newest first as far as is seen); a listing may still be called ACTIVE
there after `/best` of its token no longer knows it; the price of an `english` auction is a bid, not an ask;
nothing on sale is a 404 or an empty object. Sales are
not read, so a listing that ends is gone. A token's number in hexadecimal is Courtyard's own name for it,
its proof of integrity: that is our mint. Courtyard's own API forbids being read by programs and is not.
"""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import msgspec

from core.domain.catalog import SlabFacts
from core.domain.listings import Chain, ListingKey, Mint, Report, Reported, SourceName, Venue, Wallet
from core.domain.money import Amount, Unit, amount_within
from core.domain.slabs import SlabWords, Word, plain, slab_of_named
from core.sources.base import LiveListing, Page
from core.sources.http import (
    Fetched,
    Params,
    SourceHttp,
    VendorLimits,
    address_of,
    changed,
    decode,
    parsing,
)

NAME = SourceName.OPENSEA
LIMITS = VendorLimits(per_minute=50, burst=1, concurrent=1)  # a little below what is allowed
COLLECTION = "courtyard-nft"
CONTRACT = "0x251be3a17af4892035c37ebf5890f4a4d889dcad"
CHAIN = "matic"
PAGE_SIZE = 100
PAGES_MAX = 5
"""Each slab is asked for by itself: a listing further down would have ended before its turn."""
CURSOR_LENGTH_MAX = 2000

_USDC = ("USDC", 6)
_AUCTION = "english"
_NUMBER = re.compile(r"[0-9]{1,78}")
_MINT = re.compile(r"[0-9a-f]{1,64}")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class _Current(msgspec.Struct):
    currency: str
    decimals: int
    value: str


class _Price(msgspec.Struct):
    current: _Current


class _Offered(msgspec.Struct, rename="camel"):
    token: str | None = None
    identifier_or_criteria: str | None = None


class _Parameters(msgspec.Struct, rename="camel"):
    offerer: str | None = None
    offer: list[_Offered] = []
    start_time: str | None = None
    end_time: str | None = None


class _Protocol(msgspec.Struct):
    parameters: _Parameters | None = None


class _Listing(msgspec.Struct):
    order_hash: str | None = None
    chain: str | None = None
    type: str | None = None
    price: _Price | None = None
    protocol_data: _Protocol | None = None
    status: str | None = None


class _Listings(msgspec.Struct):
    listings: list[_Listing]
    next: str | None = None


class _Trait(msgspec.Struct):
    trait_type: str | None = None
    value: Word = None


class _Nft(msgspec.Struct):
    identifier: str
    name: Word = None
    display_image_url: Word = None
    image_url: Word = None
    traits: list[_Trait] | None = None


class _Found(msgspec.Struct):
    nft: _Nft


class OpenSea:
    """Listings of another vault, their state, slabs. Off unless the operator switches it on."""

    name = NAME

    def __init__(self, http: SourceHttp, *, base_url: str, key: str) -> None:
        self._vendor = http.vendor(NAME, base_url=base_url, limits=LIMITS, headers={"x-api-key": key})

    async def listings(self, *, pages_max: int) -> AsyncIterator[Page]:
        """Of a baseline the newest 500 at most."""
        params: Params = {"limit": PAGE_SIZE}
        for _ in range(min(pages_max, PAGES_MAX)):
            path = f"/listings/collection/{COLLECTION}/all"
            page, cursor = parse_listings(await self._vendor.get(path, params=params))
            yield page
            if not cursor:
                return
            params = {"limit": PAGE_SIZE, "next": cursor}

    async def live(self, mint: Mint) -> LiveListing | None:
        path = f"/listings/collection/{COLLECTION}/nfts/{_number_of(mint)}/best"
        fetched = await self._vendor.find(path, fresh=True)
        return parse_live(fetched, mint) if fetched else None

    async def ending(self, mint: Mint, seller: Wallet, since: datetime) -> Report | None:
        """None always: sales are not read here."""
        return None

    async def slab(self, mint: Mint) -> SlabFacts | None:
        path = f"/chain/{CHAIN}/contract/{CONTRACT}/nfts/{_number_of(mint)}"
        fetched = await self._vendor.find(path)
        return parse_slab(fetched, mint) if fetched else None


def parse_listings(fetched: Fetched) -> tuple[Page, str | None]:
    """One page and the cursor of the next, None on the last. What is not a token of Courtyard's on sale
    for USDC is left out; whether it is a graded card is not told here. Being on the page is no proof of being
    on sale still, so it is not `lists_live`."""
    answer = decode(fetched, _Listings)
    if len(answer.next or "") > CURSOR_LENGTH_MAX:
        raise changed(NAME, "an endless cursor", path="$.next")
    reports = [_report(row, f"$.listings[{n}]", fetched) for n, row in enumerate(answer.listings)]
    kept = tuple(report for report in reports if report is not None)
    return Page(kept, fetched.at, skipped=len(reports) - len(kept)), answer.next


def parse_live(fetched: Fetched, mint: Mint) -> LiveListing | None:
    """None when nothing is on sale, or not for USDC."""
    listing = decode(fetched, _Listing)
    said = (listing.order_hash, listing.price, listing.protocol_data)
    if all(part is None for part in said):
        return None
    if None in said:
        raise changed(NAME, "a listing without its name, its price or its terms", path="$")
    report = _report(listing, "$", fetched)
    if report is None or report.ask is None:
        return None
    if report.key.mint != mint:
        raise changed(NAME, "an answer about another token", path="$.protocol_data")
    return LiveListing(report.key.seller, report.ask, Venue.COURTYARD, fetched.at, report.listed_at)


def parse_slab(fetched: Fetched, mint: Mint) -> SlabFacts | None:
    """None when the token is no graded card."""
    nft = decode(fetched, _Found).nft
    if _mint_of(nft.identifier) != mint:
        raise changed(NAME, "an answer about another token", path="$.nft.identifier")
    traits = {trait.trait_type: trait.value for trait in nft.traits or []}
    words = SlabWords(
        title=nft.name,
        company=traits.get("Grader"),
        certificate=traits.get("Serial"),
        grade=traits.get("Grade"),
        category=plain(traits.get("Category")).replace("é", "e"),
        set_name=plain(traits.get("Set")).replace("é", "e"),
        number=traits.get("Card Number"),
        year=traits.get("Year"),
        image_url=nft.display_image_url or nft.image_url,
    )
    return slab_of_named(words, name=traits.get("Title/Subject"), language=traits.get("Language"))


def _report(row: _Listing, path: str, fetched: Fetched) -> Report | None:
    parameters = (row.protocol_data.parameters if row.protocol_data else None) or _Parameters()
    mint, seller = _mint(parameters.offer), address_of(parameters.offerer)
    if mint is None or seller is None or row.price is None or row.order_hash is None:
        return None
    with parsing(NAME, path):
        ask, listed_at = _usdc(row.price.current), _time(parameters.start_time)
        ends_at = _time(parameters.end_time)
    if ask is None or row.type == _AUCTION or (ends_at is not None and ends_at <= fetched.at):
        return None
    if row.status not in {None, "ACTIVE"} or row.chain not in {None, CHAIN, "polygon"}:
        return None
    at = listed_at or fetched.at
    return Report(
        key=ListingKey(Venue.COURTYARD, Chain.POLYGON, mint, Wallet(seller.lower())),
        source=NAME,
        event_id=plain(row.order_hash, 120),
        said=Reported.LISTED,
        effective_at=at,
        seen_at=fetched.at,
        ask=ask,
        listed_at=listed_at,
    )


def _mint(offer: list[_Offered]) -> Mint | None:
    """None for a bundle, and for a token of another contract."""
    if len(offer) != 1 or (offer[0].token or "").lower() != CONTRACT:
        return None
    return _mint_of(offer[0].identifier_or_criteria)


def _mint_of(number: str | None) -> Mint | None:
    if number is None or not _NUMBER.fullmatch(number) or int(number) >= 2**256:
        return None
    return Mint(f"{int(number):064x}")


def _number_of(mint: Mint) -> int:
    """0, which no token of Courtyard's has, for what is none of its tokens."""
    return int(mint, 16) if _MINT.fullmatch(mint) else 0


def _usdc(current: _Current) -> Amount | None:
    """None in another currency, for nothing, or for more than there is. Raises ValueError for no price."""
    if current.currency != _USDC[0]:
        return None
    if current.decimals != _USDC[1]:
        raise ValueError(f"USDC with {current.decimals} decimals")
    if not _NUMBER.fullmatch(current.value):
        raise ValueError("not a whole number")
    amount = amount_within(Decimal(current.value).scaleb(-_USDC[1]), Unit.USD_MICROS)
    return amount if amount is not None and amount.value else None


def _time(seconds: str | None) -> datetime | None:
    """None where it is not told. Raises ValueError, OverflowError for what is no time."""
    if seconds is None:
        return None
    if not _NUMBER.fullmatch(seconds):
        raise ValueError("not a time")
    return _EPOCH + timedelta(seconds=int(seconds))
