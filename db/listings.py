"""Listings with their episodes and versions, as they are stored and found."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Integer,
    Row,
    String,
    UniqueConstraint,
    func,
    select,
    tuple_,
)
from sqlalchemy.orm import Mapped, mapped_column

from core.domain.listings import (
    Chain,
    ListingKey,
    Mint,
    Report,
    Reported,
    SourceName,
    Standing,
    Venue,
    Wallet,
)
from core.domain.money import Amount, Unit
from db.base import Base
from db.catalog import TokenKey, TokenRow
from db.engine import Tx, insert_all_new, is_postgres
from db.types import BigId, UtcDateTime

_INGEST_LOCK = 0x0CA2D6
_Place = tuple[str, int, str]


class ListingRow(Base):
    """One seller's offer of one token at one venue, and how it stands now."""

    __tablename__ = "listing"
    __table_args__ = (
        UniqueConstraint("venue", "token_id", "seller", name="uq_listing_key"),
        CheckConstraint("(ask_amount IS NULL) = (ask_unit IS NULL)", name="ask_has_unit"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    venue: Mapped[str] = mapped_column(String(16))
    token_id: Mapped[int] = mapped_column(ForeignKey("token.id"), index=True)
    seller: Mapped[str] = mapped_column(String(128))
    is_open: Mapped[bool] = mapped_column(index=True)
    ask_amount: Mapped[int | None] = mapped_column(BigInteger)
    ask_unit: Mapped[str | None] = mapped_column(String(16))
    state_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state_source: Mapped[str | None] = mapped_column(String(24))
    closed_as: Mapped[str | None] = mapped_column(String(16))
    episode_id: Mapped[int | None] = mapped_column(BigInteger)
    version_id: Mapped[int | None] = mapped_column(BigInteger)
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    missing_since: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)


class EpisodeRow(Base):
    """One continuous stay on sale."""

    __tablename__ = "episode"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"), index=True)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str | None] = mapped_column(String(16))


class VersionRow(Base):
    """The n-th observed state of a listing: one price in one currency within one episode.

    `requeued_at`: when it was last put into the queue to be valued anew.
    """

    __tablename__ = "version"
    __table_args__ = (
        UniqueConstraint("listing_id", "n", name="uq_version_n"),
        CheckConstraint("ask_amount > 0", name="ask_is_positive"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"))
    episode_id: Mapped[int] = mapped_column(ForeignKey("episode.id"), index=True)
    n: Mapped[int] = mapped_column(Integer)
    ask_amount: Mapped[int] = mapped_column(BigInteger)
    ask_unit: Mapped[str] = mapped_column(String(16))
    source: Mapped[str] = mapped_column(String(24))
    listed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    first_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_live_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    is_baseline: Mapped[bool]
    requeued_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Found(msgspec.Struct, frozen=True):
    """A listing as stored; `standing` is None when nothing was reported of it before."""

    id: int
    token_id: int
    standing: Standing | None
    episode_id: int | None
    version_id: int | None


class Version(msgspec.Struct, frozen=True):
    """A version with the listing it belongs to."""

    id: int
    listing_id: int
    token_id: int
    key: ListingKey
    ask: Amount
    source: str
    listed_at: datetime | None
    first_seen_at: datetime
    last_seen_live_at: datetime
    is_current: bool
    is_baseline: bool


async def take_turn(tx: Tx) -> None:
    """One batch of reports at a time: two that hold the same listings in another order never end."""
    if is_postgres(tx):
        await tx.execute(select(func.pg_advisory_xact_lock(_INGEST_LOCK)))


async def keep(
    tx: Tx, reports: Sequence[Report], token_ids: Mapping[TokenKey, int]
) -> dict[ListingKey, Found]:
    """The reports' listings, new if need be, held until the transaction ends."""
    wanted = {report.key: _place(report.key, token_ids) for report in reports}
    known = await _find(tx, list(wanted.values()))
    rows = {
        wanted[report.key]: {
            "venue": report.key.venue.value,
            "token_id": token_ids[token_key(report.key)],
            "seller": report.key.seller,
            "is_open": False,
            "state_at": report.effective_at,
            "state_seen_at": report.seen_at,
            "state_source": report.source.value,
        }
        for report in reports
        if wanted[report.key] not in known
    }
    await insert_all_new(tx, ListingRow, list(rows.values()))
    known |= await _find(tx, list(rows))
    return {key: known[place] for key, place in wanted.items()}


async def _find(tx: Tx, places: Collection[_Place]) -> dict[_Place, Found]:
    if not places:
        return {}
    place = tuple_(ListingRow.venue, ListingRow.token_id, ListingRow.seller)
    query = select(ListingRow.__table__).where(place.in_(places)).order_by(ListingRow.id).with_for_update()
    rows = await tx.execute(query)
    return {(row.venue, row.token_id, row.seller): _found(row) for row in rows}


def _found(row: Row[tuple[object, ...]]) -> Found:
    closed_as = None if row.closed_as is None else Reported(row.closed_as)
    ask = None if row.ask_amount is None else Amount(row.ask_amount, Unit(row.ask_unit))
    source = None if row.state_source is None else SourceName(row.state_source)
    standing = Standing(row.is_open, ask, row.state_at, row.state_seen_at, closed_as, source)
    is_new = not row.is_open and closed_as is None
    return Found(row.id, row.token_id, None if is_new else standing, row.episode_id, row.version_id)


def _place(key: ListingKey, token_ids: Mapping[TokenKey, int]) -> _Place:
    return (key.venue.value, token_ids[token_key(key)], key.seller)


async def version(tx: Tx, version_id: int) -> Version | None:
    return (await versions(tx, [version_id])).get(version_id)


async def versions(tx: Tx, version_ids: Collection[int]) -> dict[int, Version]:
    """These versions, by id; the unknown are left out."""
    query = (
        select(VersionRow.__table__, ListingRow.venue, ListingRow.token_id, ListingRow.seller)
        .add_columns(
            ListingRow.version_id.label("current_id"), ListingRow.is_open, TokenRow.chain, TokenRow.address
        )
        .join(ListingRow, ListingRow.id == VersionRow.listing_id)
        .join(TokenRow, TokenRow.id == ListingRow.token_id)
        .where(VersionRow.id.in_(list(version_ids)))
    )
    return {row.id: _version(row) for row in await tx.execute(query)}


def _version(row: Row[tuple[Any, ...]]) -> Version:
    return Version(
        id=row.id,
        listing_id=row.listing_id,
        token_id=row.token_id,
        key=ListingKey(Venue(row.venue), Chain(row.chain), Mint(row.address), Wallet(row.seller)),
        ask=Amount(row.ask_amount, Unit(row.ask_unit)),
        source=row.source,
        listed_at=row.listed_at,
        first_seen_at=row.first_seen_at,
        last_seen_live_at=row.last_seen_live_at,
        is_current=row.is_open and row.current_id == row.id,
        is_baseline=row.is_baseline,
    )


def token_key(key: ListingKey) -> TokenKey:
    return (key.chain, key.mint)
