"""What followed wallets did lately, and how much of it channels were shown in their hour."""

from collections.abc import Collection
from datetime import datetime

import msgspec
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Index,
    Integer,
    Row,
    Select,
    String,
    delete,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from core.domain.follows import FollowKind, Happening
from core.domain.listings import Chain, ListingKey, Mint, SourceName, Venue, Wallet
from core.domain.money import Amount, Unit
from db.base import Base
from db.engine import Tx, insert_new
from db.types import BigId, UtcDateTime, storable

EVENT_ID_LENGTH_MAX = 200


class HappeningRow(Base):
    """Something that a followed wallet did, kept as long as somebody may tell it again."""

    __tablename__ = "follow_event"
    __table_args__ = (
        Index("ix_follow_event_mint", "mint", "at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    venue: Mapped[str] = mapped_column(String(16))
    chain: Mapped[str] = mapped_column(String(16))
    mint: Mapped[str] = mapped_column(String(128))
    seller: Mapped[str] = mapped_column(String(128))
    buyer: Mapped[str | None] = mapped_column(String(128))
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    source: Mapped[str] = mapped_column(String(24))
    event_id: Mapped[str] = mapped_column(String(EVENT_ID_LENGTH_MAX))
    amount: Mapped[int | None] = mapped_column(BigInteger)
    unit: Mapped[str | None] = mapped_column(String(16))


class HourRow(Base):
    """What a channel was shown of its wallets in the hour that began then, and how much more there was."""

    __tablename__ = "follow_hour"

    channel_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    guild_id: Mapped[int] = mapped_column(BigInteger)
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    shown: Mapped[int] = mapped_column(Integer)
    more: Mapped[int] = mapped_column(Integer)


class Hour(msgspec.Struct, frozen=True):
    """What a channel was shown since then, and how much more there was."""

    channel_id: int
    guild_id: int
    began_at: datetime
    shown: int = 0
    more: int = 0


_HOUR = (HourRow.channel_id, HourRow.guild_id, HourRow.began_at, HourRow.shown, HourRow.more)


async def happened(tx: Tx, mints: Collection[Mint], since: datetime) -> dict[Happening, int]:
    """What followed wallets did with these tokens since then, with its ids."""
    return await _happenings(tx, HappeningRow.mint.in_(list(mints)), HappeningRow.at >= since)


async def happened_to(tx: Tx, wallet: Wallet) -> dict[Happening, int]:
    """What is kept of what a wallet did, with its ids."""
    return await _happenings(tx, or_(HappeningRow.seller == wallet, HappeningRow.buyer == wallet))


async def _happenings(tx: Tx, *which: ColumnElement[bool]) -> dict[Happening, int]:
    rows = await tx.execute(select(HappeningRow.__table__).where(*which).order_by(HappeningRow.id))
    return {_happening(row): row.id for row in rows}


async def remember(tx: Tx, happening: Happening) -> int:
    """Its id, by which it is told once in each channel."""
    price = happening.price
    row = {
        "kind": happening.kind.value,
        "venue": happening.key.venue.value,
        "chain": happening.key.chain.value,
        "mint": happening.key.mint,
        "seller": happening.key.seller,
        "buyer": happening.buyer,
        "at": happening.at,
        "source": happening.source.value,
        "event_id": storable(happening.event_id, EVENT_ID_LENGTH_MAX),
        "amount": None if price is None else price.value,
        "unit": None if price is None else price.unit.value,
    }
    done = await tx.execute(insert(HappeningRow).values(row).returning(HappeningRow.id))
    return int(done.scalar_one())


async def learn_buyer(tx: Tx, happening_id: int, buyer: Wallet) -> None:
    await tx.execute(update(HappeningRow).where(HappeningRow.id == happening_id).values(buyer=buyer))


async def forget(tx: Tx, before: datetime) -> None:
    """Nobody tells any more what happened before then."""
    await tx.execute(delete(HappeningRow).where(HappeningRow.at < before))


async def hours_of(tx: Tx, channel_ids: Collection[int]) -> dict[int, Hour]:
    """The hours that go on in these channels, held until the transaction ends."""
    query = _hours().where(HourRow.channel_id.in_(list(channel_ids))).order_by(HourRow.channel_id)
    return {row.channel_id: Hour(*row) for row in await tx.execute(query.with_for_update())}


async def keep_hours(tx: Tx, hours: Collection[Hour]) -> None:
    upsert = insert_new(tx, HourRow)
    told = {name: upsert.excluded[name] for name in ("guild_id", "began_at", "shown", "more")}
    rows = [msgspec.structs.asdict(hour) for hour in sorted(hours, key=lambda hour: hour.channel_id)]
    if rows:
        await tx.execute(upsert.on_conflict_do_update(index_elements=["channel_id"], set_=told), rows)


async def forget_hour(tx: Tx, channel_id: int) -> None:
    await tx.execute(delete(HourRow).where(HourRow.channel_id == channel_id))


async def ended_hours(tx: Tx, before: datetime) -> list[Hour]:
    """The hours that began before then; they are forgotten."""
    ended = delete(HourRow).where(HourRow.began_at <= before)
    return [Hour(*row) for row in await tx.execute(ended.returning(*_HOUR))]


def _hours() -> Select[int, int, datetime, int, int]:
    return select(*_HOUR)


def _happening(row: Row[tuple[object, ...]]) -> Happening:
    return Happening(
        kind=FollowKind(row.kind),
        key=ListingKey(Venue(row.venue), Chain(row.chain), Mint(row.mint), Wallet(row.seller)),
        buyer=None if row.buyer is None else Wallet(row.buyer),
        at=row.at,
        source=SourceName(row.source),
        event_id=row.event_id,
        price=None if row.amount is None else Amount(row.amount, Unit(row.unit)),
    )
