"""Listings with their episodes, versions and observations."""

from datetime import datetime

import msgspec
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Integer,
    String,
    UniqueConstraint,
    func,
    insert,
    select,
    update,
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
from db.catalog import TokenRow
from db.engine import Tx, insert_new, is_postgres
from db.types import BigId, UtcDateTime

_INGEST_LOCK = 0x0CA2D6


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
    missing_since: Mapped[datetime | None] = mapped_column(UtcDateTime)


class EpisodeRow(Base):
    """One continuous stay on sale."""

    __tablename__ = "episode"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"), index=True)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str | None] = mapped_column(String(16))


class VersionRow(Base):
    """The n-th observed state of a listing: one price in one currency within one episode."""

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


class Found(msgspec.Struct, frozen=True):
    """A listing as stored; `standing` is None when nothing was reported of it before."""

    id: int
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


async def lock(tx: Tx, token_id: int, report: Report) -> Found:
    """The report's listing, new if need be, held until the transaction ends."""
    found = await _find(tx, token_id, report)
    if found is not None:
        return found
    row = {
        "venue": report.key.venue.value,
        "token_id": token_id,
        "seller": report.key.seller,
        "is_open": False,
        "state_at": report.effective_at,
        "state_seen_at": report.seen_at,
        "state_source": report.source.value,
    }
    await tx.execute(insert_new(tx, ListingRow).values(row).on_conflict_do_nothing())
    created = await _find(tx, token_id, report)
    assert created is not None, "a listing just inserted is there"
    return created


async def _find(tx: Tx, token_id: int, report: Report) -> Found | None:
    query = select(ListingRow.__table__).where(
        ListingRow.venue == report.key.venue.value,
        ListingRow.token_id == token_id,
        ListingRow.seller == report.key.seller,
    )
    row = (await tx.execute(query.with_for_update())).first()
    if row is None:
        return None
    closed_as = None if row.closed_as is None else Reported(row.closed_as)
    ask = None if row.ask_amount is None else Amount(row.ask_amount, Unit(row.ask_unit))
    source = None if row.state_source is None else SourceName(row.state_source)
    standing = Standing(row.is_open, ask, row.state_at, row.state_seen_at, closed_as, source)
    is_new = not row.is_open and closed_as is None
    return Found(row.id, None if is_new else standing, row.episode_id, row.version_id)


async def open_episode(tx: Tx, listing_id: int, report: Report) -> int:
    row = {"listing_id": listing_id, "opened_at": report.effective_at}
    done = await tx.execute(insert(EpisodeRow).values(row).returning(EpisodeRow.id))
    return done.scalar_one()


async def add_version(tx: Tx, listing_id: int, episode_id: int, report: Report, *, is_baseline: bool) -> int:
    """Open the next version with the report's ask, end the one before, and make it the listing's state."""
    assert report.ask is not None, "a listed report has an ask"
    before = select(func.coalesce(func.max(VersionRow.n), 0)).where(VersionRow.listing_id == listing_id)
    n = (await tx.execute(before)).scalar_one() + 1
    await _end_versions(tx, listing_id, report.effective_at)
    row = {
        "listing_id": listing_id,
        "episode_id": episode_id,
        "n": n,
        "ask_amount": report.ask.value,
        "ask_unit": report.ask.unit.value,
        "source": report.source.value,
        "listed_at": report.listed_at,
        "first_seen_at": report.seen_at,
        "last_seen_live_at": report.seen_at,
        "is_baseline": is_baseline,
    }
    version_id = (await tx.execute(insert(VersionRow).values(row).returning(VersionRow.id))).scalar_one()
    state = {
        "is_open": True,
        "ask_amount": report.ask.value,
        "ask_unit": report.ask.unit.value,
        "state_at": report.effective_at,
        "state_seen_at": report.seen_at,
        "state_source": report.source.value,
        "closed_as": None,
        "episode_id": episode_id,
        "version_id": version_id,
        "missing_since": None,
    }
    await tx.execute(update(ListingRow).where(ListingRow.id == listing_id).values(state))
    return version_id


async def close(tx: Tx, listing_id: int, report: Report) -> None:
    """The listing is no longer on sale; its episode and version end."""
    await _end_versions(tx, listing_id, report.effective_at)
    episode = update(EpisodeRow).where(EpisodeRow.listing_id == listing_id, EpisodeRow.closed_at.is_(None))
    await tx.execute(episode.values(closed_at=report.effective_at, reason=report.said.value))
    state = {
        "is_open": False,
        "state_at": report.effective_at,
        "state_seen_at": report.seen_at,
        "state_source": report.source.value,
        "closed_as": report.said.value,
    }
    await tx.execute(update(ListingRow).where(ListingRow.id == listing_id).values(state))


async def confirm(tx: Tx, version_id: int, seen_at: datetime) -> None:
    """The version was seen live once more."""
    live = update(VersionRow).where(VersionRow.id == version_id, VersionRow.last_seen_live_at < seen_at)
    await tx.execute(live.values(last_seen_live_at=seen_at))


async def version(tx: Tx, version_id: int) -> Version | None:
    query = (
        select(VersionRow.__table__, ListingRow.venue, ListingRow.token_id, ListingRow.seller)
        .add_columns(
            ListingRow.version_id.label("current_id"), ListingRow.is_open, TokenRow.chain, TokenRow.address
        )
        .join(ListingRow, ListingRow.id == VersionRow.listing_id)
        .join(TokenRow, TokenRow.id == ListingRow.token_id)
        .where(VersionRow.id == version_id)
    )
    row = (await tx.execute(query)).first()
    if row is None:
        return None
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


async def _end_versions(tx: Tx, listing_id: int, at: datetime) -> None:
    live = update(VersionRow).where(VersionRow.listing_id == listing_id, VersionRow.ended_at.is_(None))
    await tx.execute(live.values(ended_at=at))
