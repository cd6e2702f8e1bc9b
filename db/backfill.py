"""How far the past was read, at vendors and among our own posts: one row for each stretch of it."""

from collections.abc import Collection
from datetime import datetime

import msgspec
from sqlalchemy import BigInteger, String, select
from sqlalchemy.orm import Mapped, mapped_column

from core.domain.listings import Mint, Venue
from db.base import Base
from db.catalog import TokenRow
from db.engine import Tx, insert_new
from db.listings import ListingRow
from db.types import UtcDateTime


class BackfillRow(Base):
    """`cursor` is the id of the last row that was worked; `done_at` is None while there may be more."""

    __tablename__ = "backfill"

    stretch: Mapped[str] = mapped_column(String(40), primary_key=True)
    cursor: Mapped[int] = mapped_column(BigInteger)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class OnSale(msgspec.Struct, frozen=True):
    """A listing whose token's past is to be read."""

    listing_id: int
    mint: Mint


async def is_done(tx: Tx, stretch: str) -> bool:
    query = select(BackfillRow.done_at).where(BackfillRow.stretch == stretch)
    return (await tx.execute(query)).scalar_one_or_none() is not None


async def cursor(tx: Tx, stretch: str) -> int:
    """0 before the first row."""
    query = select(BackfillRow.cursor).where(BackfillRow.stretch == stretch)
    return (await tx.execute(query)).scalar_one_or_none() or 0


async def advance(tx: Tx, stretch: str, cursor: int, *, done_at: datetime | None = None) -> None:
    """It was worked up to and with this row."""
    values = {"cursor": cursor, "done_at": done_at}
    insert_row = insert_new(tx, BackfillRow).values(stretch=stretch, **values)
    await tx.execute(insert_row.on_conflict_do_update(index_elements=["stretch"], set_=values))


async def on_sale(tx: Tx, venues: Collection[Venue], *, after: int, limit: int) -> list[OnSale]:
    """What is on sale at these venues beyond `after`, in the order in which it was first listed."""
    query = (
        select(ListingRow.id, TokenRow.address)
        .join(TokenRow, TokenRow.id == ListingRow.token_id)
        .where(ListingRow.id > after, ListingRow.is_open)
        .where(ListingRow.venue.in_([venue.value for venue in venues]))
        .order_by(ListingRow.id)
        .limit(limit)
    )
    return [OnSale(id, Mint(address)) for id, address in await tx.execute(query)]
