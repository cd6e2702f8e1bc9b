"""What happened on Collector Crypt to a token, and what a wallet did there."""

from datetime import datetime
from decimal import Decimal
from operator import attrgetter

import msgspec

from core.domain.listings import Chain, ListingKey, Mint, Report, Reported, Venue, Wallet
from core.domain.money import Amount, Unit, amount_within
from core.domain.slabs import plain
from core.sources.base import Page
from core.sources.collectorcrypt.rows import NAME, USDC, Person, same_token, wallet_of
from core.sources.http import Fetched, address_of, decode, parsing, utc, whole

SAID = {"List": Reported.LISTED, "Listing Updated": Reported.LISTED, "Sale": Reported.SOLD}
DECIMALS_MAX = 18
_VENUES = {"COLLECTOR_CRYPT": Venue.CC, "MAGIC_EDEN": Venue.ME}
_CENT = Decimal("0.01")


class _SplPrice(msgspec.Struct, frozen=True, rename="camel"):
    address: str | None = None
    raw_amount: str | int | None = None
    decimals: int | None = None


class _PriceInfo(msgspec.Struct, frozen=True, rename="camel"):
    spl_price: _SplPrice | None = None


class _Activity(msgspec.Struct, frozen=True, rename="camel"):
    action: str
    created_at: datetime
    id: str | None = None
    amount: Decimal | None = None
    price_info: _PriceInfo | None = None
    source: str | None = None
    nft_address: str | None = None
    seller: Person | None = msgspec.field(name="from", default=None)
    buyer: Person | None = msgspec.field(name="to", default=None)


def parse_ending(fetched: Fetched, mint: Mint, seller: Wallet, since: datetime) -> Report | None:
    """The seller's first sale since then."""
    page = parse_history(fetched, mint, since)
    sales = [r for r in page.reports if r.said is Reported.SOLD and r.key.seller == seller]
    return min(sales, key=attrgetter("effective_at"), default=None)


def parse_history(fetched: Fetched, mint: Mint, since: datetime) -> Page:
    """What was listed, repriced and sold since then; everything else is counted as skipped."""
    rows = decode(fetched, list[_Activity])
    for n, row in enumerate(rows):
        same_token(row.nft_address, mint, f"$[{n}].nftAddress")
    return _page(fetched, [_report(row, mint, f"$[{n}]", fetched) for n, row in enumerate(rows)], since)


def parse_activities(fetched: Fetched, wallet: Wallet) -> Page:
    """What the wallet listed, repriced, sold and bought; everything else is counted as skipped."""
    rows = decode(fetched, list[_Activity])
    reports = [_report(row, row.nft_address, f"$[{n}]", fetched) for n, row in enumerate(rows)]
    its_own = [r if r is not None and wallet in {r.key.seller, r.buyer} else None for r in reports]
    return _page(fetched, its_own)


def _page(fetched: Fetched, found: list[Report | None], since: datetime | None = None) -> Page:
    kept = [r for r in found if r is not None and (since is None or r.effective_at >= since)]
    kept.sort(key=attrgetter("effective_at"), reverse=True)
    return Page(tuple(kept), fetched.at, skipped=len(found) - len(kept))


def _report(row: _Activity, mint: str | None, path: str, fetched: Fetched) -> Report | None:
    """None for what is neither a listing nor a sale, and for a listing at a price that is not in USDC."""
    said, token, seller = SAID.get(row.action), address_of(mint), address_of(wallet_of(row.seller))
    if said is None or token is None or seller is None:
        return None
    with parsing(NAME, path):
        at, price = utc(row.created_at), _price(row)
    if said is Reported.LISTED and price is None:
        return None
    is_sale = said is Reported.SOLD
    buyer = address_of(wallet_of(row.buyer)) if is_sale else None
    return Report(
        key=ListingKey(_VENUES.get(plain(row.source), Venue.CC), Chain.SOLANA, Mint(token), Wallet(seller)),
        source=NAME,
        event_id=plain(row.id, 120) or f"{token}@{at.isoformat()}",
        said=said,
        effective_at=at,
        seen_at=fetched.at,
        ask=None if is_sale else price,
        paid=price if is_sale else None,
        listed_at=None if is_sale else at,
        buyer=Wallet(buyer) if buyer else None,
    )


def _price(row: _Activity) -> Amount | None:
    """None when it is not given, is nothing, or is in another token. Raises ValueError for a changed unit."""
    quoted = row.price_info.spl_price if row.price_info else None
    if row.amount is None or (quoted is not None and quoted.address not in {None, USDC}):
        return None
    if quoted is not None and quoted.raw_amount is not None and quoted.decimals is not None:
        _check(row.amount, Decimal(whole(quoted.raw_amount)), quoted.decimals)
    price = amount_within(row.amount, Unit.USD_MICROS)
    return price if price is not None and price.value else None


def _check(amount: Decimal, raw: Decimal, decimals: int) -> None:
    """The same price is told twice; a difference beyond rounding means that one of them has another unit."""
    if not 0 <= decimals <= DECIMALS_MAX:
        raise ValueError(f"a token with {decimals} decimals")
    if amount.is_finite() and abs(amount - raw.scaleb(-decimals)) > max(_CENT, abs(amount) / 100):
        raise ValueError("the amount is not the one in `priceInfo`")
