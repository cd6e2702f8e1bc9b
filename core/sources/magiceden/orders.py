"""Magic Eden's orders: what was listed, delisted and sold, what is on sale, at what price."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from operator import attrgetter
from typing import Annotated

import msgspec

from core.domain.listings import Chain, ListingKey, Mint, Report, Reported, SourceName, Venue, Wallet
from core.domain.money import AMOUNT_MAX, Amount, Unit, amount_within
from core.domain.prices import CollectionStats
from core.domain.slabs import plain
from core.sources.base import LiveListing, Page
from core.sources.http import Fetched, address_of, decode, parsing, whole

NAME = SourceName.MAGIC_EDEN
USDC = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"
USDC_DECIMALS = 6

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
    collection_symbol: str | None = None


class _Listing(_Order, rename="camel"):
    expiry: int | None = None


class _Stats(msgspec.Struct, rename="camel"):
    symbol: str
    floor_price: Decimal | None = None
    listed_count: Annotated[int, msgspec.Meta(ge=0, le=10**9)] | None = None


def parse_activities(fetched: Fetched, *, collection: str | None = None) -> Page:
    """What was listed, delisted and sold; everything else is counted as skipped.

    `collection`: what is said to be of another one is skipped too.
    """
    rows = decode(fetched, list[_Activity])
    reports = [
        _report(row, f"$[{n}]", fetched)
        if collection in {None, row.collection_symbol or collection}
        else None
        for n, row in enumerate(rows)
    ]
    kept = tuple(report for report in reports if report is not None)
    return Page(kept, fetched.at, len(reports) - len(kept))


def parse_history(fetched: Fetched, mint: Mint, since: datetime) -> Page:
    """What happened to the token since then."""
    return newer(parse_activities(fetched), since, mint=mint)


def newer(page: Page, since: datetime, *, known: Collection[str] = (), mint: Mint | None = None) -> Page:
    """The page without what is older, known already, or about another token; the rest is skipped."""
    kept = tuple(
        report
        for report in page.reports
        if report.effective_at >= since and report.event_id not in known and mint in {None, report.key.mint}
    )
    return msgspec.structs.replace(page, reports=kept, skipped=page.skipped + len(page.reports) - len(kept))


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
    page = parse_history(fetched, mint, since.replace(microsecond=0))
    sales = [r for r in page.reports if r.said is Reported.SOLD and r.key.seller == seller]
    return min(sales, key=attrgetter("effective_at"), default=None)


def parse_stats(fetched: Fetched) -> CollectionStats:
    """The floor is in SOL, whatever its order is in; None where nothing is on sale."""
    said = decode(fetched, _Stats)
    floor = said.floor_price
    with parsing(NAME, "$.floorPrice"):
        if floor is not None and not 0 <= floor <= AMOUNT_MAX:  # a NaN cannot be compared: ArithmeticError
            raise ValueError("not a number of lamports")
    lamports = int(floor or 0)
    return CollectionStats(
        fetched.at, Amount(lamports, Unit.LAMPORTS) if lamports else None, said.listed_count
    )


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
    return amount_within(Decimal(whole(quoted.raw_amount)).scaleb(-USDC_DECIMALS), Unit.USD_MICROS)
