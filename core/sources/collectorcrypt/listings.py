"""What is on sale at Collector Crypt, whether it still is, and what a token's slab is."""

import re
from datetime import datetime
from typing import Annotated

import msgspec

from core.domain.catalog import SlabFacts
from core.domain.listings import Chain, ListingKey, Mint, Report, Reported, Wallet
from core.domain.slabs import Word, is_graded_card, plain, slab_of
from core.sources.base import LiveListing, Page
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
from core.sources.http import Fetched, address_of, changed, decode, parsing, utc

COUNT = re.compile(r"[0-9]{1,9}")


class _Marketplace(msgspec.Struct, frozen=True, rename="camel"):
    rows: list[Card] = msgspec.field(name="filterNFtCard")
    next_cursor: Annotated[str, msgspec.Meta(max_length=2000)] | None = None
    found: Word = msgspec.field(name="findTotal", default=None)


class _Market(msgspec.Struct, frozen=True, rename="camel"):
    nft_address: str | None = None
    listing: Listing | None = None
    owner: Person | None = None


def parse_listings(fetched: Fetched) -> tuple[Page, str | None]:
    """One page and the cursor of the next, None on the last."""
    answer = decode(fetched, _Marketplace)
    reports = [_report(row, f"$.filterNFtCard[{n}].listing", fetched) for n, row in enumerate(answer.rows)]
    kept = tuple(report for report in reports if report is not None)
    skipped = len(reports) - len(kept)
    page = Page(kept, fetched.at, skipped=skipped, lists_live=True, total=_count(answer.found))
    return page, answer.next_cursor


def parse_live(fetched: Fetched, mint: Mint) -> LiveListing | None:
    """None when the token is not on sale at a venue of ours."""
    answer = decode(fetched, _Market)
    same_token(answer.nft_address, mint)
    listing = answer.listing
    venue = VENUES.get(plain(listing.marketplace)) if listing is not None else None
    if listing is None or venue is None or not is_active(listing):
        return None
    seller = address_of(wallet_of(answer.owner))
    with parsing(NAME, "$.listing"):
        ask = usdc(listing)
        updated_at = utc(listing.updated_at) if listing.updated_at is not None else None
    if seller is None or ask is None:
        raise changed(NAME, "a listing without its owner, or without a price in USDC", path="$")
    return LiveListing(Wallet(seller), ask, venue, fetched.at, updated_at)


def parse_slab(fetched: Fetched, mint: Mint) -> SlabFacts | None:
    """None when the token is no graded card."""
    card = decode(fetched, Card)
    same_token(card.nft_address, mint)
    return slab_of(words(card))


def _report(row: Card, path: str, fetched: Fetched) -> Report | None:
    """None for a row that is not a graded card on sale, for USDC, at a venue we know, on Solana."""
    mint, seller = address_of(row.nft_address), address_of(wallet_of(row.owner))
    listing, said = row.listing, words(row)
    if mint is None or seller is None or listing is None or not is_graded_card(said):
        return None
    venue = VENUES.get(plain(listing.marketplace))
    if venue is None or not is_on_solana(row):
        return None
    with parsing(NAME, path):
        ask, at = usdc(listing), _changed_at(listing)
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
        slab=slab_of(said),
    )


def _count(said: Word) -> int | None:
    """None for what is no count: the pages are worth reading all the same."""
    text = plain(said)
    return int(text) if COUNT.fullmatch(text) else None


def _changed_at(listing: Listing) -> datetime:
    """When this price came to be: a repriced listing keeps its `createdAt`."""
    at = listing.updated_at or listing.created_at
    if at is None:
        raise ValueError("a listing without a time")
    return utc(at)
