"""Listings to look at again: whose turn it is, since when one is missing, which of the ended may be back."""

from collections.abc import Collection, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import ColumnElement, Select, func, literal, or_, select, update

from core.domain.listings import Chain, ListingKey, Mint, Reported, Venue, Wallet
from db.catalog import TokenRow
from db.deals import VerdictRow
from db.engine import Tx
from db.listings import ListingRow, VersionRow
from db.types import UtcDateTime


class OpenListing(msgspec.Struct, frozen=True):
    """An open listing of a token, and since when it is in its present state."""

    id: int
    token_id: int
    state_at: datetime


class Closed(msgspec.Struct, frozen=True):
    """When a listing ended, and how."""

    at: datetime
    how: Reported


async def to_recheck(
    tx: Tx, version_ids: Select[int | None], venues: Collection[Venue], *, before: datetime, limit: int
) -> list[int]:
    """The current versions of these versions' listings, if not looked at since `before`, oldest look first.

    A listing goes on being looked at when it has another price, or is back after it was missed.
    """
    query = _in_turn(venues, before=before, limit=limit)
    return await _ids(tx, query.where(ListingRow.is_open, _of_versions(version_ids)))


async def missing(tx: Tx, venues: Collection[Venue], *, before: datetime, limit: int) -> list[int]:
    """The current versions of open listings that were missed somewhere, likewise in turn."""
    query = _in_turn(venues, before=before, limit=limit)
    return await _ids(tx, query.where(ListingRow.is_open, ListingRow.missing_since.is_not(None)))


async def gone_since(
    tx: Tx,
    version_ids: Select[int | None],
    venues: Collection[Venue],
    *,
    since: datetime,
    before: datetime,
    limit: int,
) -> list[int]:
    """The last versions of these versions' listings that went without a word since then, likewise in turn."""
    query = _in_turn(venues, before=before, limit=limit)
    is_gone = (ListingRow.closed_as == Reported.GONE.value, ListingRow.state_at > since)
    return await _ids(tx, query.where(*is_gone, _of_versions(version_ids)))


async def to_revalue(tx: Tx, version_ids: Select[int | None], *, before: datetime, limit: int) -> list[int]:
    """Those of these versions that are current and were judged or queued before that, oldest first."""
    judged_at = (
        select(func.max(VerdictRow.decided_at))
        .where(VerdictRow.version_id == VersionRow.id)
        .correlate(VersionRow)
        .scalar_subquery()
    )
    query = (
        select(VersionRow.id)
        .join(ListingRow, ListingRow.version_id == VersionRow.id)
        .where(ListingRow.is_open, VersionRow.id.in_(version_ids), judged_at < before)
        .where(or_(VersionRow.requeued_at.is_(None), VersionRow.requeued_at < before))
        .order_by(func.coalesce(VersionRow.requeued_at, judged_at), VersionRow.id)
        .limit(limit)
    )
    return await _ids(tx, query)


async def open_of(tx: Tx, mint: Mint, *, limit: int) -> list[int]:
    """The current versions of the token's open listings, newest first."""
    query = (
        select(ListingRow.version_id)
        .join(TokenRow, TokenRow.id == ListingRow.token_id)
        .where(ListingRow.is_open, TokenRow.address == mint)
        .order_by(ListingRow.id.desc())
        .limit(limit)
    )
    return await _ids(tx, query)


async def open_of_tokens(tx: Tx, token_ids: Collection[int]) -> list[OpenListing]:
    columns = (ListingRow.id, ListingRow.token_id, ListingRow.state_at)
    query = select(*columns).where(ListingRow.is_open, ListingRow.token_id.in_(token_ids))
    return [OpenListing(*row) for row in await tx.execute(query.order_by(ListingRow.id))]


async def mark_checked(tx: Tx, listing_id: int, now: datetime) -> None:
    """The listing has its turn of being looked at."""
    await tx.execute(update(ListingRow).where(ListingRow.id == listing_id).values(checked_at=now))


async def mark_requeued(tx: Tx, version_ids: Sequence[int], now: datetime) -> None:
    """These versions are to be valued anew."""
    await tx.execute(update(VersionRow).where(VersionRow.id.in_(version_ids)).values(requeued_at=now))


async def mark_found(tx: Tx, listing_id: int) -> None:
    await tx.execute(update(ListingRow).where(ListingRow.id == listing_id).values(missing_since=None))


async def mark_missing(tx: Tx, listing_id: int, now: datetime) -> datetime:
    """The listing was not there; since when it has been missing."""
    since = func.coalesce(ListingRow.missing_since, literal(now, UtcDateTime))
    row = update(ListingRow).where(ListingRow.id == listing_id).values(missing_since=since)
    return (await tx.execute(row.returning(ListingRow.missing_since))).scalar_one() or now


async def doubt(tx: Tx, listing_ids: Collection[int], now: datetime) -> None:
    """These may have ended: they are missing until they are found, and it is their turn at once."""
    since = func.coalesce(ListingRow.missing_since, literal(now, UtcDateTime))
    rows = update(ListingRow).where(ListingRow.id.in_(listing_ids), ListingRow.is_open)
    await tx.execute(rows.values(missing_since=since, checked_at=None))


async def closed(tx: Tx, keys: Collection[ListingKey], *, before: datetime) -> dict[ListingKey, Closed]:
    """Those of these listings that ended before a time."""
    query = (
        select(ListingRow.venue, TokenRow.chain, TokenRow.address, ListingRow.seller)
        .add_columns(ListingRow.state_at, ListingRow.closed_as)
        .join(TokenRow, TokenRow.id == ListingRow.token_id)
        .where(
            TokenRow.address.in_([key.mint for key in keys]),
            ListingRow.closed_as.is_not(None),
            ListingRow.state_at < before,
        )
    )
    found = {
        ListingKey(Venue(venue), Chain(chain), Mint(mint), Wallet(seller)): Closed(at, Reported(how))
        for venue, chain, mint, seller, at, how in await tx.execute(query)
    }
    return {key: found[key] for key in keys if key in found}


def _in_turn(venues: Collection[Venue], *, before: datetime, limit: int) -> Select[int | None]:
    """Listings at these venues that were not looked at since `before`, the oldest look first."""
    is_due = or_(ListingRow.checked_at.is_(None), ListingRow.checked_at < before)
    query = select(ListingRow.version_id).where(ListingRow.venue.in_([venue.value for venue in venues]))
    return query.where(is_due).order_by(ListingRow.checked_at.asc().nulls_first(), ListingRow.id).limit(limit)


def _of_versions(version_ids: Select[int | None]) -> ColumnElement[bool]:
    return ListingRow.id.in_(select(VersionRow.listing_id).where(VersionRow.id.in_(version_ids)))


async def _ids(tx: Tx, query: Select[int | None]) -> list[int]:
    return [id for id in (await tx.execute(query)).scalars() if id is not None]
