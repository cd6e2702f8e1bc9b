"""Listings held against whole reads of their market: what a source called on sale, and what it shows now."""

from collections.abc import Collection, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import ColumnElement, func, literal, select, update

from core.domain.listings import Chain, ListingKey, Mint, Venue, Wallet
from db.catalog import TokenRow
from db.engine import Tx
from db.listings import ListingRow, VersionRow
from db.observations import ObservationRow
from db.operations import SourceRow
from db.types import UtcDateTime

CHUNK = 500


class Told(msgspec.Struct, frozen=True):
    """An open listing that a source called on sale at its present price."""

    listing_id: int
    key: ListingKey
    sighted_at: datetime
    missing_since: datetime | None


async def told_open(tx: Tx, source: str, *, before: datetime) -> list[Told]:
    """What is open since `before`, and was told by this source."""
    by_source = select(ObservationRow.version_id).where(
        ObservationRow.source == source, ObservationRow.version_id == ListingRow.version_id
    )
    query = (
        select(ListingRow.id, ListingRow.venue, TokenRow.chain, TokenRow.address, ListingRow.seller)
        .add_columns(VersionRow.last_seen_live_at, ListingRow.missing_since)
        .join(TokenRow, TokenRow.id == ListingRow.token_id)
        .join(VersionRow, VersionRow.id == ListingRow.version_id)
        .where(ListingRow.is_open, VersionRow.first_seen_at < before, by_source.exists())
    )
    return [
        Told(id, _key(venue, chain, mint, seller), sighted_at, missing_since)
        for id, venue, chain, mint, seller, sighted_at, missing_since in await tx.execute(query)
    ]


async def open_keys(tx: Tx, keys: Collection[ListingKey]) -> set[ListingKey]:
    """Those of these listings that are open."""
    columns = (ListingRow.venue, TokenRow.chain, TokenRow.address, ListingRow.seller)
    query = select(*columns).join(TokenRow, TokenRow.id == ListingRow.token_id)
    found = await tx.execute(
        query.where(ListingRow.is_open, TokenRow.address.in_({key.mint for key in keys}))
    )
    return {_key(*row) for row in found} & set(keys)


async def mark_missed(tx: Tx, listing_ids: Sequence[int], now: datetime) -> None:
    """These were not among what is on sale."""
    await _set_missing(tx, listing_ids, func.coalesce(ListingRow.missing_since, literal(now, UtcDateTime)))


async def mark_found(tx: Tx, listing_ids: Sequence[int]) -> None:
    """These were."""
    await _set_missing(tx, listing_ids, None)


async def doubted_at(tx: Tx, source: str) -> datetime | None:
    """Since when no whole read of the source was believed; None when the last one was."""
    query = select(SourceRow.doubted_at).where(SourceRow.name == source)
    return (await tx.execute(query)).scalar_one_or_none()


async def keep_doubt(tx: Tx, source: str, since: datetime | None) -> None:
    await tx.execute(update(SourceRow).where(SourceRow.name == source).values(doubted_at=since))


async def _set_missing(tx: Tx, listing_ids: Sequence[int], since: ColumnElement[datetime] | None) -> None:
    for start in range(0, len(listing_ids), CHUNK):
        some = ListingRow.id.in_(listing_ids[start : start + CHUNK])
        await tx.execute(update(ListingRow).where(some, ListingRow.is_open).values(missing_since=since))


def _key(venue: str, chain: str, mint: str, seller: str) -> ListingKey:
    return ListingKey(Venue(venue), Chain(chain), Mint(mint), Wallet(seller))
