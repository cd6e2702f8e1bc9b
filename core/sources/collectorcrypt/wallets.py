"""What a wallet holds of Collector Crypt's, and what is offered for a token there."""

from datetime import datetime
from decimal import Decimal
from operator import attrgetter
from typing import Annotated

import msgspec

from core.domain.listings import Chain, Mint, Wallet
from core.domain.money import Amount, Unit, amount_within
from core.domain.slabs import plain, slab_of, web_address
from core.domain.wallets import Holding, HoldingPage, Offer
from core.sources.collectorcrypt.rows import (
    NAME,
    VENUES,
    Card,
    Listing,
    Person,
    is_active,
    is_on_solana,
    same_token,
    usdc,
    wallet_of,
    words,
)
from core.sources.http import Fetched, address_of, decode, parsing, utc

ID_LENGTH_MAX = 80

_Count = Annotated[int, msgspec.Meta(ge=0, le=10**9)]


class _Wallet(msgspec.Struct, frozen=True, rename="camel"):
    rows: list[Card] = msgspec.field(name="filterNFtCard")
    total_pages: _Count
    find_total: _Count | None = None


class _OfCard(msgspec.Struct, frozen=True, rename="camel"):
    nft_address: str | None = None


class _Offer(msgspec.Struct, frozen=True, rename="camel"):
    id: str
    price: Decimal
    currency: str | None = None
    status: str | None = None
    created_at: datetime | None = None
    card: _OfCard | None = None
    buyer: Person | None = None


def parse_holdings(fetched: Fetched, wallet: Wallet) -> tuple[HoldingPage, int]:
    """The page and how many there are. What has no mint, is on another chain or another's is left out."""
    answer = decode(fetched, _Wallet)
    found = [_holding(row, wallet, f"$.filterNFtCard[{n}]") for n, row in enumerate(answer.rows)]
    holdings = tuple(holding for holding in found if holding is not None)
    return HoldingPage(holdings, fetched.at, total=answer.find_total), answer.total_pages


def parse_offers(fetched: Fetched, mint: Mint) -> tuple[Offer, ...]:
    """Those in USDC, best first."""
    rows = decode(fetched, list[_Offer])
    found = [_offer(row, mint, f"$[{n}]") for n, row in enumerate(rows)]
    return tuple(sorted(filter(None, found), key=attrgetter("amount.value"), reverse=True))


def _holding(row: Card, wallet: Wallet, path: str) -> Holding | None:
    mint, owner = address_of(row.nft_address), wallet_of(row.owner)
    if mint is None or not is_on_solana(row) or owner not in {None, wallet}:
        return None
    said = words(row)
    with parsing(NAME, path):
        ask = _ask(row.listing)
    return Holding(
        chain=Chain.SOLANA,
        mint=Mint(mint),
        title=plain(said.title),
        slab=slab_of(said),
        ask=ask,
        image_url=web_address(said.image_url),
    )


def _ask(listing: Listing | None) -> Amount | None:
    is_on_sale = listing is not None and is_active(listing) and plain(listing.marketplace) in VENUES
    return usdc(listing) if listing is not None and is_on_sale else None


def _offer(row: _Offer, mint: Mint, path: str) -> Offer | None:
    """None for one that is over, or in another currency."""
    same_token(row.card.nft_address if row.card else None, mint, f"{path}.card.nftAddress")
    if row.status not in {None, "Active"} or row.currency not in {None, "USDC"}:
        return None
    with parsing(NAME, path):
        amount = amount_within(row.price, Unit.USD_MICROS)
        at = utc(row.created_at) if row.created_at else None
    if amount is None or not amount.value:
        return None
    buyer = address_of(wallet_of(row.buyer))
    id = plain(row.id, ID_LENGTH_MAX)
    return Offer(NAME, id, mint, amount, buyer=Wallet(buyer) if buyer else None, at=at)
