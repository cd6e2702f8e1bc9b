"""Listings to look at again: whose turn it is, since when one is missing, which of the gone may be back."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Select, func, literal, or_, select, update

from core.domain.listings import Chain, ListingKey, Mint, Reported, Venue, Wallet
from db.catalog import TokenRow
from db.engine import Tx
from db.listings import ListingRow, VersionRow
from db.types import UtcDateTime


async def to_recheck(tx: Tx, version_ids: Select[int | None], *, before: datetime, limit: int) -> list[int]:
    """The current versions of these versions' listings, if not looked at since `before`, oldest look first.

    A listing goes on being looked at when it has another price, or is back after it was missed.
    """
    listing_ids = select(VersionRow.listing_id).where(VersionRow.id.in_(version_ids))
    query = (
        select(ListingRow.version_id)
        .where(
            ListingRow.is_open,
            ListingRow.id.in_(listing_ids),
            or_(ListingRow.checked_at.is_(None), ListingRow.checked_at < before),
        )
        .order_by(ListingRow.checked_at.asc().nulls_first(), ListingRow.id)
        .limit(limit)
    )
    return [id for id in (await tx.execute(query)).scalars() if id is not None]


async def open_of(tx: Tx, mint: Mint, *, limit: int) -> list[int]:
    """The current versions of the token's open listings, newest first."""
    query = (
        select(ListingRow.version_id)
        .join(TokenRow, TokenRow.id == ListingRow.token_id)
        .where(ListingRow.is_open, TokenRow.address == mint)
        .order_by(ListingRow.id.desc())
        .limit(limit)
    )
    return [id for id in (await tx.execute(query)).scalars() if id is not None]


async def mark_checked(tx: Tx, listing_ids: Sequence[int], now: datetime) -> None:
    """These listings had their turn of being looked at."""
    await tx.execute(update(ListingRow).where(ListingRow.id.in_(listing_ids)).values(checked_at=now))


async def mark_found(tx: Tx, listing_id: int) -> None:
    await tx.execute(update(ListingRow).where(ListingRow.id == listing_id).values(missing_since=None))


async def mark_missing(tx: Tx, listing_id: int, now: datetime) -> datetime:
    """The listing was not there; since when it has been missing."""
    since = func.coalesce(ListingRow.missing_since, literal(now, UtcDateTime))
    row = update(ListingRow).where(ListingRow.id == listing_id).values(missing_since=since)
    return (await tx.execute(row.returning(ListingRow.missing_since))).scalar_one() or now


async def gone(tx: Tx, keys: Collection[ListingKey], *, before: datetime) -> list[ListingKey]:
    """Those of these listings that were missed before a time, without a word of how they ended."""
    query = (
        select(ListingRow.venue, TokenRow.chain, TokenRow.address, ListingRow.seller)
        .join(TokenRow, TokenRow.id == ListingRow.token_id)
        .where(
            TokenRow.address.in_([key.mint for key in keys]),
            ListingRow.closed_as == Reported.GONE.value,
            ListingRow.state_at < before,
        )
    )
    found = [
        ListingKey(Venue(venue), Chain(chain), Mint(mint), Wallet(seller))
        for venue, chain, mint, seller in await tx.execute(query)
    ]
    return [key for key in found if key in keys]
